"""Figures 5 and 9, drawn from the toy stage's files (models/toy.npz, data/measured/toy.json)."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.patheffects import Stroke, withStroke
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import NDArray

from pipeline.figures import style

Array = NDArray[np.float32]

BLUE, VERMILLION, _, _, SKY_BLUE, ORANGE, BLACK = style.COLOURS
LABELS = {"sym": "Sym", "hyper": "Hyper", "sin": "Sin"}
# Each kind has its own colour and its own dashes.
LINES: dict[str, dict[str, Any]] = {
    "sin": {"color": SKY_BLUE, "linestyle": (0, (1.2, 1.0)), "linewidth": 1.5},
    "sym": {"color": VERMILLION, "linestyle": "-", "linewidth": 1.5},
    "hyper": {"color": BLACK, "linestyle": (0, (3.5, 2.0)), "linewidth": 1.2},
}
# A page shows a figure 900 pixels wide, so that an inch is 100 pixels there and 11 points are 15.
WIDTH_INCHES = 9.0


def figure5(arrays: Mapping[str, Array], settings: Mapping[str, Any]) -> Figure:
    """Left: g, h and the class regions. Right: L over (x, output) for S = (1, 0), (0.5, 0.5), (0, 1) with every seed's
    Sym, Hyper and Sin curve (Section 5.1, Figure 5)."""
    figure = _page(3.2)
    axes = figure.subplots(1, 4, sharex=True, sharey=True, width_ratios=(1, 1, 1, 1))
    _labels_panel(axes[0], arrays)
    for axis, row, weights in zip(axes[1:], (0, 2, 4), ("(1, 0)", "(0.5, 0.5)", "(0, 1)"), strict=True):
        image = axis.imshow(
            arrays["L"][row],
            origin="lower",
            extent=(-1, 1, 0, 1),
            aspect="auto",
            cmap="cividis_r",
            norm=PowerNorm(0.5, vmin=0, vmax=0.4),
        )
        for kind, line in LINES.items():
            _curves(axis, arrays["x"], arrays[f"f_{kind}"][row], line, LABELS[kind])
        axis.set_title(f"L at S = {weights}")
    bar = figure.colorbar(image, ax=axes, extend="max", ticks=[0, 0.05, 0.1, 0.2, 0.3, 0.4], pad=0.01, aspect=18)
    bar.set_label("L")
    axes[0].set(xlim=(-1, 1), ylim=(0, 1), xticks=(-1, 0, 1), ylabel="output", xlabel="x")
    for axis in axes[1:]:
        axis.set_xlabel("x")
    handles, names = axes[1].get_legend_handles_labels()
    order = [names.index(name) for name in ("Sym", "Hyper", "Sin")]
    figure.legend(
        [handles[i] for i in order],
        [names[i] for i in order],
        loc="lower right",
        ncols=3,
        frameon=False,
        handlelength=2.6,
        borderaxespad=0,
    )
    _note(figure, f"{settings['seeds']} seeds, each drawn; S drawn with alpha = {settings['alpha']:g}")
    return figure


def figure9(toy: Mapping[str, Any]) -> Figure:
    """L of Sym and Hyper against the hidden width, for each weighting and their mean: mean over the seeds as a line,
    smallest to largest seed as a band (Supplement B.1, Figure 9)."""
    widths = sorted({row["width"] for row in toy["widths"]})
    weightings = sorted({tuple(row["weights"]) for row in toy["widths"]}, reverse=True)
    seeds = sorted({row["seed"] for row in toy["widths"]})
    L = {(r["model"], r["width"], tuple(r["weights"]), r["seed"]): r["L"] for r in toy["widths"]}
    losses = {
        model: np.array([[[L[model, width, w, seed] for seed in seeds] for width in widths] for w in weightings])
        for model in ("sym", "hyper")
    }  # (weightings, widths, seeds)
    figure = _page(5.2)
    axes = figure.subplots(2, 3, sharex=True).flat
    _against_width(axes[0], widths, {model: values.mean(axis=0) for model, values in losses.items()})
    axes[0].set_title("mean of the five weightings", fontweight="bold")
    axes[0].legend(frameon=False)
    for i, (axis, (w_r, w_c)) in enumerate(zip(axes[1:], weightings, strict=False)):
        _against_width(axis, widths, {model: values[i] for model, values in losses.items()})
        axis.set_title(f"S = ({w_r:g}, {w_c:g})")
    for axis in axes[3:]:
        axis.set_xlabel("hidden width")
    for axis in (axes[0], axes[3]):
        axis.set_ylabel("L")
    settings = toy["settings"]
    count = f"{len(seeds)} seeds, band: smallest to largest" if len(seeds) > 1 else "1 seed"
    _note(figure, f"{count}; S drawn with alpha = {settings['alpha']:g}")
    return figure


def _labels_panel(axis: Axes, arrays: Mapping[str, Array]) -> None:
    x, y_r, h = arrays["x"], arrays["y_r"], arrays["h"]
    axis.fill_between(x, 0, 1, where=(y_r < h).tolist(), color=ORANGE, alpha=0.35, linewidth=0, step="mid")
    axis.plot(x, y_r, color=BLUE, linewidth=1.8)
    axis.plot(x, h, color=BLACK, linewidth=1.2, linestyle=(0, (3.5, 2.0)))
    axis.set_title("labels")
    box = [withStroke(linewidth=2.5, foreground="white")]
    axis.text(0.62, 0.24, "g(x)", color=BLUE, path_effects=box)
    axis.text(-0.96, 0.65, "h(x)", color=BLACK, path_effects=box)
    for left, right, label in _regions(x, y_r < h):
        axis.text((left + right) / 2, 0.93, label, ha="center", va="center", path_effects=box)


def _regions(x: Array, is_class_1: NDArray[np.bool_]) -> list[tuple[float, float, str]]:
    """The intervals of x with one class, as (left, right, "0" or "1"), those too narrow for a label left out."""
    edges = [0, *(np.flatnonzero(np.diff(is_class_1)) + 1), len(x)]
    pieces = [(x[a], x[b - 1], is_class_1[a]) for a, b in pairwise(edges)]
    return [(float(a), float(b), f"$y_c$ = {int(c)}") for a, b, c in pieces if b - a > 0.3]


def _curves(axis: Axes, x: Array, f: Array, line: Mapping[str, Any], label: str) -> None:
    """Every seed's curve f (seeds, N), each with a thin white edge so that it is seen on any colour of the map."""
    edge = [Stroke(linewidth=line["linewidth"] + 1.0, foreground="white", alpha=0.55), withStroke(linewidth=0)]
    for seed, curve in enumerate(f):
        axis.plot(x, curve, **line, label=label if seed == 0 else None, path_effects=edge)


def _against_width(axis: Axes, widths: Sequence[int], losses: Mapping[str, NDArray[np.float64]]) -> None:
    for model, color, marker in (("sym", VERMILLION, "o"), ("hyper", BLACK, "s")):
        values = losses[model]  # (widths, seeds)
        axis.fill_between(widths, values.min(axis=1), values.max(axis=1), color=color, alpha=0.2, linewidth=0)
        dashes = LINES[model]["linestyle"]
        axis.plot(widths, values.mean(axis=1), color=color, marker=marker, markersize=4, ls=dashes, label=LABELS[model])
    axis.set_xscale("log", base=2)
    axis.xaxis.set_major_locator(FixedLocator(list(widths)))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xticks(widths, [str(width) for width in widths])
    axis.set_ylim(bottom=0)
    axis.grid(alpha=0.25, linewidth=0.6)


def _page(height: float) -> Figure:
    """A figure of a page's width with a line left free at the bottom for `_note`."""
    figure = Figure(figsize=(WIDTH_INCHES, height))
    figure.set_layout_engine("constrained", rect=(0, 0.22 / height, 1, 1 - 0.22 / height))
    return figure


def _note(figure: Figure, text: str) -> None:
    figure.text(0.006, 0.05 / figure.get_figheight(), text, fontsize=9, color=style.GREY)
