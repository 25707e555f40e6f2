"""Each loss against a plain NumPy reading of its formula (Section 4), sample by sample."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torchvision.models.vgg import cfgs, make_layers

from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.model import losses

N = 3


def pictures(seed: int, size: int = 16, count: int = N) -> Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def scores(seed: int) -> Tensor:
    return torch.randn(N, 1, 3, 4, generator=torch.Generator().manual_seed(seed))


def per_sample(rule: Callable[..., float], *arguments: Tensor) -> np.ndarray:
    """A rule about one sample, asked for each in turn, in float64."""
    return np.array([rule(*(a[i].detach().double().numpy() for a in arguments)) for i in range(len(arguments[0]))])


def test_reconstruction_is_twice_the_mean_absolute_difference() -> None:
    x, y = pictures(1), pictures(2)
    expected = per_sample(lambda a, b: 2 * np.sum(np.abs(a - b)) / a.size, x, y)
    np.testing.assert_allclose(losses.reconstruction(x, y), expected, rtol=1e-5)


def test_identity_is_five_times_the_mean_absolute_difference() -> None:
    x, y = pictures(1), pictures(2)
    expected = per_sample(lambda a, b: 5 * np.sum(np.abs(a - b)) / a.size, x, y)
    np.testing.assert_allclose(losses.identity(x, y), expected, rtol=1e-5)


def test_adversarial_is_the_mean_squared_distance_to_1() -> None:
    s = scores(1)
    np.testing.assert_allclose(losses.adversarial(s), per_sample(lambda a: np.sum((a - 1) ** 2) / a.size, s), rtol=1e-5)
    assert torch.equal(losses.adversarial(torch.ones(2, 1, 3, 3)), torch.zeros(2))


def test_discriminators_loss_is_half_of_both_squares() -> None:
    real, fake = scores(1), scores(2)
    expected = per_sample(lambda r, f: 0.5 * (np.mean((r - 1) ** 2) + np.mean(f**2)), real, fake)
    np.testing.assert_allclose(losses.discriminator(real, fake), expected, rtol=1e-5)
    assert losses.discriminator(torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 2, 2)) == 0


def plain_gram(F: np.ndarray) -> np.ndarray:
    C, H, W = F.shape
    flat = F.reshape(C, H * W)
    return flat @ flat.T / (C * H * W)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_gram_is_F_Ft_over_CHW(layout: torch.memory_format) -> None:
    F = torch.randn(N, 6, 4, 5).contiguous(memory_format=layout)
    expected = np.stack([plain_gram(f.double().numpy()) for f in F])
    np.testing.assert_allclose(losses.gram(F), expected, rtol=1e-4, atol=1e-6)
    assert losses.gram(F.bfloat16()).dtype == torch.float32


def plain_features(weights: dict[str, Tensor], picture: np.ndarray) -> list[np.ndarray]:
    """relu1_2, relu2_2, relu3_3, relu4_3 of one picture (3, H, W) in [-1, 1], by torchvision's layers."""
    layers = make_layers(cfgs["D"])[:23].double()
    layers.load_state_dict({name.removeprefix("features."): weight for name, weight in weights.items()})
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    x = torch.from_numpy(((picture + 1) / 2 - mean[:, None, None]) / std[:, None, None])[None]
    features = []
    for layer in layers:
        if isinstance(layer, nn.MaxPool2d):
            features.append(x[0].detach().numpy().copy())
        x = layer(x)
    return [*features, x[0].detach().numpy()]


@pytest.mark.parametrize("style_weight", [200.0, 100.0])
def test_perceptual_is_its_formula(style_weight: float, vgg_weights: dict[str, Tensor]) -> None:
    output, content, style = pictures(1), pictures(2), pictures(3, size=24, count=1)
    wanted_style = [plain_gram(F) for F in plain_features(vgg_weights, style[0].double().numpy())]

    def rule(G_x: np.ndarray, x: np.ndarray) -> float:
        features = plain_features(vgg_weights, G_x)
        total = 0.001 * np.mean((features[1] - plain_features(vgg_weights, x)[1]) ** 2)
        for weight, F, target in zip((0.1, 1.0, 10, 5.0), features, wanted_style, strict=True):
            total += style_weight * weight * np.mean((plain_gram(F) - target) ** 2)
        return float(total)

    ours = losses.Perceptual(VGG16(vgg_weights), style, style_weight)(output, content)
    assert ours.dtype == torch.float32
    expected = per_sample(rule, output, content)
    assert expected.std() / expected.mean() > 0.001  # samples differ, so that each must have its own
    np.testing.assert_allclose(ours, expected, rtol=1e-4)


def test_both_parts_of_perceptual_are_zero_where_they_should_be(vgg_weights: dict[str, Tensor]) -> None:
    x = pictures(1, count=1)
    assert losses.Perceptual(VGG16(vgg_weights), x, 200.0)(x, x) < 1e-9
    content_alone = losses.Perceptual(VGG16(vgg_weights), x, 200.0)(x, pictures(2, count=1))
    style_alone = losses.Perceptual(VGG16(vgg_weights), pictures(2, count=1), 200.0)(x, x)
    assert content_alone > 1e-5
    assert style_alone > 1e-5


def test_perceptual_pulls_at_the_output_alone(vgg_weights: dict[str, Tensor]) -> None:
    output, content = pictures(1).requires_grad_(), pictures(2).requires_grad_()
    losses.Perceptual(VGG16(vgg_weights), pictures(3, count=1), 200.0)(output, content).sum().backward()
    assert output.grad is not None
    assert output.grad.abs().amax((1, 2, 3)).min() > 0
    assert content.grad is None


@pytest.mark.parametrize("autocast", [False, True])
def test_perceptual_in_bf16_is_close_to_fp32(autocast: bool, vgg_weights: dict[str, Tensor]) -> None:
    output, content, style = pictures(1, 32), pictures(2, 32), pictures(3, 32, 1)
    exact = losses.Perceptual(VGG16(vgg_weights), style, 200.0)(output, content)
    half = losses.Perceptual(VGG16(vgg_weights, torch.bfloat16), style, 200.0)
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        result = half(output, content)
    assert result.dtype == torch.float32
    torch.testing.assert_close(result, exact, rtol=0.03, atol=0)


def test_losses_stay_float32_for_bf16_pictures_and_under_autocast() -> None:
    x, y, s = pictures(1).bfloat16(), pictures(2), scores(1).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        for loss in (
            losses.reconstruction(x, y),
            losses.identity(x, y),
            losses.adversarial(s),
            losses.discriminator(s, s),
        ):
            assert loss.dtype == torch.float32
        exact = per_sample(lambda a, b: 2 * np.mean(np.abs(a - b)), x, y)
        np.testing.assert_allclose(losses.reconstruction(x, y), exact, rtol=1e-5)


@pytest.mark.parametrize("name", ["reconstruction", "identity", "adversarial", "discriminator", "perceptual"])
def test_a_samples_loss_does_not_depend_on_the_others(name: str, vgg_weights: dict[str, Tensor]) -> None:
    a, b = pictures(1), pictures(2)
    if name == "perceptual":
        loss: Callable[..., Tensor] = losses.Perceptual(VGG16(vgg_weights), pictures(3, count=1), 200.0)
    else:
        loss = getattr(losses, name)
    arguments = (a,) if name == "adversarial" else (a, b)
    together = loss(*arguments)
    assert together.shape == (N,)
    for i in range(N):
        torch.testing.assert_close(together[i], loss(*(x[i : i + 1] for x in arguments))[0], rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (1, 8, 2, 2)])
def test_the_written_out_gradient_of_the_gram_difference_is_autograds(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    features = torch.randn(shape, requires_grad=True)
    target = torch.randn(1, shape[1], shape[1])
    target = target + target.transpose(1, 2)  # a Gram matrix is symmetric
    pull = torch.randn(shape[0])
    plain = losses.mean_per_sample((losses.gram(features) - target).square())
    ours = losses.GramDifference.apply(features, target)
    torch.testing.assert_close(ours, plain)
    (expected,) = torch.autograd.grad(plain, features, pull)
    (gradient,) = torch.autograd.grad(ours, features, pull)
    torch.testing.assert_close(gradient, expected)
