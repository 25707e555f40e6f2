"""The losses of a trained generator on the test set, at given S (Section 5.2, Table 3).

The same formulas as in training, in float32, without gradients. S weighs nothing here but enters the network: each
L_i is reported as it is, and L_G = sum_i s_i L_i.

Shape legend: N pictures. x, y (N, 3, H, W) in [-1, 1]; losses (N,).
"""

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from pipeline import losses
from pipeline.networks.generator import Generator
from pipeline.params import Objective
from pipeline.translation import translate


@dataclass(frozen=True)
class TestSet:
    """What a run's losses are measured on.

    `x`: input pictures. `y`: for each adversarial domain as many pictures as x, for the identity term. By what the
    objectives are about: `judges`, the discriminators that measure the adversarial losses; `own`, the run's own
    discriminators, where it has them; the perceptual losses.
    """

    x: Tensor
    y: dict[str, Tensor]
    judges: nn.ModuleDict
    own: nn.ModuleDict
    perceptual: dict[str, losses.Perceptual]

    def first(self, count: int) -> "TestSet":
        """The same with the first `count` pictures only."""
        return replace(self, x=self.x[:count], y={domain: y[:count] for domain, y in self.y.items()})


def pair(y: Tensor, count: int) -> Tensor:
    """As many pictures as there are inputs, in order and again from the start: the paper does not say which."""
    return y[torch.arange(count) % len(y)]


@torch.no_grad()
def measure(
    generator: Generator, objectives: tuple[Objective, ...], test: TestSet, S: tuple[float, ...], batch: int
) -> dict[str, Any]:
    """Mean L_A, L_B, L_C and L_G over the test set at one S.

    Also, under "own", each adversarial L_i by letter as the run's own discriminator measures it; null where the run
    has none, because the domain's weight was 0 in its training.
    """
    G_x = translate(generator, test.x, S, batch)
    means: dict[str, float] = {}
    own: dict[str, float | None] = {}
    for letter, o in zip("ABC", objectives, strict=True):
        if o.loss == "reconstruction":
            L = losses.reconstruction(G_x, test.x)
        elif o.loss == "adversarial":
            y = test.y[o.about]
            identity = losses.identity(translate(generator, y, S, batch), y)
            L = _score(test.judges[o.about], G_x, batch) + identity
            own[letter] = None
            if o.about in test.own:
                own[letter] = float((_score(test.own[o.about], G_x, batch) + identity).double().mean())
        else:
            per, parts = test.perceptual[o.about], zip(G_x.split(batch), test.x.split(batch), strict=True)
            L = torch.cat([per(output, content) for output, content in parts])
        means[f"L_{letter}"] = float(L.double().mean())
    L_G = sum(s * means[f"L_{letter}"] for letter, s in zip("ABC", S, strict=True))
    return {**means, "L_G": L_G, "own": own}


def _score(discriminator: nn.Module, G_x: Tensor, batch: int) -> Tensor:
    return torch.cat([losses.adversarial(discriminator(part)) for part in G_x.split(batch)])
