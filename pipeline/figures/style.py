"""What all figures share: colours that everybody can tell apart, readable sizes, files that are the same each time."""

from pathlib import Path

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure

from pipeline.core import files

FIGURES = Path("reports/figures")

# Okabe and Ito's colours, without the yellow that is hard to see on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")

GREY = "#444444"  # of captions

mpl.rcdefaults()  # whatever the user's own settings say
mpl.use("Agg")
mpl.rcParams.update(
    {
        "font.size": 11,
        "axes.titlesize": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "figure.dpi": 100,
        "savefig.dpi": 150,
        "axes.prop_cycle": cycler(color=COLOURS),
    }
)


def save(figure: Figure, path: Path) -> None:
    """Write a PNG by rename; without the metadata that names matplotlib's version."""
    with files.replacing(path) as temporary:
        figure.savefig(temporary, format="png", metadata={"Software": None})
