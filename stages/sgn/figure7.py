"""figure7: photos and Monet paintings that no training saw, through SGN and through SingleGAN (Figure 7)."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.core import artifacts, files, precision, results
from pipeline.core.artifacts import VGG16_WEIGHTS
from pipeline.core.pictures import to_pictures, to_tensor
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation import controllability, measures, trained, transfer
from pipeline.sgn.model import params, simplex, translation
from pipeline.sgn.results import MEASURED, Figure7Result, Nearness, Transfer
from pipeline.shell import command

RUNS = {"sgn": "comparison", "singlegan": "singlegan"}
DOMAINS = ("photo", "monet")
PAINTINGS = ("ukiyoe", "vangogh")
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
    references = measures.read_references(p.run(RUNS["sgn"]), inputs["photo"])
    paintings = {domain: references[domain] for domain in PAINTINGS}
    transfers: dict[str, dict[str, dict[str, Transfer]]] = {}
    near: dict[str, dict[str, dict[str, Nearness]]] = {}
    steps: dict[str, int] = {}
    arrays: dict[str, npt.NDArray[np.uint8]] = {domain: to_pictures(x[:SHOWN]) for domain, x in inputs.items()}
    seeds = [seed for seed in p.seeds_of(RUNS["sgn"]) if seed in p.seeds_of(RUNS["singlegan"])]
    if not seeds:
        raise ValueError(f"runs.{RUNS['sgn']} and runs.{RUNS['singlegan']} share no seed: give them one in params.yaml")
    for seed in seeds:
        near[str(seed)] = {domain: {} for domain in DOMAINS}
        transfers[str(seed)] = {}
        for name, key in RUNS.items():
            run = p.run(key)
            alpha = p.alpha if run.reads == "alpha" else None
            generator, training = trained.generator(key, seed, run, scale.train, alpha)
            generator.to(device)
            steps[key] = training["steps"]
            for domain, x in inputs.items():
                output = translation.translate(generator, x, simplex.corners(run.k)[0], scale.evaluate.batch)
                near[str(seed)][domain][name] = transfer.nearness(output, x, vgg, scale.evaluate.batch)
                if seed == seeds[0]:
                    shown = [
                        to_pictures(translation.translate(generator, x[:SHOWN], S)) for S in simplex.corners(run.k)
                    ]
                    arrays[f"{name}_{domain}"] = np.stack(shown)
            photos = inputs["photo"]
            codes = dict(zip([o.about for o in run.objectives], simplex.corners(run.k), strict=True))
            outputs = {
                domain: translation.translate(generator, photos, codes[domain], scale.evaluate.batch)
                for domain in paintings
            }
            transfers[str(seed)][name] = transfer.to_domains(outputs, photos, paintings, vgg, scale.evaluate.batch)
    result = Figure7Result(
        sgn=RUNS["sgn"],
        other=RUNS["singlegan"],
        data=p.data,
        scale=p.scale,
        steps=steps,
        pictures={domain: len(x) for domain, x in inputs.items()},
        seeds=near,
        flat={domain: float((controllability.flat(x) - x).abs().mean()) for domain, x in inputs.items()},
        transfer=transfers,
    )
    files.write_arrays(Path("data/translations/figure7.npz"), arrays)
    results.write(MEASURED / "figure7.json", result)


if __name__ == "__main__":
    command.run(main)
