"""The live curves of a training as one picture."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from pipeline.figures import style


def training(series: dict[tuple[str, str], list[tuple[int, float]]], caption: str) -> Figure:
    """One panel per loss, one line per seed; `series` maps (seed, loss) to (step, mean loss) pairs."""
    losses = sorted({loss for _, loss in series})
    figure, axes = plt.subplots(1, len(losses), figsize=(2.6 * len(losses), 2.9), squeeze=False)
    for axis, loss in zip(axes[0], losses, strict=True):
        for colour, seed in zip(style.COLOURS, sorted({seed for seed, _ in series}), strict=False):
            points = series[seed, loss]
            axis.plot([step for step, _ in points], [value for _, value in points], color=colour, lw=1.2, label=seed)
        axis.set_title(loss)
        axis.set_ylim(bottom=0)
        axis.set_xlabel("step")
    figure.tight_layout(rect=(0, 0.07, 1, 1))
    figure.text(0.01, 0.02, caption, fontsize=8, color="#444444")
    plt.close(figure)
    return figure
