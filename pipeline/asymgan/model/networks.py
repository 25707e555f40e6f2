"""AsymGAN's networks: the translators G and F (CycleGAN's), the encoder E, and the discriminators of codes.

Shape legend: N samples, H W pixels, w width (64 in the paper), c width of the code.
"""

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, relu, relu_

from pipeline.asymgan.model.injections import INJECTIONS
from pipeline.networks.layers import arranged, instance_norm, reflect, to_few_channels, upsample

KEPT = 205  # of 256: what dropout keeps, a rate of 0.2


class Translator(nn.Module):
    """G (injection `none`) or F: (N, 3, H, W) in [-1, 1] to (N, 3, H', W') in (-1, 1); H' is H for multiples of 4.

    CycleGAN's `c7s1-w, d2w, d4w, R4w, u2w, uw, c7s1-3`, instance norm, ReLU, reflection padding; convolutions start
    from N(0, 0.02) (CycleGAN). With 6 blocks and width 64, 7,837,699 parameters without an injection.
    """

    def __init__(self, width: int, blocks: int, injection: str, code: int, into: tuple[int, ...]) -> None:
        """`into`: the residual blocks that z enters, counted from 1."""
        super().__init__()
        w = width
        self.inject = INJECTIONS[injection](code, width, into)
        extra = self.inject.decoder_channels
        self.first = nn.Conv2d(3, w, 7)
        self.down = nn.ModuleList(
            [nn.Conv2d(w, 2 * w, 3, stride=2, padding=1), nn.Conv2d(2 * w, 4 * w, 3, stride=2, padding=1)]
        )
        self.blocks = nn.ModuleList(
            nn.ModuleList([nn.Conv2d(4 * w, 4 * w, 3), nn.Conv2d(4 * w, 4 * w, 3)]) for _ in range(blocks)
        )
        self.up = nn.ModuleList(
            [
                nn.ConvTranspose2d(4 * w + extra, 2 * w, 3, stride=2, padding=1, output_padding=1),
                nn.ConvTranspose2d(2 * w + extra, w, 3, stride=2, padding=1, output_padding=1),
            ]
        )
        self.last = nn.Conv2d(w + extra, 3, 7)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                assert module.bias is not None
                nn.init.normal_(module.weight, 0.0, 0.02)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor, z: Tensor | None = None, noise: Tensor | None = None) -> Tensor:
        """`z`: the code, where the injection takes one. `noise`: random bytes (N, noise_size(H, W)) for dropout after
        each convolution but the last; None: no dropout."""
        dropped = _dropout(noise)
        x = dropped(relu_(instance_norm(self.first(reflect(arranged(x), 3)))))  # (N, w, H, W)
        x = self.inject.gate(0, x, z)
        for down in self.down:
            x = dropped(relu_(instance_norm(down(x))))  # (N, 2w, H/2, W/2), (N, 4w, H/4, W/4)
        x = self.inject.gate(1, x, z)
        for number, block in enumerate(self.blocks, 1):
            assert isinstance(block, nn.ModuleList)
            h = dropped(relu(self.inject.norm(number, 0, block[0](reflect(x, 1)), z)))
            x = x + dropped(self.inject.norm(number, 1, block[1](reflect(h, 1)), z))  # (N, 4w, H/4, W/4)
            x = self.inject.after_block(number, x, z)
        x = self.inject.gate(2, x, z)
        for up in self.up:
            assert isinstance(up, nn.ConvTranspose2d)
            # (N, 2w, H/2, W/2), (N, w, H, W)
            x = dropped(relu_(instance_norm(upsample(up, self.inject.decode(x, z)))))
        return torch.tanh(to_few_channels(self.last, reflect(self.inject.decode(x, z), 3)))  # (N, 3, H, W)

    def noise_size(self, side: int) -> int:
        """The bytes of a sample's dropout at pictures of side x side pixels, a multiple of 4."""
        w, pixels = self.last.in_channels - self.inject.decoder_channels, side * side
        # By size: w at full, 2w at half, 4w at a quarter; two convolutions a block.
        quarters = 8 + 5 + 2 * len(self.blocks)  # of w * pixels: two at full size, three smaller, the blocks
        return quarters * w * pixels // 4


class _dropout:  # noqa: N801  (used as a function)
    """Dropout by given bytes: each call takes the next of them."""

    def __init__(self, noise: Tensor | None) -> None:
        self.noise, self.used = noise, 0

    def __call__(self, x: Tensor) -> Tensor:
        if self.noise is None:
            return x
        size = x[0].numel()
        taken = self.noise[:, self.used : self.used + size]
        assert taken.shape[1] == size, "pictures of another size than the noise was made for"
        self.used += size
        return x * (taken < KEPT).view(x.shape).to(x.dtype) * (256 / KEPT)


class Encoder(nn.Module):
    """E(x): (N, 3, H, W) in [-1, 1] to a code: a map (N, c, H/8, W/8), or its mean, a vector (N, c).

    `c7s1-n, d2n, d4n, d8n, R8n, R8n, R8n`, then a 3 x 3 convolution to c channels. No norm: instance norm would take
    away the mean of each channel, and with it the colours that the code is for. Without a norm the initialisation
    decides: with PyTorch's own, codes of different photos begin 0.002 apart, D_Z always wins, and no code is used; with
    He's they begin about as far apart as the prior's.
    """

    def __init__(self, width: int, code: int, vector: bool) -> None:
        super().__init__()
        n, self.vector = width, vector
        self.first = nn.Conv2d(3, n, 7)
        self.down = nn.ModuleList(nn.Conv2d(n << k, 2 * n << k, 3, stride=2, padding=1) for k in range(3))
        self.blocks = nn.ModuleList(
            nn.ModuleList([nn.Conv2d(8 * n, 8 * n, 3), nn.Conv2d(8 * n, 8 * n, 3)]) for _ in range(3)
        )
        self.last = nn.Conv2d(8 * n, code, 3)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                assert module.bias is not None
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)
        for block in self.blocks:
            assert isinstance(block, nn.ModuleList)
            assert isinstance(block[1], nn.Conv2d)
            nn.init.zeros_(block[1].weight)  # each block begins as the identity

    def forward(self, x: Tensor) -> Tensor:
        x = relu_(self.first(reflect(arranged(x), 3)))  # (N, n, H, W)
        for down in self.down:
            x = relu_(down(x))  # (N, 8n, H/8, W/8) at the end
        for block in self.blocks:
            assert isinstance(block, nn.ModuleList)
            x = x + block[1](reflect(relu_(block[0](reflect(x, 1))), 1))
        z: Tensor = self.last(reflect(relu(x), 1)).float()  # (N, c, H/8, W/8)
        return z.mean((2, 3)) if self.vector else z


class MapCritic(nn.Module):
    """D_Z of code maps: (N, c, h, w) to scores (N, 1, h/2, w/2), each of a patch of 20 x 20.

    A 4 x 4 convolution of stride 2 and four of 3 x 3. No norm: it would take away the mean and the deviation of a
    code, which are what it is to be judged by.
    """

    def __init__(self, width: int, code: int) -> None:
        super().__init__()
        w = width
        channels = [w, 2 * w, 4 * w, 4 * w, 1]
        self.convs = nn.ModuleList([nn.Conv2d(code, w, 4, stride=2, padding=1)])
        self.convs.extend(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(channels))

    def forward(self, z: Tensor) -> Tensor:
        *hidden, last = self.convs
        for conv in hidden:
            z = leaky_relu(conv(z), 0.2)
        scores: Tensor = last(z)
        return scores


class VectorCritic(nn.Module):
    """D_Z of code vectors: (N, c) to scores (N, 1); three layers, c-64-64-1."""

    def __init__(self, code: int, hidden: int = 64) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(code, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, 1)])

    def forward(self, z: Tensor) -> Tensor:
        *hidden, last = self.layers
        for layer in hidden:
            z = leaky_relu(layer(z), 0.2)
        scores: Tensor = last(z)
        return scores


def parameters(*nets: nn.Module | None) -> Iterator[nn.Parameter]:
    """The parameters of those networks that there are."""
    for net in nets:
        if net is not None:
            yield from net.parameters()
