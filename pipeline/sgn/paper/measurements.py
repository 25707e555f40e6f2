"""What was measured of the runs, as numbers for the rules: one row for each seed.

A rule about several runs compares what one seed made of each, so it takes the seeds that the runs share. What a file
has not measured is null there and None here, and the claim is then not measurable.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.claims.verdict import Numbers

if TYPE_CHECKING:  # the paper's numbers alone are read without the results' types
    from pipeline.sgn.results import RunResult, Study


def shared_seeds(runs: "Sequence[RunResult]") -> list[str]:
    """The seeds that all runs were trained with, in the first one's order."""
    return [seed for seed in runs[0].seeds if all(seed in run.seeds for run in runs)]


def from_studies(runs: "Sequence[RunResult | None]", read: "Callable[[Sequence[Study]], Any]") -> Numbers | None:
    """What `read` takes from the studies of the runs, asked once for each shared seed: (seeds, ...).

    None if a run or its study is missing, if the runs share no seed, or if anything that was read is null.
    """
    there = [run for run in runs if run is not None]
    if len(there) < len(runs):
        return None
    rows = []
    for seed in shared_seeds(there):
        studies = [study for run in there if (study := run.seeds[seed].study) is not None]
        rows.append(read(studies) if len(studies) == len(there) else None)
    return complete(rows)


def complete(rows: Sequence[Any]) -> Numbers | None:
    """One row of numbers for each seed as an array; None if there is no row, or if a row or a number in it is null."""
    if not rows or any(row is None for row in rows):
        return None
    numbers = np.array(rows, dtype=float)  # null becomes NaN, which JSON itself does not have
    return None if np.isnan(numbers).any() else numbers


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of several measured numbers; null if one of them is."""
    return None if None in values else float(np.mean(np.array(values, dtype=float)))


def above(a: Any, b: Any) -> Numbers:
    """How far a lies above b, both at least 0, as a part of the larger: 1 where b is 0, 0 where they are equal."""
    larger = np.maximum(a, b)
    difference: Numbers = np.divide(np.subtract(a, b), larger, out=np.zeros_like(larger, dtype=float), where=larger > 0)
    return difference
