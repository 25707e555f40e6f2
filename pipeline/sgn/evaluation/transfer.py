"""Figure 7's measures: how near a model gives back what it is given, and how near it comes to domains of paintings.

Shape legend: N pictures (N, 3, H, W) in [-1, 1].
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from pipeline.metrics.features import pooled
from pipeline.metrics.kid import kid
from pipeline.networks.losses import mean_per_sample
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.results import Nearness, Transfer


def nearness(output: Tensor, x: Tensor, vgg: VGG16, batch: int) -> Nearness:
    """From output to input: mean |difference|, and mean squared difference at relu2_2."""
    return Nearness(L1=float((output - x).abs().mean()), VGG=content_distance(vgg, output, x, batch))


@torch.no_grad()
def content_distance(vgg: VGG16, a: Tensor, b: Tensor, batch: int) -> float:
    """Mean squared difference at relu2_2, as in the perceptual loss's content part, of pictures (N, 3, H, W)."""
    parts = [
        mean_per_sample((vgg(p, depth=2)[1] - vgg(q, depth=2)[1]).square())
        for p, q in zip(a.split(batch), b.split(batch), strict=True)
    ]
    return float(torch.cat(parts).double().mean())


def to_domains(
    outputs: Mapping[str, Tensor], x: Tensor, domains: Mapping[str, Tensor], vgg: VGG16, batch: int
) -> dict[str, Transfer]:
    """Inputs x as they were translated to each domain, `outputs` (N, 3, H, W), against its training pictures."""
    start, found = pooled(vgg, x, batch), {}
    for domain, pictures in domains.items():
        output, end = outputs[domain], pooled(vgg, pictures, batch)
        found[domain] = Transfer(
            protocol=f"kid_vgg16_relu4_3_test{len(x)}_train{len(pictures)}",
            inputs=kid(start, end),
            corner=kid(pooled(vgg, output, batch), end),
            L1=float((output - x).abs().mean()),
        )
    return found
