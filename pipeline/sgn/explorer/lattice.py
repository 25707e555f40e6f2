"""What the explorer shows: some test pictures of each model, translated at every S of a lattice, as files beside it.

A picture's translations stand in one WebP file, tile after tile in the lattice's order, so that a browser loads a file
a picture and then changes S without waiting. All files together stay within LIMIT.

Shape legend: P points of the lattice, COLUMNS tiles a row.
"""

import io
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydantic import Field

from pipeline.core import results
from pipeline.core.results import Result
from pipeline.sgn.model import simplex

FOLDER = Path("reports/explorer")
INDEX = FOLDER / "lattice.json"
K = 3  # objectives: their S form a triangle
STEPS = 10  # S in steps of 1/10
COLUMNS = 11
QUALITY = 92  # of WebP
LIMIT = 8 * 2**20  # bytes of all files


class About(Result):
    """An objective of a model."""

    loss: Literal["reconstruction", "adversarial", "perceptual"]
    about: str


class Model(Result):
    """One model's part: its files, and the means of its losses over the pictures shown, at every S of the lattice.

    `pictures`: file names, one for each test picture; `inputs`: the file of the untouched pictures, side by side.
    `losses`: L_i in the order of the objectives, for each S.
    """

    run: str
    seed: int
    objectives: tuple[About, ...] = Field(min_length=K, max_length=K)
    inputs: str
    pictures: tuple[str, ...]
    losses: tuple[tuple[float, ...], ...]


class Lattice(Result):
    """All that the page knows: the S in the order of the tiles, how the tiles lie, and the models.

    `side`: pixels of a tile.
    """

    S: tuple[tuple[float, ...], ...]
    columns: int
    side: int
    scale: str
    data: str
    models: tuple[Model, ...]


def points() -> list[tuple[float, ...]]:
    """The S of the lattice, in the order of the tiles: 66."""
    return simplex.lattice(K, STEPS)


def tiles(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Pictures (P, H, W, 3) as one, COLUMNS a row: (rows H, COLUMNS W, 3); places that are left over are black."""
    count, height, width, _ = pictures.shape
    rows = -(-count // COLUMNS)
    padded = np.zeros((rows * COLUMNS, height, width, 3), np.uint8)
    padded[:count] = pictures
    grid = padded.reshape(rows, COLUMNS, height, width, 3).transpose(0, 2, 1, 3, 4)
    return np.ascontiguousarray(grid.reshape(rows * height, COLUMNS * width, 3))


def encoded(picture: npt.NDArray[np.uint8]) -> bytes:
    """A picture (H, W, 3) as WebP."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "WEBP", quality=QUALITY, method=4)
    return stream.getvalue()


def fitting(files: list[bytes], room: int) -> list[bytes]:
    """The first files that have room together, in bytes; at least one, or there would be nothing to show."""
    total = np.cumsum([len(file) for file in files])
    return files[: max(1, int((total <= room).sum()))]


def read() -> Lattice:
    """What the lattice stage left; ValueError that names the stage if it is missing or of another kind."""
    return results.read(INDEX, Lattice)
