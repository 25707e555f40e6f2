"""Grids of pictures: a run's translations (Figures 1, 6, 12 to 15) and the domains' contact sheets.

Pictures are uint8, N H W C.
"""

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from pipeline import sym

Pictures = npt.NDArray[np.uint8]

# A domain's sheet, in pixels of the file: between the pictures, around them, and below them for the caption.
GAP, MARGIN, CAPTION = 5, 8, 30
WIDTH = 756


def translations(
    inputs: Pictures, outputs: Pictures, sets: list[tuple[float, ...]], names: tuple[str, str, str], caption: str
) -> Figure:
    """One row per input: the input, then its translation at each S (Figure 1).

    `inputs` (N, H, W, C); `outputs` (S, N, H, W, C); `names` says what A, B and C are about.
    """
    columns = [inputs, *outputs]
    titles = ["input", *(title(S, names) for S in sets)]
    rows, count = len(inputs), len(columns)
    figure = Figure(figsize=(1.25 * count, 1.25 * rows + 0.95))
    axes = figure.subplots(rows, count, squeeze=False)
    for column, (pictures, words) in enumerate(zip(columns, titles, strict=True)):
        axes[0, column].set_title(words, fontsize=9)
        for row in range(rows):
            axes[row, column].imshow(pictures[row], interpolation="nearest")
            axes[row, column].set_axis_off()
    _finish(figure, rows, caption)
    return figure


def contact_sheet(domains: dict[str, Pictures], caption: str) -> Figure:
    """One row of pictures per domain, so that a person sees at once which is which."""
    count = max(len(pictures) for pictures in domains.values())
    figure = Figure(figsize=(1.25 * count, 1.25 * len(domains) + 0.6))
    axes = figure.subplots(len(domains), count, squeeze=False)
    for row, (name, pictures) in enumerate(domains.items()):
        for column in range(count):
            axes[row, column].set_axis_off()
            if column < len(pictures):
                axes[row, column].imshow(pictures[column], interpolation="nearest")
        axes[row, 0].text(-0.08, 0.5, name, transform=axes[row, 0].transAxes, ha="right", va="center", fontsize=11)
    _finish(figure, len(domains), caption, left=0.09)
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
    # At the file's resolution, so that `figimage` keeps pixels; half a pixel more, so that the division loses none.
    dpi = file_dpi()
    figure = Figure(figsize=((WIDTH + 0.5) / dpi, (height + 0.5) / dpi), dpi=dpi)
    for index, picture in enumerate(shown):
        row, column = divmod(index, columns)
        figure.figimage(picture, MARGIN + column * step, height - MARGIN - (row + 1) * step + GAP, origin="upper")
    text = f"{caption}, {size} × {size} pixels, {how}"
    figure.text(MARGIN / WIDTH, CAPTION / 2 / height, text, fontsize=7, va="center", color="#444444")
    return figure


def magnified(pictures: Pictures, times: int) -> Pictures:
    """Each pixel as a square of `times` x `times`: (N, H, W, C) -> (N, H * times, W * times, C)."""
    return pictures.repeat(times, axis=1).repeat(times, axis=2)


def show(axis: Axes, picture: Pictures) -> None:
    """A picture (H, W, C) alone on its axes: small ones with their own pixels, larger ones than the file has pixels
    for are reduced smoothly."""
    pixels = min(axis.bbox.width, axis.bbox.height) / axis.figure.dpi * file_dpi()
    # Less than a pixel is missing where a size in inches was rounded.
    axis.imshow(picture, interpolation="nearest" if len(picture) < pixels + 1 else "antialiased")
    axis.set_axis_off()


def file_dpi() -> float:
    """Pixels of the saved file per inch."""
    dpi = mpl.rcParams["savefig.dpi"]
    assert isinstance(dpi, float | int), "pipeline.figures.style, which saves the figure, sets it"
    return dpi


def title(S: tuple[float, ...], names: tuple[str, ...]) -> str:
    """S, and in words what it asks for."""
    asked = [name for s, name in zip(S, names, strict=True) if s > 0]
    words = "all" if len(asked) == len(names) else "\n+ ".join(asked)
    return f"{sym.label(S)}\n{words}"


def _finish(figure: Figure, rows: int, caption: str, left: float = 0.005) -> None:
    height = figure.get_figheight()
    bottom = 0.3 / height
    top = bottom + 1.25 * rows / height
    figure.subplots_adjust(left=left, right=0.995, bottom=bottom, top=min(top, 0.99), wspace=0.03, hspace=0.03)
    figure.text(left, 0.08 / height, caption, fontsize=8, color="#444444")
