"""Kernel distance, Gram distance and projection against plain loops and known answers."""

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.metrics import kid
from pipeline.networks.vgg16 import VGG16


def features(seed: int, count: int, shift: float = 0.0) -> Tensor:
    return torch.randn(count, 512, generator=torch.Generator().manual_seed(seed)).double() + shift


def plain_kid(a: np.ndarray, b: np.ndarray) -> float:
    def k(x: np.ndarray, y: np.ndarray) -> float:
        return float((x @ y / len(x) + 1) ** 3)

    n, m = len(a), len(b)
    aa = sum(k(a[i], a[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    bb = sum(k(b[i], b[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    return aa + bb - 2 * sum(k(x, y) for x in a for y in b) / (n * m)


def test_kid_is_its_formula() -> None:
    a, b = features(0, 5), features(1, 7, 0.3)
    assert kid.kid(a, b) == pytest.approx(plain_kid(a.numpy(), b.numpy()), rel=1e-10)
    assert kid.kid(a, b) == pytest.approx(kid.kid(b, a), rel=1e-10)


def test_kid_is_near_zero_for_one_distribution_and_grows_with_the_distance() -> None:
    near, far, farther = (kid.kid(features(0, 60), features(1, 60, shift)) for shift in (0.0, 0.3, 0.6))
    assert abs(near) < 0.05 * far < 0.05 * farther


def test_projection_is_zero_at_the_start_and_one_at_the_end() -> None:
    start, end = features(0, 4), features(1, 6, 1.0)
    assert kid.projection(start, start, end) == pytest.approx(0)
    assert kid.projection(end, start, end) == pytest.approx(1)
    beyond = start + 1.5 * (end.mean(0) - start.mean(0))
    assert kid.projection(beyond, start, end) == pytest.approx(1.5)


def test_gram_distance_is_zero_for_the_style_image_itself_and_a_mean_over_pictures(
    vgg_weights: dict[str, Tensor],
) -> None:
    vgg = VGG16(vgg_weights)
    style, other = torch.rand(1, 3, 32, 32) * 2 - 1, torch.rand(1, 3, 32, 32) * 0.5
    assert kid.gram_distance(vgg, style, style, 2) == pytest.approx(0, abs=1e-8)
    alone = kid.gram_distance(vgg, other, style, 2)
    assert alone > 0
    assert kid.gram_distance(vgg, torch.cat([style, other, other]), style, 2) == pytest.approx(2 / 3 * alone)


def test_pooled_features_are_means_of_the_last_layer(vgg_weights: dict[str, Tensor]) -> None:
    vgg, x = VGG16(vgg_weights), torch.rand(3, 3, 32, 32)
    with torch.no_grad():
        expected = vgg(x)[3].mean((2, 3)).double()
    assert torch.allclose(kid.pooled(vgg, x, 2), expected, atol=1e-4)
