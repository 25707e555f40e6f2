"""Figures 5 and 9: what is drawn comes from the files and says how it was made."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from pipeline.sgn import toy
from pipeline.sgn.figures import toy as figures

SETTINGS = {"alpha": 0.5, "seeds": 2}


@pytest.fixture(scope="module")
def made() -> tuple[dict[str, Any], dict[str, Any]]:
    training = toy.Training(samples=20, batch=16, epochs=(1,), learning_rates=(0.01,), alpha=0.5)
    return toy.study(toy.Sizes(hidden=8, num_seeds=2, widths=(8, 2), num_width_seeds=2), training)


def texts(figure: Figure) -> str:
    return " | ".join(text.get_text() for text in figure.texts)


def test_figure5_draws_every_seed_s_curves_on_three_maps(made: tuple[dict[str, Any], dict[str, Any]]) -> None:
    _, arrays = made
    figure = figures.figure5(arrays, SETTINGS)
    labels, *maps = figure.axes[:4]
    assert [line.get_ydata() for line in labels.lines] == [
        pytest.approx(arrays["y_r"]),
        pytest.approx(arrays["h"]),
    ]
    assert [axis.get_title() for axis in maps] == ["L at S = (1, 0)", "L at S = (0.5, 0.5)", "L at S = (0, 1)"]
    for axis, row in zip(maps, (0, 2, 4), strict=True):
        np.testing.assert_array_equal(axis.images[0].get_array(), arrays["L"][row])
        expected = [*arrays["f_sin"][row], *arrays["f_sym"][row], *arrays["f_hyper"][row]]
        np.testing.assert_array_equal([line.get_ydata() for line in axis.lines], expected)
    assert "2 seeds" in texts(figure)
    assert "alpha = 0.5" in texts(figure)


def test_figure5_s_regions_are_the_classes(made: tuple[dict[str, Any], dict[str, Any]]) -> None:
    _, arrays = made
    labels = figures.figure5(arrays, SETTINGS).axes[0]
    shaded = labels.collections[0].get_paths()
    for x, is_class_1 in zip(arrays["x"], arrays["y_r"] < arrays["h"], strict=True):
        # Points within one step of a border may fall on either side of it.
        if min(abs(x - edge) for edge in (-0.826, 0.0, 0.726)) > 0.02:
            assert any(path.contains_point((x, 0.5)) for path in shaded) == is_class_1, x


def test_figure9_shows_mean_and_range_over_the_seeds(made: tuple[dict[str, Any], dict[str, Any]]) -> None:
    numbers, _ = made
    figure = figures.figure9({**numbers, "settings": SETTINGS})
    assert len(figure.axes) == 6
    rows = [r for r in numbers["widths"] if r["model"] == "sym" and r["weights"] == [0.0, 1.0]]
    line = figure.axes[5].lines[0]
    assert line.get_label() == "Sym"
    assert list(line.get_xdata()) == [2, 8]
    expected = [np.mean([r["L"] for r in rows if r["width"] == width]) for width in (2, 8)]
    assert line.get_ydata() == pytest.approx(expected)
    all_rows = [r["L"] for r in numbers["widths"] if r["model"] == "hyper" and r["width"] == 2]
    assert figure.axes[0].lines[1].get_ydata()[0] == pytest.approx(np.mean(all_rows))
    assert "2 seeds" in texts(figure)
