"""evaluate@RUN: a run's losses on the test set, and what S does to it, as numbers: reports/metrics/runs/RUN.json."""

import math
from dataclasses import asdict, replace
from typing import Any

from pipeline.core import precision, results
from pipeline.core.artifacts import METRICS, VGG16_WEIGHTS
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation import activations, controllability, measures, trained
from pipeline.sgn.evaluation.points import measured_points
from pipeline.sgn.model import params, simplex
from pipeline.sgn.model.objectives import LETTERS
from pipeline.sgn.results import RunResult
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
    references = measures.read_references(run, test.x) if alpha is not None else {}

    of_seeds: dict[str, Any] = {}
    training: dict[str, Any] = {}
    for seed in p.seeds:
        generator, training = trained.generator(key, seed, run, scale.train, alpha)
        generator.to(device)
        here = _with_discriminators(test, key, seed, run, scale.train.width)
        rows = []
        points = measured_points(run)
        for S in progress.over(points, len(points), f"seed {seed}, S"):
            losses_at_S = measures.losses_at(generator, run.objectives, here, S, scale.evaluate.batch)
            rows.append({"S": S, **_finite(losses_at_S, key, seed, S)})
        of_seeds[str(seed)] = {"losses": rows, "study": None}
        if alpha is not None:
            study = controllability.measure(
                generator,
                run.objectives,
                here,
                references,
                vgg,
                lattice_images=scale.evaluate.lattice_images,
                batch=scale.evaluate.batch,
            )
            opened = activations.at_corners(generator, test.x, scale.evaluate.batch)
            of_seeds[str(seed)]["study"] = {**study, "activations": activations.summary(opened) or None}

    domains = [o.about for o in run.objectives if o.loss != "perceptual"]
    counts = {domain: measures.count_test_pictures(domain) for domain in domains}
    measured = {"measured": len(test.x), "lattice": min(len(test.x), scale.evaluate.lattice_images)}
    result = {
        "run": key,
        "method": run.method,
        "conditioning": run.conditioning,
        "data": p.data,
        "scale": p.scale,
        "alpha": alpha,
        "precision": training["precision"],
        "steps": training["steps"],
        "S": run.S,
        "measured_by": run.measured_by,
        "objectives": [{"letter": letter, **asdict(o)} for letter, o in zip(LETTERS, run.objectives, strict=True)],
        "pictures": {**counts, **measured},
        "seeds": of_seeds,
    }
    results.write(METRICS / "runs" / f"{key}.json", results.of(RunResult, result))


def _with_discriminators(test: measures.TestSet, key: str, seed: int, run: params.Run, width: int) -> measures.TestSet:
    """The test set with the run's own discriminators and those that measure it, which can be the same."""

    def read(name: str, domains: list[str]) -> Any:
        return trained.discriminators(name, seed, domains, width).to(test.x.device)

    own_D = read(key, [o.about for o in run.active if o.loss == "adversarial"])
    if run.measured_by == key:
        return replace(test, D=own_D, own_D=own_D)
    return replace(
        test, own_D=own_D, D=read(run.measured_by, [o.about for o in run.objectives if o.loss == "adversarial"])
    )


def _finite(losses_at_S: dict[str, Any], key: str, seed: int, S: tuple[float, ...]) -> dict[str, Any]:
    for name, loss in losses_at_S.items():
        if name != "own" and not math.isfinite(loss):
            raise ValueError(f"{name} of run {key}, seed {seed}, is {loss} at S = {simplex.label(S)}: train it again")
    return losses_at_S


if __name__ == "__main__":
    command.run(main)
