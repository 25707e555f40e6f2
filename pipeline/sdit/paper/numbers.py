"""Single numbers of a seed's results, and arrays of them for rules."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from pipeline.claims.verdict import Numbers
from pipeline.sdit.results import OfSeed, RunResult

Number = Callable[[OfSeed], float | None]
Runs = Mapping[str, RunResult]


def mean(values: Mapping[str, float]) -> float:
    """The mean over the domains."""
    return float(np.mean(list(values.values())))


def accuracy(of_seed: OfSeed) -> float:
    return mean(of_seed.accuracy)


def worst_accuracy(of_seed: OfSeed) -> float:
    return min(of_seed.accuracy.values())


def per_input(of_seed: OfSeed) -> float:
    return mean(of_seed.per_input)


def over_inputs(of_seed: OfSeed) -> float:
    return mean(of_seed.over_inputs)


def reverse(of_seed: OfSeed) -> float:
    return mean(of_seed.reverse)


def kept(of_seed: OfSeed) -> float:
    return of_seed.kept


def recovery(of_seed: OfSeed) -> float | None:
    return of_seed.recovery


def cycle(of_seed: OfSeed) -> float:
    return of_seed.cycle


def inside(of_seed: OfSeed) -> float | None:
    return of_seed.inside


def outside(of_seed: OfSeed) -> float | None:
    return of_seed.outside


def on_object(of_seed: OfSeed) -> float | None:
    """How much larger the attention map is on the object than beside it."""
    a = of_seed.attention
    return None if a is None or a.inside is None or a.outside is None else a.inside - a.outside


def array(runs: Runs, asked: Sequence[tuple[str, Number]]) -> Numbers | None:
    """A row for each seed that all the runs have, a column for each number; None if a run or a number is missing."""
    if not {key for key, _ in asked} <= set(runs):
        return None
    first = runs[asked[0][0]].seeds
    seeds = [seed for seed in first if all(seed in runs[key].seeds for key, _ in asked)]
    rows = [[number(runs[key].seeds[seed]) for key, number in asked] for seed in seeds]
    if not rows or any(value is None for row in rows for value in row):
        return None
    return np.array(rows, dtype=float)


def of_run(run: RunResult, number: Number) -> float | None:
    """A number's mean over a run's seeds."""
    values = [number(of_seed) for of_seed in run.seeds.values()]
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if len(known) == len(values) else None
