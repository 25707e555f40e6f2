"""S as a user writes it."""

import numpy as np
import pytest

from pipeline.translate import s_from_text

NAMES = ("photo", "vangogh", "udnie")


@pytest.mark.parametrize(
    ("text", "S"),
    [
        ("0.2,0.5,0.3", (0.2, 0.5, 0.3)),
        (" 0.2, 0.5 ,.3", (0.2, 0.5, 0.3)),
        ("-0.5,1.5,0", (-0.5, 1.5, 0)),
        ("vangogh", (0, 1, 0)),
        ("B", (0, 1, 0)),
        ("c", (0, 0, 1)),
        ("vangogh:0.7,photo:0.3", (0.3, 0.7, 0)),
        ("udnie: 1.5", (0, 0, 1.5)),
        ("A:0.5,C:0.5", (0.5, 0, 0.5)),
    ],
)
def test_numbers_names_and_mixtures(text: str, S: tuple[float, ...]) -> None:
    assert s_from_text.one(text, NAMES) == pytest.approx(S)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2",
        "1,2,3,4",
        "monet",
        "D",
        "monet:1",
        "vangogh:much",
        "vangogh:1,vangogh:2",
        "1,nan,0",
        "inf,0,0",
        "1,,0",
    ],
)
def test_what_is_no_S_is_told_with_the_objectives_in_order(text: str) -> None:
    with pytest.raises(ValueError, match=r"photo, vangogh, udnie|twice"):
        s_from_text.one(text, NAMES)


def test_a_model_of_two_objectives_has_no_third_letter() -> None:
    assert s_from_text.one("B", ("photo", "monet")) == (0, 1)
    with pytest.raises(ValueError, match="photo, monet"):
        s_from_text.one("C", ("photo", "monet"))


def test_draws_are_on_the_simplex_repeatable_and_follow_alpha() -> None:
    drawn = s_from_text.drawn(400, "1,2,5", NAMES, seed=3)
    assert drawn == s_from_text.drawn(400, "1,2,5", NAMES, seed=3)
    assert drawn != s_from_text.drawn(400, "1,2,5", NAMES, seed=4)
    assert np.sum(drawn, 1) == pytest.approx(np.ones(400))
    assert np.mean(drawn, 0) == pytest.approx(np.array([1, 2, 5]) / 8, abs=0.05)
    even = np.array(s_from_text.drawn(400, "0.5", NAMES, seed=3))
    assert even.mean(0) == pytest.approx([1 / 3] * 3, abs=0.06)
    assert even.std() > np.std(s_from_text.drawn(400, "20", NAMES, seed=3))  # a small alpha is near the corners


@pytest.mark.parametrize("alpha", ["0", "-1", "1,2", "1,2,3,4", "x", "nan"])
def test_an_alpha_that_is_none(alpha: str) -> None:
    with pytest.raises(ValueError, match=r"alpha|number"):
        s_from_text.drawn(1, alpha, NAMES, seed=0)


def test_paths_of_names_and_of_any_S() -> None:
    assert s_from_text.path("photo,vangogh,udnie", NAMES) == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert s_from_text.path("photo; vangogh:0.5,udnie:0.5; 0,1.5,0", NAMES) == [(1, 0, 0), (0, 0.5, 0.5), (0, 1.5, 0)]
    for wrong in ("photo", "1,0,0", "photo,vangogh:1", "photo;", "photo,monet"):
        with pytest.raises(ValueError, match=r"path|monet"):
            s_from_text.path(wrong, NAMES)


def test_along_a_path_every_piece_takes_as_long_and_both_ends_are_reached() -> None:
    points = s_from_text.path("photo,vangogh,udnie", NAMES)
    assert s_from_text.along(points, 0) == (1, 0, 0)
    assert s_from_text.along(points, 0.5) == (0, 1, 0)
    assert s_from_text.along(points, 1) == (0, 0, 1)
    assert s_from_text.along(points, 0.125) == pytest.approx((0.75, 0.25, 0))
    sums = [sum(s_from_text.along(points, t)) for t in np.linspace(0, 1, 23)]
    assert sums == pytest.approx([1] * 23)


def test_only_an_S_off_the_simplex_has_a_note() -> None:
    assert s_from_text.outside((0.2, 0.5, 0.3)) is None
    assert s_from_text.outside((1 / 3,) * 3) is None
    assert "below 0" in str(s_from_text.outside((-0.5, 1.5, 0)))
    assert "1.5" in str(s_from_text.outside((0, 1.5, 0)))
