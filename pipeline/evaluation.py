"""The losses of a trained generator on the test set, at given S (Section 5.2, Table 3).

The same formulas as in training, in float32, without gradients. S weighs nothing here but enters the network: each
L_i is reported as it is, and L_G = sum_i s_i L_i.

Shape legend: N pictures. x, y (N, 3, H, W) in [-1, 1]; losses (N,).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pipeline import losses
from pipeline.networks.generator import Generator
from pipeline.params import Objective
from pipeline.translation import translate


@dataclass
class TestSet:
    """What a run's losses are measured on.

    `x`: input pictures. `y`: for each adversarial domain as many pictures as x, for the identity term. The
    discriminators and perceptual losses are those of the objectives, by what they are about.
    """

    x: Tensor
    y: dict[str, Tensor]
    discriminators: nn.ModuleDict
    perceptual: dict[str, losses.Perceptual]


def pair(y: Tensor, count: int) -> Tensor:
    """As many pictures as there are inputs, in order and again from the start: the paper does not say which."""
    return y[torch.arange(count) % len(y)]


@torch.no_grad()
def measure(
    generator: Generator, objectives: tuple[Objective, ...], test: TestSet, S: tuple[float, ...], batch: int
) -> dict[str, float | None]:
    """Mean L_A, L_B, L_C and L_G over the test set at one S; null where the loss's discriminator does not exist."""
    G_x = translate(generator, test.x, S, batch)
    means: dict[str, float | None] = {}
    for letter, o in zip("ABC", objectives, strict=True):
        if o.loss == "reconstruction":
            L = losses.reconstruction(G_x, test.x)
        elif o.loss == "adversarial":
            if o.about not in test.discriminators:
                means[f"L_{letter}"] = None
                continue
            y = test.y[o.about]
            score = torch.cat([test.discriminators[o.about](part) for part in G_x.split(batch)])
            L = losses.adversarial(score) + losses.identity(translate(generator, y, S, batch), y)
        else:
            per, parts = test.perceptual[o.about], zip(G_x.split(batch), test.x.split(batch), strict=True)
            L = torch.cat([per(output, content) for output, content in parts])
        means[f"L_{letter}"] = float(L.double().mean())
    terms = [(s, means[f"L_{letter}"]) for letter, s in zip("ABC", S, strict=True) if s != 0]
    means["L_G"] = None if any(L is None for _, L in terms) else sum(s * L for s, L in terms if L is not None)
    return means
