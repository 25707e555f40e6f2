"""A real training with the time that is left: Model 1 by the pipeline's own loop, its schedule as long as the time.

How long a step takes is measured first, by the same loop with the same pictures. If the steps take longer than that
after all, the training is cut off in time, and what follows (show.py) is made of the generator as it is then.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.gpu import build, generator, settings, speed, timing
from benchmarks.gpu.clock import Deadline, OutOfTimeError, alarm
from benchmarks.gpu.pack import Pack, webp
from benchmarks.gpu.report import Report
from benchmarks.gpu.visit import Visit
from pipeline.core import precision
from pipeline.core.pictures import to_tensor
from pipeline.sgn.model import simplex, translation
from pipeline.sgn.model.method import SGN
from pipeline.training import loop
from pipeline.training.crops import Crops

RUN = "model1"
SPARE = 0.03  # of the time, for what a step's measured time does not hold
AFTERWARDS = {"cuda": 35.0, "cpu": 12.0}  # seconds for tables and pictures
ROWS = 200  # of each curve
SHOWN = 4  # pictures in the grid of the progress


def part(report: Report, visit: Visit, deadline: Deadline) -> None:
    """Wait for the pictures, measure a step, train, then show what the generator does."""
    model, sizes, device = settings.model(RUN), visit.sizes, visit.device
    precision.deterministic(device, torch.get_num_threads())
    packed = visit.packing.wait(deadline.left() / 2)
    report.add(run=RUN, pictures=packed, vgg16=visit.vgg16_note, sizes=vars(sizes), device=str(device))
    folder = visit.packing.folder
    form = speed.fastest(visit.found("speed"))
    sources = {name: Crops(folder / name / "train.npy", name, sizes.crop, seed=0) for name in ("photo", "vangogh")}
    style = to_tensor(np.load(folder / "udnie" / "style.npy")[None])
    dtype = precision.dtype(build.number_format(device))

    def new_method() -> SGN:
        made = build.method(model, sizes, visit.weights, device, dtype=dtype, style=style)
        assert isinstance(made, SGN)
        for module in made.modules.values():
            module.to(device)
            if form.channels_last:
                module.to(memory_format=torch.channels_last)
        return made

    def train(method: SGN, steps: int, curves: build.Curves, samples: Any) -> float:
        with tempfile.TemporaryDirectory() as scratch:
            return loop.train(
                method,
                sources,
                loop.Length(steps, log_every=max(1, steps // ROWS), sample_every=max(1, steps // 4)),
                seed=0,
                batch_size=sizes.batch,
                precision=build.number_format(device),
                device=device,
                live=curves,
                samples=samples,
                checkpoints=build.EverySteps(0, Path(scratch), "this visit's"),
                captured=form.captured,
            )

    step_seconds = measure_step(new_method(), train, 60 if device.type == "cuda" else 4)
    time_left = deadline.left() - AFTERWARDS[device.type]
    steps = min(int(time_left * (1 - SPARE) / step_seconds), sizes.most_steps)
    report.add(form=str(form), precision=build.number_format(device), step_ms=step_seconds * 1e3, planned_steps=steps)
    if steps < 2:
        raise ValueError(f"{time_left:.0f} s are left for the training, which is no step")

    method, curves, pack = new_method(), Timed(), Pack(visit.out / "pictures.zip")
    x = to_tensor(np.load(folder / "photo" / "test.npy")[:SHOWN]).to(device)
    sets = [*simplex.corners(3), simplex.centre(3)]

    def samples() -> Any:
        """The fixed grid; the generator goes to the disk each time, in case that the visit is cut off."""
        grid = translation.grid(method.G, x, sets)
        done = curves.steps()
        if done > 0:
            generator.write(visit.out, method.G, about(done))
        pack.add(f"progress/{done:06d}.webp", webp(grid, quality=75))
        report.add(curves=curves.rows)
        return grid

    def about(done: int) -> dict[str, Any]:
        return {
            "run": {"conditioning": model.conditioning, "objectives": [vars(o) for o in model.objectives]},
            "scale": {"width": sizes.width, "blocks": sizes.blocks, "crop": sizes.crop, "batch": sizes.batch},
            "steps": done,
            "planned_steps": steps,
            "precision": "float16, trained in " + build.number_format(device),
            "seed": 0,
        }

    timing.forget_peak(device)
    cut: str | None = None
    try:
        with alarm(max(1.0, deadline.left() - 0.8 * AFTERWARDS[device.type])):
            seconds = train(method, steps, curves, samples)
    except OutOfTimeError:
        seconds, cut = curves.seconds(), "the steps took longer than measured: cut off, the schedule is not at its end"
    timing.synchronize(device)
    done = curves.steps()
    report.add(
        steps=done,
        training_seconds=seconds,
        cut=cut,
        pictures_per_second=done * sizes.batch / max(seconds, 1e-9),
        peak_gib=timing.peak_gib(device),
        curves=curves.rows,
        generator=generator.write(visit.out, method.G, about(done)),
    )
    from benchmarks.gpu import show  # so late, that what it cannot import costs no training

    show.everything(report, visit, method, model, pack, curves, deadline)


def measure_step(method: SGN, train: Any, steps: int) -> float:
    """Seconds of a step in the loop itself: between two rows of the curves, for which the loop waits for the GPU."""
    curves = Timed()
    train(method, steps, curves, lambda: np.zeros((4, 4, 3), np.uint8))
    (first, began), (last, ended) = curves.times[len(curves.times) // 2], curves.times[-1]
    return (ended - began) / (last - first)


class Timed(build.Curves):
    """Curves, and when each row came."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[tuple[int, float]] = []
        self._began = time.monotonic()

    def metrics(self, seed: int, step: int, values: dict[str, float]) -> None:
        """One more row."""
        super().metrics(seed, step, values)
        self.times.append((step, time.monotonic()))

    def steps(self) -> int:
        """Steps up to the last row."""
        return self.times[-1][0] if self.times else 0

    def seconds(self) -> float:
        """Seconds up to the last row."""
        return self.times[-1][1] - self._began if self.times else 0.0
