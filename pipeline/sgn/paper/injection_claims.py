"""The claims about how S enters the network as rules (Figures 8 and 11): Model 2 with CCAM, CONCAT or CBN.

FiLM and CONCAT with features are measured beside them; the paper does not have them, so no rule asks about them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.claims.verdict import NOT_MEASURED, Answer, Numbers, claim, decide, rounded
from pipeline.sgn.paper.measurements import from_studies, mean
from pipeline.sgn.results import RunResult, Study

PAPER: tuple[str, ...] = ("ccam", "concat", "cbn")
WHERE = "Section 5.3, Figures 8 and 11"
# An untrained network separates some losses by a hundredth; a trained one must by more than this.
SOME = 0.05
# Colours differ by more than this, in [-1, 1]: four grey levels, mean over the pixels. Of untrained networks CBN's
# stray farther than CCAM's by half of it.
SEEN = 0.03


# --- the rules -------------------------------------------------------------------------------------------------------


def first_is_smallest(values: Numbers) -> float:
    """One number for each conditioning, (n,): the first one's is below every other's."""
    return float((values[1:] - values[0]).min())


def first_is_largest(values: Numbers) -> float:
    """One number for each conditioning, (n,): the first one's is above every other's."""
    return float((values[0] - values[1:]).min())


def first_separates_most(values: Numbers) -> float:
    """One separation for each conditioning, (n,): the first one's is above every other's, and S does something."""
    return min(first_is_largest(values), float(values[0]) - SOME)


def first_strays_most(values: Numbers) -> float:
    """One number for each conditioning, (n,): the first one's is above every other's by a visible amount."""
    return first_is_largest(values) - SEEN


# --- what a study says about a conditioning --------------------------------------------------------------------------


def change(study: Study) -> float | None:
    """Mean change of the pictures from one corner to another, over the three pairs."""
    return mean(list(study.change.values()))


def separation(study: Study) -> float | None:
    """Mean over A, B, C of 1 - L_i at its own corner / mean of L_i at the other two."""
    return mean(list(study.separation.values()))


def leakage(study: Study) -> float | None:
    """Mean part of the third corner's picture in the three midpoints; None where the corners' pictures are the same."""
    return None if study.leakage is None else mean(list(study.leakage.values()))


def stray_between_a_and_b(study: Study) -> float | None:
    """How far the colours at (0.5, 0.5, 0) lie outside those of A's and B's corners, pixels in [-1, 1]."""
    return None if study.stray is None else study.stray["AB"]


def bias(study: Study) -> float | None:
    """How much nearer the pictures at the midpoints are to one of their two corners, mean over the three; None
    where the corners' pictures are the same."""
    return None if study.bias is None else mean(list(study.bias.values()))


# --- the claims ------------------------------------------------------------------------------------------------------


def claims(runs: Sequence[RunResult]) -> list[dict[str, Any]]:
    """The entries of reports/metrics/claims.json about injection, from Model 2's evaluation file per conditioning."""
    by = {run.conditioning: run for run in runs}
    compared, leaks = PAPER, _measured(by, leakage)
    if "concat" in by and not _moves(by["concat"]):
        compared = ("ccam", "cbn")
        leaks["left out"] = "concat: its pictures are the same at all corners, there is nothing to compare"
    return [
        claim(
            "figure8-concat-constant",
            "CONCAT's outputs hardly change with S.",
            WHERE,
            "The mean |change| of the pixels in [-1, 1] from corner to corner is smaller for concat than for ccam and "
            "for cbn. Holds by construction: a constant input channel cancels in the instance norm.",
            _decide(first_is_smallest, by, change, ("concat", "ccam", "cbn")),
            _measured(by, change),
        ),
        claim(
            "figure8-ccam-separates",
            "CCAM separates the domains best.",
            WHERE,
            "Separation, the mean over A, B, C of 1 - L_i at its own corner / mean of L_i at the two other corners, is "
            f"larger for ccam than for concat and for cbn, and above {SOME:g}.",
            _decide(first_separates_most, by, separation, PAPER),
            _measured(by, separation),
        ),
        claim(
            "figure8-ccam-leaks-least",
            "With CCAM, domains whose weight is 0 have the least impact.",
            WHERE,
            "Leakage is how large the part of the third corner's picture is in the least-squares mixture of the three "
            "corners' pictures at the midpoint of two, where its weight is 0, relative to the mean change between "
            "corners. Its mean over the three midpoints is smaller for ccam than for cbn, and than for concat unless "
            "its pictures are the same at all corners.",
            _decide(first_is_smallest, by, leakage, compared),
            leaks,
        ),
        claim(
            "figure8-cbn-leaks",
            "CBN leaks domains whose weight is 0: its pictures at (0.5, 0.5, 0) show colours of neither domain.",
            WHERE,
            "At (0.5, 0.5, 0) the colours lie farther outside those of A's and B's corners for cbn than for ccam, by "
            f"more than {SEEN:g}: the mean distance of a pixel's values, in [-1, 1], from the range that the two "
            "corners' pictures span at the same pixel.",
            _decide(first_strays_most, by, stray_between_a_and_b, ("cbn", "ccam")),
            _measured(by, stray_between_a_and_b),
            "The rule was about the part of C's picture alone, which is not what the sentence says; colours of no "
            "corner did not count.",
        ),
        claim(
            "figure8-cbn-biased",
            "CBN's pictures are biased to one domain.",
            WHERE,
            "At the midpoint of two corners, the parts of the two corners' pictures in the least-squares mixture of "
            "all corners' pictures differ by more for cbn than for ccam: |difference|, mean over the three midpoints.",
            _decide(first_is_largest, by, bias, ("cbn", "ccam")),
            _measured(by, bias),
        ),
    ]


def _decide(
    rule: Callable[[Numbers], float],
    by: Mapping[str, RunResult],
    number: Callable[[Study], float | None],
    names: Sequence[str],
) -> Answer:
    if not set(names) <= set(by):
        return NOT_MEASURED
    return decide(
        rule, from_studies([by[name] for name in names], lambda studies: [number(study) for study in studies])
    )


def _measured(by: Mapping[str, RunResult], number: Callable[[Study], float | None]) -> dict[str, Any]:
    """Each conditioning's number, mean over its seeds, the paper's conditionings first; None where there is none."""
    numbers = {}
    for name in sorted(by, key=lambda name: name not in PAPER):
        values = from_studies([by[name]], lambda studies: number(studies[0]))
        numbers[name] = None if values is None else rounded(values.mean())
    return numbers


def _moves(run: RunResult) -> bool:
    """Whether the pictures at the corners differ in all of a run's studies; else it has no leakage to compare."""
    studies = [of_seed.study for of_seed in run.seeds.values()]
    return all(study is None or study.leakage is not None for study in studies)
