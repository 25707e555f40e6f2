"""The live curves of a training as one picture."""

from itertools import cycle

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from pipeline.figures import style


def training(series: dict[tuple[str, str], list[tuple[int, float]]], caption: str) -> Figure:
    """One panel per loss, one line per seed; `series` maps (seed, loss) to (step, mean loss) pairs."""
    losses, seeds = sorted({loss for _, loss in series}), sorted({seed for seed, _ in series})
    figure, axes = plt.subplots(1, len(losses), figsize=(2.6 * len(losses), 2.9), squeeze=False)
    for axis, loss in zip(axes[0], losses, strict=True):
        for colour, seed in zip(cycle(style.COLOURS), seeds, strict=False):
            points = series[seed, loss]
            axis.plot([step for step, _ in points], [value for _, value in points], color=colour, lw=1.2, label=seed)
        axis.set_title(loss)
        axis.set_ylim(bottom=0)
        axis.set_xlabel("step")
    if len(seeds) > 1:
        axes[0, 0].legend(fontsize=8, frameon=False)
    figure.tight_layout(rect=(0, 0.09, 1, 1))
    figure.text(0.01, 0.02, caption, fontsize=10, color=style.GREY)
    plt.close(figure)
    return figure
