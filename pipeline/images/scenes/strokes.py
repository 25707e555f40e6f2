"""Brush strokes: curves that follow a field of directions, laid as tapering bands of paint on a canvas with relief."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.images.scenes.noise import Array, resized

STEPS = 5  # pieces of a stroke
Regions = NDArray[np.uint8]
Number = TypeVar("Number", bound=np.generic)


def jittered(rng: np.random.Generator, across: int, down: int) -> Array:
    """Starting points all over the picture, one in each cell of a grid, in a random order: N 2 as (x, y) in [0, 1)."""
    cells = np.stack(np.meshgrid(np.arange(across), np.arange(down)), axis=-1).reshape(-1, 2).astype(np.float32)
    places = (cells + rng.random(cells.shape, dtype=np.float32)) / np.array([across, down], np.float32)
    return np.asarray(places[rng.permutation(len(places))], np.float32)


def read(field: NDArray[Number], places: Array) -> NDArray[Number]:
    """Values of an m x m field at places N 2 in [0, 1): nearest neighbour; N or N C."""
    m = field.shape[0]
    index = np.clip((places * m).astype(np.int32), 0, m - 1)
    taken: NDArray[Number] = field[index[:, 1], index[:, 0]]
    return taken


def follow(angle: Array, regions: Regions, starts: Array, lengths: Array) -> Array:
    """Curves N STEPS+1 2 with the starts at their middles, along the angles (m x m), within their regions (m x m)."""
    home = read(regions, starts)
    halves = []
    for sign in (-1, 1):
        place, points = starts, []
        for _ in range((STEPS + 1) // 2):
            turn = read(angle, place)
            step = np.stack([np.cos(turn), np.sin(turn)], axis=-1) * (sign * lengths / STEPS)[:, None]
            there = (place + step).astype(np.float32)
            stay = read(regions, there) != home
            place = np.where(stay[:, None], place, there)
            points.append(place)
        halves.append(points)
    return np.stack([*halves[0][::-1], starts, *halves[1]], axis=1)[:, 1 if STEPS % 2 == 0 else 0 :]


class Canvas:
    """An RGBA image of side `size` times `finer`, whose fourth channel is the height of the paint."""

    def __init__(self, ground: Array, size: int) -> None:
        """`ground`: m m 3 in [0, 1], the first coat."""
        self.size = size
        self.side = size * (3 if size < 160 else 2)
        coat = Image.fromarray((np.clip(ground, 0, 1) * 255).astype(np.uint8))
        self.image = coat.resize((self.side, self.side), Image.Resampling.BICUBIC).convert("RGB")
        self.image.putalpha(128)
        self.pen = ImageDraw.Draw(self.image)

    def lay(self, curves: Array, widths: Array, colours: Array, heights: Array, taper: float) -> None:
        """Bands of paint along curves N P 2: widths N (fractions of the side), colours N 3 and heights N in [0, 1]."""
        tangent = np.gradient(curves, axis=1)
        tangent /= np.maximum(np.linalg.norm(tangent, axis=2, keepdims=True), 1e-6)
        pieces = curves.shape[1]
        along = np.abs(np.linspace(-1, 1, pieces, dtype=np.float32))
        profile = 1 - np.float32(taper) * along**2.5
        normal = np.stack([-tangent[..., 1], tangent[..., 0]], axis=-1)
        side = normal * (np.maximum(widths, 0.9 / self.side)[:, None] * profile / 2)[..., None]
        outline = np.concatenate([curves + side, (curves - side)[:, ::-1]], axis=1) * np.float32(self.side)
        paint = np.concatenate([colours, heights[:, None]], axis=1)
        inks = (np.clip(paint, 0, 1) * 255).astype(np.uint8)
        polygon = self.pen.polygon
        for corners, ink in zip(outline.reshape(len(outline), -1).tolist(), inks.tolist(), strict=True):
            polygon(corners, tuple(ink))

    def finished(self, relief: float) -> Array:
        """The picture, size size 3 in [0, 1], lit from the upper left so that the edges of the paint show."""
        numbers = np.asarray(self.image, np.float32) * np.float32(1 / 255)
        height = numbers[..., 3]
        slope = np.zeros_like(height)
        slope[1:, 1:] = 2 * height[1:, 1:] - height[:-1, 1:] - height[1:, :-1]
        picture = numbers[..., :3] * np.clip(1 + np.float32(relief) * slope, 0.6, 1.5)[..., None]
        return resized(picture, self.size)
