"""Gradients of losses, layers and networks against differences of their values (float64)."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.autograd import gradcheck
from torch.func import functional_call

from pipeline import losses, sgn, singlegan, toy
from pipeline.networks.conditioning import CCAM, CONDITIONINGS
from pipeline.networks.discriminator import Discriminator
from pipeline.networks.generator import Generator
from pipeline.networks.layers import instance_norm, max_pool, max_pool_slices, reflect, reflect_slices
from pipeline.networks.vgg16 import VGG16
from pipeline.params import Objective
from pipeline.training import Networks
from tests.equivalence.models import MODEL1, MODEL3, SINGLEGAN


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
    [(losses.reconstruction, 2), (losses.identity, 2), (losses.adversarial, 1), (losses.discriminator, 2)],
)
def test_losses(loss: Callable[..., Tensor], arguments: int) -> None:
    assert gradcheck(loss, [some(2, 3, 3, 4) for _ in range(arguments)])


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_gram_and_the_written_out_gradients_of_differences(layout: torch.memory_format) -> None:
    features = torch.randn(2, 4, 3, 5, dtype=torch.float64).contiguous(memory_format=layout).requires_grad_()
    assert gradcheck(losses.gram, [features])
    target = symmetric(4)  # as every Gram matrix
    assert gradcheck(lambda F: losses.GramDifference.apply(F, target), [features])
    content = torch.randn_like(features).detach()
    assert gradcheck(lambda F: losses.MeanSquare.apply(F, content), [features])


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


@pytest.mark.parametrize("objectives", [MODEL1, MODEL3, SINGLEGAN], ids=["model1", "model3", "singlegan"])
def test_L_G_to_the_generators_parameters(objectives: tuple[Objective, ...], vgg_weights: dict[str, Tensor]) -> None:
    """The whole loss of a step, as the optimiser sees it."""
    style = pictures(1, 16, 16).detach()
    perceptual = {"udnie": losses.Perceptual(VGG16(vgg_weights, torch.float64), style, 200.0)}
    module, conditioning = (singlegan, "cbn") if objectives == SINGLEGAN else (sgn, "ccam")
    nets = module.networks(objectives, conditioning, 4, 1, None)
    generator, discriminators = nets.generator.double(), nets.discriminators.double()
    batch = {o.about: pictures(2, 32, 32).detach() for o in objectives}

    def L_G(*parameters: Tensor) -> Tensor:
        outside = Networks(replaced(generator, parameters), discriminators)  # type: ignore[arg-type]
        known = perceptual if objectives == MODEL1 else {}
        m = module.Method(outside, objectives, known, alpha=0.5, constant_S=None, seed=0)
        loss: Tensor = m.generator_loss(batch, m.draw(0, 2).double())[0]
        return loss

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
            assert float((ahead - behind) / 2e-8) == pytest.approx(float(slope), rel=1e-6)


def test_toys_losses() -> None:
    x = torch.linspace(-1, 1, 7, dtype=torch.float64)
    assert gradcheck(lambda z: toy.losses(z, x), [some(2, 7)])
