"""From a rule and several seeds to one verdict: the same for every claim."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
# Whether a claim holds (None: not measurable here), and in how many seeds.
Verdict = tuple[bool | None, dict[str, int]]
NOT_MEASURED: Verdict = (None, {"holds": 0, "of": 0})


def decide(rule: Callable[[Numbers], bool], runs: Numbers | None) -> Verdict:
    """Whether a rule holds over several seeds, and in how many of them; None was not measured and stays so.

    `runs` has the seeds along its first axis; the rule is asked about one seed's numbers at a time and about their
    mean. It holds if it holds for the mean and in more than half of the seeds: a mean can hide that most seeds
    disagree, and a bare majority can hide seeds that disagree widely.
    """
    if runs is None:
        return NOT_MEASURED
    assert len(runs) > 0
    if not np.isfinite(runs).all():
        raise ValueError("a claim's numbers must be finite: look at the run's losses, its training has diverged")
    holds_in = sum(bool(rule(run)) for run in runs)
    holds = bool(rule(runs.mean(axis=0))) and 2 * holds_in > len(runs)
    return holds, {"holds": holds_in, "of": len(runs)}


def claim(
    name: str,
    text: str,
    where: str,
    rule: str,
    verdict: Verdict,
    measured: dict[str, Any],
) -> dict[str, Any]:
    """A claim as reports/metrics/claims.json lists it; `holds` None means that it was not measurable here."""
    holds, seeds = verdict
    return {
        "id": name,
        "text": text,
        "where": where,
        "holds": holds,
        "seeds": seeds,
        "measured": measured,
        "rule": rule,
    }


def rounded(values: ArrayLike) -> Any:
    """Numbers for a claim's "measured", with five significant digits: an array as lists, a number as a float."""
    array = np.asarray(values, dtype=float)
    return float(f"{array:.5g}") if array.ndim == 0 else [rounded(value) for value in array]
