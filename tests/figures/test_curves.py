"""Training curves: every seed and every loss is there, and one can tell which is which."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from pipeline.figures import curves, style

Series = dict[tuple[str, str], list[tuple[int, float]]]


def series(seeds: int, losses: tuple[str, ...] = ("L_G", "L_A")) -> Series:
    return {
        (f"seed{seed}", loss): [(step, seed + step / 100) for step in (20, 40, 60)]
        for seed in range(seeds)
        for loss in losses
    }


@pytest.mark.parametrize("seeds", [1, 3, 8])
def test_a_panel_per_loss_and_a_line_per_seed(seeds: int) -> None:
    given = series(seeds)
    figure = curves.training(given, "made by")
    assert [axis.get_title() for axis in figure.axes] == ["L_A", "L_G"]
    for axis in figure.axes:
        assert axis.get_xlabel() == "step"
        assert len(axis.lines) == seeds
        for line in axis.lines:
            expected = given[str(line.get_label()), axis.get_title()]
            np.testing.assert_array_equal(np.stack(line.get_data(), 1), expected)


def test_several_seeds_can_be_told_apart() -> None:
    figure = curves.training(series(3), "made by")
    colours = [to_hex(line.get_color()) for line in figure.axes[0].lines]
    assert len(set(colours)) == 3
    legends = [*figure.legends, *(legend for axis in figure.axes if (legend := axis.get_legend()))]
    named = {text.get_text() for legend in legends for text in legend.get_texts()}
    assert {"seed0", "seed1", "seed2"} <= named


def test_all_values_are_inside_the_panel() -> None:
    for axis in curves.training(series(2), "made by").axes:
        low, high = axis.get_ylim()
        assert low <= 0  # so that panels can be compared by their height
        assert high >= 1.6


def test_no_figure_stays_open_and_the_bytes_are_the_same(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        style.save(curves.training(series(2), "made by"), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert plt.get_fignums() == []
