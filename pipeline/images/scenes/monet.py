"""Stand-ins for Monet's landscapes: short soft dabs of broken, light colour, violet shadows, no contours."""

import numpy as np
from PIL import Image, ImageFilter

from pipeline.images.scenes import scene
from pipeline.images.scenes.colour import film, luminance, mix, srgb, to_image
from pipeline.images.scenes.landscape import FIELD, SKY, TREE, WATER, WOOD, View, look
from pipeline.images.scenes.noise import Array, cloth, floats, fractal, lattice, smooth, unit_square
from pipeline.images.scenes.strokes import Canvas, follow, jittered, read

TASTE = scene.Taste(
    kinds={"lake": 3, "river": 3, "coast": 3, "meadow": 2.5, "hills": 2},
    seasons={"spring": 2, "summer": 2, "autumn": 1.2, "winter": 0.5},
    moments={"hazy": 3, "dawn": 2.5, "day": 2, "golden": 2, "overcast": 0.5, "fog": 0.8, "sunset": 0.8},
)
SUBJECTS = {"landscape": 5.0, "lilies": 2.0, "poppies": 2.0, "haystacks": 1.2, "boats": 2.0}
REFERENCE = 80
ATMOSPHERES = ("#9dbcf0", "#f7c39a", "#d3aee6", "#a9dcc0", "#f6dca0", "#8fc4e0", "#eeb3b8")
CREAM, VIOLET, ROSE, SKY_BLUE = "#fbf0da", "#6f6ea6", "#e9b9b4", "#a9c4e2"


def pastel(view: View, x_light: float, mood: Array) -> Array:
    """The view as he saw it: bright, low in contrast, shadows violet, lights creamy, all in one atmosphere; m m 3."""
    exposure = x_light / float(np.exp(np.log(luminance(view.light) + np.float32(0.01)).mean()))
    picture = film(view.light, exposure, 0.25, 0.95, 0.0)
    tone = luminance(picture)
    picture = mix(picture, np.broadcast_to(srgb(VIOLET), picture.shape), np.float32(0.55) * smooth(0.5, 0.05, tone))
    picture = mix(picture, np.broadcast_to(srgb(CREAM), picture.shape), np.float32(0.55) * smooth(0.55, 1.0, tone))
    picture = np.float32(0.15) + picture * np.float32(0.80)
    grey = luminance(picture)[..., None]
    picture = grey + (picture - grey) * np.float32(1.55)
    veil = np.float32(0.12) + np.float32(0.24) * smooth(8, 60, np.minimum(view.distance, 80))
    return mix(picture, np.broadcast_to(mood, picture.shape), veil)


def directions(view: View, rng: np.random.Generator) -> Array:
    """Of the dabs, in radians, m m: level on water, upright in grass, any way in leaves, drifting in the sky."""
    m = view.region.shape[0]
    x, y = unit_square(m)
    wander = fractal(lattice(rng), x * 4, y * 4, 3) - np.float32(0.5)
    region = view.region
    return np.select(
        [region == WATER, region == SKY, (region == TREE) | (region == WOOD), region == FIELD],
        [0.5 * wander, np.float32(-0.3) + 3 * wander, 9 * wander, np.float32(1.35) + 3 * wander],
        4 * wander,
    ).astype(np.float32)


def broken(colours: Array, rng: np.random.Generator, strength: float) -> Array:
    """Divided colour: each dab leaves the tone of its place for a warmer, cooler or lighter neighbour; N 3."""
    count = len(colours)
    kind, amount = rng.integers(0, 5, count), rng.random((count, 1), dtype=np.float32) * np.float32(strength)
    targets = np.stack([srgb(code) for code in (CREAM, VIOLET, ROSE, SKY_BLUE, "#9db27a")])
    shade = (rng.random((count, 1), dtype=np.float32) - np.float32(0.5)) * np.float32(0.14)
    return colours + (targets[kind] - colours) * amount + shade


def lay_spots(
    canvas: Canvas, rng: np.random.Generator, places: Array, sizes: Array, flat: float, codes: str, dark: str
) -> None:
    """Round or flat spots of given colours, each over a darker one a little below: lily pads, flowers."""
    count = len(places)
    reach = np.linspace(-0.5, 0.5, 4, dtype=np.float32)[None, :, None] * np.array([1.0, 0.0], np.float32)
    stops = np.stack([srgb(code) for code in codes.split()])
    colours = stops[rng.integers(0, len(stops), count)] + np.float32(0.08) * rng.standard_normal(
        (count, 1), dtype=np.float32
    )
    thick = np.full(count, 0.6, np.float32)
    curves = places[:, None] + reach * sizes[:, None, None]
    below = np.broadcast_to(srgb(dark), (count, 3))
    canvas.lay(
        curves + np.array([0, 0.3 * flat], np.float32) * sizes[:, None, None],
        sizes * np.float32(flat),
        below,
        thick,
        0.6,
    )
    canvas.lay(curves, sizes * np.float32(flat), colours, thick, 0.6)


def haystacks(canvas: Canvas, rng: np.random.Generator, horizon: float) -> None:
    """One to three stacks of grain, cone on drum, lit from one side, with blue shadows on the ground."""
    side = -1.0 if rng.random() < 0.5 else 1.0
    for _ in range(1 + int(rng.random() * 3)):
        depth = float(rng.random())
        x, base, high = 0.12 + 0.76 * float(rng.random()), horizon + 0.08 + 0.3 * depth, 0.13 + 0.22 * depth
        count = 260
        u, v = rng.random((2, count), dtype=np.float32)
        half = np.where(v < 0.42, 0.5 + 0.15 * v, 0.6 * (1 - (v - 0.42) / 0.62)).astype(np.float32)
        across = (u * 2 - 1) * half
        places = np.stack([x + across * high * 1.25, base - v * high], axis=-1).astype(np.float32)
        lit = np.clip(0.5 + np.float32(side) * across * 1.4, 0, 1)
        stops = np.stack([srgb(code) for code in ("#7c6a98", "#b58480", "#dfae7a", "#f6dcab")])
        index = np.clip(lit * 3.2 + 0.8 * (rng.random(count, dtype=np.float32) - 0.5), 0, 3).astype(np.int32)
        cast = np.stack([x - side * u * high * 1.5, base + 0.02 * (v - 0.3)], axis=-1).astype(np.float32)
        lean = np.stack([0.25 * across + 0.1, np.ones(count, np.float32)], axis=-1)[:, None].astype(np.float32)
        reach = np.linspace(-0.5, 0.5, 4, dtype=np.float32)[None, :, None] * np.float32(0.16 * high)
        level = np.array([[[1.0, 0.0]]], np.float32)
        widths, thick = np.full(count, 0.06 * high + 0.006, np.float32), np.full(count, 0.6, np.float32)
        shadow = broken(np.broadcast_to(srgb("#8a8cc0"), (count, 3)), rng, 0.3)
        canvas.lay(cast[:120, None] + level * reach, widths[:120], shadow[:120], thick[:120], 0.5)
        canvas.lay(places[:, None] + lean * reach, widths, broken(stops[index], rng, 0.2), thick, 0.5)


def boats(canvas: Canvas, rng: np.random.Generator, view: View, horizon: float) -> None:
    """Sails over the water, with their reflections in level dabs."""
    rows = (unit_square(len(view.region))[1] > horizon + 0.03) & (view.region == WATER)
    spots = np.argwhere(rows[: int(0.85 * len(rows))])
    for _ in range(2 + int(rng.random() * 4)):
        pick, tall, tint, lean = rng.random(4).tolist()
        if not len(spots):
            return
        y, x = (spots[int(pick * len(spots))] / len(view.region)).tolist()
        high = (0.05 + 0.9 * (y - horizon)) * (0.4 + 0.4 * tall)
        sail = mix(srgb("#f4e6cf"), srgb("#b5654a" if tint < 0.4 else "#fffaf0"), float(tint))
        hull = srgb(("#3f4a72", "#4f6f72", "#7a4a3f")[int(tint * 3)])
        masts = floats(
            [[[x, y], [x, y - high]], [[x + 0.12 * high, y], [x + 0.05 * high * (1 + lean), y - 0.8 * high]]]
        )
        line = np.linspace(0, 1, 4, dtype=np.float32)[None, :, None]
        curves = masts[:, :1] + (masts[:, 1:] - masts[:, :1]) * line
        canvas.lay(curves, floats([0.26, 0.2]) * high, np.stack([sail, sail * 0.9]), floats([0.7, 0.6]), 0.7)
        reach = np.linspace(-0.5, 0.5, 4, dtype=np.float32)[None, :, None] * floats([1.0, 0.0])
        canvas.lay(
            floats([[[x, y + 0.01]]]) + reach * (0.5 * high),
            floats([0.09 * high + 0.006]),
            hull[None],
            floats([0.6]),
            0.4,
        )
        drops = np.stack([x + 0.14 * high * (rng.random(10) - 0.5), y + 0.02 + high * 0.7 * rng.random(10)], axis=-1)
        glints = broken(np.broadcast_to((sail + hull) / 2 + np.float32(0.05), (10, 3)), rng, 0.3)
        canvas.lay(
            drops.astype(np.float32)[:, None] + reach * (0.3 * high),
            np.full(10, 0.008, np.float32),
            glints,
            np.full(10, 0.5, np.float32),
            0.5,
        )


def painting(rng: np.random.Generator, size: int) -> Image.Image:
    """One painting in Monet's manner, size x size."""
    subject = scene.choose(rng, SUBJECTS)
    place = scene.for_subject(scene.draw(rng, TASTE), subject)
    view = look(place, rng, REFERENCE)
    a, b, bright = rng.random(3).tolist()
    airs = [srgb(code) for code in ATMOSPHERES]
    mood = mix(airs[int(a * len(airs))], airs[int(b * len(airs))], 0.35)
    colours = pastel(view, 0.24 + 0.1 * bright, mood)
    angle = directions(view, rng)
    canvas = Canvas(colours, size)
    for across, down, long, wide, spread in ((17, 20, 0.09, 0.055, 0.22), (29, 38, 0.055, 0.028, 0.34)):
        starts = jittered(rng, across, down)
        kinds = read(view.region, starts)
        stretch = np.where(kinds == WATER, 1.7, np.where(kinds == SKY, 1.3, 0.85)).astype(np.float32)
        reach = np.float32(long) * stretch * (0.6 + 0.8 * rng.random(len(starts), dtype=np.float32))
        widths = np.float32(wide) * (0.7 + 0.6 * rng.random(len(starts), dtype=np.float32))
        paint = broken(np.asarray(read(colours, starts), np.float32), rng, spread)
        heights = 0.3 + 0.4 * rng.random(len(starts), dtype=np.float32)
        canvas.lay(follow(angle, view.region, starts, reach), widths, paint, heights, 0.45)
    spots = rng.random((320, 3), dtype=np.float32)
    if subject == "lilies":
        groups = rng.random((9, 2), dtype=np.float32)
        groups[:, 1] = place.horizon + 0.1 + (0.9 - place.horizon) * groups[:, 1]
        group = groups[(spots[:, 2] * 9).astype(np.int32) % 9]
        near = (group[:, 1] - place.horizon + 0.15).astype(np.float32)
        places = group + (spots[:, :2] - np.float32(0.5)) * np.stack([0.34 * near + 0.1, 0.14 * near], axis=-1)
        afloat = read(view.region, np.clip(places, 0, 0.999)) == WATER
        places, near = places[afloat].astype(np.float32), near[afloat]
        lay_spots(canvas, rng, places, 0.05 * near + 0.008, 0.45, "#8fb07a #6f9a78 #a9c08a #7fa894", "#4a5f7e")
        few = places[::7], (0.022 * near + 0.008)[::7]
        lay_spots(canvas, rng, few[0] - floats([0, 0.008]), few[1], 0.8, "#f7dfe2 #f3b9c4 #fff6ea", "#c98aa0")
    elif subject == "poppies":
        places = np.stack([spots[:, 0], place.horizon + 0.05 + (0.95 - place.horizon) * spots[:, 1] ** 0.8], axis=-1)
        clumps = np.asarray(read(cloth(rng, REFERENCE, 6, 9), np.clip(places, 0, 0.999)))
        in_field = (read(view.region, np.clip(places, 0, 0.999)) == FIELD) & (clumps > -0.15)
        places = places[in_field].astype(np.float32)
        sizes = (0.006 + 0.034 * (places[:, 1] - place.horizon)).astype(np.float32)
        lay_spots(canvas, rng, places, sizes, 0.8, "#d8503f #e0705a #c8404a #ea9a86", "#7a6a7a")
    elif subject == "haystacks":
        haystacks(canvas, rng, place.horizon)
    elif subject == "boats":
        boats(canvas, rng, view, place.horizon)
    canvas.image = canvas.image.filter(ImageFilter.GaussianBlur(0.0028 * canvas.side))
    picture = canvas.finished(0.10)
    weave = cloth(rng, size, 110, 110)
    return to_image(picture + np.float32(0.012) * weave[..., None])
