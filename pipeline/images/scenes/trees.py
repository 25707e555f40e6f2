"""Trees as flat cut-outs: how light falls on them and what they cover, drawn once and pasted many times."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from pipeline.core.seeds import numpy_generator
from pipeline.images.scenes.noise import Array, cloth, smooth, unit_square

VARIANTS = 12
Colours = tuple[str, str, str]  # in shadow, in light, bark


@dataclass(frozen=True)
class Tree:
    """A square cut-out, root at the bottom middle.

    The four channels of `layers` are the cover of leaves, their light times their cover, and the same of bark.
    """

    layers: Image.Image
    colours: Colours


LEAVES: dict[str, tuple[Colours, ...]] = {
    "conifer": (("#101f14", "#3f5f35", "#2c2118"), ("#14241c", "#4a6645", "#30261c")),
    "broadleaf": (
        ("#1d3214", "#7c9a40", "#3a2c20"),
        ("#22380f", "#8fa84c", "#40301f"),
        ("#1a3018", "#5f8a3c", "#33281d"),
    ),
    "birch": (("#30491a", "#a5b853", "#d9d4c6"), ("#3a501c", "#b4bf5e", "#cfcabc")),
    "poplar": (("#1c3012", "#6f8f3c", "#33281c"), ("#26370f", "#93a347", "#3a2d1d")),
    "autumn": (("#5a2a0c", "#d98a2b", "#33241a"), ("#6a1d10", "#c9542a", "#2d211a"), ("#6b4a0e", "#e3b53a", "#3a2a1c")),
    "bare": (("#2c241e", "#6a5a4c", "#3a2f27"),),
    "snowy": (("#1c2a2c", "#f4f7fb", "#2a221d"), ("#223236", "#eef3f8", "#2c2520")),
    "cypress": (("#0e1f14", "#3e6a34", "#22190f"),),
}


def leaves(species: str) -> tuple[Colours, ...]:
    """The colours that a species comes in; a species may be "tall ..."."""
    return LEAVES[species.removeprefix("tall ")]


class Cutout:
    """Two layers to draw on in units of the tree's height: x from -0.5 to 0.5, y from 0 at the root to 1 at the top."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.layers = [Image.new("LA", (size, size), (0, 0)) for _ in range(2)]
        self.pens = [ImageDraw.Draw(layer) for layer in self.layers]

    def finished(self, rng: np.random.Generator) -> Image.Image:
        """Leaves over bark, edges frayed and leaves mottled by noise: four channels, see Tree."""
        size, (_, y) = self.size, unit_square(self.size)
        coarse, middle, fine = (cloth(rng, size, cells, 2 * cells) for cells in (26, 52, 104))
        lumps = (0.11 * coarse + 0.09 * middle, 0.09 * middle[::-1, ::-1] + 0.07 * fine)
        fray = np.float32(0.045) * size
        column = np.clip(np.arange(size)[None, :] + fray * lumps[0], 0, size - 1).astype(np.int32)
        row = np.clip(np.arange(size)[:, None] + fray * lumps[1], 0, size - 1).astype(np.int32)
        leaf_light, leaf = np.asarray(self.layers[0], np.float32)[row, column].transpose(2, 0, 1)
        slight = (np.arange(size)[None, :] + (column - np.arange(size)[None, :]) // 4).clip(0, size - 1)
        bark_light, bark = np.asarray(self.layers[1], np.float32)[np.arange(size)[:, None], slight].transpose(2, 0, 1)
        mottle = np.clip(1 + np.float32(2.2) * (lumps[0] + lumps[1]), 0.25, 1.9)
        leaf_light, bark_light = np.clip(leaf_light * mottle, 0, 255), np.clip(bark_light * (mottle + 1) / 2, 0, 255)
        bark = np.where(leaf > 0, 0, bark) * smooth(1.0, 0.985, y + np.float32(0.03) * lumps[0])
        planes = (leaf, leaf_light * leaf / 255, bark, bark_light * bark / 255)
        return Image.merge("CMYK", [Image.fromarray(plane.astype(np.uint8)) for plane in planes])

    def blob(self, x: float, y: float, width: float, height: float, light: float) -> None:
        """A leaf mass around (x, y)."""
        s = self.size
        left, top = (x + 0.5) * s, (1 - y) * s
        box = (left - width * s / 2, top - height * s / 2, left + width * s / 2, top + height * s / 2)
        self.pens[0].ellipse(box, fill=(round(255 * min(max(light, 0), 1)), 255))

    def patch(self, points: list[tuple[float, float]], light: float) -> None:
        """A leaf mass with the given corners."""
        s = self.size
        corners = [((x + 0.5) * s, (1 - y) * s) for x, y in points]
        self.pens[0].polygon(corners, fill=(round(255 * min(max(light, 0), 1)), 255))

    def limb(self, start: tuple[float, float], end: tuple[float, float], width: float, light: float) -> None:
        """A piece of trunk or branch, lighter on the side of the sun."""
        s = self.size
        ends = [((x + 0.5) * s, (1 - y) * s) for x, y in (start, end)]
        self.pens[1].line(ends, fill=(round(255 * min(max(light, 0), 1)), 255), width=max(1, round(width * s)))


def conifer(cut: Cutout, rng: np.random.Generator, sun: float, snow: bool) -> None:
    """Whorls of drooping branches, from the bottom up."""
    number = rng.random((30, 2, 3, 3)).tolist()
    slim = 0.15 + 0.1 * float(rng.random())
    cut.limb((0, 0), (0, 0.9), 0.02, 0.35)
    for k, whorl in enumerate(number):
        y = 0.07 + 0.9 * k / 30
        reach = slim * (1 - y) ** 0.85 + 0.008
        for side, sprays in zip((-1, 1), whorl, strict=True):
            for spray, (a, b, c) in enumerate(sprays):
                tip = side * reach * (1.0 - 0.38 * spray) * (0.65 + 0.55 * a)
                drop = y - 0.02 - 0.05 * b - 0.012 * spray
                light = (0.1 + 0.75 * c) * (0.72 + 0.28 * side * sun) * (0.8 if spray == 0 else 1.0)
                cut.patch(
                    [(0, y + 0.055), (tip, drop + 0.02), (tip * 0.72, drop - 0.015), (0, y - 0.015)],
                    light * (0.4 if snow else 1),
                )
                if snow and c > 0.25:
                    load = [(0, y + 0.05), (tip, drop + 0.025), (tip * 0.75, drop + 0.01), (0, y + 0.03)]
                    cut.patch(load, 0.72 + 0.22 * side * sun)


def crown(cut: Cutout, rng: np.random.Generator, sun: float, lumps: int, width: float, low: float) -> None:
    """A trunk that forks, and leaf masses in lumps, dark ones behind and bright ones towards the sun."""
    branches(cut, rng, (0.0, 0.0), 90 + 8 * (rng.random() - 0.5), 0.36, 0.045, 3, sun)
    centres = rng.random((lumps, 3))
    sprigs = rng.random((lumps, 40, 4)) * 2 - 1
    order = []
    for (a, b, c), cluster in zip(centres.tolist(), sprigs.tolist(), strict=True):
        y = low + 0.08 + (0.80 - low) * b
        spread = width * (1 - (2 * (y - low) / (1 - low) - 0.9) ** 2 * 0.8)
        x, radius = (a * 2 - 1) * spread * 0.8, 0.08 + 0.08 * c
        for u, v, w, t in cluster:
            dx, dy = u * radius, v * radius * 0.85
            if dx * dx + dy * dy < radius * radius:
                light = 0.38 + 2.2 * (dx * sun * 0.7 + dy) + 0.35 * x * sun + 0.25 * (y - 0.5) + 0.16 * t
                order.append((light, x + dx, y + dy, 0.02 + 0.018 * abs(w)))
    order.sort(key=lambda leaf: leaf[0] + 0.4 * ((leaf[1] * 977) % 1))
    for light, x, y, size in order:
        cut.blob(x, min(y, 0.985), size, size * 0.75, light)


def branches(
    cut: Cutout, rng: np.random.Generator, root: tuple[float, float], angle: float, length: float, width: float,
    generations: int, sun: float,
) -> None:  # fmt: skip
    """A limb that splits into two or three thinner ones, `generations` times."""
    bend = np.deg2rad(angle)
    end = (root[0] + length * float(np.cos(bend)), root[1] + length * float(np.sin(bend)))
    cut.limb(root, end, width, 0.45 + 0.3 * sun * (end[0] - root[0]) / length + 0.1)
    if generations == 0:
        return
    number = rng.random((3, 2)).tolist()
    for fork, (a, b) in enumerate(number[: 2 + (number[0][0] < 0.6)]):
        branches(
            cut, rng, end, angle + (fork - 0.8) * 36 + 22 * (a - 0.5), length * (0.62 + 0.2 * b), width * 0.62,
            generations - 1, sun,
        )  # fmt: skip


def poplar(cut: Cutout, rng: np.random.Generator, sun: float, width: float) -> None:
    """A flame of upright leaves, as poplars and cypresses are."""
    cut.limb((0, 0), (0, 0.5), 0.025, 0.4)
    for a, b, c, d in rng.random((210, 4)).tolist():
        y = 0.06 + 0.92 * a
        half = width * (4 * min(y, 1) * (1.04 - y)) ** 0.6 * 0.55
        x = (b * 2 - 1) * half
        light = 0.42 + 0.45 * x / max(half, 0.01) * sun * 0.8 + 0.3 * (c - 0.5)
        tall = 0.05 + 0.07 * d
        cut.patch([(x - 0.012, y - tall / 2), (x + 0.012, y - tall / 3), (x * 0.9, min(y + tall / 2, 1))], light)


def tall(cut: Cutout, rng: np.random.Generator, sun: float, kind: str) -> None:
    """A tree among others: a long trunk, a few dead branches, and leaves only high up."""
    lean, wide = 0.08 * (float(rng.random()) - 0.5), 0.017 + 0.014 * float(rng.random())
    knots = [(lean * k / 30 + 0.004 * float(rng.random() - 0.5), k / 30) for k in range(31)]
    for k in range(30):
        thick = wide * (1 - 0.021 * k) * (1 + 0.6 * 0.45**k)
        for part, light in ((1.0, 0.12), (0.62, 0.4), (0.28, 0.8)):
            shift = (1 - part) * 0.42 * thick * (sun if sun else 0.5)
            ends = [(x + shift, y - 0.004) for x, y in knots[k : k + 2]]
            cut.limb(ends[0], (ends[1][0], ends[1][1] + 0.008), thick * part, light)
    for a, b, c, d in rng.random((26 if kind != "bare" else 60, 4)).tolist():
        y, side = 0.16 + 0.76 * a, 1 if b < 0.5 else -1
        fork = (lean * y + side * (0.03 + 0.1 * c), y + 0.08 * d)
        cut.limb((lean * y, y), fork, 0.006, 0.4)
        cut.limb(fork, (fork[0] + side * 0.07 * d, fork[1] + 0.08 * (c - 0.3)), 0.004, 0.5)
    if kind == "bare":
        return
    needles = kind in ("conifer", "snowy")
    for a, b, c, d in rng.random((420, 4)).tolist():
        y = 0.3 + 0.68 * a
        x = lean * y + (b * 2 - 1) * (0.24 if needles else 0.34) * (1.15 - y * 0.7) * (0.3 + 0.7 * a**0.3)
        light = 0.15 + 0.55 * c + 0.5 * x * sun
        if kind == "snowy":
            light = 0.95 if c > 0.72 else 0.12 + 0.3 * c
        cut.blob(x, y, 0.02 + 0.025 * d, 0.012 + (0.0 if needles else 0.014), light)


@lru_cache(maxsize=256)
def nursery(species: str, variant: int, side_light: float, size: int) -> Tree:
    """One of the VARIANTS trees of a species, lit from the right; `side_light` from 0 (behind the eye) to 1.

    The same arguments always give the same tree, whichever picture asks first: pictures share trees, mirrored, scaled
    and tinted, because drawing one takes longer than putting twenty of them into a picture.
    """
    rng = numpy_generator(variant, "scenes", "nursery", species)
    cut = Cutout(size)
    kind = species.removeprefix("tall ")
    colours = leaves(species)[variant % len(leaves(species))]
    if species != kind:
        tall(cut, rng, side_light, kind)
    elif species in ("conifer", "snowy"):
        conifer(cut, rng, side_light, snow=species == "snowy")
    elif species == "bare":
        branches(cut, rng, (0.0, 0.0), 90 + 10 * (rng.random() - 0.5), 0.27, 0.035, 6, side_light)
    elif species in ("poplar", "cypress"):
        poplar(cut, rng, side_light, 0.1 + 0.05 * rng.random() if species == "poplar" else 0.2)
    else:
        crown(cut, rng, side_light, 14, 0.3 if species == "birch" else 0.4, 0.28)
    return Tree(cut.finished(rng), colours)


def scaled(tree: Tree, height: int, box: tuple[int, int, int, int], mirrored: bool) -> Array:
    """The part `box` (left, top, right, bottom) of a tree that is `height` pixels high: h w 4, in [0, 1]."""
    left, top, right, bottom = box if not mirrored else (height - box[2], box[1], height - box[0], box[3])
    unit = tree.layers.width / height
    part = (left * unit, top * unit, right * unit, bottom * unit)
    small = tree.layers.resize((right - left, bottom - top), Image.Resampling.BILINEAR, part)
    numbers = np.asarray(small, np.float32) * np.float32(1 / 255)
    return numbers[:, ::-1] if mirrored else numbers
