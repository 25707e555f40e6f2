"""sdit/classifier@VIEW: a small classifier of real pictures, models/sdit/classifiers/VIEW.safetensors, and what it
makes of the test half, data/sdit/measured/real/VIEW.json."""

import torch

from pipeline.core import precision, results, tensors
from pipeline.sdit.evaluation import classifier, measures, trained
from pipeline.sdit.model import params, pictures
from pipeline.sdit.results import MEASURED, RealResult
from pipeline.shell import command


def main(key: str) -> None:
    """Learn the view `key` with the first seed, and measure its real pictures."""
    p = params.load()
    view, device = p.view(key), precision.device(p.device)
    precision.deterministic(device, p.threads)
    train = pictures.read(key, "train")
    net = classifier.learn(
        train.tensor().to(device),
        torch.from_numpy(train.label).to(device),
        p.sizes.evaluate.classifier_steps,
        exclusive=view.exclusive,
        seed=p.seeds[0],
    )
    found = measures.real(trained.judges(p, key, net, device))
    tensors.write(trained.CLASSIFIERS / f"{key}.safetensors", net.state_dict(), {"seed": p.seeds[0]})
    results.write(MEASURED / "real" / f"{key}.json", results.of(RealResult, {"view": key, **found}))


if __name__ == "__main__":
    command.run(main)
