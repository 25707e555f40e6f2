"""The generator (Section 4, Table 4): CycleGAN's encoder, residual blocks and decoder; S enters by a conditioning.

Shape legend: N samples, H W pixels (multiples of 4), w width (64 in the paper), k objectives.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import relu_

from pipeline.conditionings import build
from pipeline.conditionings.base import Conditioning
from pipeline.networks.layers import arranged, instance_norm, reflect, to_few_channels, upsample


class Generator(nn.Module):
    """G(x, S): a picture and the weights of k losses to a picture in the mixture of domains that S names.

    x (N, 3, H, W) in [-1, 1], S (N, k); returns (N, 3, H, W) in (-1, 1). Width 64, 9 blocks and `ccam` are the paper's
    (11,482,579 parameters for k = 3). Parameters have PyTorch's default initialisation (authors' code).
    """

    def __init__(self, width: int = 64, blocks: int = 9, conditioning: str = "ccam", k: int = 3) -> None:
        super().__init__()
        w = width
        gate_channels, norm_channels = [w, 4 * w, 4 * w], [2 * w, 4 * w] + [4 * w] * (2 * blocks)
        self.conditioning = build(conditioning, k, gate_channels, norm_channels)
        self.first = nn.Conv2d(3 + self.conditioning.extra_input_channels, w, 7)
        extra = self.conditioning.extra_gate_channels
        self.down = nn.ModuleList(
            [
                nn.Conv2d(w + extra, 2 * w, 3, stride=2, padding=1),
                nn.Conv2d(2 * w, 4 * w, 3, stride=2, padding=1),
            ]
        )
        # The first block follows a gate.
        self.blocks = nn.ModuleList(ResidualBlock(4 * w, extra if number == 0 else 0) for number in range(blocks))
        self.up = nn.ModuleList(
            [
                nn.ConvTranspose2d(4 * w + extra, 2 * w, 3, stride=2, padding=1, output_padding=1),
                nn.ConvTranspose2d(2 * w, w, 3, stride=2, padding=1, output_padding=1),
            ]
        )
        self.last = nn.Conv2d(w, 3, 7)

    def forward(self, x: Tensor, S: Tensor) -> Tensor:
        c = self.conditioning
        x = arranged(c.input(x, S))  # (N, 3, H, W); more channels if S is concatenated
        x = relu_(instance_norm(self.first(reflect(x, 3))))  # (N, w, H, W)
        x = c.gate(0, x, S)
        for place, down in enumerate(self.down):
            x = relu_(c.norm(place, down(x), S))  # (N, 2w, H/2, W/2), (N, 4w, H/4, W/4)
        x = c.gate(1, x, S)
        for number, block in enumerate(self.blocks):
            place = len(self.down) + 2 * number
            x = block(x, S, c, place)  # (N, 4w, H/4, W/4)
        x = c.gate(2, x, S)
        for up in self.up:
            assert isinstance(up, nn.ConvTranspose2d)
            x = relu_(instance_norm(upsample(up, x)))  # (N, 2w, H/2, W/2), (N, w, H, W)
        return torch.tanh(to_few_channels(self.last, reflect(x, 3)))  # (N, 3, H, W)


class ResidualBlock(nn.Module):
    """Two reflection-padded 3 x 3 convolutions with instance norm, added to their input (authors' code)."""

    def __init__(self, channels: int, extra: int) -> None:
        """`extra`: channels that a gate appended to the input; they are read but not passed on."""
        super().__init__()
        self.channels = channels
        self.conv1 = nn.Conv2d(channels + extra, channels, 3)
        self.conv2 = nn.Conv2d(channels, channels, 3)

    def forward(self, x: Tensor, S: Tensor, c: Conditioning, place: int) -> Tensor:
        h = relu_(c.norm(place, self.conv1(reflect(x, 1)), S))
        return x[:, : self.channels] + c.norm(place + 1, self.conv2(reflect(h, 1)), S)
