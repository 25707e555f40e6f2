"""What S does to a trained network, beyond the paper's six S: losses on a lattice of the simplex, and what follows.

Measured for every run whose S was drawn in training, with k = 2 to 4 objectives. Keys of the results are the
objectives' letters; a pair of letters is a side of the simplex. Shape legend: N pictures (N, 3, H, W) in [-1, 1].
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
from pipeline.metrics.kid import kid
from pipeline.networks.generator import Generator
from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.evaluation import corners, measures
from pipeline.sgn.evaluation.corners import Known, Seen
from pipeline.sgn.evaluation.points import FRAMES
from pipeline.sgn.model import losses, simplex
from pipeline.sgn.model.objectives import LETTERS, Objective, by_letter
from pipeline.sgn.model.translation import translate, travel

# By k: steps of the lattice, corners and midpoints among its points: 13, 28 (with Table 3's six) and 35 points.
LATTICE_STEPS = {2: 12, 3: 6, 4: 4}
STILL = 1e-3  # pictures in [-1, 1] that differ by less on average look the same: an eighth of a grey level


def measure(
    generator: Generator,
    objectives: tuple[Objective, ...],
    test: measures.TestSet,
    known: Known,
    vgg: VGG16,
    *,
    points: Sequence[tuple[float, ...]],
    lattice_images: int,
    batch: int,
) -> dict[str, Any]:
    """Everything that is said of a run's S, as JSON.

    `known`: what the inputs and the domains look like (corners.py). The losses at `points`, which include the corners,
    and all that compares pictures take the first `lattice_images` inputs, distances and names take all.
    """
    few, k, letters = test.first(lattice_images), len(objectives), list(by_letter(objectives))
    rows = [{"S": S, **measures.losses_at(generator, objectives, few, S, batch)} for S in points]
    at_corners = [translate(generator, test.x, S, batch) for S in simplex.corners(k)]
    few_corners = [output[:lattice_images] for output in at_corners]
    midpoints = {
        side: translate(generator, few.x, S, batch) for side, S in zip(sides(k), simplex.midpoints(k), strict=True)
    }
    # VGG16 takes most of the time: every set of pictures goes through it once.
    seen = {
        letter: corners.look(vgg, output, known.targets, batch)
        for letter, output in zip(letters, at_corners, strict=True)
    }
    at_S = dict(zip(simplex.corners(k), (here.deepest for here in seen.values()), strict=True))
    at_S |= {S: pooled(vgg, translate(generator, test.x, S, batch), batch) for S in further(k)}
    return {
        "lattice": rows,
        "rank": {a: rank_correlation([row["S"][i] for row in rows], column(rows, a)) for i, a in enumerate(letters)},
        "range": {a: {"smallest": min(column(rows, a)), "largest": max(column(rows, a))} for a in letters},
        "change": changes(few_corners),
        "distance": {letter: distance(o, known, seen, letter) for letter, o in by_letter(objectives).items()},
        "separation": separation(rows),
        "leakage": leakage(few_corners, midpoints),
        "stray": stray(few_corners, midpoints),
        "bias": bias(few_corners, midpoints),
        "axes": {
            letter: [
                {"S": S, "projection": projection(here, known.inputs.deepest, known.ends[o.about].deepest)}
                for S, here in at_S.items()
            ]
            for letter, o in by_letter(objectives).items()
            if o.loss == "adversarial"
        },
        "steps": steps(generator, test.x[:1], k, batch),
        "sizes": sizes(generator, few.x, k, batch),
        "named": corners.named(known, objectives, seen),
    }


def lattice(k: int) -> list[tuple[float, ...]]:
    """The points of the simplex at which a run's losses are measured."""
    return simplex.lattice(k, LATTICE_STEPS[k])


def sides(k: int) -> list[str]:
    """The sides of the simplex, in the order of simplex.midpoints."""
    return ["".join(pair) for pair in combinations(LETTERS[:k], 2)]


def further(k: int) -> list[tuple[float, ...]]:
    """Where translations are asked how far they have come to a domain, besides the corners: the midpoints, the centre,
    and beyond B's corner, at (0, 1.5, 0)."""
    return [*dict.fromkeys([*simplex.midpoints(k), simplex.centre(k), simplex.beyond(k, 1)])]


def column(rows: Sequence[Mapping[str, Any]], letter: str) -> list[float]:
    """One objective's loss over the rows."""
    return [float(row["L"][letter]) for row in rows]


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
        for side, (i, j) in zip(sides(len(corners)), combinations(range(len(corners)), 2), strict=True)
    }


def separation(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """How much smaller L_i is at its own corner than at the others: 1 - L_i(own) / mean L_i(others)."""
    at = {tuple(row["S"]): row["L"] for row in rows}
    parts = {}
    for i, letter in enumerate(rows[0]["L"]):
        own, *others = sorted(simplex.corners(len(rows[0]["L"])), key=lambda S, i=i: -S[i])  # type: ignore[misc]
        other = float(np.mean([at[S][letter] for S in others]))
        parts[letter] = 1 - at[own][letter] / other if other > 0 else 0.0
    return parts


def leakage(corners: Sequence[Tensor], midpoints: Mapping[str, Tensor]) -> dict[str, float] | None:
    """How much of the other corners' pictures is in the picture at the midpoint of two corners, where they weigh 0.

    The midpoint's pictures are fitted with a mixture a G_i + b G_j + sum c_m G_m of all corners' pictures, whose parts
    sum to 1, least squares over all pixels. The value is the size of the other parts, sum |c_m| * mean
    |G_m - (G_i + G_j) / 2|, over the mean change between corners. None if the corners' pictures are the same, and
    for two objectives, which leave no other corner.
    """
    change = _mean_change(corners)
    k = len(corners)
    if change < STILL or k < 3:
        return None
    leaked = {}
    for side, (i, j) in zip(sides(k), combinations(range(k), 2), strict=True):
        _, c = _mixture(corners, i, j, midpoints[side])
        middle = (corners[i].double() + corners[j].double()) / 2
        parts = [abs(c_m) * float((corners[m].double() - middle).abs().mean()) for m, c_m in c.items()]
        leaked[side] = sum(parts) / change
    return leaked


def bias(corners: Sequence[Tensor], midpoints: Mapping[str, Tensor]) -> dict[str, float] | None:
    """How much nearer the picture at the midpoint of two corners is to one of them than to the other: |a - b| of the
    mixture that `leakage` describes. None if the corners' pictures are the same."""
    if _mean_change(corners) < STILL:
        return None
    parts = {}
    for side, (i, j) in zip(sides(len(corners)), combinations(range(len(corners)), 2), strict=True):
        b, c = _mixture(corners, i, j, midpoints[side])
        parts[side] = abs(1 - 2 * b - sum(c.values()))
    return parts


def stray(corners: Sequence[Tensor], midpoints: Mapping[str, Tensor]) -> dict[str, float]:
    """How far the colours at the midpoint of two corners lie outside those of both: mean distance of a pixel's value,
    in [-1, 1], from the range that the two corners' pictures span at the same pixel."""
    outside = {}
    for side, (i, j) in zip(sides(len(corners)), combinations(range(len(corners)), 2), strict=True):
        low, high = torch.minimum(corners[i], corners[j]), torch.maximum(corners[i], corners[j])
        outside[side] = float((midpoints[side] - midpoints[side].clamp(low, high)).abs().mean())
    return outside


def _mean_change(corners: Sequence[Tensor]) -> float:
    return float(np.mean(list(changes(corners).values())))


def _mixture(corners: Sequence[Tensor], i: int, j: int, middle: Tensor) -> tuple[float, dict[int, float]]:
    """b, and c by corner, of the mixture (1 - b - sum c) G_i + b G_j + sum c_m G_m that is nearest to a picture."""
    others = [m for m in range(len(corners)) if m not in (i, j)]
    G_i, *rest = (corners[n].double() for n in (i, j, *others))
    basis = torch.stack([(G - G_i).flatten() for G in rest], 1)  # (pixels, k - 1)
    b, *c = torch.linalg.lstsq(basis, (middle.double() - G_i).flatten()).solution.tolist()
    return b, dict(zip(others, c, strict=True))


def steps(generator: Generator, x: Tensor, k: int, batch: int) -> dict[str, dict[str, float]]:
    """Mean |difference| between neighbouring frames while S travels from each corner to the next, and from the last to
    the first: its mean and its largest value; that of the two ends; and by how much a frame comes back, that is, how
    much nearer to the first frame it is than one before it."""
    corners, moves = simplex.corners(k), {}
    for i in range(k):
        j = (i + 1) % k
        frames = travel(generator, x, simplex.path([corners[i], corners[j]], FRAMES), batch)
        differences = (frames[1:] - frames[:-1]).abs().mean((1, 2, 3))
        away = (frames - frames[:1]).abs().mean((1, 2, 3))  # (frames,)
        moves[LETTERS[i] + LETTERS[j]] = {
            "mean": float(differences.mean()),
            "largest": float(differences.max()),
            "whole": float(away[-1]),
            "back": float((away.cummax(0).values - away).max()),
        }
    return moves


def sizes(generator: Generator, x: Tensor, k: int, batch: int) -> list[dict[str, Any]]:
    """L_A at A's corner for the inputs resized to other heights and widths (bicubic), the test size first; beside it
    L_A of flat pictures, and the change from A's corner to B's.

    The network halves a picture twice, so sizes are multiples of 4.
    """
    T = x.shape[-1]
    rows = []
    for H, W in ((T, T), (T, T + T // 2), (T + T // 2, T), (2 * T, 2 * T), (T - T // 4, T - T // 4)):
        H, W = H - H % 4, W - W % 4
        resized = x if (H, W) == (T, T) else interpolate(x, (H, W), mode="bicubic", antialias=True).clamp(-1, 1)
        A, B = (translate(generator, resized, S, batch) for S in simplex.corners(k)[:2])
        same = A.shape == resized.shape
        rows.append(
            {
                "size": [H, W],
                "output": list(A.shape[2:]),
                "L_A": float(losses.reconstruction(A, resized).mean()) if same else None,
                "flat": float(losses.reconstruction(flat(resized), resized).mean()),
                "change": float((A - B).abs().mean()),
            }
        )
    return rows


def flat(x: Tensor) -> Tensor:
    """Pictures of one colour, each its input's mean."""
    return x.mean((2, 3), keepdim=True).expand_as(x).contiguous()


def distance(objective: Objective, known: Known, corners: Mapping[str, Seen], letter: str) -> dict[str, Any]:
    """From the inputs, and from the translations at a corner and at the others, to what the corner's objective is
    about: the features of a domain, or the Gram matrices of a style image."""

    def to(seen: Seen) -> float:
        if objective.loss == "perceptual":
            return float(seen.styles[objective.about].mean())
        return kid(seen.deepest, known.ends[objective.about].deepest)

    protocol = "gram_vgg16"
    if objective.loss != "perceptual":
        protocol = f"kid_vgg16_relu4_3_test{len(known.inputs.means)}_train{len(known.ends[objective.about].means)}"
    return {
        "protocol": protocol,
        "inputs": to(known.inputs),
        "corner": to(corners[letter]),
        "elsewhere": float(np.mean([to(seen) for other, seen in corners.items() if other != letter])),
    }
