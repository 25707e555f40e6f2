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
MAP = 96  # of an attention map's
SHOWN = 3  # codes


def variants(inputs: Pictures, outputs: Pictures, domains: Sequence[str], caption: str) -> Figure:
    """A row for each input: itself, then for each domain the outputs (d, Z, n, S, S, 3) of SHOWN codes."""
    return _of_groups(inputs, dict(zip(domains, outputs, strict=True)), caption)


def attention(inputs: Pictures, maps: npt.NDArray[np.float32], domains: Sequence[str], caption: str) -> Figure:
    """A row for each input: itself, then its attention map (d, n, S, S) for each target, white where it is 1."""
    shown = (np.repeat(maps[..., None], 3, -1) * 255 + 0.5).astype(np.uint8)
    return grids.titled_columns([inputs, *shown], ["input", *domains], caption, MAP)


def arms(inputs: Pictures, outputs: Mapping[str, Pictures], target: int, caption: str) -> Figure:
    """Arms beside one another, into one domain: a row an input, SHOWN codes of each arm (d, Z, n, S, S, 3)."""
    return _of_groups(inputs, {name: of_arm[target] for name, of_arm in outputs.items()}, caption)


def _of_groups(inputs: Pictures, groups: Mapping[str, Pictures], caption: str) -> Figure:
    """The inputs, then SHOWN columns for each group (Z, n, S, S, 3), its name over the middle one."""
    columns, titles = [inputs], ["input"]
    for name, outputs in groups.items():
        columns += list(outputs[:SHOWN])
        titles += [name if code == SHOWN // 2 else "" for code in range(SHOWN)]
    return grids.titled_columns(columns, titles, caption, CELL)
