"""Pictures with labels, data/sdit/VIEW.npz: what a view holds, and a training's batches of it.

Shape legend: N pictures of S x S pixels, d domains.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pipeline.core import artifacts, files, seeds
from pipeline.core.pictures import to_tensor

Pixels = npt.NDArray[np.uint8]
DATA = Path("data/sdit")


@dataclass(frozen=True)
class Half:
    """Training or test pictures: `x` uint8 (N, S, S, 3), `label` float32 (N, d), `mask` bool (N, S, S) of the object
    where it is known."""

    x: Pixels
    label: npt.NDArray[np.float32]
    mask: npt.NDArray[np.bool_] | None

    def __len__(self) -> int:
        return len(self.x)

    def tensor(self) -> Tensor:
        """float32 (N, 3, S, S) in [-1, 1]."""
        return to_tensor(self.x)


def path(view: str) -> Path:
    """Where a view's pictures lie."""
    return DATA / f"{view}.npz"


def write(view: str, train: Half, test: Half) -> None:
    """Write a view, whole or not at all."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, half in (("train", train), ("test", test)):
        arrays |= {f"{name}_x": half.x, f"{name}_label": half.label}
        if half.mask is not None:
            arrays[f"{name}_mask"] = half.mask
    files.write_arrays(path(view), arrays)


def read(view: str, half: str) -> Half:
    """The `train` or `test` half of a view; ValueError that names the stage if it is missing or damaged."""
    held = artifacts.read_arrays(path(view))
    mask = held.get(f"{half}_mask")
    return Half(held[f"{half}_x"], held[f"{half}_label"], mask)


class Shuffled:
    """The same pictures in a new order each epoch, half of them flipped: a batch is a function of seed and step."""

    def __init__(self, half: Half, seed: int) -> None:
        self.half, self.seed = half, seed

    def places(self, step: int, size: int) -> list[int]:
        """Which pictures a step takes."""
        chosen = []
        for position in range(step * size, (step + 1) * size):
            epoch, place = divmod(position, len(self.half))
            chosen.append(int(self._order(epoch)[place]))
        return chosen

    def batch(self, step: int, size: int) -> Tensor:
        """float32 (size, 3, S, S) in [-1, 1]."""
        flips = seeds.numpy_generator(self.seed, "sdit flips", step).integers(2, size=size)
        x = self.half.x[self.places(step, size)]
        return to_tensor(np.where(flips[:, None, None, None] > 0, x[:, :, ::-1], x))

    def _order(self, epoch: int) -> npt.NDArray[np.int64]:
        return seeds.numpy_generator(self.seed, "sdit order", epoch).permutation(len(self.half))


class Labels:
    """The labels of `Shuffled`'s pictures: a batch is (size, d)."""

    def __init__(self, shuffled: Shuffled) -> None:
        self.shuffled = shuffled

    def batch(self, step: int, size: int) -> Tensor:
        return torch.from_numpy(self.shuffled.half.label[self.shuffled.places(step, size)])
