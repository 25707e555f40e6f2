"""The perceptual distance of two pictures, in the place of LPIPS (Zhang et al., CVPR 2018), whose trained weights no
registry's package carries: VGG16's features at four depths, each pixel's made a unit vector, squared difference summed
over the channels, mean over pixels and over depths. That is LPIPS with every weight 1 and depths made equal.

Shape legend: N pictures (N, 3, H, W) in [-1, 1].
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from pipeline.networks.vgg16 import VGG16

EPS = 1e-10  # of a vector's length


@torch.no_grad()
def units(vgg: VGG16, x: Tensor, batch: int) -> list[Tensor]:
    """The unit vectors at relu1_2, relu2_2, relu3_3, relu4_3: (N, C, h, w) each."""
    parts = [[_unit(F) for F in vgg(part)] for part in x.split(batch)]
    return [torch.cat(of_depth) for of_depth in zip(*parts, strict=True)]


def between(a: Sequence[Tensor], b: Sequence[Tensor]) -> Tensor:
    """The distances of pictures one by one, from their `units`: (N,) from 0 (equal) to 4 (opposite)."""
    each = [(F - G).square().sum(1).mean((1, 2)) for F, G in zip(a, b, strict=True)]
    return torch.stack(each).mean(0)


def _unit(F: Tensor) -> Tensor:
    return F / (F.square().sum(1, keepdim=True).sqrt() + EPS)
