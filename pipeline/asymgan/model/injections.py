"""How the auxiliary code z enters F: the paper's three ways, SGN's CCAM as a fourth, and none, which is CycleGAN.

F calls four hooks at its places and knows no injection by name; a way overrides those that it needs.

Shape legend: N samples, C channels, c width of the code. z is (N, c), or a map (N, c, h, w) for `concat-map`.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from pipeline.conditionings.ccam import CCAM
from pipeline.networks.layers import instance_norm, reflect

GAIN = 10.0  # of the predictor of CIN


class Injection(nn.Module):
    """The interface, and `none`: z is not looked at."""

    decoder_channels = 0  # appended to each feature map of the decoder

    def __init__(self, code: int, width: int, blocks: tuple[int, ...]) -> None:
        """`blocks`: the residual blocks into which z goes, counted from 1; F has 4 `width` channels there."""
        super().__init__()
        self.blocks = blocks

    def norm(self, block: int, which: int, x: Tensor, z: Tensor | None) -> Tensor:
        """The norm after a convolution of a residual block: (N, C, H, W) -> the same."""
        return instance_norm(x)

    def after_block(self, block: int, x: Tensor, z: Tensor | None) -> Tensor:
        """What a residual block gives: (N, C, H, W) -> the same."""
        return x

    def gate(self, place: int, x: Tensor, z: Tensor | None) -> Tensor:
        """After the first layer, the last down-sampling, the last block: (N, C, H, W) -> the same."""
        return x

    def decode(self, x: Tensor, z: Tensor | None) -> Tensor:
        """A decoder's feature map: (N, C, H, W) -> (N, C + decoder_channels, H, W)."""
        return x


class ConcatMap(Injection):
    """`concat-map` (Section 2.1 of the variant without extension losses): z, a map, is enlarged to the size of the
    features after the first of `blocks`, concatenated, and a 3 x 3 convolution brings the channels back."""

    def __init__(self, code: int, width: int, blocks: tuple[int, ...]) -> None:
        super().__init__(code, width, blocks)
        self.mix = nn.Conv2d(4 * width + code, 4 * width, 3)

    def after_block(self, block: int, x: Tensor, z: Tensor | None) -> Tensor:
        if block != self.blocks[0]:
            return x
        assert z is not None
        enlarged = interpolate(z.to(x.dtype), size=x.shape[2:], mode="nearest")  # (N, c, H/4, W/4)
        mixed: Tensor = self.mix(reflect(torch.cat([x, enlarged], 1), 1))
        return mixed


class CIN(Injection):
    """`cin`: conditional instance norm, a scale and a bias for each channel, linear in z, in both norms of `blocks`.

    It begins as (1, 0) for every z, so that an untrained F does not depend on z. Adam moves each number by about the
    learning rate a step; GAIN makes such a step large enough for F to use z in a short training.
    """

    def __init__(self, code: int, width: int, blocks: tuple[int, ...]) -> None:
        super().__init__(code, width, blocks)
        self.affine = nn.ModuleDict(
            {f"{block} {which}": nn.Linear(code, 8 * width) for block in blocks for which in (0, 1)}
        )
        for linear in self.affine.values():
            assert isinstance(linear, nn.Linear)
            nn.init.zeros_(linear.weight)
            nn.init.zeros_(linear.bias)

    def norm(self, block: int, which: int, x: Tensor, z: Tensor | None) -> Tensor:
        if block not in self.blocks:
            return instance_norm(x)
        predicted = GAIN * self.affine[f"{block} {which}"](z)  # (N, 2C)
        scale, bias = predicted.to(x.dtype)[:, :, None, None].chunk(2, 1)  # (N, C, 1, 1) each
        normed: Tensor = (1 + scale) * instance_norm(x) + bias
        return normed


class ConcatAll(Injection):
    """`concat-all`: the vector is concatenated to each feature map of the decoder, after the blocks."""

    def __init__(self, code: int, width: int, blocks: tuple[int, ...]) -> None:
        super().__init__(code, width, blocks)
        self.decoder_channels = code

    def decode(self, x: Tensor, z: Tensor | None) -> Tensor:
        assert z is not None
        return torch.cat([x, z.to(x.dtype)[:, :, None, None].expand(-1, -1, *x.shape[2:])], 1)


class Attention(Injection):
    """`ccam`: SGN's channel attention at three depths, with z in the place of its S."""

    def __init__(self, code: int, width: int, blocks: tuple[int, ...]) -> None:
        super().__init__(code, width, blocks)
        self.ccam = nn.ModuleList(CCAM(code, channels) for channels in (width, 4 * width, 4 * width))

    def gate(self, place: int, x: Tensor, z: Tensor | None) -> Tensor:
        gated: Tensor = self.ccam[place](x, z)
        return gated


INJECTIONS: dict[str, type[Injection]] = {
    "none": Injection,
    "concat-map": ConcatMap,
    "concat-all": ConcatAll,
    "cin": CIN,
    "ccam": Attention,
}
