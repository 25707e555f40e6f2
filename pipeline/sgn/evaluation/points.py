"""At which S a run is measured and shown, and through which S its film travels."""

import numpy as np

from pipeline.core import seeds
from pipeline.sgn.model import simplex
from pipeline.sgn.model.params import Run

FRAMES = 20  # on each side of the path A, B, ..., A
HELD = 10  # frames for which the film shows one picture, before the next comes
DRAWS, DRAWS_ALPHA = 18, (0.5, 1.0)  # v1's Figure 6: S from a Dirichlet with less of A than of the others
# What the abstract asks four objectives for: 30 % Van Gogh, 20 % Monet, 40 % snowy; the rest is the photo's.
ABSTRACT = (0.1, 0.3, 0.2, 0.4)


def measured_points(run: Run) -> list[tuple[float, ...]]:
    """At which S a run is measured: corners and midpoints where S was drawn, in Table 3's order where there are three
    objectives; its own where S is constant; else the domain codes."""
    if run.reads == "alpha":
        return list(simplex.TABLE3) if run.k == 3 else [*simplex.corners(run.k), *simplex.midpoints(run.k)]
    return [run.S] if run.S is not None else simplex.corners(run.k)


def shown_points(run: Run) -> list[tuple[float, ...]]:
    """At which S a run's figure shows pictures (Figure 1; with four objectives the abstract's mixture)."""
    if run.reads != "alpha":
        return measured_points(run)
    points = [*simplex.corners(run.k), *simplex.midpoints(run.k), simplex.centre(run.k), simplex.beyond(run.k, 1)]
    return [*dict.fromkeys([*points, *([ABSTRACT] if run.k == 4 else [])])]


def drawn_points(k: int) -> list[tuple[float, ...]]:
    """The S of v1's Figure 6: always the same random ones."""
    first, others = DRAWS_ALPHA
    draws = seeds.numpy_generator(0, "draws").dirichlet([first] + [others] * (k - 1), DRAWS).astype(np.float32)
    return [tuple(S) for S in draws.tolist()]


def film_points(k: int) -> list[tuple[float, ...]]:
    """From corner to corner and back to the first, which is not repeated: a moving picture that goes round."""
    return simplex.path([*simplex.corners(k), simplex.corners(k)[0]], FRAMES)[:-1]


def film_pictures(frames: int, shown: int) -> list[int]:
    """Which of the shown pictures each frame translates: its frames change, as those of the paper's video do."""
    return [frame // HELD % shown for frame in range(frames)]
