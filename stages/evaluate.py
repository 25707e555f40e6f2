"""evaluate@RUN: a run's losses on the test set, what S does to it, and its translations: small files that need no
network to read."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from pipeline import (
    activations,
    command,
    evaluation,
    files,
    params,
    precision,
    seeds,
    study,
    sym,
    tensors,
    translation,
)
from pipeline.images.crops import to_pictures
from pipeline.networks.generator import Generator
from pipeline.networks.vgg16 import VGG16

SHOWN = 6  # pictures in a figure's grid
DRAWS, DRAWS_ALPHA = 18, (0.5, 1.0, 1.0)  # v1's Figure 6: S from a Dirichlet with more of B and C than of A


def main(key: str) -> None:
    """Measure the run `key`, and translate some test pictures for its figures."""
    p = params.load()
    run, scale = p.run(key), p.scale_params
    device = precision.device()
    precision.deterministic(device, p.threads)
    vgg = VGG16.load(Path("models/vgg16.safetensors")).to(device)
    test = evaluation.read_test_set(run, scale.evaluate.images, vgg, device)
    sampled = run.draw == "alpha"
    references = evaluation.read_references(run, test.x) if sampled else {}

    results: dict[str, Any] = {}
    trained: dict[str, Any] = {}
    arrays: dict[str, npt.NDArray[Any]] = {"S": np.array(shown_sets(run)), "inputs": to_pictures(test.x[:SHOWN])}
    for seed in p.seeds:
        generator, trained = _generator(key, seed, run, scale.train, p.alpha if sampled else None)
        generator.to(device)
        here = _with_discriminators(test, key, seed, run, scale.train.width)
        rows = []
        for S in measured_sets(run):
            losses_at_S = evaluation.measure(generator, run.objectives, here, S, scale.evaluate.batch)
            rows.append({"S": S, **_finite(losses_at_S, key, seed, S)})
        results[str(seed)] = {"losses": rows, "study": None}
        arrays[f"seed{seed}"] = np.stack(
            [to_pictures(translation.translate(generator, test.x[:SHOWN], S)) for S in shown_sets(run)]
        )
        if sampled:
            found, drawn = _study(generator, run, here, references, vgg, scale.evaluate)
            results[str(seed)]["study"] = found
            if seed == p.seeds[0]:
                arrays.update(drawn)

    domains = [o.about for o in run.objectives if o.loss != "perceptual"]
    counts = {domain: evaluation.count_test_pictures(domain) for domain in domains}
    measured = {"measured": len(test.x), "lattice": min(len(test.x), scale.evaluate.lattice_images)}
    result = {
        "run": key,
        "method": run.method,
        "conditioning": run.conditioning,
        "data": p.data,
        "scale": p.scale,
        "alpha": p.alpha if sampled else None,
        "precision": trained["precision"],
        "steps": trained["steps"],
        "S": run.S,
        "judge": run.judge,
        "objectives": [{"letter": a, **o.model_dump()} for a, o in zip("ABC", run.objectives, strict=True)],
        "pictures": {**counts, **measured},
        "seeds": results,
    }
    files.write_arrays(Path("data/translations") / f"{key}.npz", arrays)
    files.write_json(Path("reports/metrics/runs") / f"{key}.json", result)


def measured_sets(run: params.Run) -> list[tuple[float, ...]]:
    """At which S a run is measured: Table 3's where S was drawn, its own where S is constant, else the domain codes."""
    if run.draw == "alpha":
        return list(sym.TABLE3)
    return [run.S] if run.S is not None else sym.corners(3)


def shown_sets(run: params.Run) -> list[tuple[float, ...]]:
    """At which S a run's figure shows pictures (Figure 1)."""
    if run.draw == "alpha":
        return [*sym.corners(3), *sym.midpoints(3), sym.centre(3), sym.beyond(3, 1)]
    return measured_sets(run)


def _generator(
    key: str, seed: int, run: params.Run, scale: params.ScaleTrain, alpha: float | None
) -> tuple[Generator, dict[str, Any]]:
    """The generator of one seed and the settings of its training; ValueError if these are not params.yaml's."""
    path = Path("models") / key / str(seed) / "generator.safetensors"
    generator, trained = translation.load_generator(path, scale.width, scale.blocks, run.conditioning, k=3)
    tensors.check(path, trained, {"draw": alpha})
    tensors.check(path, trained["run"], run.model_dump(mode="json", exclude={"judge"}))
    tensors.check(path, trained["scale"], scale.model_dump(mode="json"))
    return generator, trained


def _with_discriminators(
    test: evaluation.TestSet, key: str, seed: int, run: params.Run, width: int
) -> evaluation.TestSet:
    """The test set with the run's own discriminators and its judge's, which can be the same."""

    def read(name: str, objectives: tuple[params.Objective, ...]) -> nn.ModuleDict:
        path = Path("models") / name / str(seed) / "discriminators.safetensors"
        domains = [o.about for o in objectives if o.loss == "adversarial"]
        return evaluation.read_discriminators(path, domains, width).to(test.x.device)

    own = read(key, run.active)
    return replace(test, own=own, judges=own if run.judge == key else read(run.judge, run.objectives))


def _study(
    generator: Generator,
    run: params.Run,
    test: evaluation.TestSet,
    references: dict[str, Tensor],
    vgg: VGG16,
    scale: params.ScaleEvaluate,
) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """What S does, as numbers, and the pictures and activations for the figures about it."""
    found = study.study(
        generator,
        run.objectives,
        test,
        references,
        vgg,
        lattice_images=scale.lattice_images,
        batch=scale.batch,
    )
    opened = activations.at_corners(generator, test.x, scale.batch)
    found["activations"] = activations.summary(opened) or None

    draws = seeds.numpy_generator(0, "draws").dirichlet(DRAWS_ALPHA, DRAWS).astype(np.float32)
    path = sym.path([*sym.corners(3), sym.corners(3)[0]], study.FRAMES)[:-1]  # a moving picture that repeats
    drawn: dict[str, npt.NDArray[Any]] = {
        "draws_S": draws,
        "draws": to_pictures(translation.travel(generator, test.x[:1], [tuple(S) for S in draws.tolist()])),
        "path_S": np.array(path),
        "path": to_pictures(translation.travel(generator, test.x[:1], path)),
    }
    drawn.update({f"activation{place}": a.cpu().numpy() for place, a in enumerate(opened, start=1)})
    return found, drawn


def _finite(losses_at_S: dict[str, Any], key: str, seed: int, S: tuple[float, ...]) -> dict[str, Any]:
    for name, loss in losses_at_S.items():
        if name != "own" and not math.isfinite(loss):
            raise ValueError(f"{name} of run {key}, seed {seed}, is {loss} at S = {sym.label(S)}: train it again")
    return losses_at_S


if __name__ == "__main__":
    command.run(main)
