"""How z enters the content branch: SDIT's CIN and its two halves (6.10, Figure 6.6), and nothing at all.

CIN(e; z) = gamma(z) (e - mu(e)) / delta(e) + beta(z), with gamma and beta of every norm from one network M of two
layers. Here gamma = 1 + M's output, so that an M that gives 0 is a plain instance norm. The other ways are those of
pipeline/conditionings, at the same places.

Shape legend: N samples, C channels, H W pixels, k entries of z. z is (N, k).
"""

from torch import Tensor, nn

from pipeline.conditionings import build as build_shared
from pipeline.conditionings.base import Conditioning
from pipeline.conditionings.concat import append
from pipeline.networks.layers import instance_norm


class CIN(Conditioning):
    """Conditional instance norm; `moves`: which of gamma and beta depend on z, the others stay 1 and 0.

    M's last layer has as many units as the norms need: for the paper's 4 blocks of 256 channels 4096 with both.
    """

    def __init__(self, k: int, norm_channels: list[int], hidden: int, moves: tuple[str, ...]) -> None:
        super().__init__(k, [], norm_channels)
        self.channels, self.moves = norm_channels, moves
        self.M = nn.Sequential(nn.Linear(k, hidden), nn.ReLU(), nn.Linear(hidden, len(moves) * sum(norm_channels)))

    def norm(self, place: int, x: Tensor, S: Tensor) -> Tensor:
        before = len(self.moves) * sum(self.channels[:place])
        C = self.channels[place]
        mine = self.M(S)[:, before : before + len(self.moves) * C].to(x.dtype)  # (N, C) for each that moves
        parts = dict(zip(self.moves, mine[:, :, None, None].split(C, 1), strict=True))  # (N, C, 1, 1) each
        normed = instance_norm(x)
        if "gamma" in parts:
            normed = (1 + parts["gamma"]) * normed
        return normed + parts["beta"] if "beta" in parts else normed


class Concatenation(Conditioning):
    """z as further channels of the content branch's input, the encoder's features. A channel that is constant is a
    constant after a convolution that pads by reflection, and the norm after it takes it away: z has no effect."""

    def __init__(self, k: int, gate_channels: list[int], norm_channels: list[int]) -> None:
        super().__init__(k, gate_channels, norm_channels)
        self.extra_gate_channels = k

    def gate(self, place: int, x: Tensor, S: Tensor) -> Tensor:
        return append(x, S) if place == 0 else x


def build(name: str, k: int, channels: int, blocks: int, hidden: int) -> Conditioning:
    """The injection of that name into `blocks` residual blocks: two gates, before and after them, two norms each."""
    gates, norms = [channels] * 2, [channels] * (2 * blocks)
    if name == "none":
        return Conditioning(k, gates, norms)
    if name == "concat":
        return Concatenation(k, gates, norms)
    moving = {"cin": ("gamma", "beta"), "gamma": ("gamma",), "beta": ("beta",)}
    return CIN(k, norms, hidden, moving[name]) if name in moving else build_shared(name, k, gates, norms)
