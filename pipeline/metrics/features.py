"""VGG16's features of sets of pictures, and where a set lies on the way from one set to another.

Shape legend: N pictures (N, 3, H, W) in [-1, 1], d = 512 channels of relu4_3.
"""

import torch
from torch import Tensor

from pipeline.networks.vgg16 import VGG16


@torch.no_grad()
def pooled(vgg: VGG16, x: Tensor, batch: int) -> Tensor:
    """Mean over the pixels of relu4_3: one vector for each picture, float64 (N, d)."""
    return torch.cat([vgg(part)[3].double().mean((2, 3)) for part in x.split(batch)])


def projection(features: Tensor, start: Tensor, end: Tensor) -> float:
    """Where the mean of features lies on the line from the mean of `start` (0) to that of `end` (1); (N, d) each."""
    origin = start.mean(0)
    axis = end.mean(0) - origin
    return float((features.mean(0) - origin) @ axis / (axis @ axis))
