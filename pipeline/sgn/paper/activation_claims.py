"""The claims about CCAM's activations as rules (Figure 10): which channels each S lets through.

An activation is the sigmoid that multiplies a channel, in (0, 1). The three places are the CCAMs from the input to the
deepest.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.claims.verdict import Numbers, claim, decide, rounded
from pipeline.sgn.model import simplex
from pipeline.sgn.paper.measurements import from_studies
from pipeline.sgn.results import Opened, RunResult

THRESHOLDS = ("0.01", "0.05", "0.1")
_CLOSED = THRESHOLDS.index("0.05")  # what the rules call near 0
PAIRS = ("AB", "AC", "BC")
WHERE = "Figure 10"


# --- the rules -------------------------------------------------------------------------------------------------------


def first_open(below: Numbers) -> bool:
    """Fractions below 0.05 (3 places, 3 corners): none at the first place, at any corner."""
    return bool((below[0] == 0).all())


def grows(below: Numbers) -> bool:
    """Fractions below 0.05 (3 places, 3 corners): their mean never falls with depth and is larger at the end."""
    means = below.mean(1)
    return bool((np.diff(means) >= 0).all() and means[-1] > means[0])


def patterns_differ(distances: Numbers) -> bool:
    """Distances of the deepest activations between corners A and B, A and C, B and C, and between pictures: (4,)."""
    return bool((distances[:3] > distances[3]).all())


# --- the claims ------------------------------------------------------------------------------------------------------


def claims(run: RunResult) -> list[dict[str, Any]]:
    """The entries of reports/metrics/claims.json about activations, from the evaluation file of a run with CCAM."""
    below = _below(run)
    distances = from_studies([run], lambda studies: _deepest(studies[0].activations))
    open_measured: dict[str, Any] = {}
    grows_measured: dict[str, Any] = {}
    if below is not None:
        mean = below.mean(0)  # thresholds, places, corners
        open_measured = {"S": [list(S) for S in simplex.corners(3)]}
        open_measured |= {f"below {t}": rounded(mean[i, 0]) for i, t in enumerate(THRESHOLDS)}
        grows_measured = {"CCAM": [1, 2, 3]}
        grows_measured |= {f"below {t}": rounded(mean[i].mean(1)) for i, t in enumerate(THRESHOLDS)}
    closed = None if below is None else below[:, _CLOSED]
    return [
        claim(
            "figure10-first-open",
            "The first CCAM blocks no channel.",
            WHERE,
            f"In {run.run}, at the first CCAM, no (picture, channel) pair has an activation below 0.05 at any of "
            "the three corners.",
            decide(first_open, closed),
            open_measured,
        ),
        claim(
            "figure10-grows",
            "The number of channels with an activation near 0 grows with depth.",
            WHERE,
            f"In {run.run}, the fraction of (picture, channel) pairs with an activation below 0.05, mean over the "
            "three corners, does not fall from one CCAM to the next and is larger at the third than at the first.",
            decide(grows, closed),
            grows_measured,
        ),
        claim(
            "figure10-patterns",
            "The patterns of activation differ between the three S.",
            WHERE,
            f"In {run.run}, at the deepest CCAM, mean activations of the same channel at two corners differ by more "
            "than the activation varies between pictures (its standard deviation), mean over the channels, for each "
            "pair of corners.",
            decide(patterns_differ, distances),
            {}
            if distances is None
            else {
                **{f"between corners {pair}": rounded(distances.mean(0)[i]) for i, pair in enumerate(PAIRS)},
                "between pictures": rounded(distances.mean(0)[3]),
            },
        ),
    ]


def _below(run: RunResult) -> Numbers | None:
    """Fractions of closed (picture, channel) pairs: (seeds, thresholds, places, corners)."""
    return from_studies(
        [run],
        lambda studies: (
            [[[place.below[t][letter] for letter in "ABC"] for place in places] for t in THRESHOLDS]
            if (places := studies[0].activations) is not None
            else None
        ),
    )


def _deepest(places: Sequence[Opened] | None) -> list[float] | None:
    if places is None:
        return None
    return [*(places[-1].between_corners[pair] for pair in PAIRS), places[-1].between_pictures]
