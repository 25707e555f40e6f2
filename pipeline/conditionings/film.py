"""`film`: feature-wise scale and bias, the way of "You Only Train Once" (ICLR 2020).

Shape legend: N samples, C channels, H W pixels, k entries of S. S is (N, k).
"""

from torch import Tensor, nn

from pipeline.conditionings.base import Conditioning
from pipeline.networks.layers import instance_norm


class FiLM(Conditioning):
    """`film`: scale and bias of each channel from a small MLP on S, after the same norms as `cbn`.

    Not in the paper: it is the conditioning of "You Only Train Once" (Dosovitskiy and Djolonga, ICLR 2020), the
    method of the same year that trains one network for many loss weights.
    """

    HIDDEN = 64

    def __init__(self, k: int, gate_channels: list[int], norm_channels: list[int]) -> None:
        super().__init__(k, gate_channels, norm_channels)
        self.hidden = nn.Sequential(nn.Linear(k, self.HIDDEN), nn.ReLU())
        self.film = nn.ModuleList(nn.Linear(self.HIDDEN, 2 * channels) for channels in norm_channels)

    def norm(self, place: int, x: Tensor, S: Tensor) -> Tensor:
        both: Tensor = self.film[place](self.hidden(S))  # (N, 2C)
        scale, bias = both.to(x.dtype)[:, :, None, None].chunk(2, 1)  # (N, C, 1, 1) each
        return (1 + scale) * instance_norm(x) + bias
