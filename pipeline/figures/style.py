"""What all figures share: colours that everybody can tell apart, readable sizes, files that are the same each time."""

import io
from pathlib import Path

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure
from PIL import Image

from pipeline.core import files

FIGURES = Path("reports/figures")

# Okabe and Ito's colours, without the yellow that is hard to see on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")

GREY = "#444444"  # of captions
COLOURS_IN_A_FILE = 256  # as many as a byte a pixel can name

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
    """Write a PNG by rename; without the metadata that names matplotlib's version, and small, because it lies in Git:
    its pixels are those of the 256 colours that fit this figure best, which takes a third of the space."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    with files.replacing(path) as temporary:
        reduced(Image.open(drawn).convert("RGB"), COLOURS_IN_A_FILE).save(temporary, "PNG", optimize=True)


def reduced(picture: Image.Image, colours: int) -> Image.Image:
    """An RGB picture with so many colours, chosen for it, each pixel in the nearest: the same each time."""
    # Median cut alone takes the strongest colours for weaker ones; k-means then moves each to its pixels' mean.
    return picture.quantize(colours, Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
