"""Layers, conditionings and networks against the plain reading, in float64 and float32."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pipeline.conditionings import CONDITIONINGS
from pipeline.conditionings.ccam import CCAM
from pipeline.networks.discriminator import Discriminator
from pipeline.networks.generator import Generator
from pipeline.networks.layers import instance_norm, max_pool, max_pool_slices, reflect, reflect_slices
from pipeline.networks.vgg16 import VGG16
from pipeline.vgg16 import known
from tests.equivalence import reading
from tests.equivalence.agreement import agree, array, arrays, both_types

# Table 4 and the PatchGAN as (input channels, output channels, kernel); a CCAM as (S, C, reduced).
GENERATOR = [(3, 64, 7), (64, 128, 3), (128, 256, 3), *[(256, 256, 3)] * 18, (256, 128, 3), (128, 64, 3), (64, 3, 7)]
CCAMS = [(3, 64, 16), (3, 256, 64), (3, 256, 64)]
DISCRIMINATOR = [(3, 64, 4), (64, 128, 4), (128, 256, 4), (256, 512, 4), (512, 1, 4)]


def size(convolutions: list[tuple[int, int, int]]) -> int:
    """Weights and biases of convolutions."""
    return sum(into * out * kernel**2 + out for into, out, kernel in convolutions)


def count(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def moved(network: nn.Module, dtype: torch.dtype) -> nn.Module:
    """The network with every parameter moved a little: no bias is zero, no gain is one."""
    network.to(dtype)
    with torch.no_grad():
        for p in network.parameters():
            p.add_(0.02 * torch.randn_like(p))
    return network


def pictures(count: int, H: int, W: int, dtype: torch.dtype) -> Tensor:
    return torch.rand(count, 3, H, W, dtype=dtype) * 2 - 1  # in float64, numbers that float32 does not hold


@pytest.fixture
def S() -> Tensor:
    """One S inside the simplex, one corner, one outside."""
    return torch.tensor([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0], [0.0, 1.5, 0.0]], dtype=torch.float64)


def test_parameters_are_those_of_the_papers_layers() -> None:
    gates = sum(k * C + C + 2 * C * reduced + reduced + reduced * C + C for k, C, reduced in CCAMS)
    assert size(GENERATOR) + gates == count(Generator()) == 11_482_579
    assert size(DISCRIMINATOR) == count(Discriminator()) == 2_764_737


def test_random_vgg_weights_have_the_true_shapes(vgg_weights: dict[str, Tensor]) -> None:
    assert {name: tuple(value.shape) for name, value in vgg_weights.items()} == dict(known.VGG16.shapes())


@both_types
def test_layers(dtype: torch.dtype) -> None:
    x = 3 * torch.randn(2, 4, 6, 9, dtype=dtype) + 5
    for padded in (reflect(x, 3), reflect_slices(x, 3)):
        agree(padded, [reading.reflection_pad(array(part), 3) for part in x], dtype)
    for pooled in (max_pool(x), max_pool_slices(x)):
        agree(pooled, [reading.max_pool(array(part)) for part in x], dtype)
    agree(instance_norm(x), [reading.instance_norm(array(part)) for part in x], dtype)
    faint = 1e-3 * x  # where eps matters
    agree(instance_norm(faint), [reading.instance_norm(array(part)) for part in faint], dtype)


@both_types
def test_ccam_and_its_activation(dtype: torch.dtype, S: Tensor) -> None:
    ccam, x = moved(CCAM(3, 8), dtype), torch.randn(3, 8, 5, 6, dtype=dtype)
    assert isinstance(ccam, CCAM)
    w, S = arrays(ccam), S.to(dtype)
    samples = [(array(part), array(s)) for part, s in zip(x, S, strict=True)]
    agree(ccam.activation(x, S), [reading.ccam_activation(w, part, s) for part, s in samples], dtype)
    agree(ccam(x, S), [reading.ccam(w, part, s) for part, s in samples], dtype)


@both_types
@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_generator_with_each_conditioning(conditioning: str, dtype: torch.dtype, S: Tensor) -> None:
    g = moved(Generator(8, 2, conditioning), dtype)
    x, S = pictures(3, 32, 40, dtype), S.to(dtype)
    w = arrays(g)
    expected = [reading.generator(w, array(part), array(s), conditioning) for part, s in zip(x, S, strict=True)]
    agree(g(x, S), expected, dtype)


@both_types
def test_generator_at_the_papers_size(dtype: torch.dtype, S: Tensor) -> None:
    g = Generator().to(dtype)
    x, S = pictures(1, 32, 24, dtype), S[:1].to(dtype)
    agree(g(x, S), [reading.generator(arrays(g), array(x[0]), array(S[0]))], dtype)


@both_types
@pytest.mark.parametrize("width", [8, 64])
def test_discriminator(width: int, dtype: torch.dtype) -> None:
    d = moved(Discriminator(width), dtype)
    x = pictures(2, 48, 40, dtype)
    w = arrays(d)
    agree(d(x), [reading.discriminator(w, array(part)) for part in x], dtype)


@both_types
def test_vgg16s_features(dtype: torch.dtype, vgg_weights: dict[str, Tensor]) -> None:
    vgg, w = VGG16(vgg_weights, dtype), {name: array(value) for name, value in vgg_weights.items()}
    x = pictures(2, 24, 33, dtype)  # 33 pixels: the odd column is left out, as in torchvision
    ours, expected = vgg(x), [reading.vgg16(w, array(part)) for part in x]
    for depth, features in enumerate(ours):
        agree(features, [each[depth] for each in expected], dtype)
    assert math.prod(ours[3].shape[2:]) > 1


def test_samples_of_the_reading_differ(S: Tensor) -> None:
    """What the tests above compare is a different picture for each S: a generator without S would not pass."""
    g = moved(Generator(8, 2), torch.float64)
    x, w = array(pictures(1, 16, 16, torch.float64)[0]), arrays(g)
    outputs = [reading.generator(w, x, array(s)) for s in S]
    assert min(np.abs(a - b).max() for a, b in pairwise(outputs)) > 1e-4
