"""S: random draws against the theory of the Dirichlet distribution, fixed sets against what the paper names."""

from itertools import product
from math import comb

import numpy as np
import pytest

from pipeline.sgn.model import simplex


def draws(alpha: float, k: int = 3, count: int = 20_000) -> np.ndarray:
    return simplex.dirichlet(alpha, k, count, np.random.default_rng(1))


@pytest.mark.parametrize(("alpha", "k"), [(0.5, 3), (0.5, 2), (1.0, 3), (4.0, 5), (0.05, 3)])
def test_draws_have_the_dirichlets_mean_and_variance(alpha: float, k: int) -> None:
    S = draws(alpha, k).astype(float)
    variance = (k - 1) / (k**2 * (k * alpha + 1))
    covariance = -1 / (k**2 * (k * alpha + 1))
    deviation = 5 * (variance / len(S)) ** 0.5  # of a mean, five standard errors
    np.testing.assert_allclose(S.mean(0), 1 / k, atol=deviation)
    expected = np.full((k, k), covariance) + np.eye(k) * (variance - covariance)
    np.testing.assert_allclose(np.cov(S.T), expected, atol=0.05 * variance)


def test_alpha_of_one_half_is_a_beta_distribution_of_each_weight() -> None:
    """At alpha 0.5 and k 2, s_1 has the arcsine distribution: P(s < 0.1) = 2/pi asin(sqrt 0.1)."""
    s = draws(0.5, k=2)[:, 0]
    for limit in (0.1, 0.5, 0.9):
        assert abs((s < limit).mean() - 2 / np.pi * np.arcsin(limit**0.5)) < 0.02


@pytest.mark.parametrize("alpha", [0.001, 0.01, 0.5, 100.0])
def test_rows_lie_on_the_simplex_at_any_alpha(alpha: float) -> None:
    S = draws(alpha, count=2000)
    assert S.dtype == np.float32
    assert S.shape == (2000, 3)
    assert (S >= 0).all()
    assert np.isfinite(S).all()
    np.testing.assert_allclose(S.sum(1), 1, atol=1e-6)


def test_a_small_alpha_gives_corners_and_a_large_one_the_centre() -> None:
    assert (draws(0.01, count=2000).max(1) > 0.99).mean() > 0.85
    assert (abs(draws(1000.0, count=2000) - 1 / 3).max(1) < 0.06).all()


def test_each_sample_has_its_own_S() -> None:
    assert len(np.unique(draws(0.5, count=500), axis=0)) == 500


@pytest.mark.parametrize("alpha", [0.0, -0.5])
def test_alpha_must_be_positive(alpha: float) -> None:
    with pytest.raises(ValueError, match=f"alpha is {alpha}: .*alpha > 0"):
        draws(alpha)


def test_table_3s_S_are_the_corners_and_the_midpoints() -> None:
    assert simplex.TABLE3 == ((1, 0, 0), (0.5, 0.5, 0), (0, 1, 0), (0, 0.5, 0.5), (0, 0, 1), (0.5, 0, 0.5))
    assert set(simplex.TABLE3) == {*simplex.corners(3), *simplex.midpoints(3)}


def test_fixed_sets() -> None:
    assert simplex.corners(2) == [(1, 0), (0, 1)]
    assert simplex.corners(3) == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert simplex.midpoints(3) == [(0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)]
    assert len(simplex.midpoints(4)) == 6
    assert simplex.centre(4) == (0.25, 0.25, 0.25, 0.25)
    assert simplex.beyond(3, 1) == (0, 1.5, 0)
    assert simplex.beyond(3, 0, 2.0) == (2, 0, 0)


@pytest.mark.parametrize(("k", "steps"), [(2, 4), (3, 1), (3, 4), (4, 5)])
def test_the_lattice_is_every_S_in_multiples_once(k: int, steps: int) -> None:
    points = simplex.lattice(k, steps)
    every = {p for p in product(np.arange(steps + 1) / steps, repeat=k) if abs(sum(p) - 1) < 1e-9}
    assert len(points) == len(set(points)) == comb(steps + k - 1, k - 1)
    assert set(points) == every
    assert points == sorted(points, reverse=True)  # from the corner A
    assert points[0] == (1.0, *(0.0,) * (k - 1))


def test_a_path_runs_straight_from_point_to_point() -> None:
    a, b, c = simplex.corners(3)
    frames = simplex.path([a, b, c], 4)
    assert len(frames) == 9
    assert (frames[0], frames[4], frames[8]) == (a, b, c)
    np.testing.assert_allclose(frames[1], (0.75, 0.25, 0))
    np.testing.assert_allclose(frames[6], (0, 0.5, 0.5))
    np.testing.assert_allclose(np.sum(frames, 1), 1)
    steps = np.linalg.norm(np.diff(frames, axis=0), axis=1)
    np.testing.assert_allclose(steps, steps[0])


@pytest.mark.parametrize(
    ("S", "text"),
    [
        ((1.0, 0.0, 0.0), "(1, 0, 0)"),
        ((0.0, 0.5, 0.5), "(0, .5, .5)"),
        ((0.0, 1.5, 0.0), "(0, 1.5, 0)"),
        ((1 / 3, 1 / 3, 1 / 3), "(.33, .33, .33)"),
        ((0.75, 0.25), "(.75, .25)"),
        ((0.999, 0.001), "(1, 0)"),
        ((10.0, 0.1), "(10, .1)"),
        (tuple(np.float32([0.1, 0.9])), "(.1, .9)"),
    ],
)
def test_labels(S: tuple[float, ...], text: str) -> None:
    assert simplex.label(S) == text
