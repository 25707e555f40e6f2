"""LPIPS (Zhang et al., CVPR 2018; version 0.1, AlexNet), the paper's measure of diversity (Section 5).

AlexNet's features at five depths, each pixel's made a unit vector, squared difference weighed channel by channel with
the weights that people's judgements gave, summed over channels, mean over pixels, summed over depths.

Shape legend: N pictures (N, 3, H, W) in [-1, 1], 32 pixels a side or more.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, max_pool2d, relu

from pipeline.core import artifacts, tensors

WEIGHTS = Path("models/sdit/lpips.safetensors")
EPS = 1e-10  # of a vector's length
# AlexNet: stride and padding of each convolution, and whether a 3 x 3 pooling of stride 2 comes before it.
LAYERS = ((4, 2, False), (1, 2, True), (1, 1, True), (1, 1, False), (1, 1, False))
_SHIFT, _SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)  # of pictures in [-1, 1]


class LPIPS(nn.Module):
    """The features that are compared; the weights are never trained."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        """`weights` by the names of pipeline/sdit/weights.py."""
        super().__init__()
        for number in range(len(LAYERS)):
            for name in (f"conv{number}.weight", f"conv{number}.bias", f"linear{number}"):
                self.register_buffer(name.replace(".", "_"), weights[name])
        self.register_buffer("shift", torch.tensor(_SHIFT).view(1, 3, 1, 1))
        self.register_buffer("scale", torch.tensor(_SCALE).view(1, 3, 1, 1))

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> "LPIPS":
        """Read what the stage lpips wrote; ValueError if it is missing or damaged."""
        weights, _ = tensors.read(path)
        try:
            return cls(weights)
        except KeyError as error:
            raise artifacts.unusable(path, f"lacks {error}") from None

    def forward(self, x: Tensor) -> list[Tensor]:
        """For each depth the unit vectors, each channel times the root of its weight: (N, C, h, w)."""
        x = (x - self.get_buffer("shift")) / self.get_buffer("scale")
        found = []
        for number, (stride, padding, pooled) in enumerate(LAYERS):
            if pooled:
                x = max_pool2d(x, 3, 2)
            weight, bias = self.get_buffer(f"conv{number}_weight"), self.get_buffer(f"conv{number}_bias")
            x = relu(conv2d(x, weight, bias, stride, padding))
            unit = x / (x.square().sum(1, keepdim=True).sqrt() + EPS)
            found.append(unit * self.get_buffer(f"linear{number}").sqrt().view(1, -1, 1, 1))
        return found


@torch.no_grad()
def features(net: LPIPS, x: Tensor, batch: int) -> list[Tensor]:
    """The features of many pictures, so many at a time."""
    parts = [net(part) for part in x.split(batch)]
    return [torch.cat(of_depth) for of_depth in zip(*parts, strict=True)]


def between(a: Sequence[Tensor], b: Sequence[Tensor]) -> Tensor:
    """LPIPS of pictures one by one, from their features: (N,), 0 for equal ones."""
    return torch.stack([(F - G).square().sum(1).mean((1, 2)) for F, G in zip(a, b, strict=True)]).sum(0)
