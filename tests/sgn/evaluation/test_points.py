"""Where runs of two to four objectives are measured and shown."""

import pytest

from pipeline.core.params import read
from pipeline.sgn.evaluation import points
from pipeline.sgn.model import simplex
from pipeline.sgn.model.params import Params, Run
from tests.clone import CHECKOUT

RUNS = read(Params, CHECKOUT / "params.yaml").runs


def of(k: int) -> Run:
    """A run whose S is drawn, with k objectives."""
    none = RUNS["model1"].D
    return RUNS["abstract"].model_copy(update={"CD"[i]: none for i in range(2) if k < 3 + i})


def test_three_objectives_are_measured_at_the_papers_six() -> None:
    assert points.measured_points(RUNS["model1"]) == list(simplex.TABLE3)
    assert points.measured_points(RUNS["model1-w011"]) == [(0.0, 0.5, 0.5)]
    assert points.measured_points(RUNS["singlegan"]) == simplex.corners(3)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_every_k_has_corners_and_midpoints_and_no_S_twice(k: int) -> None:
    run = of(k)
    assert run.k == k
    measured, shown = points.measured_points(run), points.shown_points(run)
    assert {*simplex.corners(k), *simplex.midpoints(k)} == set(measured)
    assert len(set(shown)) == len(shown)
    assert (points.ABSTRACT in shown) == (k == 4)
    for S in (*points.drawn_points(k), *points.film_points(k)):
        assert len(S) == k
        assert sum(S) == pytest.approx(1)


def test_the_abstracts_mixture_is_its_percentages_and_the_rest_is_the_photos() -> None:
    assert dict(zip([o.about for o in RUNS["abstract"].objectives], points.ABSTRACT, strict=True)) == {
        "photo": 0.1,
        "vangogh": 0.3,
        "monet": 0.2,
        "winter": 0.4,
    }
