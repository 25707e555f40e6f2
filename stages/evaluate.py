"""evaluate@RUN: a run's losses on the test set and its translations, into small files that need no network to read."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

from pipeline import command, evaluation, files, losses, params, precision, sym, translation
from pipeline.images.crops import open_packed, to_pictures, to_tensor
from pipeline.networks.discriminator import Discriminator
from pipeline.networks.vgg16 import VGG16

SHOWN = 6  # pictures in a figure's grid


def main(key: str) -> None:
    """Measure the run `key` at Table 3's S, and translate some test pictures for its figure."""
    p = params.load()
    run, scale = p.run(key), p.scale_params
    device = precision.device()
    precision.deterministic(device)
    test = _test_set(run, scale.evaluate.images, device)
    sets = [*sym.corners(3), *sym.midpoints(3), sym.centre(3), sym.beyond(3, 1)]

    seeds: dict[str, Any] = {}
    trained: dict[str, Any] = {}
    translations = {}
    for seed in p.seeds:
        folder = Path("models") / key / str(seed)
        with safe_open(folder / "generator.safetensors", "pt") as file:
            trained = json.loads(file.metadata()["training"])
        generator = translation.load_generator(
            folder / "generator.safetensors", scale.train.width, scale.train.blocks, run.conditioning, k=3
        ).to(device)
        test.discriminators = _discriminators(folder, scale.train.width).to(device)
        rows = []
        for S in sym.TABLE3:
            losses_at_S = evaluation.measure(generator, run.objectives, test, S, scale.evaluate.batch)
            for name, loss in losses_at_S.items():
                if loss is not None and not math.isfinite(loss):
                    raise ValueError(
                        f"{name} of run {key}, seed {seed}, is {loss} at S = {sym.label(S)}: train it again"
                    )
            rows.append({"S": S, **losses_at_S})
        seeds[str(seed)] = {"losses": rows}
        shown = test.x[:SHOWN]
        translations[f"seed{seed}"] = np.stack([to_pictures(translation.translate(generator, shown, S)) for S in sets])

    domains = [o.about for o in run.objectives if o.loss != "perceptual"]
    counts = {domain: len(open_packed(_test_path(domain))) for domain in domains}
    result = {
        "run": key,
        "data": p.data,
        "scale": p.scale,
        "alpha": p.alpha if run.draw == "alpha" else None,
        "precision": trained["precision"],
        "steps": trained["steps"],
        "objectives": [{"letter": a, **o.model_dump()} for a, o in zip("ABC", run.objectives, strict=True)],
        "pictures": {**counts, "measured": len(test.x)},
        "seeds": seeds,
    }
    translations["inputs"] = to_pictures(test.x[:SHOWN])
    with files.replacing(Path("data/translations") / f"{key}.npz") as temporary:
        np.savez(temporary, S=np.array(sets), **translations)  # type: ignore[arg-type]  # NumPy's types know no names
    files.write_json(Path("reports/metrics/runs") / f"{key}.json", result)


def _test_path(domain: str) -> Path:
    return Path("data") / domain / "test.npy"


def _test_set(run: params.Run, images: int, device: torch.device) -> evaluation.TestSet:
    x = to_tensor(open_packed(_test_path(run.input_domain))[:images]).to(device)
    y, perceptual = {}, {}
    for o in run.objectives:
        if o.loss == "adversarial":
            y[o.about] = evaluation.pair(to_tensor(open_packed(_test_path(o.about))), len(x)).to(device)
        elif o.loss == "perceptual":
            vgg = VGG16.load(Path("models/vgg16.safetensors")).to(device)
            style = to_tensor(open_packed(Path("data") / o.about / "style.npy")[None]).to(device)
            perceptual[o.about] = losses.Perceptual(vgg, style, run.style_weight)
    return evaluation.TestSet(x, y, nn.ModuleDict(), perceptual)


def _discriminators(folder: Path, width: int) -> nn.ModuleDict:
    """The discriminators that a training left, by domain."""
    tensors = load_file(folder / "discriminators.safetensors")
    domains = sorted({name.split(".")[0] for name in tensors})
    found = nn.ModuleDict({domain: Discriminator(width) for domain in domains})
    found.load_state_dict(tensors)
    return found.eval()


if __name__ == "__main__":
    command.run(main)
