"""G(x, S) of a picture that memory would not hold: in bands of rows that overlap, equal to the whole up to rounding.

An instance norm needs the mean and variance of its channels over the whole picture, and a CCAM their means; a tile's
own would show as seams. So the network is computed layer by layer. A layer's output is asked for in bands; each band
takes as many rows more of the layer before as its kernel reaches, with that layer's norm already applied. A first pass
over the bands gives the whole picture's mean and variance, and a second one, the next layer, uses them. What lies at
full resolution is computed again in each pass instead of kept: kept are at most three maps of a quarter of the
resolution, or one of those and one of half.

Shape legend: one picture, C channels, H W pixels (multiples of 4), w width, k objectives; rows a to b are
(1, C, b - a, W).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.conditionings.base import Conditioning
from pipeline.conditionings.ccam import CCAM, CCAMs
from pipeline.networks.generator import Generator, ResidualBlock
from pipeline.networks.layers import arranged, to_few_channels, upsample

EPS = 1e-5  # of the instance norms


@dataclass(frozen=True)
class Map:
    """A feature map that is asked for some of its rows: `rows(a, b)` is (1, C, b - a, W), 0 <= a < b <= height."""

    height: int
    rows: Callable[[int, int], Tensor]


@dataclass(frozen=True)
class Moments:
    """Of each channel over the whole picture: (C,) float64."""

    mean: Tensor
    variance: Tensor


def generate(G: Generator, x: Tensor, S: Tensor, rows: int) -> Tensor:
    """G(x, S) with `rows` rows of a map at a time: x (1, 3, H, W) in [-1, 1], S (1, k); returns (1, 3, H, W).

    Fewer rows take less memory and more time: a band of the 7 x 7 layers reads 6 rows beside its own.
    """
    assert len(x) == 1
    assert x.shape[2] % 4 == rows % 4 == 0
    c = G.conditioning
    first = _reflected(_held(arranged(c.input(x, S))), 3, G.first)  # (1, w, H, W), never kept
    features = _relu(_normed(first, _moments(first, rows)))
    features = _gated(c, 0, features, S, rows)
    for place, layer in enumerate(G.down):
        assert isinstance(layer, nn.Conv2d)
        down, moments = _kept(_down(features, layer), rows)  # (1, 2w, H/2, W/2), (1, 4w, H/4, W/4)
        features = _relu(_normed(down, moments, *_affine(c, place, moments, S)))
    trunk, _ = _kept(_gated(c, 1, features, S, rows), rows)
    del features, down
    for number, block in enumerate(G.blocks):
        assert isinstance(block, ResidualBlock)
        place = len(G.down) + 2 * number
        h, moments = _kept(_reflected(trunk, 1, block.conv1), rows)  # (1, 4w, H/4, W/4)
        h = _relu(_normed(h, moments, *_affine(c, place, moments, S)))
        h, moments = _kept(_reflected(h, 1, block.conv2), rows)
        h = _normed(h, moments, *_affine(c, place + 1, moments, S))
        trunk, _ = _kept(_sum(trunk, h, block.channels), rows)
    features = _gated(c, 2, trunk, S, rows)
    del trunk, h
    half, moments = _kept(_up(features, G.up[0]), rows)  # (1, 2w, H/2, W/2)
    up = _up(_relu(_normed(half, moments)), G.up[1])  # (1, w, H, W), never kept
    features = _relu(_normed(up, _moments(up, rows)))
    last = _reflected(features, 3, G.last)
    return torch.cat([torch.tanh(last.rows(a, b)).float() for a, b in _bands(x.shape[2], rows)], 2)  # (1, 3, H, W)


# --- passes over the bands ---


def _bands(height: int, rows: int) -> Iterator[tuple[int, int]]:
    return ((a, min(a + rows, height)) for a in range(0, height, rows))


def _moments(source: Map, rows: int) -> Moments:
    """Mean and variance of each channel over all bands."""
    total = _Total()
    for a, b in _bands(source.height, rows):
        total.add(source.rows(a, b))
    return total.moments()


def _kept(source: Map, rows: int) -> tuple[Map, Moments]:
    """The map in memory, so that a row is computed once, and its moments."""
    total, whole = _Total(), None
    for a, b in _bands(source.height, rows):
        band = source.rows(a, b)
        if whole is None:
            _, C, _, W = band.shape
            whole = arranged(torch.empty(1, C, source.height, W, dtype=band.dtype, device=band.device))
        whole[:, :, a:b] = band
        total.add(band)
    assert whole is not None
    return _held(whole), total.moments()


class _Total:
    """Moments of what was added so far, put together without the loss of a difference of large sums."""

    def __init__(self) -> None:
        self.count = 0
        self.mean = self.squares = torch.zeros(())

    def add(self, band: Tensor) -> None:
        """A band, (1, C, rows, W)."""
        variance, mean = torch.var_mean(band.float(), (0, 2, 3), correction=0)  # (C,)
        variance, mean, count = variance.double(), mean.double(), band.shape[2] * band.shape[3]
        if self.count == 0:
            self.mean, self.squares = torch.zeros_like(mean), torch.zeros_like(mean)
        apart, whole = mean - self.mean, self.count + count
        self.mean = self.mean + apart * (count / whole)
        self.squares = self.squares + variance * count + apart**2 * (self.count * count / whole)
        self.count = whole

    def moments(self) -> Moments:
        """What there is to know."""
        return Moments(self.mean, self.squares / self.count)


# --- layers as maps of maps ---


def _held(values: Tensor) -> Map:
    return Map(values.shape[2], lambda a, b: values[:, :, a:b])


def _reflected(source: Map, p: int, layer: nn.Module) -> Map:
    """A convolution with stride 1 after reflection padding by p pixels."""
    assert isinstance(layer, nn.Conv2d)
    last = source.height - 1

    def rows(a: int, b: int) -> Tensor:
        wanted = [abs(row) if row <= last else 2 * last - row for row in range(a - p, b + p)]
        low, high = min(wanted), max(wanted) + 1
        x = source.rows(low, high)
        if wanted != list(range(low, high)):
            x = x[:, :, [row - low for row in wanted]]
        with torch.autocast(x.device.type, enabled=False):  # which would pad in float32, and cast there and back
            x = arranged(functional.pad(x, (p, p, 0, 0), mode="reflect"))
        return to_few_channels(layer, x) if layer.out_channels == 3 else layer(x)

    return Map(source.height, rows)


def _down(source: Map, layer: nn.Conv2d) -> Map:
    """A 3 x 3 convolution with stride 2 and a border of one zero."""

    def rows(a: int, b: int) -> Tensor:
        x = functional.pad(source.rows(max(0, 2 * a - 1), 2 * b), (1, 0, int(a == 0), 0))
        return functional.conv2d(x, layer.weight, layer.bias, stride=2)

    return Map(source.height // 2, rows)


def _up(source: Map, layer: nn.Module) -> Map:
    """A transposed 3 x 3 convolution with stride 2: a row 2i comes of row i, a row 2i + 1 of the rows i and i + 1."""
    assert isinstance(layer, nn.ConvTranspose2d)

    def rows(a: int, b: int) -> Tensor:
        low = a // 2
        x = source.rows(low, min((b + 1) // 2 + 1, source.height))
        return upsample(layer, x)[:, :, a - 2 * low : b - 2 * low]

    return Map(2 * source.height, rows)


def _normed(source: Map, moments: Moments, gain: Tensor | None = None, bias: Tensor | None = None) -> Map:
    """gain * IN(x) + bias with the whole picture's moments."""
    scale = (moments.variance + EPS).rsqrt() * (1.0 if gain is None else gain)  # (C,)
    shift = (0.0 if bias is None else bias) - moments.mean * scale
    scale, shift = (v.float()[:, None, None] for v in (scale, shift))  # (C, 1, 1)

    def rows(a: int, b: int) -> Tensor:
        x = source.rows(a, b)
        return (x.float() * scale + shift).to(x.dtype)

    return Map(source.height, rows)


def _relu(source: Map) -> Map:
    return Map(source.height, lambda a, b: functional.relu_(source.rows(a, b)))


def _sum(trunk: Map, h: Map, channels: int) -> Map:
    return Map(trunk.height, lambda a, b: trunk.rows(a, b)[:, :channels] + h.rows(a, b))


def _affine(c: Conditioning, place: int, moments: Moments, S: Tensor) -> tuple[Tensor, Tensor]:
    """What a conditioning's norm does after its instance norm: a gain and a bias for each channel, (C,) each.

    Whatever the conditioning, that is an affine map; two pixels whose instance norm is known tell it.
    """
    pixels = torch.tensor([-1.0, 1.0], device=S.device).expand(1, len(moments.mean), 1, 2)
    low, high = c.norm(place, pixels, S)[0, :, 0].double().unbind(1)
    return (high - low) / 2 * (1 + EPS) ** 0.5, (high + low) / 2


def _gated(c: Conditioning, place: int, source: Map, S: Tensor, rows: int) -> Map:
    """The conditioning's gate; a CCAM's activations come of the whole picture's means."""
    if not isinstance(c, CCAMs):
        return Map(source.height, lambda a, b: c.gate(place, source.rows(a, b), S))
    means = _moments(source, rows).mean.float()[None, :, None, None]  # (1, C, 1, 1), whose mean over pixels it is
    ccam = c.ccam[place]
    assert isinstance(ccam, CCAM)
    activation = ccam.activation(means, S)[:, :, None, None]

    def gated(a: int, b: int) -> Tensor:
        x = source.rows(a, b)
        return x * activation.to(x.dtype)

    return Map(source.height, gated)
