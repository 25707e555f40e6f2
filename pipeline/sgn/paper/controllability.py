"""Beyond the paper: what each conditioning, and each run with a drawn S, makes of S, one row per run.

Measured by the evaluation over the simplex and at its corners: how well s_i controls L_i, how wide a range of L_i S
opens, how much the pictures change, and how near they come to each corner's domain or style image.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.sgn.paper.measurements import mean
from pipeline.sgn.results import RunResult, Study


def rows(runs: Sequence[RunResult]) -> list[dict[str, Any]]:
    """Rows of {conditionings,controllability}.json: means over the seeds, "std" where there are several.

    By A, B, C: rank (Spearman correlation of s_i with L_i, negative is good), range (of L_i: smallest, largest, width),
    distance (protocol; of the inputs, and of the corner's translations, to what the objective is about), separation.
    By the pairs of corners: change (pixels in [-1, 1]), leakage. The last three of these have their mean beside them.
    None stands for what was not measured; a run without a study has no row.
    """
    return [_row(run) for run in runs if all(of_seed.study for of_seed in run.seeds.values())]


def _row(run: RunResult) -> dict[str, Any]:
    studies = [of_seed.study for of_seed in run.seeds.values() if of_seed.study is not None]
    numbers = [_numbers(study) for study in studies]
    row = {
        "run": run.run,
        "conditioning": run.conditioning,
        "seeds": len(studies),
        **_over_seeds(numbers, lambda values: float(np.mean(values))),
    }
    # A protocol is a name, with neither mean nor spread.
    for letter, distance in row["distance"].items():
        row["distance"][letter] = {"protocol": studies[0].distance[letter].protocol, **distance}
    if len(studies) > 1:
        row["std"] = _over_seeds(numbers, lambda values: float(np.std(values, ddof=1)))
    return row


def _numbers(study: Study) -> dict[str, Any]:
    """The numbers of one seed's study, in a row's shape."""
    return {
        "rank": study.rank,
        "range": {
            letter: {"smallest": ends.smallest, "largest": ends.largest, "width": ends.largest - ends.smallest}
            for letter, ends in study.range.items()
        },
        "change": _with_mean(study.change),
        "distance": {letter: {"inputs": d.inputs, "corner": d.corner} for letter, d in study.distance.items()},
        "separation": _with_mean(study.separation),
        "leakage": None if study.leakage is None else _with_mean(study.leakage),
    }


def _with_mean(values: Mapping[str, float]) -> dict[str, float | None]:
    return {**values, "mean": mean(list(values.values()))}


def _over_seeds(values: Sequence[Any], reduce: Callable[[Sequence[float]], float]) -> Any:
    """Nested dictionaries of one shape, one for each seed, as one; None where a seed has None."""
    if any(value is None for value in values):
        return None
    if isinstance(values[0], Mapping):
        return {key: _over_seeds([value[key] for value in values], reduce) for key in values[0]}
    return reduce(values)
