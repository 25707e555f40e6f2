"""The plain baseline: Model 1's training step as a paper's first release would have it.

Written from the formulas (Sections 2 to 5) with PyTorch's ready-made layers and defaults, and independent of the
pipeline: float32 (on a GPU PyTorch's default, TF32 convolutions), the generator called for x and again for the
identity term of y, VGG16 run to relu4_3 for the output and for the content, D's gradients computed in G's step too, one
loss after the other, each fake of the replay buffer a list's element. What the pipeline's speed is measured against,
and used nowhere else.

Shape legend: N samples, C channels, H W pixels, w width, k = 3 objectives. x, y (N, 3, H, W) in [-1, 1], S (N, k).
"""

import random

import torch
from torch import Tensor, nn
from torch.nn import functional

K = 3


class CCAM(nn.Module):
    """Channel attention from the pooled features and the embedded S (Section 4, Equation 5)."""

    def __init__(self, channels: int, reduction: int = 4) -> None:
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(K, channels), nn.ReLU())
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.mix = nn.Sequential(
            nn.Linear(2 * channels, channels // reduction),
            nn.ReLU(),
            nn.Linear(channels // reduction, channels),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor, S: Tensor) -> Tensor:
        pooled = self.pool(x).flatten(1)
        return x * self.mix(torch.cat([pooled, self.embed(S)], 1))[:, :, None, None]


class ResidualBlock(nn.Module):
    """Two padded convolutions with instance norm, added to their input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


class Generator(nn.Module):
    """Table 4."""

    def __init__(self, w: int, blocks: int) -> None:
        super().__init__()
        self.input = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(3, w, 7), nn.InstanceNorm2d(w), nn.ReLU())
        self.down = nn.Sequential(
            *(nn.Conv2d(w, 2 * w, 3, stride=2, padding=1), nn.InstanceNorm2d(2 * w), nn.ReLU()),
            *(nn.Conv2d(2 * w, 4 * w, 3, stride=2, padding=1), nn.InstanceNorm2d(4 * w), nn.ReLU()),
        )
        self.blocks = nn.Sequential(*(ResidualBlock(4 * w) for _ in range(blocks)))
        self.up = nn.Sequential(
            nn.ConvTranspose2d(4 * w, 2 * w, 3, stride=2, padding=1, output_padding=1),
            *(nn.InstanceNorm2d(2 * w), nn.ReLU()),
            nn.ConvTranspose2d(2 * w, w, 3, stride=2, padding=1, output_padding=1),
            *(nn.InstanceNorm2d(w), nn.ReLU()),
        )
        self.output = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(w, 3, 7), nn.Tanh())
        self.ccam1, self.ccam2, self.ccam3 = CCAM(w), CCAM(4 * w), CCAM(4 * w)

    def forward(self, x: Tensor, S: Tensor) -> Tensor:
        x = self.ccam1(self.input(x), S)
        x = self.ccam2(self.down(x), S)
        x = self.ccam3(self.blocks(x), S)
        out: Tensor = self.output(self.up(x))
        return out


def patch_gan(w: int) -> nn.Sequential:
    """CycleGAN's 70 x 70 PatchGAN, its convolutions from N(0, 0.02)."""
    D = nn.Sequential(
        *(nn.Conv2d(3, w, 4, stride=2, padding=1), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(w, 2 * w, 4, stride=2, padding=1), nn.InstanceNorm2d(2 * w), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(2 * w, 4 * w, 4, stride=2, padding=1), nn.InstanceNorm2d(4 * w), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(4 * w, 8 * w, 4, stride=1, padding=1), nn.InstanceNorm2d(8 * w), nn.LeakyReLU(0.2)),
        nn.Conv2d(8 * w, 1, 4, stride=1, padding=1),
    )
    for layer in D:
        if isinstance(layer, nn.Conv2d):
            nn.init.normal_(layer.weight, 0.0, 0.02)
    return D


class VGG16(nn.Module):
    """torchvision's features to relu4_3, frozen: features at relu1_2, relu2_2, relu3_3 and relu4_3."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for width in (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512):
            if width == 0:
                layers.append(nn.MaxPool2d(2))
                continue
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            nn.init.kaiming_normal_(layers[-2].weight, nonlinearity="relu")  # features keep their size, as ImageNet's
            channels = width
        self.features = nn.Sequential(*layers)
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1))
        self.requires_grad_(False)

    def forward(self, x: Tensor) -> list[Tensor]:
        x = ((x + 1) / 2 - self.mean) / self.std
        features = []
        for number, layer in enumerate(self.features):
            x = layer(x)
            if number in (3, 8, 15, 22):
                features.append(x)
        return features


def gram(F: Tensor) -> Tensor:
    """F F^T / (C H W)."""
    N, C, H, W = F.shape
    F = F.view(N, C, H * W)
    return torch.bmm(F, F.transpose(1, 2)) / (C * H * W)


class ReplayBuffer:
    """The last 50 fakes, each with its own S."""

    def __init__(self, size: int = 50) -> None:
        self.size = size
        self.kept: list[tuple[Tensor, Tensor]] = []

    def exchange(self, fakes: Tensor, S: Tensor) -> tuple[Tensor, Tensor]:
        """As many as come in; each is itself or, with probability 1/2, an older one whose place it takes."""
        out = []
        for new in zip(fakes, S, strict=True):
            if len(self.kept) < self.size:
                self.kept.append(new)
                out.append(new)
            elif random.random() > 0.5:
                place = random.randint(0, self.size - 1)
                out.append(self.kept[place])
                self.kept[place] = new
            else:
                out.append(new)
        pictures, weights = zip(*out, strict=True)
        return torch.stack(pictures), torch.stack(weights)


class Step:
    """One update of G, then of D, of Model 1: L_rec of photos, L_adv to Van Gogh, L_per to a style image."""

    def __init__(self, width: int, blocks: int, device: torch.device, style_size: int) -> None:
        self.G = Generator(width, blocks).to(device)
        self.D = patch_gan(width).to(device)
        self.vgg = VGG16().to(device)
        self.buffer = ReplayBuffer()
        self.adam_G = torch.optim.Adam(self.G.parameters(), lr=2e-4, betas=(0.5, 0.999))
        self.adam_D = torch.optim.Adam(self.D.parameters(), lr=2e-4, betas=(0.5, 0.999))
        style = torch.rand(1, 3, style_size, style_size, device=device) * 2 - 1
        self.style = [gram(F) for F in self.vgg(style)]

    def perceptual(self, G_x: Tensor, x: Tensor) -> Tensor:
        """L_per = 0.001 * content + style: (N,)."""
        features, content = self.vgg(G_x), self.vgg(x)
        loss = 0.001 * functional.mse_loss(features[1], content[1], reduction="none").mean((1, 2, 3))
        for weight, F, target in zip((0.1, 1.0, 10.0, 5.0), features, self.style, strict=True):
            loss = loss + 200 * weight * ((gram(F) - target) ** 2).mean((1, 2))
        return loss

    def __call__(self, x: Tensor, y: Tensor, S: Tensor) -> dict[str, float]:
        """Update both networks; the losses' means. x photos, y paintings."""
        G_x, G_y = self.G(x, S), self.G(y, S)
        L_rec = 2 * (G_x - x).abs().mean((1, 2, 3))
        L_adv = ((self.D(G_x) - 1) ** 2).mean((1, 2, 3)) + 5 * (G_y - y).abs().mean((1, 2, 3))
        L_per = self.perceptual(G_x, x)
        L_G = (S[:, 0] * L_rec + S[:, 1] * L_adv + S[:, 2] * L_per).mean()
        self.adam_G.zero_grad()
        L_G.backward()
        self.adam_G.step()

        fake, fake_S = self.buffer.exchange(G_x.detach(), S)
        squares = ((self.D(y) - 1) ** 2).mean((1, 2, 3)) + (self.D(fake) ** 2).mean((1, 2, 3))
        L_D = (fake_S[:, 1] * 0.5 * squares).mean()
        self.adam_D.zero_grad()
        L_D.backward()
        self.adam_D.step()
        losses = {"L_rec": L_rec, "L_adv": L_adv, "L_per": L_per, "L_G": L_G, "L_D": L_D}
        return {name: loss.mean().item() for name, loss in losses.items()}


def build(width: int, blocks: int, device: torch.device, style_size: int = 256) -> Step:
    """A step at the given sizes, with random weights from PyTorch's global stream: call it with x, y, S."""
    return Step(width, blocks, device, style_size)
