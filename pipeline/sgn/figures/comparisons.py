"""Pictures side by side: SGN and six hyper-parameter models (Table 3), SGN and SingleGAN (Figure 7), ways for S to
enter the generator (Figures 8 and 11), and one input at many drawn S (v1's Figure 6).

Pictures are uint8, N H W C. All is placed by whole pixels of the file, so that small pictures are magnified evenly.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pipeline.figures import style
from pipeline.figures.grids import LINE, Pictures, of_pixels, show, wrapped
from pipeline.sgn.figures import legend
from pipeline.sgn.figures.translations import title
from pipeline.sgn.model import simplex
from pipeline.sgn.model.objectives import LETTERS

S3 = tuple[float, ...]

# In pixels of the file. CELL is a multiple of 32 and 64, the test pictures' sizes at smoke and small.
CELL, GAP, MARGIN = 192, 6, 10
BETWEEN = 18  # columns of different groups, blocks of rows
HEADING, TITLES, BESIDE, CAPTION = 40, 94, 72, 40
INPUT, BAR, LABEL = 256, 20, 30  # of `draws`

# Beside each block of Figures 8 and 11: what S does there. FiLM is not in the paper.
INJECTIONS = {
    "ccam": "S gates channels (the paper's)",
    "concat": "S beside the input's channels",
    "concat-features": "S beside the features",
    "cbn": "S shifts channels",
    "film": "S scales, shifts; not in the paper",
}


class _Page:
    """A figure on which things are placed in whole pixels of the saved file, counted from its top left corner."""

    def __init__(self, width: int, height: int, caption: str) -> None:
        """`height` has room for one line of the caption, which takes as many as it needs."""
        self.lines = wrapped(caption, width)
        self.width, self.height = width, height + LINE * (len(self.lines) - 1)
        self.figure = of_pixels(self.width, self.height)
        self._across, self._down = self.figure.bbox.width, self.figure.bbox.height

    def picture(self, picture: Pictures, left: int, top: int, size: int = CELL) -> None:
        """A picture (H, W, C) in a square of `size` pixels."""
        below = self.height - top - size
        place = (left / self._across, below / self._down, size / self._across, size / self._down)
        show(self.figure.add_axes(place), picture)

    def text(self, left: float, top: float, text: str, size: float, ha: str, va: str, turned: bool = False) -> None:
        """A text, aligned as `ha` and `va` say to a point."""
        place = (left / self._across, (self.height - top) / self._down)
        self.figure.text(*place, text, fontsize=size, ha=ha, va=va, rotation=90 if turned else 0)

    def rectangle(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle."""
        place = (left / self._across, (self.height - top - height) / self._down)
        size = (width / self._across, height / self._down)
        self.figure.add_artist(
            Rectangle(place, *size, facecolor=colour, linewidth=0, transform=self.figure.transFigure)
        )

    def with_caption(self) -> Figure:
        """The page, with the caption's lines at the bottom."""
        for row, line in enumerate(reversed(self.lines)):
            place = (MARGIN / self._across, (CAPTION / 2 - 2 + LINE * row) / self._down)
            self.figure.text(*place, line, fontsize=9, va="center", color=style.GREY)
        return self.figure


def hyper(inputs: Pictures, sgn: Pictures, alone: Pictures, names: tuple[str, ...], caption: str) -> Figure:
    """One SGN at Table 3's six S, and below it the six models that were each trained for one of them.

    `inputs` (N, H, W, C); `sgn` and `alone` (6, N, H, W, C), in Table 3's order of S.
    """
    groups = [("", ["input"]), ("S", [title(S, names) for S in simplex.TABLE3])]
    blocks = {
        ("SGN", "one network"): np.stack([inputs, *sgn]),
        ("Hyper", "six networks, each for one S"): np.stack([inputs, *alone]),
    }
    return _table(groups, blocks, caption)


def figure7(
    inputs: Mapping[str, Pictures],
    sgn: Mapping[str, Pictures],
    singlegan: Mapping[str, Pictures],
    names: tuple[str, ...],
    caption: str,
) -> Figure:
    """Inputs of several domains, SGN's translations at the corners and SingleGAN's to the same domains (Figure 7).

    By domain: `inputs` (N, H, W, C), `sgn` and `singlegan` (3, N, H, W, C). `names` says what A, B and C are about, in
    both methods.
    """
    groups = [
        ("", ["input"]),
        ("SGN at S", [title(S, names) for S in simplex.corners(3)]),
        ("SingleGAN asked for", list(names)),
    ]
    blocks = {
        (f"{domain} inputs", "" if domain in names else "a domain in neither training"): np.stack(
            [inputs[domain], *sgn[domain], *singlegan[domain]]
        )
        for domain in inputs
    }
    return _table(groups, blocks, caption)


def figure8(
    inputs: Pictures, outputs: Mapping[str, Pictures], sets: Sequence[S3], names: tuple[str, ...], caption: str
) -> Figure:
    """A block of rows per conditioning, translations at the corners and the midpoints of S (Figures 8 and 11).

    `inputs` (N, H, W, C); `outputs` by conditioning (S, N, H, W, C), S in the order of `sets`.
    """
    corners, midpoints = simplex.corners(3), simplex.midpoints(3)
    columns = [list(sets).index(S) for S in (*corners, *midpoints)]
    groups = [
        ("", ["input"]),
        ("corners of S", [title(S, names) for S in corners]),
        ("midpoints", [title(S, names) for S in midpoints]),
    ]
    blocks = {
        (conditioning, INJECTIONS.get(conditioning, "")): np.stack([inputs, *pictures[columns]])
        for conditioning, pictures in outputs.items()
    }
    return _table(groups, blocks, caption)


def draws(picture: Pictures, sets: Sequence[S3], outputs: Pictures, names: tuple[str, ...], caption: str) -> Figure:
    """One input at many S, each with a bar that divides its length as S divides the weight (v1's Figure 6).

    `picture` (H, W, C), `outputs` (S, H, W, C). Ordered by s_C - s_B, so that B goes over to C from left to right and
    row by row.
    """
    across = 6
    rows = -(-len(sets) // across)
    step = CELL + BAR + LABEL + BETWEEN
    left = MARGIN + INPUT + 2 * BETWEEN
    page = _Page(left + across * (CELL + GAP) - GAP + MARGIN, MARGIN + rows * step + CAPTION, caption)
    page.picture(picture, MARGIN, MARGIN, INPUT)
    page.text(MARGIN, MARGIN + INPUT + 8, "input", 11, "left", "top")
    page.text(MARGIN, MARGIN + INPUT + 66, "bar below a picture: S", 10, "left", "top")
    for place, (letter, colour, name) in enumerate(zip(LETTERS, legend.COLOURS, names, strict=False)):
        top = MARGIN + INPUT + 104 + place * 34
        page.rectangle(MARGIN, top, 24, 24, colour)
        page.text(MARGIN + 34, top + 12, f"{letter} {name}", 11, "left", "center")
    order = sorted(range(len(sets)), key=lambda i: sets[i][2] - sets[i][1])
    for place, index in enumerate(order):
        row, column = divmod(place, across)
        x, y = left + column * (CELL + GAP), MARGIN + row * step
        page.picture(outputs[index], x, y)
        ends = np.cumsum([0.0, *sets[index]]) * CELL
        for start, end, colour in zip(ends, ends[1:], legend.COLOURS, strict=False):
            page.rectangle(x + start, y + CELL + 4, end - start, BAR - 4, colour)
        page.text(x + CELL / 2, y + CELL + BAR + 3, simplex.label(sets[index]), 9, "center", "top")
    return page.with_caption()


def _table(
    groups: Sequence[tuple[str, Sequence[str]]], blocks: Mapping[tuple[str, str], Pictures], caption: str
) -> Figure:
    """Blocks of rows, groups of columns. A group is its heading and the titles of its columns; a block has a name, a
    note and pictures (columns, rows, H, W, C)."""
    lefts, left = [], MARGIN + BESIDE
    for _, titles in groups:
        lefts.append([left + place * (CELL + GAP) for place in range(len(titles))])
        left = lefts[-1][-1] + CELL + BETWEEN
    columns = [x for group in lefts for x in group]
    rows = [pictures.shape[1] for pictures in blocks.values()]
    height = MARGIN + HEADING + TITLES + sum(n * (CELL + GAP) - GAP + BETWEEN for n in rows) + CAPTION
    page = _Page(columns[-1] + CELL + MARGIN, height, caption)

    for (heading, titles), group in zip(groups, lefts, strict=True):
        if heading:
            page.text((group[0] + group[-1] + CELL) / 2, MARGIN + HEADING - 10, heading, 11, "center", "bottom")
            page.rectangle(group[0], MARGIN + HEADING - 3, group[-1] + CELL - group[0], 2, style.GREY)
        for x, words in zip(group, titles, strict=True):
            page.text(x + CELL / 2, MARGIN + HEADING + TITLES - 8, words, 10, "center", "bottom")
    top = MARGIN + HEADING + TITLES
    for ((name, note), pictures), count in zip(blocks.items(), rows, strict=True):
        tall = count * (CELL + GAP) - GAP
        page.text(MARGIN, top + tall / 2, name, 11, "left", "center", turned=True)
        page.text(MARGIN + 34, top + tall / 2, note, 9, "left", "center", turned=True)
        for x, column in zip(columns, pictures, strict=True):
            for row, picture in enumerate(column):
                page.picture(picture, x, top + row * (CELL + GAP))
        top += tall + BETWEEN
    return page.with_caption()
