"""figure7: photos and Monet paintings that no training saw, through SGN and through SingleGAN (Figure 7)."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pipeline.core import artifacts, files, precision, results, tensors
from pipeline.core.artifacts import METRICS, VGG16_WEIGHTS
from pipeline.core.pictures import to_pictures, to_tensor
from pipeline.networks.losses import mean_per_sample
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.model import params, simplex, translation
from pipeline.sgn.results import Figure7Result, Nearness
from pipeline.shell import command

RUNS = {"sgn": "comparison", "singlegan": "singlegan"}
DOMAINS = ("photo", "monet")
SHOWN = 4


def main() -> None:
    """Measure how well both give back what they are given, and keep some translations for the figure."""
    p = params.load()
    scale = p.scale_params
    device = precision.device(p.device)
    precision.deterministic(device, p.threads)
    vgg = VGG16.load(VGG16_WEIGHTS).to(device)
    paths = {domain: artifacts.test_pictures(domain) for domain in DOMAINS}
    pictures = {domain: artifacts.read_packed(path, multiple=4) for domain, path in paths.items()}
    inputs = {domain: to_tensor(array[: scale.evaluate.images]).to(device) for domain, array in pictures.items()}
    near: dict[str, dict[str, dict[str, Nearness]]] = {}
    steps: dict[str, int] = {}
    arrays: dict[str, npt.NDArray[np.uint8]] = {domain: to_pictures(x[:SHOWN]) for domain, x in inputs.items()}
    for seed in p.seeds:
        near[str(seed)] = {domain: {} for domain in DOMAINS}
        for name, key in RUNS.items():
            path = artifacts.network(key, seed, "generator")
            conditioning = p.run(key).conditioning
            generator, trained = translation.load_generator(
                path, scale.train.width, scale.train.blocks, conditioning, k=3
            )
            tensors.check(path, trained["run"], {"conditioning": conditioning})
            tensors.check(path, trained["scale"], scale.train.model_dump(mode="json"))
            generator.to(device)
            steps[key] = trained["steps"]
            for domain, x in inputs.items():
                output = translation.translate(generator, x, simplex.corners(3)[0], scale.evaluate.batch)
                near[str(seed)][domain][name] = Nearness(
                    L1=float((output - x).abs().mean()), VGG=content_distance(vgg, output, x, scale.evaluate.batch)
                )
                if seed == p.seeds[0]:
                    shown = [to_pictures(translation.translate(generator, x[:SHOWN], S)) for S in simplex.corners(3)]
                    arrays[f"{name}_{domain}"] = np.stack(shown)
    result = Figure7Result(
        sgn=RUNS["sgn"],
        other=RUNS["singlegan"],
        data=p.data,
        scale=p.scale,
        steps=steps,
        pictures={domain: len(x) for domain, x in inputs.items()},
        seeds=near,
    )
    files.write_arrays(Path("data/translations/figure7.npz"), arrays)
    results.write(METRICS / "figure7.json", result)


@torch.no_grad()
def content_distance(vgg: VGG16, a: Tensor, b: Tensor, batch: int) -> float:
    """Mean squared difference at relu2_2, as in the perceptual loss's content part, of pictures (N, 3, H, W)."""
    parts = [
        mean_per_sample((vgg(p, depth=2)[1] - vgg(q, depth=2)[1]).square())
        for p, q in zip(a.split(batch), b.split(batch), strict=True)
    ]
    return float(torch.cat(parts).double().mean())


if __name__ == "__main__":
    command.run(main)
