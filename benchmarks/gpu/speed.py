"""How fast a training step is: each model in several forms, and the plain baseline beside them in the same run.

Forms, all of the pipeline's own step (`pipeline.training.loop.play`) in the number format that trainings take:

    eager             Python sends each kernel
    captured          the whole step is a CUDA graph (pipeline/training/captured.py); on a CPU only its tensors stay
    free              kernels whose result may differ from call to call are allowed; on a GPU cuDNN may time its kernels
    channels last     networks' weights, and by that their pictures, have the channels innermost
    compiled          networks go through torch.compile first

Seconds are of the step alone: its inputs lie ready. `warm_up_seconds` is everything before the first timed step.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.gpu import build, settings, timing
from benchmarks.gpu.clock import Deadline, OutOfTimeError, alarm
from benchmarks.gpu.report import Report
from benchmarks.gpu.settings import Model, Sizes
from pipeline.core import precision
from pipeline.training import loop
from pipeline.training.captured import Captured, capturable
from pipeline.vgg16.known import VGG16

COMPILE_SECONDS = 110  # at most, for torch.compile's attempt


@dataclass(frozen=True)
class Form:
    """How a step is played."""

    captured: bool = False
    free: bool = False
    channels_last: bool = False
    compiled: bool = False

    def __str__(self) -> str:
        words = ["captured" if self.captured else "eager"]
        words += [word for word in ("free", "channels_last", "compiled") if getattr(self, word)]
        return ", ".join(words).replace("_", " ")


EAGER, CAPTURED = Form(), Form(captured=True)
FORMS = (EAGER, CAPTURED, Form(free=True), Form(True, channels_last=True), Form(True, free=True))
COMPILED = Form(True, compiled=True)
OTHERS = ("model3", "singlegan", "model1-w010")


def part(
    report: Report,
    deadline: Deadline,
    device: torch.device,
    sizes: Sizes,
    weights: dict[str, Tensor],
    peak: float | None,
) -> None:
    """Model 1 in every form, the baseline, then the other models eager and captured. `peak`: measured TFLOP/s."""
    repeats = 20 if device.type == "cuda" else 2
    report.add(precision=build.number_format(device), repeats=repeats, peak_tflops=peak, sizes=vars(sizes))
    rows: dict[str, dict[str, Any]] = {}
    wanted = [("model1", form) for form in FORMS]
    wanted += [(name, form) for name in OTHERS for form in (EAGER, CAPTURED)]
    flop = {name: count(settings.model(name), sizes) for name in ("model1", *OTHERS)}

    def measure(name: str, form: str, attempt: Callable[[], dict[str, Any]]) -> None:
        """One row; an error in it is said there and ends nothing else."""
        try:
            row = attempt()
        except Exception as error:
            row = {"error": f"{type(error).__name__}: {error}"[:500]}
        if "median_ms" in row:
            # Of the operations that our step needs; the baseline does some more for the same.
            row["tflops"] = flop[name] / row["median_ms"] / 1e9
            row["share_of_peak"] = row["tflops"] / peak if peak else None
        rows.setdefault(name, {})[form] = row
        report.add(models=rows)

    measure("model1", "plain", partial(baseline, sizes, device, repeats))
    for name, form in wanted:
        if deadline.left() < 5:
            report.add(left_out=f"from {name}, {form}: no time")
            return
        measure(name, str(form), partial(run, settings.model(name), form, sizes, weights, device, repeats))
    if device.type == "cuda" and deadline.left() > 20:
        try:
            with alarm(min(COMPILE_SECONDS, deadline.left() - 2)):
                attempt = partial(run, settings.model("model1"), COMPILED, sizes, weights, device, repeats)
                measure("model1", str(COMPILED), attempt)
        except OutOfTimeError:
            rows["model1"][str(COMPILED)] = {"error": f"not done within {COMPILE_SECONDS} s"}
            report.add(models=rows)


def fastest(measured: Mapping[str, Any]) -> Form:
    """Of Model 1's deterministic forms that the trainer has, the one with the shortest median; else the default."""
    rows = measured.get("models", {}).get("model1", {})
    forms = [form for form in FORMS if not form.free and "median_ms" in rows.get(str(form), {})]
    return min(forms, key=lambda form: float(rows[str(form)]["median_ms"]), default=CAPTURED)


def run(
    model: Model, form: Form, sizes: Sizes, weights: dict[str, Tensor], device: torch.device, repeats: int
) -> dict[str, Any]:
    """A model's step in one form."""
    timing.forget_peak(device)
    began = time.perf_counter()
    resolved = build.number_format(device)
    with kernels(device, deterministic=not form.free):
        method = build.method(model, sizes, weights, device, dtype=precision.dtype(resolved))
        for module in method.modules.values():
            module.to(device)
            if form.channels_last:
                module.to(memory_format=torch.channels_last)
        if form.compiled:
            frozen = [per.vgg for per in getattr(method, "perceptual", {}).values()]
            for net in (method.G, *method.D.values(), *frozen):
                net.compile(dynamic=False)
        optimizers = loop.optimizers_of(method)
        batch = given(method, sizes)
        if form.captured:
            for optimizer in optimizers.values():
                capturable(optimizer, device)
            player = Captured(
                lambda inputs: loop.play(method, inputs, optimizers, resolved, device),
                lambda: loop.tensors(method, optimizers),
                device,
            )
            player(batch)
            step: Callable[[], loop.Played] = lambda: player(batch)  # noqa: E731
        else:
            batch = {name: value.to(device) for name, value in batch.items()}
            step = lambda: loop.play(method, batch, optimizers, resolved, device)  # noqa: E731
        played = step()
        for _ in range(3 if device.type == "cuda" else 0):
            step()
        timing.synchronize(device)
        warm_up = time.perf_counter() - began
        times = timing.seconds(step, device, repeats, warm_up=0)
    return {
        **summary(times),
        "warm_up_seconds": warm_up,
        "peak_gib": timing.peak_gib(device),
        "graph": player.captured if form.captured else False,
        "finite": not bool(played.spoilt),
    }


def summary(times: list[float]) -> dict[str, float]:
    """Median and extremes in milliseconds."""
    return {"median_ms": statistics.median(times) * 1e3, "min_ms": min(times) * 1e3, "max_ms": max(times) * 1e3}


def given(method: Any, sizes: Sizes) -> dict[str, Tensor]:
    """A step's inputs: noise and the method's random numbers, on the CPU."""
    shape = (sizes.batch, 3, sizes.crop, sizes.crop)
    return {**{name: build.noise(shape, name, 0) for name in method.sources}, **method.draw(20, sizes.batch)}


def baseline(sizes: Sizes, device: torch.device, repeats: int) -> dict[str, Any]:
    """Model 1 as a first release would have it (benchmarks/plain.py), with PyTorch's defaults."""
    from benchmarks import plain

    timing.forget_peak(device)
    began = time.perf_counter()
    with kernels(device, deterministic=False, defaults=True):
        step = plain.build(sizes.width, sizes.blocks, device, sizes.style_size)
        shape = (sizes.batch, 3, sizes.crop, sizes.crop)
        x, y = (build.noise(shape, name, 0).to(device) for name in ("photo", "vangogh"))
        S = torch.full((sizes.batch, 3), 1 / 3, device=device)
        for _ in range(4 if device.type == "cuda" else 1):
            step(x, y, S)
        timing.synchronize(device)
        warm_up = time.perf_counter() - began
        times = timing.seconds(lambda: step(x, y, S), device, repeats, warm_up=0)
    return {**summary(times), "warm_up_seconds": warm_up, "peak_gib": timing.peak_gib(device)}


@contextmanager
def kernels(device: torch.device, deterministic: bool, defaults: bool = False) -> Iterator[None]:
    """Which kernels PyTorch may take; afterwards again the deterministic ones. `defaults`: as PyTorch starts, with
    TF32 convolutions and no timed choice; else, if not deterministic, cuDNN times its kernels."""
    if device.type != "cuda":
        yield
        return
    torch.use_deterministic_algorithms(deterministic)
    torch.backends.cudnn.benchmark = not deterministic and not defaults
    torch.backends.cudnn.allow_tf32 = defaults
    try:
        yield
    finally:
        precision.deterministic(device, torch.get_num_threads())


def count(model: Model, sizes: Sizes) -> int:
    """Floating-point operations of one step, counted on tensors without numbers: convolutions and products."""
    cpu = torch.device("cpu")
    with FakeTensorMode():
        weights = {name: torch.empty(shape) for name, shape in VGG16.shapes()}
        style = torch.empty(1, 3, sizes.style_size, sizes.style_size)
        method = build.method(model, sizes, weights, cpu, style=style)
        batch = {name: torch.empty(sizes.batch, 3, sizes.crop, sizes.crop) for name in method.sources}
        batch |= {name: torch.empty_like(value) for name, value in method.draw(0, sizes.batch).items()}
        with FlopCounterMode(display=False) as counter:
            for update in method.updates(batch):
                update.loss.mean().backward()
    return int(counter.get_total_flops())
