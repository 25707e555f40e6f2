"""How near pictures are to a style image: the difference of Gram matrices at four of VGG16's layers."""

from collections.abc import Sequence

import torch
from torch import Tensor

from pipeline.networks.losses import GramDifference


@torch.no_grad()
def gram_distances(features: Sequence[Tensor], targets: Sequence[Tensor], layer_weights: Sequence[float]) -> Tensor:
    """For each picture a weighted sum over the layers of the mean squared difference of Gram matrices: float64 (N,).

    `features` of the pictures at relu1_2, relu2_2, relu3_3, relu4_3, (N, C, H, W) each; `targets`: the Gram matrices of
    the style image there, (1, C, C) each; one weight for each layer.
    """
    total = features[0].new_zeros(len(features[0]), dtype=torch.float64)
    for weight, F, target in zip(layer_weights, features, targets, strict=True):
        total += float(weight) * GramDifference.apply(F, target).double()
    return total
