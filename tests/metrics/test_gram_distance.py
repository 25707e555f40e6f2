"""The Gram distance against known answers."""

import pytest
import torch
from torch import Tensor

from pipeline.metrics.gram_distance import gram_distances
from pipeline.networks.losses import gram
from pipeline.networks.vgg16 import VGG16

WEIGHTS = (0.1, 1.0, 10.0, 5.0)


@torch.no_grad()
def distances(vgg: VGG16, x: Tensor, style: Tensor, weights: tuple[float, ...] = WEIGHTS) -> list[float]:
    found: list[float] = gram_distances(vgg(x), [gram(F) for F in vgg(style)], weights).tolist()
    return found


def test_the_distance_is_zero_for_the_style_image_itself_and_one_number_for_each_picture(
    vgg_weights: dict[str, Tensor],
) -> None:
    vgg = VGG16(vgg_weights)
    style, other = torch.rand(1, 3, 32, 32) * 2 - 1, torch.rand(1, 3, 32, 32) * 0.5
    (alone,) = distances(vgg, other, style)
    assert alone > 0
    assert distances(vgg, torch.cat([style, other, other]), style) == pytest.approx([0, alone, alone], abs=1e-8)


def test_each_layer_counts_with_its_own_weight(vgg_weights: dict[str, Tensor]) -> None:
    vgg = VGG16(vgg_weights)
    x, style = torch.rand(2, 3, 32, 32) * 0.5, torch.rand(1, 3, 32, 32) * 2 - 1
    alone = [distances(vgg, x, style, tuple(float(i == j) for j in range(4))) for i in range(4)]
    expected = [sum(weight * one[n] for weight, one in zip(WEIGHTS, alone, strict=True)) for n in range(2)]
    assert distances(vgg, x, style) == pytest.approx(expected)
