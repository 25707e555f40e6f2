"""The discriminator against CycleGAN's 70 x 70 PatchGAN."""

import pytest
import torch
from torch import nn

from pipeline.networks.discriminator import Discriminator


def patch_gan(w: int) -> nn.Sequential:
    """Plain reading of the layer list, with PyTorch's own layers."""

    def block(into: int, out: int, stride: int) -> list[nn.Module]:
        return [nn.Conv2d(into, out, 4, stride, 1), nn.InstanceNorm2d(out), nn.LeakyReLU(0.2)]

    layers = [nn.Conv2d(3, w, 4, 2, 1), nn.LeakyReLU(0.2)]
    layers += [*block(w, 2 * w, 2), *block(2 * w, 4 * w, 2), *block(4 * w, 8 * w, 1), nn.Conv2d(8 * w, 1, 4, 1, 1)]
    return nn.Sequential(*layers)


def test_the_papers_discriminator_has_2764737_parameters() -> None:
    assert sum(p.numel() for p in Discriminator().parameters()) == 2_764_737


def test_layers_are_patch_gans() -> None:
    ours, plain = Discriminator(8).double(), patch_gan(8).double()
    plain.load_state_dict(dict(zip(plain.state_dict(), ours.state_dict().values(), strict=True)))
    x = torch.randn(3, 3, 48, 40, dtype=torch.float64)
    torch.testing.assert_close(ours(x), plain(x), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("H", "W"), [(32, 32), (64, 64), (40, 72), (256, 32)])
def test_a_patch_every_8_pixels(H: int, W: int) -> None:
    assert Discriminator(4)(torch.randn(2, 3, H, W)).shape == (2, 1, H // 8 - 2, W // 8 - 2)


def test_a_patch_sees_70_pixels() -> None:
    """Without norms, whose means see everything, the last layer's middle patch depends on 70 x 70 pixels."""
    convolutions = nn.Sequential(*(layer for layer in patch_gan(2) if isinstance(layer, nn.Conv2d)))
    for ours, plain in zip(Discriminator(2).convs, convolutions, strict=True):
        assert (ours.kernel_size, ours.stride, ours.padding) == (plain.kernel_size, plain.stride, plain.padding)
    x = torch.randn(1, 3, 128, 128, requires_grad=True)
    out = convolutions(x)
    seen = torch.autograd.grad(out[0, 0, 7, 7], x)[0].abs().sum((0, 1)) > 0
    assert (int(seen.any(1).sum()), int(seen.any(0).sum())) == (70, 70)


def test_convolutions_start_from_a_normal_of_002() -> None:
    for conv in Discriminator().requires_grad_(False).convs[:4]:
        assert abs(float(conv.weight.std()) - 0.02) < 0.001
        assert abs(float(conv.weight.mean())) < 0.002
        # a uniform distribution of the same spread ends at 0.035
        assert conv.weight.abs().max() > 0.05


def test_scores_are_unbounded() -> None:
    d = Discriminator(4)
    with torch.no_grad():
        for conv in d.convs:
            conv.weight.mul_(50)
    assert d(torch.randn(4, 3, 32, 32)).abs().max() > 2


def test_samples_do_not_see_each_other() -> None:
    d, x = Discriminator(8), torch.randn(4, 3, 32, 32)
    torch.testing.assert_close(d(x), torch.cat([d(part) for part in x.split(1)]), rtol=0, atol=1e-5)
