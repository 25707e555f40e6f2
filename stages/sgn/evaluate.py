"""evaluate@RUN: a run's losses on the test set, and what S does to it, as numbers:
data/measured/runs/RUN.json."""

import math
from typing import Any

from pipeline.core import precision, results
from pipeline.core.artifacts import VGG16_WEIGHTS
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation import activations, controllability, corners, facts, measures, trained
from pipeline.sgn.evaluation.points import measured_points
from pipeline.sgn.model import params, simplex
from pipeline.sgn.results import MEASURED
from pipeline.shell import command, progress


def main(key: str) -> None:
    """Measure the run `key`."""
    p = params.load()
    run, scale = p.run(key), p.scale_params
    alpha = p.alpha if run.reads == "alpha" else None
    device = precision.device(p.device)
    precision.deterministic(device, p.threads)
    vgg = VGG16.load(VGG16_WEIGHTS).to(device)
    test = measures.read_test_set(run, scale.evaluate.images, vgg, device)
    batch = scale.evaluate.batch
    known = None
    if alpha is not None:
        known = corners.learn(run.objectives, test, measures.read_references(run, test.x), vgg, batch)

    of_seeds: dict[str, Any] = {}
    training: dict[str, Any] = {}
    for seed in p.seeds_of(key):
        generator, training = trained.generator(key, seed, run, scale.train, alpha)
        generator.to(device)
        here = trained.with_discriminators(test, key, seed, run, scale.train.width)
        rows = []
        points = measured_points(run)
        for S in progress.over(points, len(points), f"seed {seed}, S"):
            losses_at_S = measures.losses_at(generator, run.objectives, here, S, batch)
            rows.append({"S": S, **_finite(losses_at_S, key, seed, S)})
        of_seeds[str(seed)] = {"losses": rows, "study": None}
        if known is not None:
            study = controllability.measure(
                generator,
                run.objectives,
                here,
                known,
                vgg,
                points=controllability.lattice(run.k),
                lattice_images=scale.evaluate.lattice_images,
                batch=batch,
            )
            opened = activations.at_corners(generator, test.x, run.k, batch)
            of_seeds[str(seed)]["study"] = {**study, "activations": activations.summary(opened) or None}

    domains = [o.about for o in run.objectives if o.loss != "perceptual"]
    counts = {domain: measures.count_test_pictures(domain) for domain in domains}
    measured = {"measured": len(test.x), "lattice": min(len(test.x), scale.evaluate.lattice_images)}
    result = facts.of_run(
        p,
        key,
        precision=training["precision"],
        steps=training["steps"],
        pictures={**counts, **measured},
        seeds=of_seeds,
    )
    results.write(MEASURED / "runs" / f"{key}.json", result)


def _finite(losses_at_S: dict[str, Any], key: str, seed: int, S: tuple[float, ...]) -> dict[str, Any]:
    for letter, loss in losses_at_S["L"].items():
        if not math.isfinite(loss):
            raise ValueError(
                f"L_{letter} of run {key}, seed {seed}, is {loss} at S = {simplex.label(S)}: train it again"
            )
    return losses_at_S


if __name__ == "__main__":
    command.run(main)
