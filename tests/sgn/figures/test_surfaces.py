"""Loss surfaces: every point of the lattice where it belongs, with its own value."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pipeline.sgn.figures import surfaces
from pipeline.sgn.model import simplex
from tests.figures import reading

NAMES = ("photo", "vangogh", "udnie")
LATTICE = simplex.lattice(3, 6)
CAPTION = "Run model1; data scenes, scale small, 1,000 steps, seed 0"


def drawn(sets: list[tuple[float, ...]]) -> Figure:
    """Each loss is smallest at its own corner."""
    losses = {f"L_{i}": [1 - S[i] + 0.1 * S[(i + 1) % 3] for S in sets] for i in range(3)}
    return surfaces.surfaces(sets, losses, NAMES, CAPTION)


@pytest.mark.parametrize("steps", [1, 2, 6])
def test_the_small_triangles_fill_the_large_one(steps: int) -> None:
    sets = simplex.lattice(3, steps)
    made = surfaces.triangulation(sets)
    assert len(made.triangles) == steps**2
    x, y = made.x[made.triangles], made.y[made.triangles]
    areas = ((x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])) / 2
    np.testing.assert_allclose(np.abs(areas), np.sqrt(3) / 4 / steps**2)
    assert len({tuple(sorted(t)) for t in made.triangles.tolist()}) == steps**2


def test_corners_lie_above_left_and_right() -> None:
    made = surfaces.triangulation(LATTICE)
    a, b, c = (LATTICE.index(S) for S in simplex.corners(3))
    assert [made.x[a], made.x[b], made.x[c]] == pytest.approx([0.5, 0, 1])
    assert [made.y[a], made.y[b], made.y[c]] == pytest.approx([np.sqrt(3) / 2, 0, 0])


@pytest.mark.parametrize(
    "sets", [LATTICE[1:], [*LATTICE, LATTICE[3]], [*simplex.corners(3), simplex.centre(3)], [(0.0, 0.0, 0.0)]]
)
def test_what_is_no_lattice_is_refused(sets: list[tuple[float, ...]]) -> None:
    with pytest.raises(ValueError, match="no lattice"):
        surfaces.triangulation(sets)


@pytest.mark.parametrize("order", [1, -1])
def test_colours_ring_and_bold_name_agree(order: int) -> None:
    figure = drawn(LATTICE[::order])
    maps = [axis for axis in figure.axes if axis.texts]
    assert len(maps) == 3
    for own, axis in enumerate(maps):
        mesh = axis.collections[0]
        values = np.asarray(mesh.get_array())
        assert values == pytest.approx([1 - S[own] + 0.1 * S[(own + 1) % 3] for S in LATTICE[::order]])
        (ring,) = (line for line in axis.lines if line.get_markersize() > 10)
        np.testing.assert_allclose(np.ravel(ring.get_data()), surfaces.CORNERS[own])
        assert [text.get_text() for text in axis.texts] == ["A photo", "B vangogh", "C udnie"]
        assert [text.get_fontweight() == "bold" for text in axis.texts] == [i == own for i in range(3)]


def test_words_are_readable() -> None:
    figure = drawn(LATTICE)
    assert figure.get_figwidth() <= 11
    assert {"L_0", "L_1", "L_2", CAPTION} <= set(reading.texts(figure))
    assert not reading.problems(figure)


def test_ticks_differ_however_narrow_the_range_is() -> None:
    narrow = {"L_A": [1 + 1e-4 * S[0] for S in LATTICE], "L_B": [1000 * S[1] for S in LATTICE]}
    figure = surfaces.surfaces(LATTICE, narrow, NAMES, CAPTION)
    FigureCanvasAgg(figure).draw()
    bars = [axis for axis in figure.axes if not axis.texts]
    for bar in bars:
        labels = [label.get_text() for label in bar.get_xticklabels()]
        assert len(set(labels)) == len(labels) == 4
