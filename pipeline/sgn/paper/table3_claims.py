"""The claims about Table 3 as rules (Section 5.2).

A rule asks one half of the table, an array (6 S, 4 losses), or both, (2, 6, 4) with SGN first, and says whether the
numbers support the claim. It is tested on the paper's own numbers, which must pass, and on permuted ones, which must
fail.
"""

from typing import Any

import numpy as np

from pipeline.claims import verdict
from pipeline.claims.verdict import Numbers, rounded
from pipeline.sgn.model import simplex
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
    return {name: float(1 - ordered[0, column] / ordered[1, column]) for name, column, _ in _LOSSES}


def minimum_at_own_weight(rows: Numbers) -> bool:
    """Claim 1: each L_i is smallest, over the six S, where s_i = 1; a tie does not count."""
    for _, column, i in _LOSSES:
        own = [S[i] == 1 for S in simplex.TABLE3].index(True)
        if not (rows[own, column] < np.delete(rows[:, column], own)).all():
            return False
    return True


def pairs(rows: Numbers) -> dict[str, bool]:
    """Claim 2's pairs, and whether each is ordered: a value at s_i = 0.5 against one at 1 (above) or at 0 (below)."""
    ordered = {}
    for name, column, i in _LOSSES:
        for row, S in enumerate(simplex.TABLE3):
            for other, S_other in enumerate(simplex.TABLE3):
                if S[i] != 0.5 or S_other[i] == 0.5:
                    continue
                above = bool(rows[row, column] > rows[other, column])
                below = bool(rows[row, column] < rows[other, column])
                pair = f"{name} at {simplex.label(S)} against {simplex.label(S_other)}"
                ordered[pair] = above if S_other[i] == 1 else below
    return ordered


def between_at_half(rows: Numbers) -> bool:
    """Claim 2: each value at s_i = 0.5 lies above the value at 1 and below every value at 0."""
    return all(pairs(rows).values())


def best_of_others(hyper: Numbers) -> Numbers:
    """For each S, the smallest sum_i s_i L_i that a hyper-parameter model trained for another S has there: (6,)."""
    L_G: Numbers = hyper[:, 1:] @ np.array(simplex.TABLE3).T  # row: trained for, column: weighed by
    np.fill_diagonal(L_G, np.inf)
    best: Numbers = L_G.min(axis=0)
    return best


def close_to_hyper(both: Numbers) -> bool:
    """Claim 3: at each S, SGN's L_G is below that of every hyper-parameter model trained for another S."""
    return bool((both[0, :, 0] < best_of_others(both[1])).all())


def zero_weight_ratios(both: Numbers) -> dict[str, float]:
    """Claim 4's nine cells, a loss at an S where its weight is 0: the hyper-parameter model's value over SGN's."""
    return {
        f"{name} at {simplex.label(S)}": float(both[1, row, column] / both[0, row, column])
        for row, S in enumerate(simplex.TABLE3)
        for name, column, i in _LOSSES
        if S[i] == 0
    }


def larger_without_weight(both: Numbers) -> bool:
    """Claim 4: a loss with weight 0 is usually larger for the hyper-parameter model, and so is the geometric mean."""
    ratios = np.array(list(zero_weight_ratios(both).values()))
    return bool((ratios > 1).sum() >= _MOST and np.log(ratios).mean() > 0)


def claims(both: Numbers) -> list[dict[str, Any]]:
    """The claims as reports/metrics/claims.json lists them, from both halves of the table: (seeds, 2, 6, 4)."""
    sgn = both[:, 0]
    mean = sgn.mean(0)
    ordered = pairs(mean)
    return [
        verdict.claim(
            "table3-minimum-at-own-weight",
            "Each loss is smallest where its own weight is 1.",
            "Section 5.2, Table 3",
            "For each of L_rec, L_adv and L_per, the smallest of the six values stands where s_i = 1.",
            verdict.decide(minimum_at_own_weight, sgn),
            {
                f"{name} is smallest at": f"{simplex.label(S)}, by {margins(mean)[name]:.1%} of the next"
                for name, S in smallest(mean).items()
            },
        ),
        verdict.claim(
            "table3-between-at-half",
            "A loss with weight 0.5 lies between its values at weight 1 and at weight 0.",
            "Section 5.2, Table 3",
            "Each L_i at s_i = 0.5 is above L_i at s_i = 1 and below every L_i at s_i = 0: 24 pairs, all must hold.",
            verdict.decide(between_at_half, sgn),
            {
                "ordered pairs": sum(ordered.values()),
                "pairs": len(ordered),
                "pairs that are not ordered": [pair for pair, holds in ordered.items() if not holds],
            },
        ),
        *_against_hyper(both),
    ]


def _against_hyper(both: Numbers) -> list[dict[str, Any]]:
    sgn, hyper = mean = both.mean(0)
    ratios = zero_weight_ratios(mean)
    return [
        verdict.claim(
            "table3-close-to-hyper",
            "At every S the SGN's loss is close to that of the model that was trained for this S alone.",
            "Section 5.2, Table 3",
            "At each of the six S, SGN's L_G is below sum_i s_i L_i of every hyper-parameter model that was trained "
            "for another S. All models' L_adv is measured with the SGN's discriminator.",
            verdict.decide(close_to_hyper, both),
            {
                "S": [list(S) for S in simplex.TABLE3],
                "L_G of SGN": rounded(sgn[:, 0]),
                "L_G of the model trained for S": rounded(hyper[:, 0]),
                "smallest L_G of a model trained for another S": rounded(best_of_others(hyper)),
            },
        ),
        verdict.claim(
            "table3-zero-weight",
            "A loss with weight 0 is usually larger for the hyper-parameter model than for the SGN, which also learns "
            "near that S.",
            "Section 5.2, Table 3",
            f"Of the nine losses with weight 0, at least {_MOST} are larger for the hyper-parameter model (8 in the "
            "paper), and the geometric mean of the ratios Hyper / SGN is above 1 (1.7 in the paper).",
            verdict.decide(larger_without_weight, both),
            {
                "larger for Hyper": sum(ratio > 1 for ratio in ratios.values()),
                "cells": len(ratios),
                "geometric mean of the ratios": rounded(np.exp(np.log(list(ratios.values())).mean())),
                "Hyper / SGN": {cell: rounded(ratio) for cell, ratio in ratios.items()},
            },
        ),
    ]
