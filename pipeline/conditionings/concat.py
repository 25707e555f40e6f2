"""`concat`: S repeated to the picture's size, as further input channels (Section 5.3, Figure 8; v1's caption).

Shape legend: N samples, C channels, H W pixels, k entries of S. S is (N, k).
"""

import torch
from torch import Tensor

from pipeline.conditionings.base import Conditioning


def append(x: Tensor, S: Tensor) -> Tensor:
    """S repeated to the size of x and appended as k constant channels: (N, C, H, W) -> (N, C + k, H, W)."""
    N, _, H, W = x.shape
    return torch.cat([x, S.to(x.dtype)[:, :, None, None].expand(N, -1, H, W)], 1)


class Concat(Conditioning):
    """`concat`: S concatenated with the input channels (Section 5.3, Figure 8; v1's caption).

    After a reflection-padded convolution a constant channel is a constant, which the instance norm takes away: S has
    no effect at all.
    """

    def __init__(self, k: int, gate_channels: list[int], norm_channels: list[int]) -> None:
        super().__init__(k, gate_channels, norm_channels)
        self.extra_input_channels = k

    def input(self, x: Tensor, S: Tensor) -> Tensor:
        return append(x, S)
