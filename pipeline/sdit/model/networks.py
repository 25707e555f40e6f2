"""SDIT's networks, shared by all domains: y = G(E(x, l), M(z)), and a discriminator with three heads (Section 2).

StarGAN is the same generator without z and attention. The generator pads by reflection: with zeros it sees where the
border is, and learns to hide z in a corner of the picture, where F_rec finds it.

Shape legend: N samples, d domains, k entries of z, H W pixels (a power of two), w width (64 in the paper).
x, y (N, 3, H, W) in [-1, 1], label (N, d), z (N, k).
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu_, relu_

from pipeline.conditionings.base import Conditioning
from pipeline.conditionings.concat import append
from pipeline.core import seeds
from pipeline.networks.layers import arranged, instance_norm, reflect, to_few_channels
from pipeline.sdit.model import injection
from pipeline.sdit.model.params import Run, ScaleTrain

FIRST_MAP = 0.01  # deviation of the attention map's first weights
WIDEST = 32  # a discriminator's last width in units of w


class Block(nn.Module):
    """Two 3 x 3 convolutions with norms, added to their input; `extra` channels of it are read and not passed on."""

    def __init__(self, channels: int, extra: int = 0) -> None:
        super().__init__()
        self.channels = channels
        self.conv1 = nn.Conv2d(channels + extra, channels, 3)
        self.conv2 = nn.Conv2d(channels, channels, 3)

    def forward(self, e: Tensor, z: Tensor, c: Conditioning, place: int) -> Tensor:
        h = relu_(c.norm(place, self.conv1(reflect(e, 1)), z))
        return e[:, : self.channels] + c.norm(place + 1, self.conv2(reflect(h, 1)), z)


class Residual(nn.Module):
    """Residual blocks of which each norm may know z: T^c, T^a and the end of E. (N, C, h, w) to the same."""

    def __init__(self, channels: int, blocks: int, conditioning: Conditioning) -> None:
        super().__init__()
        self.conditioning = conditioning
        extra = conditioning.extra_gate_channels
        self.blocks = nn.ModuleList(Block(channels, extra if number == 0 else 0) for number in range(blocks))

    def forward(self, e: Tensor, z: Tensor) -> Tensor:
        e = self.conditioning.gate(0, e, z)
        for number, block in enumerate(self.blocks):
            e = block(e, z, self.conditioning, 2 * number)
        return self.conditioning.gate(1, e, z)


class Generator(nn.Module):
    """y = G(E(x, label), M(z)); with attention h = (1 - a) e + a f (6.9), without h = f."""

    def __init__(self, domains: int, run: Run, sizes: ScaleTrain) -> None:
        super().__init__()
        w, C, blocks = sizes.width, 4 * sizes.width, sizes.blocks
        self.first = nn.Conv2d(3 + domains, w, 7)
        self.down = nn.ModuleList([nn.Conv2d(n * w, 2 * n * w, 4, stride=2) for n in (1, 2)])
        self.encoded = Residual(C, blocks, injection.build("none", sizes.code, C, blocks, sizes.hidden))
        injected = injection.build(run.injection, sizes.code, C, blocks, sizes.hidden)
        self.content = Residual(C, blocks, injected)
        self.attention = (
            Residual(C, blocks, injection.build("none", sizes.code, C, blocks, sizes.hidden)) if run.attention else None
        )
        self.map = nn.Conv2d(C, 1, 3) if run.attention else None
        self.up = nn.ModuleList([nn.ConvTranspose2d(2 * n * w, n * w, 4, stride=2, padding=1) for n in (2, 1)])
        self.last = nn.Conv2d(w, 3, 7)

    def forward(self, x: Tensor, label: Tensor, z: Tensor) -> Tensor:
        """The translation: (N, 3, H, W) in (-1, 1)."""
        return self.decode(self.mixed(self.encode(x, label), z)[0])

    def encode(self, x: Tensor, label: Tensor) -> Tensor:
        """e = E(x, label): (N, 4w, H/4, W/4)."""
        # No norm here: it would take away the label, which is constant over the picture.
        e = relu_(self.first(reflect(arranged(append(x, label)), 3)))  # (N, w, H, W)
        for down in self.down:
            e = relu_(instance_norm(down(reflect(e, 1))))  # (N, 2w, H/2, W/2), (N, 4w, H/4, W/4)
        features: Tensor = self.encoded(e, e.new_zeros(len(e), 1))
        return features

    def mixed(self, e: Tensor, z: Tensor) -> tuple[Tensor, Tensor | None]:
        """h (N, 4w, H/4, W/4), and the attention map a (N, 1, H/4, W/4) in (0, 1) where there is one."""
        f: Tensor = self.content(e, z)
        if self.attention is None or self.map is None:
            return f, None
        a = torch.sigmoid(self.map(reflect(self.attention(e, z), 1)))
        return (1 - a) * e + a * f, a

    def decode(self, h: Tensor) -> Tensor:
        """The picture of features: (N, 3, H, W) in (-1, 1)."""
        for up in self.up:
            h = relu_(instance_norm(up(h)))  # (N, 2w, H/2, W/2), (N, w, H, W)
        return torch.tanh(to_few_channels(self.last, reflect(h, 3)))


class Discriminator(nn.Module):
    """Convolutions that halve the picture down to 2 x 2, then three heads: D_src, D_cls, F_rec.

    (N, 3, H, W) to scores (N, 1, 2, 2), domain logits (N, d), a code (N, k).
    """

    def __init__(self, size: int, width: int, domains: int, code: int) -> None:
        super().__init__()
        halvings = size.bit_length() - 2
        widths = [3, *(width * min(2**n, WIDEST) for n in range(halvings))]
        self.trunk = nn.ModuleList(nn.Conv2d(into, out, 4, stride=2, padding=1) for into, out in pairwise(widths))
        self.source = nn.Conv2d(widths[-1], 1, 3, padding=1)
        self.domain = nn.Conv2d(widths[-1], domains, 2)  # a kernel of the map's size
        self.code = nn.Conv2d(widths[-1], code, 3, padding=1)
        self.linear = nn.Linear(4 * code, code)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        h = arranged(x)
        for conv in self.trunk:
            h = leaky_relu_(conv(h), 0.01)
        return self.source(h), self.domain(h).flatten(1), self.linear(self.code(h).flatten(1))


@dataclass(frozen=True)
class Networks:
    """What one training moves."""

    generator: Generator
    discriminator: Discriminator


def initial(run: Run, sizes: ScaleTrain, size: int, domains: int, *, seed: int) -> Networks:
    """The networks with which the training of a seed begins; PyTorch's own random numbers stay as they are."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(seeds.sequence(seed, "sdit networks").generate_state(1)[0]))
        generator = Generator(domains, run, sizes)
        discriminator = Discriminator(size, sizes.width, domains, sizes.code)
        for net in (generator, discriminator):
            for module in net.modules():
                if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
                    _gaussian(module)
        if generator.map is not None:  # attention starts even: a is about 0.5
            nn.init.normal_(generator.map.weight, 0.0, FIRST_MAP)
        return Networks(generator, discriminator)


def _gaussian(layer: nn.Conv2d | nn.ConvTranspose2d | nn.Linear) -> None:
    """Gaussian weights; the paper does not give their deviation: that which keeps a signal's size after a ReLU."""
    fan_in = nn.init._calculate_fan_in_and_fan_out(layer.weight)[0]
    nn.init.normal_(layer.weight, 0.0, (2 / fan_in) ** 0.5)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
