"""Smooth random fields that do not depend on the size of a picture.

A field is random numbers on a lattice, drawn once, and read at continuous places: the same generator gives the same
field at 64 and at 512 pixels. Arrays are float32 throughout.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[np.float32]
Numbers = NDArray[np.floating[Any]]  # float32 in fact; NumPy types a product with a Python number more loosely
Mask = NDArray[np.bool_]

LATTICE = 64
GOLDEN_TURN = (0.7987, 0.6018)  # cosine and sine of 37 degrees: octaves turned so that their lattices never line up


def floats(values: object) -> Array:
    """Nested lists of numbers as a float32 array."""
    return np.array(values, np.float32)


def smooth(low: float, high: float, x: Numbers) -> Array:
    """0 below `low`, 1 above `high`, a cubic between; `low` may be above `high`, then it falls."""
    t = np.clip((x - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def lattice(rng: np.random.Generator) -> Array:
    """A square of random numbers in [0, 1), repeated over the plane; its first row and column come again at its end."""
    return np.pad(rng.random((LATTICE, LATTICE), dtype=np.float32), (0, 1), mode="wrap")


def value(grid: Array, x: Numbers, y: Numbers) -> Array:
    """The lattice read at (x, y), in [0, 1): cubic between its points; the shape is that of x and y."""
    left, top = np.floor(x), np.floor(y)
    u, v = x - left, y - top
    u *= u * (3 - 2 * u)
    v *= v * (3 - 2 * v)
    corner = (top.astype(np.int32) & (LATTICE - 1)) * (LATTICE + 1) + (left.astype(np.int32) & (LATTICE - 1))
    flat = grid.ravel()
    upper, lower = flat.take(corner), flat.take(corner + (LATTICE + 1))
    corner += 1
    upper += u * (flat.take(corner) - upper)
    corner += LATTICE + 1
    lower += u * (flat.take(corner) - lower)
    lower -= upper
    lower *= v
    lower += upper
    return lower


def fractal(
    grid: Array,
    x: Numbers,
    y: Numbers,
    octaves: int,
    gain: float = 0.5,
    footprint: Numbers | None = None,
    ridged: bool = False,
) -> Array:
    """Octaves of `value`, each at twice the frequency and `gain` times the height of the one before; in [0, 1).

    `footprint` is the width of a pixel in units of x: octaves finer than that fade to their mean, so that nothing
    flickers in the distance. `ridged` folds every octave at its middle, which makes crests.
    """
    total = np.zeros(np.broadcast_shapes(x.shape, y.shape), np.float32)
    heights, height, frequency = 0.0, 1.0, 1.0
    mean = np.float32(0.58 if ridged else 0.5)
    cosine, sine = (np.float32(part) for part in GOLDEN_TURN)
    for octave in range(octaves):
        layer = value(grid, x + np.float32(17.3 * octave), y + np.float32(5.7 * octave))
        if ridged:
            layer = 1 - np.abs(2 * layer - 1)
        if footprint is not None:
            layer = mean + (layer - mean) * smooth(1.1, 0.35, footprint * np.float32(frequency))
        total += layer * np.float32(height)
        heights += height
        height *= gain
        frequency *= 2
        x, y = 2 * (cosine * x - sine * y), 2 * (sine * x + cosine * y)
    return total / np.float32(heights)


def unit_square(n: int) -> tuple[Array, Array]:
    """Centres of the pixels of an n x n picture, x to the right as (1, n) and y downwards as (n, 1), in (0, 1)."""
    centres = (np.arange(n, dtype=np.float32) + np.float32(0.5)) / np.float32(n)
    return centres[None, :], centres[:, None]


def cloth(rng: np.random.Generator, n: int, cells_x: int, cells_y: int) -> Array:
    """One layer of noise over an n x n picture with the given number of lumps across and down; about N(0, 0.7)."""
    points = rng.standard_normal((cells_y, cells_x), dtype=np.float32)
    return np.asarray(Image.fromarray(points).resize((n, n), Image.Resampling.BICUBIC), np.float32)


def resized(picture: Array, n: int) -> Array:
    """H W C picture, or H W, brought to n x n by averaging or by bicubic interpolation; the range is kept."""
    planes = picture[..., None] if picture.ndim == 2 else picture
    method = Image.Resampling.BOX if planes.shape[0] % n == 0 else Image.Resampling.BICUBIC
    channels = [
        np.asarray(Image.fromarray(np.ascontiguousarray(planes[..., c])).resize((n, n), method), np.float32)
        for c in range(planes.shape[2])
    ]
    return channels[0] if picture.ndim == 2 else np.stack(channels, axis=-1)
