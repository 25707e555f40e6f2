"""SDIT's figures: several outputs for one input, attention maps, one arm beside another.

Shape legend: n inputs, Z codes, d domains; pictures uint8 (..., S, S, 3).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from pipeline.figures import grids

Pictures = npt.NDArray[np.uint8]
CELL = 64  # pixels of a picture's side in the file
SHOWN = 3  # codes


def variants(inputs: Pictures, outputs: Pictures, domains: Sequence[str], caption: str) -> Figure:
    """A row for each input: itself, then for each domain the outputs (d, Z, n, S, S, 3) of SHOWN codes."""
    columns, titles = [inputs], ["input"]
    for domain, of_domain in zip(domains, outputs, strict=True):
        columns += list(of_domain[:SHOWN])
        titles += [domain, *[""] * (SHOWN - 1)]
    return grids.titled_columns(columns, titles, caption, cell=CELL)


def attention(inputs: Pictures, maps: npt.NDArray[np.float32], domains: Sequence[str], caption: str) -> Figure:
    """A row for each input: itself, then its attention map (d, n, S, S) for each target, white where it is 1."""
    shown = (np.repeat(maps[..., None], 3, -1) * 255 + 0.5).astype(np.uint8)
    return grids.titled_columns([inputs, *shown], ["input", *domains], caption, cell=CELL)


def arms(inputs: Pictures, outputs: Mapping[str, Pictures], target: int, caption: str) -> Figure:
    """Arms beside one another, into one domain: a row an input, SHOWN codes of each arm (d, Z, n, S, S, 3)."""
    columns, titles = [inputs], ["input"]
    for name, of_arm in outputs.items():
        columns += list(of_arm[target][:SHOWN])
        titles += [name, *[""] * (SHOWN - 1)]
    return grids.titled_columns(columns, titles, caption, cell=CELL)
