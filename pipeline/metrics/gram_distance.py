"""How near pictures are to a style image: the difference of Gram matrices at four of VGG16's layers."""

from collections.abc import Sequence

import torch
from torch import Tensor

from pipeline.networks.losses import GramDifference, gram
from pipeline.networks.vgg16 import VGG16


@torch.no_grad()
def gram_distance(vgg: VGG16, x: Tensor, style: Tensor, layer_weights: Sequence[float], batch: int) -> float:
    """A weighted sum over the layers of the mean squared difference of Gram matrices, mean over x.

    `style` is the style image, (1, 3, H, W); one weight for each of relu1_2, relu2_2, relu3_3, relu4_3.
    """
    targets = [gram(features) for features in vgg(style)]
    total = 0.0
    for part in x.split(batch):
        for weight, F, target in zip(layer_weights, vgg(part), targets, strict=True):
            total += float(weight * GramDifference.apply(F, target).double().sum())
    return total / len(x)
