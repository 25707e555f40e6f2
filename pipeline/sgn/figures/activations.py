"""Figure 10: how far each channel is open in the three CCAMs, for one picture and for all measured ones.

An activation is the sigmoid's output in a CCAM (Equation 5): 0 blocks a channel, 1 lets it pass.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.figures import style
from pipeline.figures.grids import Pictures, show
from pipeline.sgn.figures import legend
from pipeline.sgn.model import simplex
from pipeline.sgn.model.objectives import LETTERS

Activations = NDArray[np.float32]

WIDTH, HEIGHT = 10.2, 8.7  # inches
LEFT, RIGHT, BOTTOM, TOP = 0.105, 0.984, 0.104, 0.96


def figure10(
    places: Sequence[Activations],
    picture: Pictures,
    translations: Pictures,
    names: tuple[str, ...],
    caption: str,
) -> Figure:
    """A row per CCAM, the deepest below; a column per corner of S with the first picture's activations, channel by
    channel; in the last column all pictures: for each channel the mean, from the most open to the most closed, with
    a band of one standard deviation over the pictures.

    `places`: three arrays (3 corners, N, C); `picture` (H, W, C) and `translations` (3, H, W, C) belong to the first
    of the N.
    """
    figure = Figure(figsize=(WIDTH, HEIGHT))
    grid = figure.add_gridspec(
        1 + len(places),
        4,
        left=LEFT,
        right=RIGHT,
        bottom=BOTTOM,
        top=TOP,
        wspace=0.1,
        hspace=0.2,
        width_ratios=(1, 1, 1, 1.15),
    )
    corners = simplex.corners(3)
    for column, (S, letter, name, shown) in enumerate(zip(corners, LETTERS, names, translations, strict=False)):
        axis = figure.add_subplot(grid[0, column])
        show(axis, shown)
        axis.set_title(f"S = {simplex.label(S)}: {letter} {name}", fontsize=10)
    _input(figure, picture)
    _words(figure.add_subplot(grid[0, 3]), places[0].shape[1], names)

    for row, activations in enumerate(places, start=1):
        channels = activations.shape[2]
        panels = [figure.add_subplot(grid[row, column]) for column in range(4)]
        for axis, colour, values in zip(panels, legend.COLOURS, activations[:, 0], strict=False):
            axis.stairs(values, np.arange(channels + 1), fill=True, color=colour)
        _sorted_means(panels[3], activations)
        for axis in panels:
            axis.set(xlim=(0, channels), ylim=(0, 1), yticks=(0, 0.5, 1), xticks=(0, channels // 2, channels))
            axis.tick_params(labelsize=9, labelleft=axis is panels[0])
            axis.grid(axis="y", alpha=0.25, linewidth=0.6)
            axis.set_axisbelow(True)
        panels[0].set_ylabel(f"CCAM {row}\n{channels} channels", fontsize=10)
        if row == len(places):
            for axis in panels[:3]:
                axis.set_xlabel("channel", fontsize=10)
            panels[3].set_xlabel("channels, the most open first", fontsize=10)
    figure.text(0.01, 0.016, caption, fontsize=9, color=style.GREY)
    return figure


def _sorted_means(axis: Axes, activations: Activations) -> None:
    """Each corner's mean activations (C), sorted, each channel keeping its own spread."""
    mean, spread = activations.mean(axis=1), activations.std(axis=1)  # corners, C
    edges = np.arange(activations.shape[2] + 1)
    for colour, m, s in zip(legend.COLOURS, mean, spread, strict=False):
        order = np.argsort(-m, kind="stable")
        low, high = np.maximum(m - s, 0)[order], np.minimum(m + s, 1)[order]
        axis.stairs(high, edges, baseline=low, fill=True, color=colour, alpha=0.25, linewidth=0)
        axis.stairs(m[order], edges, baseline=None, color=colour, linewidth=1.6)


def _input(figure: Figure, picture: Pictures) -> None:
    """The untranslated picture, small, in the margin left of its translations."""
    axis = figure.add_axes((0.01, TOP - 0.105, 0.09, 0.09 * WIDTH / HEIGHT))
    show(axis, picture)
    axis.set_title("input", fontsize=10)


def _words(axis: Axes, count: int, names: tuple[str, ...]) -> None:
    """In the corner above the last column: what the panels are, and the colours."""
    axis.set_axis_off()
    axis.set_title(f"{count} test pictures", fontsize=10)
    axis.text(0, 0.97, "line: mean of a channel\nband: ± standard deviation\nover the pictures", fontsize=9.5, va="top")
    axis.legend(handles=legend.patches(names), fontsize=10, frameon=False, loc="lower left", borderaxespad=0)
