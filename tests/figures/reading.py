"""How tests look at a figure: its pictures in rows from the top left, and its texts."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from pipeline.figures.grids import Pictures


def pictures(figure: Figure) -> list[list[Pictures]]:
    """The pictures of the figure, row by row."""
    rows: dict[int, list[tuple[float, Pictures]]] = {}
    for axis in figure.axes:
        for image in axis.images:
            box = axis.get_position()
            rows.setdefault(-round(box.y1 * 500), []).append((box.x0, np.asarray(image.get_array())))
    return [[picture for _, picture in sorted(rows[y], key=lambda cell: cell[0])] for y in sorted(rows)]


def texts(figure: Figure) -> list[str]:
    """All texts that are not empty."""
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def problems(figure: Figure, smallest: float = 9) -> list[str]:
    """Texts that leave the figure, that lie on each other or on a picture, or that are smaller than `smallest`.

    The numbers along axes are left to the eye: those of neighbouring panels may touch.
    """
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    along = {t for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for t in axis.findobj(Text)}
    along -= {axis.label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)}
    shown = [t for t in figure.findobj(Text) if t.get_text() and t not in along]
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in shown]
    found = [f"{t.get_text()!r} is small" for t in shown if t.get_fontsize() < smallest]
    edge = figure.bbox
    found += [
        f"{text!r} is cut"
        for text, box in boxes
        if box.x0 < edge.x0 or box.x1 > edge.x1 or box.y0 < edge.y0 or box.y1 > edge.y1
    ]
    cells = [axis.get_window_extent(renderer) for axis in figure.axes if axis.images]
    found += [f"{text!r} lies on a picture" for text, box in boxes if any(box.overlaps(cell) for cell in cells)]
    for place, (text, box) in enumerate(boxes):
        found += [f"{text!r} lies on {other!r}" for other, there in boxes[:place] if box.overlaps(there)]
    return found
