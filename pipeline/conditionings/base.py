"""The interface of a conditioning: how a vector S enters the generator.

The generator calls three hooks and knows no conditioning by name. A conditioning overrides the hooks that it needs;
the others leave the picture as it is.

Shape legend: N samples, C channels, H W pixels, k entries of S. S is (N, k).
"""

from torch import Tensor, nn

from pipeline.networks.layers import instance_norm


class Conditioning(nn.Module):
    """The interface, and the conditioning that ignores S.

    `gate_channels`: the channels of the three places where CCAM stands (after the input layer, the down-sampling
    layers and the residual blocks). `norm_channels`: the channels of each instance norm of the down-sampling layers
    and the residual blocks.
    """

    def __init__(self, k: int, gate_channels: list[int], norm_channels: list[int]) -> None:
        super().__init__()
        self.extra_input_channels = 0  # that `input` appends to the picture
        self.extra_gate_channels = 0  # that `gate` appends to the features

    def input(self, x: Tensor, S: Tensor) -> Tensor:
        """The generator's input: (N, 3, H, W) -> (N, 3 + extra_input_channels, H, W)."""
        return x

    def gate(self, place: int, x: Tensor, S: Tensor) -> Tensor:
        """Features at one of the three places of CCAM: (N, C, H, W) -> (N, C + extra_gate_channels, H, W)."""
        return x

    def norm(self, place: int, x: Tensor, S: Tensor) -> Tensor:
        """The norm after a convolution of the down-sampling layers and residual blocks: (N, C, H, W) -> the same."""
        return instance_norm(x)
