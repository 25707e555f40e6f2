"""The bar of S above a picture."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from pipeline.sgn.figures.legend import COLOURS
from pipeline.translate import bar
from tests.translate import made_up

NAMES = ("photo", "vangogh", "udnie")


def lengths(frame: np.ndarray, width: int) -> list[int]:
    """How many pixels of the first line have A's, B's and C's colour."""
    line = frame[0, :width].astype(float)
    return [int((np.abs(line - np.array(to_rgb(c)) * 255).max(axis=1) < 1).sum()) for c in COLOURS[:3]]


@pytest.mark.parametrize(
    ("S", "parts"),
    [
        ((0.2, 0.5, 0.3), (0.2, 0.5, 0.3)),
        ((0.0, 1.0, 0.0), (0, 1, 0)),
        ((0.0, 1.5, 0.0), (0, 1, 0)),
        ((-0.5, 1.0, 0.5), (0, 2 / 3, 1 / 3)),
        ((0.25, 0.25, 0.0), (0.25, 0.25, 0)),
    ],
)
def test_pieces_are_as_long_as_the_weights(S: tuple[float, ...], parts: tuple[float, ...]) -> None:
    frame = bar.above(made_up.pixels(64, 300), S, NAMES)
    assert lengths(frame, 300) == pytest.approx([300 * part for part in parts], abs=1)


@pytest.mark.parametrize(("height", "width"), [(24, 32), (33, 57), (640, 401)])
def test_the_picture_is_below_it_in_its_own_size(height: int, width: int) -> None:
    picture = made_up.pixels(height, width)
    frame = bar.above(picture, (0.2, 0.5, 0.3), NAMES)
    assert frame.shape[0] % 2 == frame.shape[1] % 2 == 0
    assert frame.shape[1] - width in (0, 1)
    top = next(y for y in range(frame.shape[0]) if np.array_equal(frame[y : y + height, :width], picture))
    assert top >= bar.LEAST


def test_a_name_stands_where_there_is_room() -> None:
    wide = bar.above(made_up.pixels(64, 400), (0.0, 1.0, 0.0), NAMES)[: bar.LEAST]
    narrow = bar.above(made_up.pixels(64, 400), (0.99, 0.01, 0.0), NAMES)[: bar.LEAST, 396:]
    assert (wide == 255).all(-1).sum() > 50
    assert (narrow == 255).all(-1).sum() == 0
