"""The tables beside the paper's, and a short summary, from what was measured."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pipeline.asymgan.paper.numbers import NAMES, SCORES, TABLE1, TABLE2
from pipeline.asymgan.results import Loop, OfSeed, RunResult, Scores
from pipeline.claims.verdict import rounded

Runs = Mapping[str, RunResult]


def of_run(run: RunResult, number: Callable[[OfSeed], float]) -> dict[str, float]:
    """Mean and standard deviation of a number over a run's seeds."""
    values = [number(of_seed) for of_seed in run.seeds.values()]
    return {"mean": float(np.mean(values)), "std": float(np.std(values))}


def scores(runs: Runs, kind: str, paper: Mapping[str, tuple[float, ...]]) -> list[dict[str, Any]]:
    """Rows of Table I (`photo_to_label`) or II (`label_to_photo`): a run's three scores in percent, and the paper's."""

    def score(name: str) -> Callable[[OfSeed], float]:
        def of_seed(measured: OfSeed) -> float:
            found: Scores = getattr(measured, kind)
            return 100 * float(getattr(found, name))

        return of_seed

    return [
        {
            "run": key,
            "name": NAMES[key],
            "seeds": len(runs[key].seeds),
            **{name: {key: rounded(v) for key, v in of_run(runs[key], score(name)).items()} for name in SCORES},
            "paper": dict(zip(SCORES, paper[key], strict=True)) if key in paper else None,
        }
        for key in NAMES
        if key in runs
    ]


def real(runs: Runs) -> dict[str, Any]:
    """The segmenter on real photos, in percent, and the paper's FCN."""
    found = next(iter(runs.values())).real
    return {
        **{name: rounded(100 * getattr(found, name)) for name in SCORES},
        "paper": dict(zip(SCORES, TABLE2["real"], strict=True)),
    }


def further(runs: Runs) -> list[dict[str, Any]]:
    """What the paper shows in pictures, as numbers: a row for each run, means over seeds; R is after over before."""

    def ratio(changed: Callable[[Loop], float]) -> Callable[[OfSeed], float]:
        return lambda s: changed(s.forward) / max(s.forward.clean, 1e-9)

    measures: dict[str, Callable[[OfSeed], float | None]] = {
        "clean": lambda s: s.forward.clean,
        "noise_1": ratio(lambda loop: loop.noise[0]),
        "noise_2": ratio(lambda loop: loop.noise[1]),
        "noise_4": ratio(lambda loop: loop.noise[2]),
        "crop": ratio(lambda loop: loop.crop),
        "resize": ratio(lambda loop: loop.resize),
        "backward_noise_4": lambda s: s.backward.noise[2] / max(s.backward.clean, 1e-9),
        "stays": lambda s: float(np.mean(s.stays)),
        "made_minus_real_labels": lambda s: 100 * (s.made_labels - s.label_to_photo.pixel),
        "diversity": lambda s: s.diversity,
        "reference": lambda s: None if s.control is None else s.control.encoded,
        "random_codes": lambda s: None if s.control is None else s.control.sampled,
        "code_error": lambda s: None if s.codes is None else float(np.mean(s.codes.error)),
        "largest_step": lambda s: s.interpolation,
        "photo_edges": lambda s: s.edges[0],
        "label_edges": lambda s: s.edges[1],
    }
    rows = []
    for key, name in NAMES.items():
        if key in runs:
            row: dict[str, Any] = {"run": key, "name": name, "seeds": len(runs[key].seeds)}
            for measure, number in measures.items():
                values = [number(of_seed) for of_seed in runs[key].seeds.values()]
                known = [value for value in values if value is not None]
                row[measure] = rounded(float(np.mean(known))) if len(known) == len(values) else None
            rows.append(row)
    return rows


def summary(runs: Runs, claims: list[dict[str, Any]]) -> dict[str, Any]:
    """A nested dictionary of numbers, for `dvc metrics show` and `diff`."""
    counts: dict[str, int] = {}
    for claim in claims:
        counts[claim["verdict"]] = counts.get(claim["verdict"], 0) + 1
    by_run = {
        row["run"]: {name: value for name, value in row.items() if isinstance(value, float)} for row in further(runs)
    }
    for number, kind, paper in ((1, "photo_to_label", TABLE1), (2, "label_to_photo", TABLE2)):
        for row in scores(runs, kind, paper):
            by_run[row["run"]][f"table{number}_iou"] = row["iou"]["mean"]
    return {"claims": counts, "runs": by_run}
