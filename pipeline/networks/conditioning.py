"""How S enters the generator: one class per conditioning, one interface for all (Section 4, Section 5.4).

The generator calls three hooks and knows no conditioning by name. A conditioning overrides the hooks that it needs;
the others leave the picture as it is. A further conditioning is one class here, one name in CONDITIONINGS and one
run in params.yaml.

Shape legend: N samples, C channels, H W pixels, k objectives. S is (N, k).
"""

import torch
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


def append(x: Tensor, S: Tensor) -> Tensor:
    """S repeated to the size of x and appended as k constant channels: (N, C, H, W) -> (N, C + k, H, W)."""
    N, _, H, W = x.shape
    return torch.cat([x, S.to(x.dtype)[:, :, None, None].expand(N, -1, H, W)], 1)


class Concat(Conditioning):
    """`concat`: S concatenated with the input channels (Section 5.4, Figure 8; v1's caption).

    After a reflection-padded convolution a constant channel is a constant, which the instance norm takes away: S has
    no effect at all.
    """

    def __init__(self, k: int, gate_channels: list[int], norm_channels: list[int]) -> None:
        super().__init__(k, gate_channels, norm_channels)
        self.extra_input_channels = k

    def input(self, x: Tensor, S: Tensor) -> Tensor:
        return append(x, S)


class ConcatFeatures(Conditioning):
    """`concat-features`: S concatenated where the CCAMs sit (v2's caption: depth-wise with features).

    The convolutions after it pad with zeros in part, so a little of S gets through at the borders.
    """

    def __init__(self, k: int, gate_channels: list[int], norm_channels: list[int]) -> None:
        super().__init__(k, gate_channels, norm_channels)
        self.extra_gate_channels = k

    def gate(self, place: int, x: Tensor, S: Tensor) -> Tensor:
        return append(x, S)


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
    """`cbn`: central biasing norm in the down-sampling layers and the residual blocks (Section 5.4)."""

    def __init__(self, k: int, gate_channels: list[int], norm_channels: list[int]) -> None:
        super().__init__(k, gate_channels, norm_channels)
        self.norms = nn.ModuleList(CentralBiasing(k, channels) for channels in norm_channels)

    def norm(self, place: int, x: Tensor, S: Tensor) -> Tensor:
        normed: Tensor = self.norms[place](x, S)
        return normed


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


CONDITIONINGS: dict[str, type[Conditioning]] = {
    "ccam": CCAMs,
    "concat": Concat,
    "concat-features": ConcatFeatures,
    "cbn": CBN,
    "film": FiLM,
}


def build(name: str, k: int, gate_channels: list[int], norm_channels: list[int]) -> Conditioning:
    """The conditioning of that name; ValueError that lists the known ones."""
    if name not in CONDITIONINGS:
        raise ValueError(f"a run's conditioning is {name!r}; known are {', '.join(CONDITIONINGS)}")
    return CONDITIONINGS[name](k, gate_channels, norm_channels)
