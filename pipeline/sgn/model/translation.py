"""Pictures through a generator, outside of training."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pipeline.core import tensors
from pipeline.core.pictures import to_pictures
from pipeline.networks.generator import Generator


@torch.no_grad()
def translate(generator: Generator, x: Tensor, S: tuple[float, ...], batch: int = 8) -> Tensor:
    """G(x, S) with the same S for all pictures: (N, 3, H, W) in [-1, 1] to the same, `batch` pictures at a time."""
    weights = torch.tensor([S], dtype=x.dtype, device=x.device)  # (1, k)
    return torch.cat([generator(part, weights.expand(len(part), -1)) for part in x.split(batch)])


@torch.no_grad()
def travel(generator: Generator, x: Tensor, sets: list[tuple[float, ...]], batch: int = 8) -> Tensor:
    """One picture (1, 3, H, W), or one for each S (len(sets), 3, H, W), at many S: (len(sets), 3, H, W)."""
    weights = torch.tensor(sets, dtype=x.dtype, device=x.device)  # (sets, k)
    pictures = x.expand(len(sets), -1, -1, -1)
    pairs = zip(pictures.split(batch), weights.split(batch), strict=True)
    return torch.cat([generator(part, S) for part, S in pairs])


def grid(generator: Generator, x: Tensor, sets: list[tuple[float, ...]]) -> npt.NDArray[np.uint8]:
    """Inputs in the first column, their translations at each S in the next ones: uint8 (N H, (1 + sets) W, 3)."""
    columns = [x, *(translate(generator, x, S) for S in sets)]
    return np.concatenate([np.concatenate(list(to_pictures(column)), 0) for column in columns], 1)


def load_generator(path: Path, width: int, blocks: int, conditioning: str, k: int) -> tuple[Generator, dict[str, Any]]:
    """A trained generator from a safetensors file, and the settings of its training; ValueError if it does not fit."""
    held, about = tensors.read(path)
    generator = Generator(width, blocks, conditioning, k)
    tensors.fill(generator, held, path)
    return generator.eval(), about
