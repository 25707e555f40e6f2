"""Stand-ins for Van Gogh's landscapes: thick curved strokes along a flow, in his colours, with dark contours."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from pipeline.images.scenes import scene
from pipeline.images.scenes.colour import film, luminance, ramp, srgb, to_image
from pipeline.images.scenes.landscape import FIELD, MOUNTAIN, PATH, SKY, TREE, WATER, WOOD, View, look
from pipeline.images.scenes.noise import Array, fractal, lattice, smooth, unit_square
from pipeline.images.scenes.strokes import Canvas, follow, jittered, read

TASTE = scene.Taste(
    kinds={"hills": 4, "meadow": 3, "river": 1.5, "valley": 1.2, "coast": 0.8, "lake": 0.8, "peak": 0.8},
    seasons={"spring": 1, "summer": 2, "autumn": 1},
    moments={"day": 2, "golden": 2, "hazy": 1},
)
REFERENCE = 80  # pixels of the view that is painted from, whatever the size of the painting


@dataclass(frozen=True)
class Mood:
    """Colours from dark to light for each region, and what stands in the sky: stars, sun, clouds or nothing."""

    sky: str
    field: str
    wood: str
    mountain: str
    above: str


MOODS = (
    Mood(
        "#0c1a45 #153474 #2257a6 #3f86c6 #9cc6d6", "#10233f #173f58 #24685c #4f8a4a #b7b049",
        "#07151f #0e2f35 #1a5543 #4a7f3e", "#0b1b46 #173a80 #2b62ab #6398c4", "stars",
    ),
    Mood(
        "#1c4f9c #2f74bf #5da5d6 #a8d7e4 #f6f3dc", "#8a5410 #bd8315 #e2ab17 #f5cd38 #fbe684",
        "#0d3325 #1a5c38 #3c8a3c #93b13c", "#173778 #2a5fab #568fc8 #a5c3d4", "clouds",
    ),
    Mood(
        "#2d7f86 #58aa9c #a5cf9a #dfe29a #f3edbf", "#24502a #43802f #7aa634 #bfbf45 #e3d16a",
        "#0e2e20 #195038 #3b7a3f #8aa040", "#1c4a6e #35789a #6fa9b4 #b7cfae", "nothing",
    ),
    Mood(
        "#c9860f #e5ad14 #f6cf2f #fbe36a #fff3b4", "#26306e #41519a #6a6fae #a58a86 #d9b05a",
        "#101f3c #1c3f58 #2c6a52 #87903a", "#2a2c68 #494c92 #7d73a4 #bf9a74", "sun",
    ),
    Mood(
        "#2a62b4 #4b8fd0 #87bde2 #c9e2e6 #fbf8ec", "#1c5a3a #2f8a45 #69ab3f #a9c455 #e9dd8a",
        "#123524 #1f6a40 #5a9a42 #c3c768", "#1d3f86 #3b73b6 #74a8cf #c2d3d0", "clouds",
    ),
    Mood(
        "#152a5e #264f94 #4a7dbb #c58a4a #f3b93c", "#5c3a12 #94621a #c98d1f #e6b53a #f0d27c",
        "#0c2420 #1b4a34 #4a6a2c #a1862c", "#141f4c #283f7e #4c63a0 #b98a5c", "sun",
    ),
)  # fmt: skip
WATERS = "#0d2a5c #18559a #3f93c0 #9fd0cc #f1e7a4"
PATHS = "#7a5a34 #b58a4a #dcb877 #efdca8"
CYPRESS = "#06130f #0e2a1c #1a4f2c #3f722e #988a2c"
CONTOUR = "#0b1636"


def flow(view: View, rng: np.random.Generator, mood: Mood, horizon: float) -> tuple[Array, Array, Array]:
    """Directions of the strokes (m m, radians), how light each place is (m m), and closeness to a light in the sky."""
    m = view.region.shape[0]
    x, y = unit_square(m)
    grid = lattice(rng)
    number = rng.random((9, 4))
    wander = fractal(grid, x * 3.2, y * 3.2, 3) - np.float32(0.5)
    ripple = fractal(grid, x * 5 + 9, y * 9, 2) - np.float32(0.5)
    angle = np.float32(number[0, 0] * 0.8 - 0.4) + 3.4 * wander
    # Whirls: the sky turns around some centres; the lights in it are centres as well.
    east, south = np.cos(angle), np.sin(angle)
    lamp = np.zeros((m, m), np.float32)
    lights = {"stars": 6, "sun": 1}.get(mood.above, 0)
    for k, (a, b, c, d) in enumerate(number.tolist()):
        shine = k < lights
        radius = (0.03 + 0.035 * c if mood.above == "stars" else 0.12 + 0.08 * c) if shine else 0.09 + 0.14 * c
        column = (k + a) / lights if shine else a
        centre_x, centre_y = 0.04 + 0.92 * column, horizon * (0.08 + (0.75 if lights != 1 or k else 0.6) * b)
        dx, dy = x - np.float32(centre_x), y - np.float32(centre_y)
        distance = np.sqrt(dx * dx + dy * dy) + np.float32(1e-4)
        turn = (
            np.exp(-((distance / np.float32(radius * (1.6 if shine else 1.0))) ** 2))
            * np.float32(1 if d < 0.5 else -1)
            * 3
        )
        east, south = east - turn * dy / distance, south + turn * dx / distance
        if shine:
            rings = 0.72 + 0.28 * np.cos(distance / np.float32(radius) * 9)
            core = smooth(radius, radius * 0.25, distance)
            lamp = np.maximum(lamp, np.maximum(core, rings * smooth(radius * 2.0, radius * 0.6, distance) * 0.8))
    sky_angle = np.arctan2(south, east).astype(np.float32)
    vanishing = np.float32(0.2 + 0.6 * number[0, 1])
    furrows = np.arctan2(y - np.float32(horizon - 0.04), x - vanishing) + 1.6 * wander
    stalks = np.float32(np.pi / 2) + 2.2 * wander
    slopes = np.float32(0.5 * np.sign(number[0, 2] - 0.5)) + 4.0 * wander
    angle = np.select(
        [view.region == SKY, view.region == WATER, view.region == TREE, view.region == WOOD, view.region == MOUNTAIN],
        [sky_angle, 1.2 * ripple, np.float32(np.pi / 2) + 2.6 * wander, 5 * wander + np.float32(0.7), slopes],
        furrows if number[0, 3] < 0.6 else stalks,
    ).astype(np.float32)
    tone = luminance(film(view.light, 0.20 / float(np.exp(np.log(luminance(view.light) + 0.01).mean())), 0.4, 1, 0))
    swirl = np.float32(0.5) + np.float32(0.5) * np.sin(np.float32(9) * (wander + ripple) + 5 * y)
    light = np.empty((m, m), np.float32)
    for region in range(TREE + 1):
        here = view.region == region
        if here.any():
            values = tone[here]
            low, high = np.percentile(values, (4, 96))
            light[here] = (values - low) / max(float(high - low), 0.06)
    up = np.clip(y / np.float32(horizon), 0, 1)
    sky_light = np.float32(0.12) + np.float32(0.42) * up + np.float32(0.3) * (swirl - 0.5)
    if mood.above == "clouds":
        sky_light = sky_light * 0.85 + np.float32(0.75) * smooth(0.15, 0.6, view.cloud)
    light = np.where(view.region == SKY, sky_light, 0.2 + 0.65 * light + 0.25 * (swirl - 0.5))
    return angle, light.astype(np.float32), np.where(view.region == SKY, lamp, 0).astype(np.float32)


def contours(view: View) -> tuple[Array, Array]:
    """Places on the outlines of regions (N 2) and the directions of the outlines there (N)."""
    m = view.region.shape[0]
    region = view.region.astype(np.float32)
    near = np.log(np.minimum(view.distance, 300))
    edge = (np.abs(np.diff(near, axis=0, append=near[-1:])) > 0.5) | (np.diff(region, axis=0, append=region[-1:]) != 0)
    side = (np.abs(np.diff(near, axis=1, append=near[:, -1:])) > 0.5) | (
        np.diff(region, axis=1, append=region[:, -1:]) != 0
    )
    rows, columns = np.nonzero(edge | side)
    soft = near + region * np.float32(1.7)
    for _ in range(2):
        padded = np.pad(soft, 1, mode="edge")
        soft = (padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]) / 4
    down, across = np.gradient(soft)
    places = (np.stack([columns, rows], axis=-1).astype(np.float32) + np.float32(1)) / np.float32(m)
    return np.minimum(places, np.float32(0.999)), (np.arctan2(down, across) + np.pi / 2)[rows, columns].astype(
        np.float32
    )


def painting(rng: np.random.Generator, size: int) -> Image.Image:
    """One painting in Van Gogh's manner, size x size."""
    place = scene.draw(rng, TASTE)
    mood = MOODS[int(rng.random() * len(MOODS))]
    if rng.random() < 0.55:
        place = scene.with_trees(place, ("cypress", "cypress") if rng.random() < 0.6 else ("cypress", "broadleaf"))
    view = look(place, rng, REFERENCE)
    angle, light, lamp = flow(view, rng, mood, place.horizon)
    palettes = {
        SKY: mood.sky, MOUNTAIN: mood.mountain, WOOD: mood.wood, FIELD: mood.field, PATH: PATHS, WATER: WATERS,
        TREE: CYPRESS if "cypress" in place.species else mood.wood,
    }  # fmt: skip

    def colour_at(places: Array, spread: float) -> Array:
        kinds, t = read(view.region, places), np.asarray(read(light, places), np.float32)
        t = t + np.float32(spread) * (rng.random(len(places), dtype=np.float32) - np.float32(0.5))
        colours = np.empty((len(places), 3), np.float32)
        for kind, codes in palettes.items():
            here = kinds == kind
            colours[here] = ramp(codes, t[here])
        # His broken colour: some strokes come from the palette of another part of the picture.
        stray = rng.random(len(places), dtype=np.float32)
        colours = np.where((stray < 0.05)[:, None], ramp(mood.sky, t + 0.15), colours)
        colours = np.where((stray > 0.95)[:, None] & (kinds != SKY)[:, None], ramp(mood.field, t + 0.2), colours)
        glow = np.asarray(read(lamp, places), np.float32)
        warm = ramp("#3f7f9a #d9a81c #f6cf3a #fdeb8a #fffbe0", glow + 0.25 * (stray - 0.5))
        return np.where((glow > 0.3)[:, None], warm, colours)

    m = REFERENCE
    everywhere = np.stack(np.broadcast_arrays(*unit_square(m)), axis=-1).reshape(-1, 2)
    canvas = Canvas(colour_at(everywhere, 0.0).reshape(m, m, 3) * np.float32(0.8), size)
    for across, long, wide, spread in ((20, 0.14, 0.037, 0.25), (33, 0.10, 0.021, 0.45)):
        starts = jittered(rng, across, across)
        fine = np.where(read(view.region, starts) == TREE, 0.65, 1.0).astype(np.float32)
        reach = np.float32(long) * fine * (0.6 + 0.8 * rng.random(len(starts), dtype=np.float32))
        widths = np.float32(wide) * fine * (0.7 + 0.6 * rng.random(len(starts), dtype=np.float32))
        curves = follow(angle, view.region, starts, reach)
        canvas.lay(curves, widths, colour_at(starts, spread), rng.random(len(starts), dtype=np.float32), 0.75)
    outline, heading = contours(view)
    chosen = rng.permutation(len(outline))[: len(outline) // 6]
    reach = np.linspace(-0.5, 0.5, 4, dtype=np.float32)[None, :, None] * np.float32(0.05)
    across_ = np.stack([np.cos(heading[chosen]), np.sin(heading[chosen])], axis=-1)[:, None]
    ink = srgb(CONTOUR) + np.float32(0.1) * rng.random((len(chosen), 1), dtype=np.float32)
    widths = np.full(len(chosen), 0.008, np.float32)
    canvas.lay(outline[chosen][:, None] + across_ * reach, widths, ink, np.full(len(chosen), 0.5, np.float32), 0.8)
    return to_image(canvas.finished(0.22))
