"""`ccam`: conditional channel attention, SGN's own way to tell the generator its S (Section 4, Equation 5, Figure 4).

Shape legend: N samples, C channels, H W pixels, k entries of S. S is (N, k).
"""

import torch
from torch import Tensor, nn

from pipeline.conditionings.base import Conditioning


class CCAM(nn.Module):
    """Conditional channel attention module (Section 4, Equation 5, Figure 4).

    CCAM(X, S) = X * sigmoid(MLP_m([AvgPool(X), MLP_e(S)])); reduction r = 4.
    """

    def __init__(self, k: int, channels: int, reduction: int = 4) -> None:
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(k, channels), nn.ReLU())  # MLP_e
        self.mix = nn.Sequential(  # MLP_m; the authors' code has the pooled features first
            nn.Linear(2 * channels, channels // reduction),
            nn.ReLU(),
            nn.Linear(channels // reduction, channels),
        )

    def activation(self, x: Tensor, S: Tensor) -> Tensor:
        """How far each channel is open, in (0, 1): (N, C). This is what Figure 10 shows."""
        pooled = x.mean((2, 3))  # (N, C)
        return torch.sigmoid(self.mix(torch.cat([pooled, self.embed(S)], 1)))

    def forward(self, x: Tensor, S: Tensor) -> Tensor:
        return x * self.activation(x, S).to(x.dtype)[:, :, None, None]


class CCAMs(Conditioning):
    """`ccam`: the paper's conditioning, a channel attention module at three depths."""

    def __init__(self, k: int, gate_channels: list[int], norm_channels: list[int]) -> None:
        super().__init__(k, gate_channels, norm_channels)
        self.ccam = nn.ModuleList(CCAM(k, channels) for channels in gate_channels)

    def gate(self, place: int, x: Tensor, S: Tensor) -> Tensor:
        gated: Tensor = self.ccam[place](x, S)
        return gated
