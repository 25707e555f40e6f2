"""The null controls: what the claims' rules say of a network that does nothing.

A rule that such a network passes cannot support the paper. Each null has the shape of what was measured, so that the
very same rules are asked about it.

    blind       S has no effect: made of a trained run's measurements, every loss its mean over S
    untrained, flat, identity      measured by the stage nulls (stages/sgn/nulls.py)

For the toy problem: blind is the Hyper model of (0.5, 0.5), whatever S is, in the place of Sym; it is not asked whether
Sin stays, because Sin is meant to be blind. A cost is counted without looking at what was trained, so no null is asked.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from pipeline.sgn.results import Distance, LossesAtS, Named, OfSeed, Opened, RunResult, Study, UntrainedToy


def blind(run: RunResult) -> RunResult:
    """The run as it would be measured if its network did not look at S."""
    return run.model_copy(update={"seeds": {seed: _of_seed(of_seed) for seed, of_seed in run.seeds.items()}})


def _of_seed(of_seed: OfSeed) -> OfSeed:
    study = None if of_seed.study is None else _study(of_seed.study)
    return of_seed.model_copy(update={"losses": _means(of_seed.losses), "study": study})


def _study(study: Study) -> Study:
    lattice = _means(study.lattice)
    letters = list(study.rank)
    L = lattice[0].L if lattice else {}
    axes = {
        letter: tuple(row.model_copy(update={"projection": fmean(r.projection for r in rows)}) for row in rows)
        for letter, rows in study.axes.items()
    }
    return study.model_copy(
        update={
            "lattice": lattice,
            "rank": dict.fromkeys(letters),
            "range": {
                letter: ends.model_copy(update={"smallest": L[letter], "largest": L[letter]} if L else {})
                for letter, ends in study.range.items()
            },
            "change": dict.fromkeys(study.change, 0.0),
            "separation": dict.fromkeys(study.separation, 0.0),
            "leakage": None,
            "stray": None if study.stray is None else dict.fromkeys(study.stray, 0.0),
            "bias": None,
            "axes": axes,
            "distance": {letter: _same(distance, len(letters)) for letter, distance in study.distance.items()},
            "named": _named(study.named),
            "steps": {
                side: step.model_copy(update={"mean": 0.0, "largest": 0.0, "whole": 0.0, "back": 0.0})
                for side, step in study.steps.items()
            },
            "sizes": tuple(size.model_copy(update={"change": 0.0}) for size in study.sizes),
            "activations": _opened(study.activations),
        }
    )


def _same(distance: Distance, k: int) -> Distance:
    """The mean distance over the k corners at each of them; the trained one's where the others were not measured."""
    if distance.elsewhere is None:
        return distance
    mean = (distance.corner + (k - 1) * distance.elsewhere) / k
    return distance.model_copy(update={"corner": mean, "elsewhere": mean})


def _named(named: Named | None) -> Named | None:
    """The mean shares over the corners at each of them."""
    if named is None:
        return None
    mean = {about: fmean(shares[about] for shares in named.corner.values()) for about in named.classes}
    return named.model_copy(update={"corner": dict.fromkeys(named.corner, mean)})


def _opened(places: Sequence[Opened] | None) -> tuple[Opened, ...] | None:
    """The activations' means over the corners at every corner; None where these were not measured."""
    if places is None:
        return None
    opened = []
    for place in places:
        if place.below_mean is None:
            return None
        below = {t: dict.fromkeys(of_letter, place.below_mean[t]) for t, of_letter in place.below.items()}
        same = dict.fromkeys(place.between_corners, 0.0)
        opened.append(place.model_copy(update={"below": below, "between_corners": same}))
    return tuple(opened)


def _means(rows: Sequence[LossesAtS]) -> tuple[LossesAtS, ...]:
    """The same S, each loss its mean over them; L_G weighs these means."""
    if not rows:
        return ()
    L = {letter: fmean(row.L[letter] for row in rows) for letter in rows[0].L}
    return tuple(
        row.model_copy(update={"L": L, "L_G": sum(s * L_i for s, L_i in zip(row.S, L.values(), strict=True))})
        for row in rows
    )


def blind_toy(toy: Mapping[str, Any]) -> dict[str, Any]:
    """The toy problem's numbers if Sym were the Hyper model of (0.5, 0.5) at every S."""

    def stays(row: Mapping[str, Any]) -> bool:
        return row["model"] == "hyper" and tuple(row["weights"]) == (0.5, 0.5)

    def put(rows: Sequence[Mapping[str, Any]], *key: str) -> list[dict[str, Any]]:
        half = {tuple(row[name] for name in key): row for row in rows if stays(row)}
        return [
            {**half[tuple(row[name] for name in key)], "weights": row["weights"], "model": "sym"}
            if row["model"] == "sym"
            else dict(row)
            for row in rows
        ]

    return {
        **toy,
        "losses": put(toy["losses"], "seed"),
        "widths": put(toy["widths"], "seed", "width"),
        "distances": put(toy["distances"], "seed"),
    }


def untrained_toy(toy: Mapping[str, Any], untrained: UntrainedToy) -> dict[str, Any]:
    """The toy problem's numbers with untrained Sym and Sin beside the trained Hyper models."""
    new = untrained.model_dump(mode="json")
    kept = {part: [row for row in toy[part] if row["model"] == "hyper"] for part in ("losses", "widths", "distances")}
    return {**toy, **{part: [*rows, *new[part]] for part, rows in kept.items()}}
