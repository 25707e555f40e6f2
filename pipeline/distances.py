"""How near translations are to a domain or to a style image, in VGG16's features (beyond the paper).

The paper measures its translations with the losses that trained them. These distances were no part of the training of
an adversarial objective, so they can also compare runs whose discriminators differ.

Shape legend: N pictures (N, 3, H, W) in [-1, 1], d = 512 channels of relu4_3.
"""

import torch
from torch import Tensor

from pipeline import losses
from pipeline.networks.vgg16 import VGG16


@torch.no_grad()
def pooled(vgg: VGG16, x: Tensor, batch: int) -> Tensor:
    """Mean over the pixels of relu4_3: one vector for each picture, float64 (N, d)."""
    return torch.cat([vgg(part)[3].double().mean((2, 3)) for part in x.split(batch)])


def kid(a: Tensor, b: Tensor) -> float:
    """Kernel distance of two sets of features (N, d) and (M, d), N and M at least 2: the unbiased squared MMD.

    Kernel (a . b / d + 1)^3 as in "Demystifying MMD GANs" (Binkowski et al., ICLR 2018), there for Inception's
    features. Near 0 for two samples of one distribution, where it may be negative.
    """
    n, m, d = len(a), len(b), a.shape[1]
    k_aa, k_bb, k_ab = ((p @ q.T / d + 1) ** 3 for p, q in ((a, a), (b, b), (a, b)))
    within_a = (k_aa.sum() - k_aa.diagonal().sum()) / (n * (n - 1))
    within_b = (k_bb.sum() - k_bb.diagonal().sum()) / (m * (m - 1))
    return float(within_a + within_b - 2 * k_ab.mean())


@torch.no_grad()
def gram_distance(vgg: VGG16, x: Tensor, style: Tensor, batch: int) -> float:
    """The style part of L_per without its factor: layer-weighted squared difference of Gram matrices, mean over x.

    `style` is the style image, (1, 3, H, W).
    """
    targets = [losses.gram(features) for features in vgg(style)]
    total = 0.0
    for part in x.split(batch):
        for weight, F, target in zip(losses.LAYER_WEIGHTS, vgg(part), targets, strict=True):
            total += float(weight * losses.GramDifference.apply(F, target).double().sum())
    return total / len(x)


def projection(features: Tensor, start: Tensor, end: Tensor) -> float:
    """Where the mean of features lies on the line from the mean of `start` (0) to that of `end` (1); (N, d) each."""
    origin = start.mean(0)
    axis = end.mean(0) - origin
    return float((features.mean(0) - origin) @ axis / (axis @ axis))
