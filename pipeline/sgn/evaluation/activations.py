"""How far each CCAM opens each channel (Figure 10): the sigmoid's output, picture by picture, at the corners of S.

Shape legend: N pictures (N, 3, H, W) in [-1, 1], C channels of a CCAM.
"""

from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from pipeline.conditionings.ccam import CCAM
from pipeline.networks.generator import Generator
from pipeline.sgn.model import simplex
from pipeline.sgn.model.objectives import LETTERS
from pipeline.sgn.model.translation import translate

THRESHOLDS = (0.01, 0.05, 0.1)  # below which a channel counts as blocked


@torch.no_grad()
def at_corners(generator: Generator, x: Tensor, k: int, batch: int) -> list[Tensor]:
    """Activations of each CCAM, in the order of depth: (k corners, N, C) each; empty without CCAMs."""
    modules = [module for module in generator.modules() if isinstance(module, CCAM)]
    seen: dict[CCAM, list[Tensor]] = {module: [] for module in modules}

    def note(module: CCAM, arguments: tuple[Tensor, Tensor], output: Tensor) -> None:
        seen[module].append(module.activation(*arguments).float())

    hooks = [module.register_forward_hook(note) for module in modules]
    try:
        for S in simplex.corners(k):
            translate(generator, x, S, batch)
    finally:
        for hook in hooks:
            hook.remove()
    return [torch.cat(seen[module]).view(k, len(x), -1) for module in modules]


def summary(activations: list[Tensor]) -> list[dict[str, Any]]:
    """For each CCAM: the fraction of (picture, channel) pairs below each threshold, and how S and pictures move it.

    `between_corners`: mean over the channels of |mean over pictures at one corner - at the other|.
    `between_pictures`: mean over channels and corners of the standard deviation over pictures.
    """
    rows = []
    for place, a in enumerate(activations, start=1):  # a: (k, N, C)
        means = a.mean(1)  # (k, C)
        rows.append(
            {
                "place": place,
                "channels": a.shape[2],
                "below": {
                    f"{t:g}": {letter: float((a[i] < t).double().mean()) for i, letter in enumerate(LETTERS[: len(a)])}
                    for t in THRESHOLDS
                },
                "below_mean": {f"{t:g}": float((a.mean(0) < t).double().mean()) for t in THRESHOLDS},
                "between_corners": {
                    LETTERS[i] + LETTERS[j]: float((means[i] - means[j]).abs().mean())
                    for i, j in combinations(range(len(a)), 2)
                },
                "between_pictures": float(a.std(1, correction=0).mean()),
            }
        )
    return rows
