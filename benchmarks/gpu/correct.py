"""Right on this device: layers, losses and gradients against the CPU's, trainings against themselves.

    layers      reflection padding and pooling against PyTorch's own, in float64 and float32
    models      losses and gradients of every conditioning and of SingleGAN in float32 against the CPU's
    trainings   20 steps twice, and stopped and resumed: the same bytes?

All of it under `use_deterministic_algorithms`, which raises at the first layer whose result could differ from call to
call. Distances are ||a - b|| / ||b||.
"""

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import instance_norm, max_pool2d, pad

from benchmarks.gpu import build, settings
from benchmarks.gpu.report import Report
from benchmarks.gpu.settings import Model, Sizes
from pipeline.core import precision
from pipeline.networks import layers
from pipeline.sgn.model.method import SGN
from pipeline.sgn.model.singlegan import SingleGAN
from pipeline.training import loop

STEPS = {"cuda": 20, "cpu": 8}  # of the trainings, cut off at two thirds, with a checkpoint after each quarter of them
# Distances that a right computation stays below: of layers, which copy, choose, add and normalise; of losses and of
# gradients through the whole network, which add up in another order.
LAYERS, LOSSES, GRADIENTS = 1e-5, 1e-4, 5e-3
CHECKED = ("ccam", "concat", "concat-features", "cbn", "film")  # conditionings of Model 2


def part(report: Report, device: torch.device, sizes: Sizes, weights: dict[str, Tensor]) -> None:
    """All checks; `right` says whether each was passed."""
    precision.deterministic(device, torch.get_num_threads())
    report.add(
        right=None,
        use_deterministic_algorithms=torch.are_deterministic_algorithms_enabled(),
        tf32_convolutions=torch.backends.cudnn.allow_tf32 if device.type == "cuda" else None,
        bounds={"layers": LAYERS, "losses": LOSSES, "gradients": GRADIENTS},
    )
    errors: dict[str, str] = {}

    def attempt(kind: str, name: str, check: Callable[[], dict[str, Any]]) -> None:
        """One row; an error is written down and ends no other check."""
        try:
            report.add(**{kind: {**report.values.get(kind, {}), name: check()}})
        except Exception as error:
            errors[f"{kind}: {name}"] = f"{type(error).__name__}: {error}"[:1000]
            report.add(errors=errors)

    for name, pair in layer_pairs().items():
        attempt("layers", name, partial(check_layer, *pair, device))
    small = smaller(sizes)
    for name, model in checked_models().items():
        attempt("models", name, partial(compare, model, small, weights, device))
    for name, captured in (("model1", False), ("model1", True), ("singlegan", True)):
        form = f"{name}, {'captured' if captured else 'eager'}"
        attempt("trainings", form, partial(repeat, settings.model(name), sizes, weights, device, captured))
    report.add(right=not errors and _right(report.values))


def checked_models() -> dict[str, Model]:
    """Model 2 with each conditioning, and the runs of other losses."""
    models = {f"model2, {name}": settings.model("model2", name) for name in CHECKED}
    return {**models, "model3": settings.model("model3"), "singlegan": settings.model("singlegan")}


def smaller(sizes: Sizes) -> Sizes:
    """Sizes at which a CPU is quick in float64: at most 64 pixels, width 16, 2 blocks, batch 2."""
    crop = min(64, sizes.crop)
    return Sizes(
        crop,
        min(16, sizes.width),
        min(2, sizes.blocks),
        2,
        *(sizes.learning_rate, sizes.train_size, sizes.test_size),
        crop,
        *(sizes.rendered, sizes.most_steps),
    )


def distance(a: Tensor, b: Tensor) -> float:
    """||a - b|| / ||b||, or ||a|| where b is 0; infinite where either is not finite."""
    a, b = a.detach().cpu().double(), b.detach().cpu().double()
    apart, length = float((a - b).norm()), float(b.norm())
    relative = apart / length if length > 0 else apart
    return relative if np.isfinite(relative) else float("inf")


Layer = Callable[[Tensor], Tensor]


def layer_pairs() -> dict[str, tuple[Layer, Layer]]:
    """The layers that stand for PyTorch's on a GPU, and PyTorch's."""
    return {
        "reflect 1": (lambda x: layers.reflect_slices(x, 1), lambda x: pad(x, (1, 1, 1, 1), mode="reflect")),
        "reflect 3": (lambda x: layers.reflect_slices(x, 3), lambda x: pad(x, (3, 3, 3, 3), mode="reflect")),
        "max_pool": (layers.max_pool_slices, lambda x: max_pool2d(x, 2)),
        "instance_norm": (layers.instance_norm, instance_norm),
    }


def check_layer(ours: Layer, theirs: Layer, device: torch.device) -> dict[str, float]:
    """Value and gradient of our layer on this device against PyTorch's on the CPU, by number format and layout."""
    distances = {}
    for dtype in (torch.float64, torch.float32):
        for layout in (torch.contiguous_format, torch.channels_last):
            # Few different values: pooling meets squares whose largest value stands there twice.
            x = torch.from_numpy(np.random.default_rng(0).integers(-4, 5, (2, 8, 18, 23))).to(dtype)
            value, gradient = _both(ours, x.to(device).contiguous(memory_format=layout))
            wanted, wanted_gradient = _both(theirs, x)
            kind = f"{str(dtype).removeprefix('torch.')}, {str(layout).removeprefix('torch.')}"
            distances[f"value, {kind}"] = distance(value, wanted)
            distances[f"gradient, {kind}"] = distance(gradient, wanted_gradient)
    return distances


def _both(layer: Callable[[Tensor], Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
    """A layer's value, and its gradient against fixed weights of the value."""
    x = x.detach().requires_grad_()
    value = layer(x)
    weights = torch.from_numpy(np.random.default_rng(1).normal(size=tuple(value.shape))).to(value)
    (gradient,) = torch.autograd.grad((value * weights).sum(), x)
    return value, gradient


def compare(model: Model, sizes: Sizes, weights: dict[str, Tensor], device: torch.device) -> dict[str, Any]:
    """Losses and gradients of one step in float32 on this device against the CPU's; beside it, how far the CPU's own
    float32 is from its float64."""
    cpu = torch.device("cpu")
    here = one_step(build.method(model, sizes, weights, device), sizes, device, torch.float32)
    there = one_step(build.method(model, sizes, weights, cpu), sizes, cpu, torch.float32)
    exact = one_step(build.method(model, sizes, weights, cpu, dtype=torch.float64), sizes, cpu, torch.float64)
    return {
        name: {"from_cpu": distance(here[name], there[name]), "cpu_from_float64": distance(there[name], exact[name])}
        for name in there
    }


def one_step(method: SGN | SingleGAN, sizes: Sizes, device: torch.device, dtype: torch.dtype) -> dict[str, Tensor]:
    """Each loss (N,) and each player's gradient as one vector, of a step that moves nothing."""
    for module in method.modules.values():
        module.to(device, dtype)
    given: dict[str, Tensor] = {
        name: build.noise((sizes.batch, 3, sizes.crop, sizes.crop), name, 0) for name in method.sources
    }
    given |= method.draw(0, sizes.batch)
    batch = {
        name: value.to(device, dtype if value.is_floating_point() else value.dtype) for name, value in given.items()
    }
    losses: dict[str, Tensor] = {}
    for update in method.updates(batch):
        parameters = method.players[update.player].parameters
        gradients = torch.autograd.grad(update.loss.mean(), parameters, allow_unused=True)
        filled = [torch.zeros_like(p) if g is None else g for p, g in zip(parameters, gradients, strict=True)]
        losses |= {name: part.detach() for name, part in update.parts.items()}
        losses[f"gradient of {update.player}"] = torch.cat([g.flatten() for g in filled])
    return losses


def repeat(
    model: Model, sizes: Sizes, weights: dict[str, Tensor], device: torch.device, captured: bool
) -> dict[str, Any]:
    """A short training twice, and once cut off and resumed with other first weights: SHA-256 of its end."""
    steps = STEPS[device.type]

    def ended(folder: Path, stop_at: int | None, start: int, every: int = 0) -> str:
        dtype = precision.dtype(build.number_format(device))
        method = build.method(model, sizes, weights, device, dtype=dtype, start=start)
        curves = build.Curves()
        loop.train(
            method,
            {name: build.Noise(name, sizes.crop, stop_at) for name in method.sources},
            loop.Length(steps, log_every=3, sample_every=steps),
            seed=0,
            batch_size=sizes.batch,
            precision=build.number_format(device),
            device=device,
            live=curves,
            samples=lambda: np.zeros((4, 4, 3), np.uint8),
            checkpoints=build.EverySteps(every, folder, "this training"),
            captured=captured,
        )
        return digest(method.modules, curves)

    with tempfile.TemporaryDirectory() as name:
        first, second = (ended(Path(name), None, 0) for _ in range(2))
        try:
            ended(Path(name), steps * 2 // 3, 0, steps // 4)
        except build.CutError:
            resumed = ended(Path(name), None, 7)  # other first weights: what goes on can only come from the checkpoint
    return {
        "precision": build.number_format(device),
        "steps": steps,
        "sha256": first,
        "twice_the_same": first == second,
        "resumed_the_same": first == resumed,
    }


def digest(modules: Mapping[str, torch.nn.Module], curves: build.Curves) -> str:
    """SHA-256 over all weights and curves."""
    sha = hashlib.sha256()
    for name, module in modules.items():
        for key, tensor in module.state_dict().items():
            sha.update(f"{name}.{key}".encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
    sha.update(repr(curves.rows).encode())
    return sha.hexdigest()


def _right(found: dict[str, Any]) -> bool:
    """Whether every distance is below its bound and every training the same."""
    close = [max(row.values()) <= LAYERS for row in found["layers"].values()]
    for model in found["models"].values():
        for name, row in model.items():
            close.append(row["from_cpu"] <= (GRADIENTS if name.startswith("gradient") else LOSSES))
    same = [row["twice_the_same"] and row["resumed_the_same"] for row in found["trainings"].values()]
    return all(close) and all(same)
