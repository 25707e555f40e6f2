"""Grids of pictures: columns of translations, and the domains' contact sheets.

Pictures are uint8, N H W C.
"""

import textwrap
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from pipeline.figures import style

Pictures = npt.NDArray[np.uint8]

# In pixels of the file: between the pictures, around them, and below them for a line of the caption.
GAP, MARGIN, CAPTION = 5, 8, 30
LINE = 23  # a line of a title, and each further line of the caption
WIDTH = 756  # of a domain's sheet
CELL = 192  # of a grid: a multiple of 32 and 64, the test pictures' sizes at smoke and small


def titled_columns(columns: Sequence[Pictures], titles: Sequence[str], caption: str, cell: int = CELL) -> Figure:
    """One column of pictures (N, H, W, C) under each title; a row shows what became of one input. `cell`: pixels of a
    picture's side in the file."""
    above = MARGIN + 7 + LINE * (1 + max(words.count("\n") for words in titles))
    figure, axes = _cells(len(columns[0]), len(columns), left=MARGIN, above=above, caption=caption, cell=cell)
    for column, (pictures, words) in enumerate(zip(columns, titles, strict=True)):
        axes[0, column].set_title(words, fontsize=10, pad=4)
        for row, picture in enumerate(pictures):
            show(axes[row, column], picture)
    return figure


def contact_sheet(domains: dict[str, Pictures], caption: str) -> Figure:
    """One row of pictures per domain, so that a person sees at once which is which."""
    count = max(len(pictures) for pictures in domains.values())
    figure, axes = _cells(len(domains), count, left=120, above=MARGIN, caption=caption)
    for row, (name, pictures) in enumerate(domains.items()):
        for column in range(count):
            axes[row, column].set_axis_off()
            if column < len(pictures):
                show(axes[row, column], pictures[column])
        axes[row, 0].text(-0.08, 0.5, name, transform=axes[row, 0].transAxes, ha="right", va="center", fontsize=11)
    return figure


def domain_sheet(pictures: Pictures, caption: str, cell: int = 144) -> Figure:
    """Pictures of one domain in rows, pixel by pixel: small ones magnified by a whole number (nearest) to at most
    `cell` pixels, larger ones reduced to it; the caption goes on with how they are shown.

    `pictures` (N, S, S, C), N at least 1.
    """
    size = pictures.shape[1]
    times = max(1, cell // size)
    if size <= cell:
        shown = magnified(pictures, times)
        how = f"{times} times as large" if times > 1 else "pixel by pixel"
    else:
        shown = np.stack([np.asarray(Image.fromarray(p).resize((cell, cell))) for p in pictures])  # bicubic
        how = f"reduced to {cell} × {cell}"
    step = shown.shape[1] + GAP
    columns = (WIDTH - 2 * MARGIN + GAP) // step
    height = MARGIN + -(-len(shown) // columns) * step + CAPTION
    figure = of_pixels(WIDTH, height)  # so that `figimage` keeps pixels
    for index, picture in enumerate(shown):
        row, column = divmod(index, columns)
        figure.figimage(picture, MARGIN + column * step, height - MARGIN - (row + 1) * step + GAP, origin="upper")
    text = f"{caption}, {size} × {size} pixels, {how}"
    figure.text(MARGIN / WIDTH, CAPTION / 2 / height, text, fontsize=7, va="center", color=style.GREY)
    return figure


def magnified(pictures: Pictures, times: int) -> Pictures:
    """Each pixel as a square of `times` x `times`: (N, H, W, C) -> (N, H * times, W * times, C)."""
    return pictures.repeat(times, axis=1).repeat(times, axis=2)


def show(axis: Axes, picture: Pictures) -> None:
    """A picture (H, W, C) alone on its axes: a small one with its own pixels; smoothly where these would show as pixels
    of two sizes."""
    # Less than a pixel is missing where a size in inches was rounded.
    pixels = min(axis.bbox.width, axis.bbox.height) / axis.figure.dpi * file_dpi() + 0.5
    times = pixels / len(picture)
    own = times >= 2 or 0 <= pixels - len(picture) < 1
    axis.imshow(picture, interpolation="nearest" if own else "bilinear" if times > 1 else "antialiased")
    axis.set_axis_off()


def wrapped(caption: str, width: int) -> list[str]:
    """A caption of at most 10 pt in lines that fit into a file of that many pixels: 13 letters an inch."""
    return textwrap.wrap(caption, int(width / file_dpi() * 13))


def file_dpi() -> float:
    """Pixels of the saved file per inch."""
    dpi = mpl.rcParams["savefig.dpi"]
    assert isinstance(dpi, float | int), "pipeline.figures.style, which saves the figure, sets it"
    return dpi


def of_pixels(width: int, height: int) -> Figure:
    """An empty figure of so many pixels at the file's resolution."""
    dpi = file_dpi()
    # Half a pixel more, so that the division by the resolution loses none.
    return Figure(figsize=((width + 0.5) / dpi, (height + 0.5) / dpi), dpi=dpi)


def _cells(
    rows: int, count: int, left: int, above: int, caption: str, cell: int = CELL
) -> tuple[Figure, npt.NDArray[np.object_]]:
    """A figure of rows x count axes of `cell` pixels each, placed by whole pixels so that pictures are magnified evenly
    (and the file stays small), with the caption below; `left` and `above`: pixels for what stands there."""
    width = left + count * (cell + GAP) - GAP + MARGIN
    lines = wrapped(caption, width)
    below = CAPTION + 6 + LINE * (len(lines) - 1)
    tall = rows * (cell + GAP) - GAP
    figure = of_pixels(width, above + tall + below)
    across, up = figure.bbox.width, figure.bbox.height
    place = {
        "left": left / across,
        "right": (width - MARGIN) / across,
        "bottom": below / up,
        "top": (below + tall) / up,
    }
    axes = figure.subplots(rows, count, squeeze=False, gridspec_kw=place | {"wspace": GAP / cell, "hspace": GAP / cell})
    figure.text(MARGIN / across, 8 / up, "\n".join(lines), fontsize=10, color=style.GREY)
    return figure, axes
