"""The claims about Table 3 as rules (Section 5.2).

A rule asks one half of the table, an array (6 S, 4 losses), or both, (2, 6, 4) with SGN first, and gives its margin: by
which part of the larger of two numbers one lies on the right side of the other. It is tested on the paper's own
numbers, which must pass, and on permuted ones, which must fail.
"""

from typing import Any

import numpy as np

from pipeline.claims import verdict
from pipeline.claims.verdict import Numbers, rounded
from pipeline.sgn.model import simplex
from pipeline.sgn.paper.measurements import above
from pipeline.sgn.paper.table3 import LOSSES

# Which column of the table, and which weight of S, belongs to which loss.
_LOSSES = tuple((name, LOSSES.index(name), i) for i, name in enumerate(("L_rec", "L_adv", "L_per")))
# Of the nine cells whose weight is zero, how many must be larger for the hyper-parameter model; 8 in the paper.
_MOST = 7


def smallest(rows: Numbers) -> dict[str, tuple[float, float, float]]:
    """At which of the six S each L_i is smallest."""
    return {name: simplex.TABLE3[int(np.argmin(rows[:, column]))] for name, column, _ in _LOSSES}


def margins(rows: Numbers) -> dict[str, float]:
    """By which part of itself the second smallest value of each L_i is above the smallest: how clear claim 1 is."""
    ordered = np.sort(rows, axis=0)
    return {name: float(above(ordered[1, column], ordered[0, column])) for name, column, _ in _LOSSES}


def minimum_at_own_weight(rows: Numbers) -> float:
    """Claim 1: each L_i is smallest, over the six S, where s_i = 1; a tie does not count."""
    margins = []
    for _, column, i in _LOSSES:
        own = [S[i] == 1 for S in simplex.TABLE3].index(True)
        margins.append(above(np.delete(rows[:, column], own), np.full(5, rows[own, column])).min())
    return float(min(margins))


def pairs(rows: Numbers) -> dict[str, float]:
    """Claim 2's pairs, and how far each is ordered: a value at s_i = 0.5 above one at 1, or below one at 0."""
    ordered = {}
    for name, column, i in _LOSSES:
        for row, S in enumerate(simplex.TABLE3):
            for other, S_other in enumerate(simplex.TABLE3):
                if S[i] != 0.5 or S_other[i] == 0.5:
                    continue
                up = float(above(rows[row, column], rows[other, column]))
                pair = f"{name} at {simplex.label(S)} against {simplex.label(S_other)}"
                ordered[pair] = up if S_other[i] == 1 else -up
    return ordered


def between_at_half(rows: Numbers) -> float:
    """Claim 2: each value at s_i = 0.5 lies above the value at 1 and below every value at 0."""
    return min(pairs(rows).values())


def best_of_others(hyper: Numbers) -> Numbers:
    """For each S, the smallest sum_i s_i L_i that a hyper-parameter model trained for another S has there: (6,)."""
    L_G: Numbers = hyper[:, 1:] @ np.array(simplex.TABLE3).T  # row: trained for, column: weighed by
    np.fill_diagonal(L_G, np.inf)
    best: Numbers = L_G.min(axis=0)
    return best


def close_to_hyper(both: Numbers) -> float:
    """Claim 3: at each S, SGN's L_G is below that of every hyper-parameter model trained for another S."""
    return float(above(best_of_others(both[1]), both[0, :, 0]).min())


def zero_weight_ratios(both: Numbers) -> dict[str, float]:
    """Claim 4's nine cells, a loss at an S where its weight is 0: the hyper-parameter model's value over SGN's."""
    with np.errstate(divide="ignore"):  # the identity has no L_rec
        return {
            f"{name} at {simplex.label(S)}": float(both[1, row, column] / both[0, row, column])
            for row, S in enumerate(simplex.TABLE3)
            for name, column, i in _LOSSES
            if S[i] == 0
        }


def over_own_corner(rows: Numbers) -> float:
    """How far each loss with weight 0 lies above the same loss where its weight is 1: the smallest of nine."""
    margins = []
    for _, column, i in _LOSSES:
        own = [S[i] == 1 for S in simplex.TABLE3].index(True)
        without = rows[[S[i] == 0 for S in simplex.TABLE3], column]
        margins.append(above(without, np.full(3, rows[own, column])).min())
    return float(min(margins))


def larger_without_weight(both: Numbers) -> float:
    """Claim 4: a loss with weight 0 is usually larger for the hyper-parameter model, and so is the geometric mean; and
    SGN's own depend on S: each is larger than where its weight is 1."""
    ratios = np.array(list(zero_weight_ratios(both).values()))
    with np.errstate(divide="ignore"):
        usual = np.sort(1 - 1 / ratios)[-_MOST]  # so many are at least this much larger
        return float(min(usual, np.log(ratios).mean(), over_own_corner(both[0])))


def claims(sgn: Numbers | None, both: Numbers | None) -> list[dict[str, Any]]:
    """The claims as reports/metrics/claims.json lists them, from SGN's half of the table, (seeds, 6, 4), and from both
    halves for the seeds that they share, (seeds, 2, 6, 4)."""
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}
    if sgn is not None:
        mean = sgn.mean(0)
        ordered = pairs(mean)
        first = {
            f"{name} is smallest at": f"{simplex.label(S)}, by {margins(mean)[name]:.1%} of the next"
            for name, S in smallest(mean).items()
        }
        second = {
            "ordered pairs": sum(margin > 0 for margin in ordered.values()),
            "pairs": len(ordered),
            "pairs that are not ordered": [pair for pair, margin in ordered.items() if margin <= 0],
        }
    return [
        verdict.claim(
            "table3-minimum-at-own-weight",
            "Each loss is smallest where its own weight is 1.",
            "Section 5.2, Table 3",
            "For each of L_rec, L_adv and L_per, the smallest of the six values stands where s_i = 1.",
            verdict.decide(minimum_at_own_weight, sgn),
            first,
        ),
        verdict.claim(
            "table3-between-at-half",
            "A loss with weight 0.5 lies between its values at weight 1 and at weight 0.",
            "Section 5.2, Table 3",
            "Each L_i at s_i = 0.5 is above L_i at s_i = 1 and below every L_i at s_i = 0: 24 pairs, all must hold.",
            verdict.decide(between_at_half, sgn),
            second,
        ),
        *_against_hyper(both),
    ]


def _against_hyper(both: Numbers | None) -> list[dict[str, Any]]:
    close: dict[str, Any] = {}
    zero: dict[str, Any] = {}
    if both is not None:
        sgn, hyper = mean = both.mean(0)
        others, ratios = best_of_others(hyper), zero_weight_ratios(mean)
        close = {
            "S": [list(S) for S in simplex.TABLE3],
            "L_G of SGN": rounded(sgn[:, 0]),
            "L_G of the model trained for S": rounded(hyper[:, 0]),
            "smallest L_G of a model trained for another S": rounded(others),
            "S where SGN's is larger": [
                simplex.label(S) for S, L, best in zip(simplex.TABLE3, sgn[:, 0], others, strict=True) if best <= L
            ],
        }
        zero = {
            "larger for Hyper": sum(ratio > 1 for ratio in ratios.values()),
            "cells": len(ratios),
            "geometric mean of the ratios": rounded(np.exp(np.log(list(ratios.values())).mean())),
            "Hyper / SGN": {cell: rounded(ratio) for cell, ratio in ratios.items()},
            "smallest of SGN's losses with weight 0, above that with weight 1": rounded(over_own_corner(sgn)),
        }
    return [
        verdict.claim(
            "table3-close-to-hyper",
            "At every S the SGN's loss is close to that of the model that was trained for this S alone.",
            "Section 5.2, Table 3",
            "At each of the six S, SGN's L_G is below sum_i s_i L_i of every hyper-parameter model that was trained "
            "for another S. All models' L_adv is measured with the SGN's discriminator.",
            verdict.decide(close_to_hyper, both),
            close,
        ),
        verdict.claim(
            "table3-zero-weight",
            "A loss with weight 0 is usually larger for the hyper-parameter model than for the SGN, which also learns "
            "near that S.",
            "Section 5.2, Table 3",
            f"Of the nine losses with weight 0, at least {_MOST} are larger for the hyper-parameter model (8 in the "
            "paper), and the geometric mean of the ratios Hyper / SGN is above 1 (1.7 in the paper). SGN's own nine "
            "depend on S: each is larger than the same loss where its weight is 1.",
            verdict.decide(larger_without_weight, both),
            zero,
            "Made stricter after a network with the same losses at every S passed it in 9 of 9 cells: SGN's own losses "
            "must depend on S.",
        ),
    ]
