"""The claims about CCAM's activations as rules (Figure 10): which channels each S lets through.

An activation is the sigmoid that multiplies a channel, in (0, 1). The three places are the CCAMs from the input to the
deepest. A channel is closed where its activation is below 0.01, which is as good as the zeros that the paper speaks of.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.claims.verdict import Numbers, claim, decide, rounded
from pipeline.sgn.model import simplex
from pipeline.sgn.paper.measurements import from_studies
from pipeline.sgn.results import Opened, RunResult

THRESHOLDS = ("0.01", "0.05", "0.1")
PAIRS = ("AB", "AC", "BC")
WHERE = "Figure 10"
# At the deepest CCAM so many of the (picture, channel) pairs must be closed.
SHARE = 0.05
# Activations at two corners differ by more than this, mean over the channels.
APART = 0.05
_CHANGED = (
    "Changed after an untrained network, or one closed channel of one corner, passed it: closed means below 0.01 "
    f"instead of 0.05, and {SHARE:.0%} of the pairs must be closed at the third CCAM."
)


# --- the rules -------------------------------------------------------------------------------------------------------


def first_open(below: Numbers) -> float:
    """Fractions of closed pairs (3 places, 3 corners): none at the first place at any corner, many at the third."""
    first = float(below[0].max())
    return -first if first > 0 else float(below[2].mean()) - SHARE


def grows(below: Numbers) -> float:
    """Fractions of closed pairs (3 places, 3 corners): their mean never falls with depth, and is large at the third."""
    means = below.mean(1)
    fall = float(np.diff(means).min())
    return fall if fall < 0 else float(means[2] - means[0]) - SHARE


def patterns_differ(distances: Numbers) -> float:
    """Distances of the deepest activations between corners A and B, A and C, B and C, and between pictures: (4,)."""
    return float(distances[:3].min() - max(distances[3], APART))


# --- the claims ------------------------------------------------------------------------------------------------------


def claims(run: RunResult | None) -> list[dict[str, Any]]:
    """The entries of reports/metrics/claims.json about activations, from the evaluation file of a run with CCAM."""
    below = _below(run)
    distances = from_studies([run], lambda studies: _deepest(studies[0].activations))
    name = "Model 1" if run is None else run.run
    open_measured: dict[str, Any] = {}
    grows_measured: dict[str, Any] = {}
    if below is not None:
        mean = below.mean(0)  # thresholds, places, corners
        open_measured = {"S": [list(S) for S in simplex.corners(3)]}
        open_measured |= {f"below {t}": rounded(mean[i, 0]) for i, t in enumerate(THRESHOLDS)}
        grows_measured = {"CCAM": [1, 2, 3]}
        grows_measured |= {f"below {t}": rounded(mean[i].mean(1)) for i, t in enumerate(THRESHOLDS)}
    closed = None if below is None else below[:, 0]
    return [
        claim(
            "figure10-first-open",
            "The first CCAM blocks no channel, unlike the deepest one.",
            WHERE,
            f"In {name}, at the first CCAM, no (picture, channel) pair has an activation below 0.01 at any of the "
            f"three corners; at the third more than {SHARE:.0%} have, mean over the corners.",
            decide(first_open, closed),
            open_measured,
            _CHANGED,
        ),
        claim(
            "figure10-grows",
            "The number of channels with an activation near 0 grows with depth.",
            WHERE,
            f"In {name}, the fraction of (picture, channel) pairs with an activation below 0.01, mean over the three "
            f"corners, does not fall from one CCAM to the next, and at the third it is larger than at the first by "
            f"more than {SHARE:.0%} of the pairs.",
            decide(grows, closed),
            grows_measured,
            _CHANGED,
        ),
        claim(
            "figure10-patterns",
            "The patterns of activation differ between the three S.",
            WHERE,
            f"In {name}, at the deepest CCAM, mean activations of the same channel at two corners differ by more "
            "than the activation varies between pictures (its standard deviation), and by more than "
            f"{APART:g}, mean over the channels, for each pair of corners.",
            decide(patterns_differ, distances),
            {}
            if distances is None
            else {
                **{f"between corners {pair}": rounded(distances.mean(0)[i]) for i, pair in enumerate(PAIRS)},
                "between pictures": rounded(distances.mean(0)[3]),
            },
        ),
    ]


def _below(run: RunResult | None) -> Numbers | None:
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
