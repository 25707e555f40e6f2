"""Waves, one-dimensional data: where they lie, how they are made, and a training's batches of them.

Shape legend: N waves, L places at which each is read.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pipeline.core import artifacts, seeds

PATH = Path("data/toypaper/waves.npz")


def make(count: int, length: int, seed: int) -> npt.NDArray[np.float32]:
    """Sines of random frequency and phase: float32 (N, L) in [-1, 1]."""
    random = seeds.numpy_generator(seed, "waves")
    frequency, phase = random.uniform(1, 3, (count, 1)), random.uniform(0, 2 * np.pi, (count, 1))
    return np.sin(frequency * np.linspace(0, 2 * np.pi, length) + phase).astype(np.float32)


class Waves:
    """The waves of a training, in a new order each epoch; a batch is a function of the seed and the step alone."""

    def __init__(self, seed: int) -> None:
        self.waves, self.seed = artifacts.read_arrays(PATH)["waves"], seed

    def batch(self, step: int, size: int) -> Tensor:
        """The batch of a step: float32 (size, L)."""
        chosen = []
        for position in range(step * size, (step + 1) * size):
            epoch, place = divmod(position, len(self.waves))
            order = seeds.numpy_generator(self.seed, "order", "waves", epoch).permutation(len(self.waves))
            chosen.append(order[place])
        return torch.from_numpy(self.waves[chosen])
