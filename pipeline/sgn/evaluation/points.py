"""At which S a run is measured and shown, and through which S its film travels."""

import numpy as np

from pipeline.core import seeds
from pipeline.sgn.model import simplex
from pipeline.sgn.model.params import Run

FRAMES = 20  # on each side of the path A, B, C, A
DRAWS, DRAWS_ALPHA = 18, (0.5, 1.0, 1.0)  # v1's Figure 6: S from a Dirichlet with more of B and C than of A


def measured_points(run: Run) -> list[tuple[float, ...]]:
    """At which S a run is measured: Table 3's where S was drawn, its own where S is constant, else the domain codes."""
    if run.reads == "alpha":
        return list(simplex.TABLE3)
    return [run.S] if run.S is not None else simplex.corners(3)


def shown_points(run: Run) -> list[tuple[float, ...]]:
    """At which S a run's figure shows pictures (Figure 1)."""
    if run.reads == "alpha":
        return [*simplex.corners(3), *simplex.midpoints(3), simplex.centre(3), simplex.beyond(3, 1)]
    return measured_points(run)


def drawn_points() -> list[tuple[float, ...]]:
    """The S of v1's Figure 6: always the same random ones."""
    draws = seeds.numpy_generator(0, "draws").dirichlet(DRAWS_ALPHA, DRAWS).astype(np.float32)
    return [tuple(S) for S in draws.tolist()]


def film_points() -> list[tuple[float, ...]]:
    """From corner to corner and back to the first, which is not repeated: a moving picture that goes round."""
    return simplex.path([*simplex.corners(3), simplex.corners(3)[0]], FRAMES)[:-1]
