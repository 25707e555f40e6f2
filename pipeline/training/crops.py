"""Training pictures: from a packed array to random crops (Section 5.2; authors' code).

A batch is a function of (seed, domain, step) alone: nothing has to be saved to resume, and a run sees the same
pictures whatever its method.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from torch import Tensor

from pipeline.core import artifacts, seeds
from pipeline.core.pictures import to_tensor


class Crops:
    """The training pictures of one domain: shuffled each epoch, cropped at random, flipped with probability 1/2."""

    def __init__(self, path: Path, domain: str, crop: int, seed: int) -> None:
        """`path`: a packed array, uint8 (N, H, W, C), mapped into memory."""
        self.pictures = artifacts.read_packed(path)
        self.domain, self.crop, self.seed = domain, crop, seed
        side = min(self.pictures.shape[1:3])
        if crop > side:
            raise artifacts.unusable(path, f"holds pictures of {side} pixels, too small for crops of {crop}")

    def __len__(self) -> int:
        return len(self.pictures)

    def order(self, epoch: int) -> npt.NDArray[np.int64]:
        """The pictures' order in one epoch, a pass over the whole domain."""
        return seeds.numpy_generator(self.seed, "order", self.domain, epoch).permutation(len(self))

    def batch(self, step: int, size: int) -> Tensor:
        """The batch of a step: float32 (size, C, crop, crop) in [-1, 1]."""
        positions = range(step * size, (step + 1) * size)
        orders = {epoch: self.order(epoch) for epoch in {p // len(self) for p in positions}}
        random = seeds.numpy_generator(self.seed, "crop", self.domain, step)
        slack = self.pictures.shape[1] - self.crop
        crops = []
        for position in positions:
            picture = self.pictures[orders[position // len(self)][position % len(self)]]
            top, left = random.integers(0, slack + 1, size=2)
            crop = picture[top : top + self.crop, left : left + self.crop]
            crops.append(crop[:, ::-1] if random.integers(2) else crop)
        return to_tensor(np.stack(crops))
