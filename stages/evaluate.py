"""evaluate@RUN: a run's losses on the test set, what S does to it, and its translations: small files that need no
network to read."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from pipeline import activations, command, evaluation, files, losses, params, precision, seeds, study, sym, translation
from pipeline.images.crops import centre, open_packed, to_pictures, to_tensor
from pipeline.networks.discriminator import Discriminator
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
    test = _test_set(run, scale.evaluate.images, vgg, device)
    sampled = run.draw == "alpha"
    references = _references(run, test.x, device) if sampled else {}

    results: dict[str, Any] = {}
    trained: dict[str, Any] = {}
    arrays: dict[str, npt.NDArray[Any]] = {"S": np.array(shown_sets(run)), "inputs": to_pictures(test.x[:SHOWN])}
    for seed in p.seeds:
        folder = Path("models") / key / str(seed)
        with safe_open(folder / "generator.safetensors", "pt") as file:
            trained = json.loads(file.metadata()["training"])
        generator = translation.load_generator(
            folder / "generator.safetensors", scale.train.width, scale.train.blocks, run.conditioning, k=3
        ).to(device)
        own, judges = (
            _discriminators(Path("models") / name / str(seed), scale.train.width).to(device)
            for name in (key, run.judge)
        )
        here = evaluation.TestSet(test.x, test.y, judges, own, test.perceptual)
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
    counts = {domain: len(open_packed(_path(domain, "test"))) for domain in domains}
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
    with files.replacing(Path("data/translations") / f"{key}.npz") as temporary:
        np.savez(temporary, **arrays)  # type: ignore[arg-type]  # NumPy's types know no names
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


def _path(domain: str, part: str) -> Path:
    return Path("data") / domain / f"{part}.npy"


def _test_set(run: params.Run, images: int, vgg: VGG16, device: torch.device) -> evaluation.TestSet:
    x = to_tensor(open_packed(_path(run.input_domain, "test"))[:images]).to(device)
    y, perceptual = {}, {}
    for o in run.objectives:
        if o.loss == "adversarial":
            y[o.about] = evaluation.pair(to_tensor(open_packed(_path(o.about, "test"))), len(x)).to(device)
        elif o.loss == "perceptual":
            assert run.style_weight is not None
            perceptual[o.about] = losses.Perceptual(vgg, _style(o, device), run.style_weight)
    return evaluation.TestSet(x, y, nn.ModuleDict(), nn.ModuleDict(), perceptual)


def _references(run: params.Run, x: Tensor, device: torch.device) -> dict[str, Tensor]:
    """What the corners are compared with: the style image, or as many training pictures of the domain as inputs.

    Training pictures, because the inputs are the test pictures, and because some test sets are tiny.
    """
    found = {}
    for o in run.objectives:
        if o.loss == "perceptual":
            found[o.about] = _style(o, device)
        else:
            found[o.about] = to_tensor(centre(open_packed(_path(o.about, "train"))[: len(x)], x.shape[-1])).to(device)
    return found


def _style(objective: params.Objective, device: torch.device) -> Tensor:
    return to_tensor(open_packed(Path("data") / objective.about / "style.npy")[None]).to(device)


def _discriminators(folder: Path, width: int) -> nn.ModuleDict:
    """The discriminators that a training left, by domain."""
    tensors = load_file(folder / "discriminators.safetensors")
    domains = sorted({name.split(".")[0] for name in tensors})
    found = nn.ModuleDict({domain: Discriminator(width) for domain in domains})
    found.load_state_dict(tensors)
    return found.eval()


if __name__ == "__main__":
    command.run(main)
