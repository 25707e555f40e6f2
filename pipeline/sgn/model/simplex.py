"""The sym-parameter S = (s_1 ... s_k): random draws for training, fixed sets for measuring and drawing.

S weighs the k losses and is at the same time an input of the network (Section 3). In training s_i >= 0 and sum 1;
at inference any S is allowed, also outside the simplex.
"""

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

# The six S of Table 3, in the paper's order.
TABLE3: tuple[tuple[float, float, float], ...] = (
    (1.0, 0.0, 0.0),
    (0.5, 0.5, 0.0),
    (0.0, 1.0, 0.0),
    (0.0, 0.5, 0.5),
    (0.0, 0.0, 1.0),
    (0.5, 0.0, 0.5),
)


def dirichlet(alpha: float, k: int, count: int, random: np.random.Generator) -> npt.NDArray[np.float32]:
    """Draw `count` sym-parameters from Dirichlet(alpha, ..., alpha), one per sample (Section 3; alpha = 0.5).

    Returns float32 (count, k), rows sum to 1. ValueError for alpha <= 0.
    """
    if alpha <= 0:
        raise ValueError(f"alpha is {alpha}: a Dirichlet distribution needs alpha > 0")
    return random.dirichlet([alpha] * k, count).astype(np.float32)


def corners(k: int) -> list[tuple[float, ...]]:
    """The k one-hot S: one objective alone."""
    return [tuple(float(i == j) for j in range(k)) for i in range(k)]


def midpoints(k: int) -> list[tuple[float, ...]]:
    """The S that weigh two objectives by one half each, in the order AB, AC, ..., BC, ..."""
    return [tuple(0.5 * (i in pair) for i in range(k)) for pair in combinations(range(k), 2)]


def centre(k: int) -> tuple[float, ...]:
    """The S that weighs all objectives equally."""
    return (1.0 / k,) * k


def beyond(k: int, objective: int, strength: float = 1.5) -> tuple[float, ...]:
    """S outside the simplex: one objective with more than all the weight, as (0, 1.5, 0) in Figure 1."""
    return tuple(strength * (i == objective) for i in range(k))


def lattice(k: int, steps: int) -> list[tuple[float, ...]]:
    """All S whose weights are multiples of 1/steps: C(steps + k - 1, k - 1) points of the simplex."""

    def parts(total: int, count: int) -> list[tuple[int, ...]]:
        if count == 1:
            return [(total,)]
        return [(first, *rest) for first in range(total, -1, -1) for rest in parts(total - first, count - 1)]

    return [tuple(n / steps for n in part) for part in parts(steps, k)]


def path(points: list[tuple[float, ...]], steps: int) -> list[tuple[float, ...]]:
    """S travelling along the points in a straight line each, `steps` steps per piece, both ends included."""
    frames = [points[0]]
    for start, end in pairwise(points):
        for step in range(1, steps + 1):
            t = step / steps
            frames.append(tuple((1 - t) * a + t * b for a, b in zip(start, end, strict=True)))
    return frames


def label(S: Sequence[float]) -> str:
    """S as text for axes and captions: (0, .5, .5)."""
    return "(" + ", ".join(_number(s) for s in S) + ")"


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.removeprefix("0") if text.startswith("0.") else text
