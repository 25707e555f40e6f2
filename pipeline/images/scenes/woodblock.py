"""A sheet of paper and what a printer does to it: flat shapes, bands of gradation (bokashi), lines, grain."""

import numpy as np
from PIL import Image, ImageDraw

from pipeline.images.scenes.colour import mix, srgb
from pipeline.images.scenes.noise import Array, cloth, floats, resized

INK, PAPER = "#262320", "#ecdfc2"
Points = Array  # N 2, (x, y) in units of the print's side


class Print:
    """A sheet of paper to print on, flat shape by flat shape."""

    def __init__(self, size: int) -> None:
        self.side = size * (3 if size < 160 else 2)
        self.sheet = Image.new("RGB", (self.side, self.side), PAPER)
        self.pen = ImageDraw.Draw(self.sheet)
        self.rows = (np.arange(self.side, dtype=np.float32) + np.float32(0.5)) / np.float32(self.side)

    def corners(self, points: Points) -> list[float]:
        """Points in pixels, as the pen takes them."""
        flat: list[float] = (np.asarray(points, np.float32) * np.float32(self.side)).ravel().tolist()
        return flat

    def fill(self, points: Points, colour: str) -> None:
        """A flat shape."""
        self.pen.polygon(self.corners(points), fill=colour)

    def fade(self, points: Points, stops: list[tuple[float, str]]) -> None:
        """A shape whose colour changes from top to bottom, as wiped over the block by hand: (row, colour)."""
        places = [row for row, _ in stops]
        colours = np.stack([srgb(code) for _, code in stops])
        column = np.stack([np.interp(self.rows, places, colours[:, c]) for c in range(3)], axis=-1)
        strip = Image.fromarray((column[:, None] * 255).astype(np.uint8)).resize(
            (self.side, self.side), Image.Resampling.NEAREST
        )
        mask = Image.new("L", (self.side, self.side), 0)
        ImageDraw.Draw(mask).polygon(self.corners(points), fill=255)
        self.sheet.paste(strip, (0, 0), mask)

    def line(self, points: Points, width: float = 0.010, colour: str = INK) -> None:
        """A line of the key block."""
        self.pen.line(self.corners(points), fill=colour, width=max(1, round(width * self.side)))

    def disc(self, x: float, y: float, radius: float, colour: str, outline: bool = False) -> None:
        """A full sun, moon or flower."""
        s = self.side
        box = ((x - radius) * s, (y - radius) * s, (x + radius) * s, (y + radius) * s)
        self.pen.ellipse(box, fill=colour, outline=INK if outline else None, width=max(1, round(0.007 * s)))


def ridge(rng: np.random.Generator, base: float, height: float, peaks: int, sharp: float) -> Points:
    """A skyline from left to right: rounded or pointed hills side by side; N 2."""
    x = np.linspace(-0.05, 1.05, 90, dtype=np.float32)
    y = np.zeros_like(x)
    for a, b, c in rng.random((peaks, 3)).tolist():
        distance = np.abs(x - np.float32(a * 1.2 - 0.1)) / np.float32(0.12 + 0.3 * b)
        lump = (
            np.clip(1 - distance, 0, 1) ** np.float32(sharp)
            if sharp > 1
            else np.cos(np.clip(distance, 0, 1) * np.pi) / 2 + 0.5
        )
        y = np.maximum(y, lump * np.float32(0.4 + 0.6 * c))
    wobble = np.interp(x, np.linspace(-0.05, 1.05, 24), rng.standard_normal(24)) * 0.05
    return np.stack([x, base - height * (y + wobble)], axis=-1).astype(np.float32)


def down_to(points: Points, bottom: float) -> Points:
    """A skyline closed to a shape that ends at the row `bottom`."""
    ends = np.array([[points[-1, 0], bottom], [points[0, 0], bottom]], np.float32)
    return np.concatenate([points, ends])


def darker(code: str, share: float) -> str:
    """A colour mixed with ink."""
    r, g, b = (mix(srgb(code), srgb(INK), share) * 255).astype(int).tolist()
    return f"#{r:02x}{g:02x}{b:02x}"


def printed(sheet: Print, rng: np.random.Generator, size: int) -> Array:
    """The sheet at its final size, colours rubbed into aged paper: the grain of the wood block runs across."""
    picture = resized(np.asarray(sheet.sheet, np.float32) * np.float32(1 / 255), size)
    grain = cloth(rng, size, 3, 96) * np.float32(0.014) + cloth(rng, size, 150, 150) * np.float32(0.012)
    stain = cloth(rng, size, 3, 3) * np.float32(0.012)
    return np.asarray(picture * floats([1.0, 0.98, 0.93]) * (1 + (grain + stain)[..., None]), np.float32)
