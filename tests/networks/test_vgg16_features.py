"""VGG16's features against torchvision's own layers with the same weights."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torchvision.models.vgg import cfgs, make_layers

from pipeline.networks.vgg16 import VGG16

SHAPES = [(64, 1), (128, 2), (256, 4), (512, 8)]  # channels, and how many times smaller


@pytest.fixture(scope="module")
def torchvisions(vgg_weights: dict[str, Tensor]) -> nn.Sequential:
    """torchvision's vgg16().features[:23] without the classifier's 120 million parameters."""
    layers = make_layers(cfgs["D"])[:23]
    layers.load_state_dict({name.removeprefix("features."): weight for name, weight in vgg_weights.items()})
    return layers


def plain(layers: nn.Sequential, x: Tensor) -> list[Tensor]:
    """ImageNet's normalisation of (x + 1) / 2, then features after the ReLUs 3, 8, 15, 22."""
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = ((x + 1) / 2 - mean[:, None, None]) / std[:, None, None]
    features = []
    for number, layer in enumerate(layers):
        x = layer(x)
        if number in (3, 8, 15, 22):
            features.append(x.clone())  # the next ReLU works in place
    return features


def test_features_are_torchvisions(vgg_weights: dict[str, Tensor], torchvisions: nn.Sequential) -> None:
    x = torch.rand(2, 3, 24, 32) * 2 - 1
    ours, theirs = VGG16(vgg_weights)(x), plain(torchvisions, x)
    assert [f.shape for f in ours] == [(2, C, 24 // d, 32 // d) for C, d in SHAPES]
    for a, b in zip(ours, theirs, strict=True):
        assert b.std() > 0.1  # not all dead
        torch.testing.assert_close(a, b.detach(), rtol=1e-4, atol=1e-4)


def test_the_gradient_reaches_the_picture(vgg_weights: dict[str, Tensor], torchvisions: nn.Sequential) -> None:
    x = (torch.rand(1, 3, 16, 16) * 2 - 1).requires_grad_()
    ours = torch.autograd.grad(sum(f.square().mean() for f in VGG16(vgg_weights)(x)), x)[0]
    theirs = torch.autograd.grad(sum(f.square().mean() for f in plain(torchvisions, x)), x)[0]
    assert theirs.abs().max() > 1e-4
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-6)


def test_depth_stops_early(vgg_weights: dict[str, Tensor]) -> None:
    vgg, x = VGG16(vgg_weights), torch.rand(1, 3, 16, 16)
    assert [f.shape[1] for f in vgg(x, depth=2)] == [64, 128]
    for early, full in zip(vgg(x, depth=2), vgg(x), strict=False):
        torch.testing.assert_close(early, full, rtol=0, atol=1e-6)


def test_bf16_is_close_to_fp32(vgg_weights: dict[str, Tensor]) -> None:
    x = torch.rand(2, 3, 32, 32) * 2 - 1
    for half, full in zip(VGG16(vgg_weights, torch.bfloat16)(x), VGG16(vgg_weights)(x), strict=True):
        assert half.dtype == torch.bfloat16
        assert (half.float() - full).norm() < 0.02 * full.norm()


def test_nothing_is_trained(vgg_weights: dict[str, Tensor]) -> None:
    assert list(VGG16(vgg_weights).parameters()) == []


def test_weights_come_from_a_file(vgg_weights: dict[str, Tensor], tmp_path: Path) -> None:
    save_file(vgg_weights, tmp_path / "vgg16.safetensors")
    x = torch.rand(1, 3, 16, 16)
    for a, b in zip(VGG16.load(tmp_path / "vgg16.safetensors")(x), VGG16(vgg_weights)(x), strict=True):
        assert torch.equal(a, b)
    with pytest.raises(ValueError, match=r"nowhere\.safetensors is missing"):
        VGG16.load(tmp_path / "nowhere.safetensors")
