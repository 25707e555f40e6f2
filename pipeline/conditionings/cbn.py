"""`cbn`: central biasing instance norm, SingleGAN's way (Section 5.3, Figure 8).

Shape legend: N samples, C channels, H W pixels, k entries of S. S is (N, k).
"""

import torch
from torch import Tensor, nn

from pipeline.conditionings.base import Conditioning
from pipeline.networks.layers import instance_norm


class CentralBiasing(nn.Module):
    """Central biasing instance norm: (IN(x) + tanh(Linear(S))), with the norm's affine after it (SingleGAN)."""

    def __init__(self, k: int, channels: int) -> None:
        super().__init__()
        self.bias = nn.Linear(k, channels)
        self.gamma = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.beta = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor, S: Tensor) -> Tensor:
        biased = instance_norm(x) + torch.tanh(self.bias(S)).to(x.dtype)[:, :, None, None]
        return self.gamma.to(x.dtype) * biased + self.beta.to(x.dtype)


class CBN(Conditioning):
    """`cbn`: central biasing norm in the down-sampling layers and the residual blocks (Section 5.3)."""

    def __init__(self, k: int, gate_channels: list[int], norm_channels: list[int]) -> None:
        super().__init__(k, gate_channels, norm_channels)
        self.norms = nn.ModuleList(CentralBiasing(k, channels) for channels in norm_channels)

    def norm(self, place: int, x: Tensor, S: Tensor) -> Tensor:
        normed: Tensor = self.norms[place](x, S)
        return normed
