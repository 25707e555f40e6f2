"""Saved figures are small and show what was drawn."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from pipeline.figures import style


@pytest.fixture
def figure() -> Figure:
    """Two smooth pictures of many colours, a line and white around them."""
    y, x = np.mgrid[0:1:64j, 0:1:64j]  # H W
    figure = Figure(figsize=(4, 2))
    for axis, blue in zip(figure.subplots(1, 2), (x * y, 1 - x), strict=True):
        axis.imshow(np.stack([x, y, blue], axis=2), interpolation="nearest")
        axis.plot([0, 63], [0, 63], color=style.COLOURS[1])
    return figure


def test_a_saved_figure_has_few_colours_near_those_drawn_and_is_small(figure: Figure, tmp_path: Path) -> None:
    figure.savefig(tmp_path / "drawn.png")
    style.save(figure, tmp_path / "saved.png")
    drawn, saved = (Image.open(tmp_path / f"{name}.png").convert("RGB") for name in ("drawn", "saved"))
    colours = saved.getcolors(1 << 24)
    assert colours is not None
    assert len(colours) <= style.COLOURS_IN_A_FILE
    assert saved.size == drawn.size
    difference = np.abs(np.asarray(drawn, float) - np.asarray(saved, float))
    assert difference.mean() < 4
    assert np.percentile(difference, 99.9) < 40
    assert (tmp_path / "saved.png").stat().st_size < (tmp_path / "drawn.png").stat().st_size / 2


def test_what_is_white_stays_white(figure: Figure, tmp_path: Path) -> None:
    style.save(figure, tmp_path / "a.png")
    assert Image.open(tmp_path / "a.png").convert("RGB").getpixel((1, 1)) == (255, 255, 255)


def test_twice_is_the_same(figure: Figure, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        style.save(figure, tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]
