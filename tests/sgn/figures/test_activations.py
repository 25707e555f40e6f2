"""Figure 10: the bars are the first picture's activations, the curves the means over all pictures."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch

from pipeline.figures import style
from pipeline.sgn.figures import activations
from tests.figures import reading

NAMES = ("photo", "vangogh", "udnie")
CAPTION = "Run model1; data scenes, scale small, 1,000 steps, seed 0"


def made(channels: tuple[int, int, int] = (16, 64, 64)) -> tuple[Figure, list[activations.Activations]]:
    random = np.random.default_rng(0)
    places = [random.random((3, 5, count), dtype=np.float32) for count in channels]
    pictures = random.integers(0, 256, (4, 8, 8, 3), dtype=np.uint8)
    return activations.figure10(places, pictures[0], pictures[1:], NAMES, CAPTION), places


def steps(axis: Axes) -> list[StepPatch]:
    return [patch for patch in axis.patches if isinstance(patch, StepPatch)]


def panels(figure: Figure) -> list[list[Axes]]:
    found = [axis for axis in figure.axes if steps(axis)]
    return [found[4 * row : 4 * row + 4] for row in range(3)]


def test_a_row_per_ccam_and_a_column_per_corner() -> None:
    figure, places = made()
    rows = panels(figure)
    for row, place in zip(rows, places, strict=True):
        for corner, axis in enumerate(row[:3]):
            (bars,) = steps(axis)
            np.testing.assert_array_equal(bars.get_data().values, place[corner, 0])
            assert axis.get_ylim() == (0, 1)
    heights = [row[0].get_position().y0 for row in rows]
    assert heights == sorted(heights, reverse=True)  # the deepest below
    assert [row[0].get_ylabel() for row in rows] == [
        "CCAM 1\n16 channels",
        "CCAM 2\n64 channels",
        "CCAM 3\n64 channels",
    ]
    assert np.shape(reading.pictures(figure)[0]) == (4, 8, 8, 3)  # the input and its translations


def test_the_last_column_has_sorted_means_within_their_spread() -> None:
    figure, places = made()
    for row, place in zip(panels(figure), places, strict=True):
        bands, lines = steps(row[3])[::2], steps(row[3])[1::2]
        for corner, (band, line) in enumerate(zip(bands, lines, strict=True)):
            mean, spread = place[corner].mean(axis=0), place[corner].std(axis=0)
            order = np.argsort(-mean)
            np.testing.assert_allclose(line.get_data().values, mean[order])
            np.testing.assert_allclose(band.get_data().values, np.minimum(mean + spread, 1)[order])
            np.testing.assert_allclose(band.get_data().baseline, np.maximum(mean - spread, 0)[order])
    assert "5 test pictures" in reading.texts(figure)


@pytest.mark.parametrize("channels", [(4, 16, 16), (64, 256, 256)])
def test_words_are_readable_at_every_scale(channels: tuple[int, int, int]) -> None:
    figure, _ = made(channels)
    assert figure.get_figwidth() <= 11
    assert not reading.problems(figure)


def test_the_bytes_are_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        style.save(made()[0], tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
