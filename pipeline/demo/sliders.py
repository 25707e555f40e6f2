"""Sliders whose values keep to the simplex: what one is given, the others give."""

from collections.abc import Sequence

import numpy as np

MOST = 4  # objectives of a model


def kept(values: Sequence[float], changed: int) -> list[float]:
    """The values after one slider was moved: the others share what is left, as they did before; alike if they had none.

    All in [0, 1]; the sum is 1.
    """
    value = min(1.0, max(0.0, float(values[changed])))
    if len(values) == 1:
        return [1.0]
    others = [max(0.0, float(v)) for i, v in enumerate(values) if i != changed]
    total = sum(others)
    shares = [v / total for v in others] if total > 0 else [1 / len(others)] * len(others)
    rest = iter((1 - value) * share for share in shares)
    return [value if i == changed else next(rest) for i in range(len(values))]


def drawn(k: int, seed: int | None = None) -> list[float]:
    """A random S from Dirichlet(0.5, ..., 0.5), as training draws it."""
    return [float(s) for s in np.random.default_rng(seed).dirichlet([0.5] * k)]


def padded(values: Sequence[float]) -> list[float]:
    """As many values as there are sliders; those beyond the model's objectives are 0."""
    return [*values, *[0.0] * (MOST - len(values))]
