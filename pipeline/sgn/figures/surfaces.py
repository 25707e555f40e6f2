"""The losses of Table 3 over the whole simplex of S: a triangle per loss.

Not in the paper, which measures six S; here all S of a lattice are measured, and colours go evenly between them.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.tri import Triangulation
from numpy.typing import NDArray

from pipeline.figures import style
from pipeline.sgn.figures import legend
from pipeline.sgn.model import simplex
from pipeline.sgn.model.objectives import LETTERS

Numbers = NDArray[np.float64]

# Where the corners lie: A above, B on the left, C on the right; sides of length 1.
CORNERS = np.array([[0.5, np.sqrt(0.75)], [0.0, 0.0], [1.0, 0.0]])
# In inches: the figure, a triangle's side, and from the bottom to its lower side and to its colour bar.
WIDTH, HEIGHT, SIDE, BASE, BAR = 10.2, 4.3, 2.5, 1.35, 0.72


def surfaces(
    sets: Sequence[tuple[float, ...]], losses: Mapping[str, Sequence[float]], names: tuple[str, ...], caption: str
) -> Figure:
    """A map for each loss, by its name in the paper, in the order of A, B, C; the colour of the smallest is light.

    `sets` are the points of a lattice over the simplex (sym.lattice), `losses` has a value for each. Every point is
    marked; a ring marks the smallest value.
    """
    figure = Figure(figsize=(WIDTH, HEIGHT))
    triangles = triangulation(sets)
    between = WIDTH / len(losses)
    for own, (loss, values) in enumerate(losses.items()):
        left, tall = own * between + (between - SIDE) / 2, SIDE * CORNERS[0, 1]
        axis = figure.add_axes((left / WIDTH, BASE / HEIGHT, SIDE / WIDTH, tall / HEIGHT))
        z = np.array(values)
        image = axis.tripcolor(triangles, z, shading="gouraud", cmap="cividis_r")
        axis.plot(triangles.x, triangles.y, "o", color="black", markersize=2.2, clip_on=False)
        least = CORNERS.T @ np.array(sets[int(z.argmin())])
        axis.plot(*least, "o", markersize=14, mfc="none", mec=legend.COLOURS[0], mew=2.2, clip_on=False)
        _frame(axis, names, own)
        bar = figure.colorbar(
            image,
            cax=figure.add_axes((left / WIDTH, BAR / HEIGHT, SIDE / WIDTH, 0.13 / HEIGHT)),
            orientation="horizontal",
            ticks=np.linspace(z.min(), z.max(), 4),
            format=f"%.{_decimals(z)}f",
        )
        bar.ax.tick_params(labelsize=9)
        figure.text((left + SIDE / 2) / WIDTH, 1 - 0.12 / HEIGHT, loss, fontsize=12, ha="center", va="top")
    figure.text(0.01, 0.1 / HEIGHT, caption, fontsize=9, color=style.GREY)
    return figure


def _decimals(z: Numbers) -> int:
    """As many decimals as the ticks need to differ: two digits of the range."""
    spread = float(z.max() - z.min())
    return 3 if spread == 0 else max(0, 1 - math.floor(math.log10(spread)))


def triangulation(sets: Sequence[tuple[float, ...]]) -> Triangulation:
    """The small triangles between the neighbours of a lattice.

    ValueError if the sets are no lattice over the simplex.
    """
    steps = round(1 / min((s for S in sets for s in S if s > 0), default=1))
    index = {_whole(S, steps): i for i, S in enumerate(sets)}
    if len(index) != len(sets) or index.keys() != {_whole(S, steps) for S in simplex.lattice(3, steps)}:
        raise ValueError(f"the {len(sets)} measured S are no lattice over the simplex: evaluate the run again")
    cells = [[(a, b, c), (a - 1, b + 1, c), (a - 1, b, c + 1)] for a, b, c in index if a > 0]  # the tip above
    cells += [[(a, b, c), (a + 1, b - 1, c), (a + 1, b, c - 1)] for a, b, c in index if b > 0 and c > 0]  # below
    x, y = (np.array(sets) @ CORNERS).T
    return Triangulation(x, y, [[index[point] for point in cell] for cell in cells])


def _whole(S: tuple[float, ...], steps: int) -> tuple[int, int, int]:
    a, b, c = (round(s * steps) for s in S)
    return a, b, c


def _frame(axis: Axes, names: tuple[str, ...], own: int) -> None:
    """Outline and the names at the corners; the corner of the map's own loss is bold."""
    x, y = CORNERS[[0, 1, 2, 0]].T
    axis.plot(x, y, color="black", linewidth=0.8, clip_on=False)
    for i, (va, up) in enumerate((("bottom", 9), ("top", -9), ("top", -9))):
        axis.annotate(
            f"{LETTERS[i]} {names[i]}",
            CORNERS[i],
            xytext=(0, up),
            textcoords="offset points",
            ha="center",
            va=va,
            fontsize=10,
            fontweight="bold" if i == own else "normal",
        )
    axis.set(xlim=(0, 1), ylim=(0, CORNERS[0, 1]))
    axis.set_axis_off()
