"""asymgan/segmenter: the network that scores photos, models/asymgan-segmenter.safetensors."""

import torch

from pipeline.asymgan.evaluation import segmenter, trained
from pipeline.asymgan.model import params, places
from pipeline.asymgan.world.palette import nearest
from pipeline.core import precision, tensors
from pipeline.core.artifacts import read_packed
from pipeline.shell import command


def main() -> None:
    """Train on the real training pairs, in float32 on the CPU."""
    p = params.load()
    precision.deterministic(torch.device("cpu"), p.threads)
    sizes = p.sizes
    photos, labels = (read_packed(places.pictures(domain, "train")) for domain in ("photo", "label"))
    net = segmenter.trained(
        photos,
        nearest(labels, trained.colours()),
        side=sizes.train.crop,
        width=sizes.segmenter.width,
        steps=sizes.segmenter.steps,
        batch=sizes.segmenter.batch,
        seed=p.asymgan.seed,
    )
    tensors.write(places.SEGMENTER, net.state_dict())


if __name__ == "__main__":
    command.run(main)
