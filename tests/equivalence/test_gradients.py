"""Gradients of losses, layers and networks against differences of their values (float64)."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.autograd import gradcheck
from torch.func import functional_call

from pipeline.conditionings import CONDITIONINGS
from pipeline.conditionings.ccam import CCAM
from pipeline.networks.discriminator import Discriminator
from pipeline.networks.generator import Generator
from pipeline.networks.layers import instance_norm, max_pool, max_pool_slices, reflect, reflect_slices
from pipeline.networks.losses import GramDifference, MeanSquare, discriminator_loss, generator_loss, gram
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn import toy
from pipeline.sgn.model import losses
from pipeline.sgn.model.method import SGN
from pipeline.sgn.model.singlegan import SingleGAN
from tests.sgn import made_up
from tests.sgn.made_up import MODEL1, MODEL3, generator_update


def some(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def pictures(count: int, H: int, W: int) -> Tensor:
    return (torch.rand(count, 3, H, W, dtype=torch.float64) * 2 - 1).requires_grad_()


def symmetric(size: int) -> Tensor:
    T = torch.randn(1, size, size, dtype=torch.float64)
    return T + T.transpose(1, 2)


def replaced(network: nn.Module, parameters: tuple[Tensor, ...]) -> Callable[..., Tensor]:
    """The network as a function that takes its parameters from outside."""
    named = dict(zip(dict(network.named_parameters()), parameters, strict=True))
    return lambda *inputs: functional_call(network, named, inputs)


def check_network(network: nn.Module, *inputs: Tensor) -> bool:
    """Gradients to the inputs and to every parameter, along random directions."""
    network.double()
    parameters = tuple(network.parameters())

    def f(*everything: Tensor) -> Tensor:
        return replaced(network, everything[len(inputs) :])(*everything[: len(inputs)])

    return gradcheck(f, (*inputs, *parameters), fast_mode=True)


@pytest.mark.parametrize(
    ("loss", "arguments"),
    [(losses.reconstruction, 2), (losses.identity, 2), (generator_loss, 1), (discriminator_loss, 2)],
)
def test_losses(loss: Callable[..., Tensor], arguments: int) -> None:
    assert gradcheck(loss, [some(2, 3, 3, 4) for _ in range(arguments)])


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_gram_and_the_written_out_gradients_of_differences(layout: torch.memory_format) -> None:
    features = torch.randn(2, 4, 3, 5, dtype=torch.float64).contiguous(memory_format=layout).requires_grad_()
    assert gradcheck(gram, [features])
    target = symmetric(4)  # as every Gram matrix
    assert gradcheck(lambda F: GramDifference.apply(F, target), [features])
    content = torch.randn_like(features).detach()
    assert gradcheck(lambda F: MeanSquare.apply(F, content), [features])


@pytest.mark.parametrize(
    "layer", [lambda x: reflect(x, 2), lambda x: reflect_slices(x, 2), max_pool, max_pool_slices, instance_norm]
)
def test_layers(layer: Callable[[Tensor], Tensor]) -> None:
    assert gradcheck(layer, [some(2, 2, 4, 5)])


def test_ccam() -> None:
    assert check_network(CCAM(3, 8), some(2, 8, 3, 4), some(2, 3))


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_generator_with_each_conditioning(conditioning: str) -> None:
    assert check_network(Generator(4, 2, conditioning), pictures(2, 12, 16), some(2, 3))


def test_discriminator() -> None:
    assert check_network(Discriminator(4), pictures(2, 32, 32))


def test_vgg16s_features_and_the_perceptual_loss(vgg_weights: dict[str, Tensor]) -> None:
    vgg, x = VGG16(vgg_weights, torch.float64), pictures(1, 16, 16)
    pulls = [torch.randn_like(features) for features in vgg(x)]  # the full Jacobian has 20 million entries
    assert gradcheck(
        lambda x: tuple((pull * F).sum() for pull, F in zip(pulls, vgg(x), strict=True)), [x], fast_mode=True
    )
    perceptual = losses.Perceptual(vgg, pictures(1, 16, 16).detach(), 200.0)
    content = pictures(1, 16, 16).detach()
    assert gradcheck(lambda output: perceptual(output, content), [x], fast_mode=True)


@pytest.mark.parametrize("model", ["model1", "model3", "singlegan"])
def test_L_G_to_the_generators_parameters(model: str, vgg_weights: dict[str, Tensor]) -> None:
    """The whole loss of a step, as the optimiser sees it."""
    m: SGN | SingleGAN = made_up.singlegan()
    if model != "singlegan":
        perceptual = losses.Perceptual(VGG16(vgg_weights, torch.float64), pictures(1, 16, 16).detach(), 200.0)
        m = made_up.sgn(MODEL1 if model == "model1" else MODEL3, perceptual=perceptual)
    generator, _ = m.G.double(), m.D.double()
    batch = made_up.pictures(list(m.sources), 2, torch.float64)
    S = m.draw(0, 2)["S"].double()

    def L_G(*parameters: Tensor) -> Tensor:
        m.G = replaced(generator, parameters)  # type: ignore[assignment]
        return generator_update(m, batch, S).loss

    # gradcheck takes each parameter by itself; here all move at once, in a few directions. The step is so small because
    # L1 losses and ReLUs have kinks.
    parameters = tuple(generator.parameters())
    for n in range(2):  # the sample
        gradients = torch.autograd.grad(L_G(*parameters)[n], parameters)
        for _ in range(3):
            directions = [torch.randn_like(p) for p in parameters]
            slope = sum((g * d).sum() for g, d in zip(gradients, directions, strict=True))
            with torch.no_grad():
                ahead, behind = (
                    L_G(*(p + step * d for p, d in zip(parameters, directions, strict=True)))[n]
                    for step in (1e-8, -1e-8)
                )
            assert float((ahead - behind) / 2e-8) == pytest.approx(float(slope), rel=1e-5)


def test_toys_losses() -> None:
    x = torch.linspace(-1, 1, 7, dtype=torch.float64)
    assert gradcheck(lambda z: toy.losses(z, x), [some(2, 7)])
