"""VGG16's features of sets of pictures, and where a set lies on the way from one set to another.

Shape legend: N pictures (N, 3, H, W) in [-1, 1], d = 512 channels of relu4_3.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from pipeline.networks.vgg16 import VGG16


@torch.no_grad()
def pooled(vgg: VGG16, x: Tensor, batch: int) -> Tensor:
    """Mean over the pixels of relu4_3: one vector for each picture, float64 (N, d)."""
    return torch.cat([channel_means(vgg(part)[3:]) for part in x.split(batch)])


def channel_means(features: Sequence[Tensor]) -> Tensor:
    """Mean over the pixels of each channel of feature maps (N, C_l, H_l, W_l): float64 (N, sum of C_l)."""
    return torch.cat([F.double().mean((2, 3)) for F in features], 1)


def projection(features: Tensor, start: Tensor, end: Tensor) -> float:
    """Where the mean of features lies on the line from the mean of `start` (0) to that of `end` (1); (N, d) each."""
    origin = start.mean(0)
    axis = end.mean(0) - origin
    return float((features.mean(0) - origin) @ axis / (axis @ axis))
