"""The pipeline's own networks, losses and methods, built for a run of params.yaml at given sizes."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from benchmarks.gpu.settings import Model, Sizes
from pipeline.core import precision, seeds
from pipeline.core.pictures import to_tensor
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.model import losses, methods, networks
from pipeline.sgn.model.method import SGN
from pipeline.sgn.model.objectives import discriminated
from pipeline.sgn.model.singlegan import SingleGAN
from pipeline.training.checkpoints import Checkpoints


def method(
    model: Model,
    sizes: Sizes,
    weights: dict[str, Tensor],
    device: torch.device,
    *,
    dtype: torch.dtype = torch.float32,
    style: Tensor | None = None,
    seed: int = 0,
    start: int = 0,
) -> SGN | SingleGAN:
    """A run's method with new networks. `dtype`: of VGG16's convolutions. `style` (1, 3, H, W): noise if not given.

    `seed` decides what is drawn in training, `start` the first weights.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(seeds.sequence(start, "networks").generate_state(1)[0]))
        nets = networks.build(
            discriminated(model.objectives, model.S),
            model.conditioning,
            sizes.width,
            sizes.blocks,
            k=len(model.objectives),
        )
    perceptual = {}
    for i, o in enumerate(model.objectives):
        if o.loss == "perceptual" and (model.S is None or model.S[i]):
            assert model.style_weight is not None
            picture = noise((1, 3, sizes.style_size, sizes.style_size), 0) if style is None else style
            target = picture.to(device, torch.promote_types(dtype, torch.float32))
            vgg = VGG16(weights, dtype).to(device)
            perceptual[o.about] = losses.Perceptual(vgg, target, model.style_weight)
    return methods.build(
        model.method,
        nets,
        model.objectives,
        perceptual,
        alpha=model.alpha,
        constant_S=model.S,
        seed=seed,
        learning_rate=sizes.learning_rate,
    )


def noise(shape: tuple[int, ...], *names: str | int) -> Tensor:
    """Random pictures in [-1, 1] of a named stream, float32, the same on every machine."""
    random = seeds.numpy_generator(0, "noise", *names)
    return to_tensor(random.integers(0, 256, (shape[0], *shape[2:], shape[1]), dtype=np.uint8))


class Noise:
    """A source of random pictures, others at each step; `stop_at` raises Cut at that step."""

    def __init__(self, name: str, crop: int, stop_at: int | None = None) -> None:
        self.name, self.crop, self.stop_at = name, crop, stop_at

    def batch(self, step: int, size: int) -> Tensor:
        """(size, 3, crop, crop) in [-1, 1]."""
        if step == self.stop_at:
            raise CutError
        return noise((size, 3, self.crop, self.crop), self.name, step)


class CutError(Exception):
    """A training is cut off."""


class Curves:
    """A training's log in memory: each loss's rows, and what `picture` is called with."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[int, float]]] = {}
        self.grids: dict[int, npt.NDArray[np.uint8]] = {}

    def metrics(self, seed: int, step: int, values: dict[str, float]) -> None:
        """One more row of each curve."""
        for name, value in values.items():
            self.rows.setdefault(name, []).append((step, value))

    def picture(self, seed: int, step: int, grid: npt.NDArray[np.uint8]) -> None:
        """A sample grid, uint8 (H, W, 3)."""
        self.grids[step] = grid

    def save(self, seed: int) -> dict[str, Tensor]:
        """The curves for a checkpoint: (rows, 2) each."""
        return {name: torch.tensor(rows, dtype=torch.float64) for name, rows in self.rows.items()}

    def restore(self, seed: int, saved: dict[str, Tensor]) -> None:
        """Go back to a checkpoint's curves."""
        self.rows = {name: [(int(step), value) for step, value in rows.tolist()] for name, rows in saved.items()}


class EverySteps(Checkpoints):
    """Checkpoints by the number of steps instead of the clock; `every` 0: none, for a training that nobody resumes."""

    def __init__(self, every: int, folder: Path, identity: str) -> None:
        super().__init__(folder, identity, seconds=0)
        self.every, self._steps = every, 0

    def due(self) -> bool:
        """After every so many steps."""
        self._steps += 1
        return self.every > 0 and self._steps % self.every == 0

    def write(self, step: int, state: dict[str, Any]) -> Path:
        """As Checkpoints does, or nothing."""
        return super().write(step, state) if self.every else self.folder


def number_format(device: torch.device) -> str:
    """bf16 where the device computes it natively, as trainings take it."""
    return precision.resolve("auto", device)
