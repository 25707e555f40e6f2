"""The Gram distance against known answers."""

import pytest
import torch
from torch import Tensor

from pipeline.metrics.gram_distance import gram_distance
from pipeline.networks.vgg16 import VGG16

WEIGHTS = (0.1, 1.0, 10.0, 5.0)


def test_gram_distance_is_zero_for_the_style_image_itself_and_a_mean_over_pictures(
    vgg_weights: dict[str, Tensor],
) -> None:
    vgg = VGG16(vgg_weights)
    style, other = torch.rand(1, 3, 32, 32) * 2 - 1, torch.rand(1, 3, 32, 32) * 0.5
    assert gram_distance(vgg, style, style, WEIGHTS, 2) == pytest.approx(0, abs=1e-8)
    alone = gram_distance(vgg, other, style, WEIGHTS, 2)
    assert alone > 0
    assert gram_distance(vgg, torch.cat([style, other, other]), style, WEIGHTS, 2) == pytest.approx(2 / 3 * alone)


def test_each_layer_counts_with_its_own_weight(vgg_weights: dict[str, Tensor]) -> None:
    vgg = VGG16(vgg_weights)
    x, style = torch.rand(2, 3, 32, 32) * 0.5, torch.rand(1, 3, 32, 32) * 2 - 1
    alone = [gram_distance(vgg, x, style, [float(i == j) for j in range(4)], 2) for i in range(4)]
    expected = sum(weight * one for weight, one in zip(WEIGHTS, alone, strict=True))
    assert gram_distance(vgg, x, style, WEIGHTS, 1) == pytest.approx(expected)
