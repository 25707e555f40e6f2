"""The photo of a scene: what a label map does not say, so that many photos have one label map.

Each class has one colour a scene, for which a class allows a part of the hues or all of them, and a texture of its own;
light falls from one side, the whole is exposed and tinted.
"""

import colorsys

import numpy as np
import numpy.typing as npt

from pipeline.asymgan.world.layout import CAR, GROUND, HOUSE, SKY, TREE, Layout
from pipeline.images.scenes.noise import Array, fractal, lattice, unit_square

# By class: the hues (a turn is 1), saturations and values that its colour is drawn from.
COLOURS = {
    SKY: ((0.5, 0.72), (0.1, 0.65), (0.75, 1.0)),
    GROUND: ((0.02, 0.17), (0.05, 0.4), (0.25, 0.5)),
    HOUSE: ((0.0, 1.0), (0.2, 0.6), (0.55, 0.9)),
    TREE: ((0.06, 0.42), (0.45, 0.85), (0.3, 0.6)),
    CAR: ((0.0, 1.0), (0.65, 1.0), (0.5, 0.95)),
}


def photo(
    classes: npt.NDArray[np.int64], part: npt.NDArray[np.int64], layout: Layout, random: np.random.Generator
) -> Array:
    """The photo of a layout's classes and parts (n, n): float32 (n, n, 3) in [0, 1]."""
    n = len(classes)
    x, y = unit_square(n)
    grid = lattice(random)
    colours = np.array([_colour(random, *COLOURS[kind]) for kind in sorted(COLOURS)], np.float32)  # (5, 3)
    shades = 1 + random.uniform(-0.12, 0.12, len(layout.things) + 1)  # of things; the last is for what is none
    texture = _textures(classes, part, layout, x, y, grid, random)  # (n, n)
    angle, strength = random.uniform(0, 2 * np.pi), random.uniform(0, 0.35)
    light = 1 + strength * ((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle))
    exposure, warmth = random.uniform(0.85, 1.1), random.uniform(-0.08, 0.08)
    tint = np.array([1 + warmth, 1, 1 - warmth])
    shown = colours[classes] * (texture * light * shades[part] * exposure)[..., None] * tint
    grain = 0.012 * random.standard_normal((n, n, 1))
    return np.asarray(np.clip(shown + grain, 0, 1), np.float32)


def _textures(
    classes: npt.NDArray[np.int64],
    part: npt.NDArray[np.int64],
    layout: Layout,
    x: Array,
    y: Array,
    grid: Array,
    random: np.random.Generator,
) -> npt.NDArray[np.float64]:
    """How bright each pixel is by its class's texture, about 1: (n, n)."""
    n = len(classes)
    clouds = fractal(grid, 3 * x + 9, 6 * y + 9, 3)
    leaves = fractal(grid, 13 * x + 31, 13 * y + 31, 2)
    stones = fractal(grid, 20 * x + 5, 34 * y + 5, 2)
    texture = np.ones((n, n))
    sky, ground, tree = (classes == kind for kind in (SKY, GROUND, TREE))
    texture[sky] = (0.86 + 0.28 * clouds + 0.12 * y)[sky]
    texture[ground] = (0.72 + 0.55 * stones)[ground]
    texture[tree] = (0.35 + 1.3 * leaves)[tree]
    for number, thing in enumerate(layout.things):
        own = part == number
        u, v = (x - thing.x) / thing.width, (thing.foot - y) / thing.height
        if thing.kind == HOUSE:  # windows in rows
            columns, rows = random.integers(2, 4), random.integers(2, 4)
            window = ((u * columns) % 1 > 0.5) & ((v * rows) % 1 > 0.45) & (v < 0.62)
            texture[own & window] = 0.45
        elif thing.kind == CAR:  # wheels, panes, a shine
            wheel = (v < 0.28) & (np.abs(np.abs(u) - 0.3) < 0.11)
            texture[own & (v > 0.62)] = 0.5
            texture[own & (v > 0.42) & (v < 0.58)] = 1.25
            texture[own & wheel] = 0.2
    return texture


def _colour(
    random: np.random.Generator,
    hues: tuple[float, float],
    saturations: tuple[float, float],
    values: tuple[float, float],
) -> tuple[float, float, float]:
    return colorsys.hsv_to_rgb(random.uniform(*hues), random.uniform(*saturations), random.uniform(*values))
