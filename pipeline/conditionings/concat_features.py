"""`concat-features`: S as further channels of the features, where the CCAMs sit (v2's caption of Figure 8)."""

from torch import Tensor

from pipeline.conditionings.base import Conditioning
from pipeline.conditionings.concat import append


class ConcatFeatures(Conditioning):
    """`concat-features`: S concatenated where the CCAMs sit (v2's caption: depth-wise with features).

    The convolutions after it pad with zeros in part, so a little of S gets through at the borders.
    """

    def __init__(self, k: int, gate_channels: list[int], norm_channels: list[int]) -> None:
        super().__init__(k, gate_channels, norm_channels)
        self.extra_gate_channels = k

    def gate(self, place: int, x: Tensor, S: Tensor) -> Tensor:
        return append(x, S)
