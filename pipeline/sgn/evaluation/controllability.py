"""What S does to a trained network, beyond the paper's six S: losses on a lattice of the simplex, and what follows.

Measured for every run whose S was drawn in training. Keys of the results are the objectives' letters A, B, C; a pair
of letters is a side of the simplex. Shape legend: N pictures (N, 3, H, W) in [-1, 1].
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from pipeline.metrics.features import pooled, projection
from pipeline.metrics.gram_distance import gram_distance
from pipeline.metrics.kid import kid
from pipeline.networks.generator import Generator
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation import measures
from pipeline.sgn.evaluation.points import FRAMES
from pipeline.sgn.model import losses, simplex
from pipeline.sgn.model.objectives import Objective
from pipeline.sgn.model.translation import translate, travel

LATTICE_STEPS = 6  # 28 points, Table 3's six among them
SIDES = ("AB", "AC", "BC")
# Where translations are asked how far they have come to a domain, besides the corners: (0, .5, .5) and (0, 1.5, 0).
FURTHER = (simplex.midpoints(3)[2], simplex.beyond(3, 1))
STILL = 1e-3  # pictures in [-1, 1] that differ by less on average look the same: an eighth of a grey level


def measure(
    generator: Generator,
    objectives: tuple[Objective, ...],
    test: measures.TestSet,
    references: Mapping[str, Tensor],
    vgg: VGG16,
    *,
    lattice_images: int,
    batch: int,
) -> dict[str, Any]:
    """Everything that is said of a run's S, as JSON.

    `references`: for every objective the domain's training pictures, or the style image, by what it is about. The
    lattice and all that compares pictures take the first `lattice_images` inputs, distances take all.
    """
    few = test.first(lattice_images)
    rows = [
        {"S": S, **measures.losses_at(generator, objectives, few, S, batch)} for S in simplex.lattice(3, LATTICE_STEPS)
    ]
    corners = [translate(generator, test.x, S, batch) for S in simplex.corners(3)]
    few_corners = [output[:lattice_images] for output in corners]
    midpoints = {
        side: translate(generator, few.x, S, batch) for side, S in zip(SIDES, simplex.midpoints(3), strict=True)
    }
    # VGG16 takes most of the time: every set of pictures goes through it once.
    start = pooled(vgg, test.x, batch)
    ends = {o.about: pooled(vgg, references[o.about], batch) for o in objectives if o.loss != "perceptual"}
    at_S = {S: pooled(vgg, output, batch) for S, output in zip(simplex.corners(3), corners, strict=True)}
    at_S |= {S: pooled(vgg, translate(generator, test.x, S, batch), batch) for S in FURTHER}
    return {
        "lattice": rows,
        "rank": {a: rank_correlation([row["S"][i] for row in rows], column(rows, a)) for i, a in enumerate("ABC")},
        "range": {a: {"smallest": min(column(rows, a)), "largest": max(column(rows, a))} for a in "ABC"},
        "change": changes(few_corners),
        "distance": {
            letter: _style_distance(vgg, test.x, output, references[o.about], batch)
            if o.loss == "perceptual"
            else _domain_distance(start, at_S[S], ends[o.about])
            for letter, o, S, output in zip("ABC", objectives, simplex.corners(3), corners, strict=True)
        },
        "separation": separation(rows),
        "leakage": leakage(few_corners, midpoints),
        "axes": {
            letter: [{"S": S, "projection": projection(here, start, ends[o.about])} for S, here in at_S.items()]
            for letter, o in zip("ABC", objectives, strict=True)
            if o.loss == "adversarial"
        },
        "steps": steps(generator, test.x[:1], batch),
        "sizes": sizes(generator, few.x, batch),
    }


def column(rows: Sequence[Mapping[str, Any]], letter: str) -> list[float]:
    """One objective's loss over the rows."""
    return [float(row[f"L_{letter}"]) for row in rows]


def rank_correlation(weights: Sequence[float], values: Sequence[float]) -> float | None:
    """Spearman's correlation of a weight with its loss, -1 to 1; None if the loss is the same everywhere."""
    if max(values) - min(values) <= 1e-6 * abs(max(values)):
        return None
    ranks = pd.DataFrame({"weight": weights, "loss": values}).rank()
    return float(ranks["weight"].corr(ranks["loss"]))


def changes(corners: Sequence[Tensor]) -> dict[str, float]:
    """Mean |difference| between the outputs at each two corners, in units of pixels in [-1, 1]."""
    return {
        side: float((corners[i] - corners[j]).abs().mean())
        for side, (i, j) in zip(SIDES, combinations(range(3), 2), strict=True)
    }


def separation(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """How much smaller L_i is at its own corner than at the two others: 1 - L_i(own) / mean L_i(others)."""
    at = {tuple(row["S"]): row for row in rows}
    parts = {}
    for i, letter in enumerate("ABC"):
        own, *others = sorted(simplex.corners(3), key=lambda S, i=i: -S[i])  # type: ignore[misc]
        others_mean = np.mean([at[S][f"L_{letter}"] for S in others])
        parts[letter] = float(1 - at[own][f"L_{letter}"] / others_mean)
    return parts


def leakage(corners: Sequence[Tensor], midpoints: Mapping[str, Tensor]) -> dict[str, float] | None:
    """How much of the third corner's picture is in the picture at the midpoint of two corners, where its weight is 0.

    The midpoint's pictures are fitted with a mixture a G_i + b G_j + c G_k of the corners' pictures, a + b + c = 1,
    least squares over all pixels. The value is the size of the third part, |c| * mean |G_k - (G_i + G_j) / 2|, over
    the mean change between corners. None if the corners' pictures are the same.
    """
    change = float(np.mean(list(changes(corners).values())))
    if change < STILL:
        return None
    leaked = {}
    for side, (i, j) in zip(SIDES, combinations(range(3), 2), strict=True):
        G_i, G_j, G_k = (corners[n].double() for n in (i, j, 3 - i - j))
        basis = torch.stack([(G_j - G_i).flatten(), (G_k - G_i).flatten()], 1)  # (pixels, 2)
        coefficients = torch.linalg.lstsq(basis, (midpoints[side].double() - G_i).flatten()).solution
        part = coefficients[1].abs() * (G_k - (G_i + G_j) / 2).abs().mean()
        leaked[side] = float(part) / change
    return leaked


def steps(generator: Generator, x: Tensor, batch: int) -> dict[str, dict[str, float]]:
    """Mean |difference| between neighbouring frames while S travels along each side: its mean and its largest value."""
    corners = simplex.corners(3)
    sides = {}
    for side, ends in (("AB", corners[:2]), ("BC", corners[1:]), ("CA", [corners[2], corners[0]])):
        frames = travel(generator, x, simplex.path(ends, FRAMES), batch)
        differences = (frames[1:] - frames[:-1]).abs().mean((1, 2, 3))
        sides[side] = {"mean": float(differences.mean()), "largest": float(differences.max())}
    return sides


def sizes(generator: Generator, x: Tensor, batch: int) -> list[dict[str, Any]]:
    """L_A at (1, 0, 0) for the inputs resized to other heights and widths (bicubic), the test size first.

    The network halves a picture twice, so sizes are multiples of 4.
    """
    T = x.shape[-1]
    rows = []
    for H, W in ((T, T), (T, T + T // 2), (T + T // 2, T), (2 * T, 2 * T), (T - T // 4, T - T // 4)):
        H, W = H - H % 4, W - W % 4
        resized = x if (H, W) == (T, T) else interpolate(x, (H, W), mode="bicubic", antialias=True).clamp(-1, 1)
        output = translate(generator, resized, simplex.corners(3)[0], batch)
        same = output.shape == resized.shape
        L_A = float(losses.reconstruction(output, resized).mean()) if same else None
        rows.append({"size": [H, W], "output": list(output.shape[2:]), "L_A": L_A})
    return rows


def _domain_distance(inputs: Tensor, corner: Tensor, domain: Tensor) -> dict[str, Any]:
    """From the features of the inputs, and of the translations at a corner, to those of the corner's domain."""
    return {
        "protocol": f"kid_vgg16_relu4_3_test{len(inputs)}_train{len(domain)}",
        "inputs": kid(inputs, domain),
        "corner": kid(corner, domain),
    }


def _style_distance(vgg: VGG16, inputs: Tensor, corner: Tensor, style: Tensor, batch: int) -> dict[str, Any]:
    """The same for a style image, from the pictures."""
    return {
        "protocol": "gram_vgg16",
        "inputs": gram_distance(vgg, inputs, style, losses.LAYER_WEIGHTS, batch),
        "corner": gram_distance(vgg, corner, style, losses.LAYER_WEIGHTS, batch),
    }
