"""VGG16's first ten convolutions as a fixed feature extractor (Section 4: perceptual loss).

The layer list is torchvision's `vgg16().features[:23]` without batch norm; weights are ImageNet's (stage `vgg16`).
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, relu_

from pipeline.core import artifacts, tensors
from pipeline.core.precision import wide
from pipeline.networks.layers import max_pool

# Convolutions of each block, by torchvision's index in `features`. A block ends in relu1_2, relu2_2, relu3_3, relu4_3.
_BLOCKS = ((0, 2), (5, 7), (10, 12, 14), (17, 19, 21))
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet, for pictures in [0, 1]


class VGG16(nn.Module):
    """Features at relu1_2, relu2_2, relu3_3 and relu4_3 of pictures in [-1, 1]; its weights are never trained."""

    def __init__(self, weights: dict[str, Tensor], dtype: torch.dtype = torch.float32) -> None:
        """`weights` by torchvision's names; convolutions take `dtype`, pictures are normalised in at least float32."""
        super().__init__()
        self.dtype = dtype
        for block in _BLOCKS:
            for index in block:
                # Channels last: in bf16 on a CPU faster than the other layout (benchmarks/layers.py).
                weight = weights[f"features.{index}.weight"].to(dtype, memory_format=torch.channels_last)
                self.register_buffer(f"weight{index}", weight)
                self.register_buffer(f"bias{index}", weights[f"features.{index}.bias"].to(dtype))
        # mean and std of (x + 1) / 2, applied to x itself
        mean, std = (torch.tensor(v, dtype=torch.promote_types(dtype, torch.float32)) for v in (_MEAN, _STD))
        self.register_buffer("shift", 2 * mean.view(1, 3, 1, 1) - 1)
        self.register_buffer("scale", 2 * std.view(1, 3, 1, 1))

    @classmethod
    def load(cls, path: Path, dtype: torch.dtype = torch.float32) -> "VGG16":
        """Read models/vgg16.safetensors; ValueError if it is missing or damaged."""
        weights, _ = tensors.read(path)
        try:
            return cls(weights, dtype)
        except KeyError as error:
            raise artifacts.unusable(path, f"lacks {error}") from None

    def forward(self, x: Tensor, depth: int = 4) -> list[Tensor]:
        """The first `depth` feature maps of x (N, 3, H, W): (N, 64, H, W), (N, 128, H/2, W/2), ..."""
        x = (wide(x) - self.get_buffer("shift")) / self.get_buffer("scale")
        x = x.to(self.dtype, memory_format=torch.channels_last)
        features = []
        for number, block in enumerate(_BLOCKS[:depth]):
            if number > 0:
                x = max_pool(x)
            for index in block:
                x = relu_(conv2d(x, self.get_buffer(f"weight{index}"), self.get_buffer(f"bias{index}"), padding=1))
            features.append(x)
        return features
