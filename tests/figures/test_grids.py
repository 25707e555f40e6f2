"""Grids of pictures: the right picture in the right place, under the right words."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pipeline.figures import grids, style
from pipeline.sgn.figures import translations
from pipeline.sgn.model import simplex

SETS = [*simplex.corners(3), *simplex.midpoints(3), simplex.centre(3), simplex.beyond(3, 1)]


def pictures(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (*shape, 8, 8, 3), dtype=np.uint8)


def shown(figure: Figure, rows: int) -> list[list[np.ndarray | None]]:
    cells = [np.asarray(axis.images[0].get_array()) if axis.images else None for axis in figure.axes]
    width = len(cells) // rows
    return [cells[row * width : (row + 1) * width] for row in range(rows)]


def grid(seed: int = 0) -> tuple[Figure, np.ndarray, np.ndarray]:
    inputs, outputs = pictures(3), pictures(len(SETS), 3)
    return translations.grid(inputs, outputs, SETS, ("photo", "vangogh", "udnie"), "made by"), inputs, outputs


def test_a_row_per_input_and_a_column_per_S() -> None:
    figure, inputs, outputs = grid()
    cells = shown(figure, 3)
    for row in range(3):
        expected = [inputs[row], *outputs[:, row]]
        assert len(cells[row]) == len(expected)
        for cell, picture in zip(cells[row], expected, strict=True):
            assert np.array_equal(cell, picture)


def test_titles_say_S_and_what_it_asks_for() -> None:
    figure, _, _ = grid()
    titles = [axis.get_title() for axis in figure.axes[: 1 + len(SETS)]]
    assert titles[0] == "input"
    assert [title.split("\n")[0] for title in titles[1:]] == [simplex.label(S) for S in SETS]
    asked = [title.split("\n", 1)[1] for title in titles[1:]]
    assert asked[:4] == ["photo", "vangogh", "udnie", "photo\n+ vangogh"]
    assert asked[-2:] == ["all", "vangogh"]
    assert "made by" in [text.get_text() for text in figure.texts]


def test_no_title_lies_on_another() -> None:
    figure, _, _ = grid()
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [axis.title.get_window_extent(renderer) for axis in figure.axes[: 1 + len(SETS)]]
    for left, right in pairwise(boxes):
        assert left.x1 < right.x0
    assert max(box.y1 for box in boxes) <= figure.bbox.y1  # nor above the edge
    caption = figure.texts[0].get_window_extent(renderer)
    assert caption.y1 < min(axis.get_window_extent(renderer).y0 for axis in figure.axes)


def test_a_contact_sheet_has_a_row_per_domain_and_gaps_where_pictures_lack() -> None:
    domains = {"photo": pictures(4), "udnie": pictures(1)}
    figure = grids.contact_sheet(domains, "made by")
    cells = shown(figure, 2)
    for column in range(4):
        assert np.array_equal(cells[0][column], domains["photo"][column])
    assert np.array_equal(cells[1][0], domains["udnie"][0])
    assert cells[1][1:] == [None] * 3
    assert [figure.axes[0].texts[0].get_text(), figure.axes[4].texts[0].get_text()] == ["photo", "udnie"]


def test_a_saved_figure_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        style.save(grid()[0], tmp_path / name)
    content = (tmp_path / "a.png").read_bytes()
    assert content == (tmp_path / "b.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert b"matplotlib" not in content
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "b.png"]
