"""S as a user writes it: numbers, names of what the objectives are about, draws from a Dirichlet distribution, paths.

`names` are what a model's k objectives are about, in the order of S: ("photo", "vangogh", "udnie"). The paper's letters
A, B, C, D stand for them too.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from pipeline.sgn.model.objectives import LETTERS

S = tuple[float, ...]


def one(text: str, names: Sequence[str]) -> S:
    """`0.2,0.5,0.3`, `vangogh`, `vangogh:0.7,photo:0.3` or `B:0.7,A:0.3` as (k,); ValueError that says the objectives.

    Weights may leave the simplex, as (0, 1.5, 0) in Figure 1; what is not named has none.
    """
    parts = [part.strip() for part in text.split(",")]
    if ":" in text:
        weights = dict.fromkeys(range(len(names)), 0.0)
        given = set()
        for part in parts:
            name, _, weight = part.rpartition(":")
            place = _place(name.strip() or weight, names)
            if place in given:
                raise ValueError(f"{text!r} names {names[place]} twice")
            given.add(place)
            weights[place] = _number(weight, text, names)
        return tuple(weights.values())
    if len(parts) == 1 and not _is_number(parts[0]):
        place = _place(parts[0], names)
        return tuple(float(i == place) for i in range(len(names)))
    values = tuple(_number(part, text, names) for part in parts)
    if len(values) != len(names):
        raise ValueError(f"S = {text} has {len(values)} weights, this model has {len(names)}: {_listed(names)}")
    return values


def drawn(count: int, alpha: str, names: Sequence[str], seed: int) -> list[S]:
    """`count` S from Dirichlet(alpha): one number for all objectives, as in training, or one for each: `1,2,2`."""
    values = [_number(part, alpha, names) for part in alpha.split(",")]
    if len(values) == 1:
        values *= len(names)
    if len(values) != len(names):
        raise ValueError(
            f"alpha = {alpha} has {len(values)} numbers, it needs one, or one for each of {_listed(names)}"
        )
    if min(values) <= 0:
        raise ValueError(f"alpha = {alpha}: a Dirichlet distribution needs numbers above 0")
    return [tuple(S) for S in np.random.default_rng(seed).dirichlet(values, count).tolist()]


def path(text: str, names: Sequence[str]) -> list[S]:
    """The points of a path: `photo,vangogh,udnie`, or S of any kind with `;` between them: `1,0,0; 0,1.5,0`."""
    points = text.split(";") if ";" in text else text.split(",")
    if ";" not in text and (":" in text or any(_is_number(point) for point in points)):
        raise ValueError(f"path {text!r}: points that are not names alone need ; between them, as in '1,0,0; 0,1.5,0'")
    found = [one(point.strip(), names) for point in points if point.strip()]
    if len(found) < 2:
        raise ValueError(f"path {text!r} has fewer than two points: write photo,vangogh for example")
    return found


def along(points: Sequence[S], t: float) -> S:
    """Where S is after the part t in [0, 1] of a path: as long from each point to the next, in a straight line."""
    pieces = list(pairwise(points))
    number = min(int(t * len(pieces)), len(pieces) - 1)
    (start, end), part = pieces[number], t * len(pieces) - number
    return tuple((1 - part) * a + part * b for a, b in zip(start, end, strict=True))


def outside(S: Sequence[float]) -> str | None:
    """A note on an S that no training has drawn; None for one on the simplex."""
    if min(S) < 0:
        return "S is outside the simplex (a weight below 0), where nothing was trained"
    if abs(sum(S) - 1) > 1e-3:
        return f"S is outside the simplex (its sum is {sum(S):.4g}, not 1), where nothing was trained"
    return None


def _place(name: str, names: Sequence[str]) -> int:
    if name in names:
        return list(names).index(name)
    if name.upper() in LETTERS[: len(names)] and len(name) == 1:
        return LETTERS.index(name.upper())
    raise ValueError(f"no objective is about {name!r}; this model has {_listed(names)}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(text: str, whole: str, names: Sequence[str]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(
            f"{text.strip()!r} in {whole!r} is no number; the weights are of {_listed(names)}, in this order"
        )
    return value
