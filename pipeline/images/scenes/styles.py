"""Stand-ins for the two style images: a cubist composition of facets, and a rainy park at night in palette knife."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.images.scenes.colour import luminance, mix, ramp, srgb, to_image
from pipeline.images.scenes.noise import cloth, floats, fractal, lattice, resized, smooth, unit_square
from pipeline.images.scenes.strokes import Canvas, jittered, read

FACETS = (
    "#1b1a1a #3a3836 #6d6862", "#8f8a82 #b8b2a6 #ddd6c8", "#cfc4ae #e6dcc8 #f6efe0", "#5d4a3a #8a6d52 #b89874",
    "#2a2725 #4b443e #7d7268", "#a59a8a #cbbfab #efe6d4", "#6b5f55 #9b8c7c #c9b9a3", "#3b2d24 #6e4d36 #a5754c",
    "#787672 #a3a09a #cdc9c0", "#e8e0d0 #f3ecdf #fbf7ee",
)  # fmt: skip
ACCENTS = ("#8c3b22 #c2582c #e08a4a", "#1f4a38 #2f6b4c #5f9670", "#2c3c54 #4c617d #8296ab")
REFERENCE = 128


def facets(rng: np.random.Generator, n: int, cuts: int) -> NDArray[np.int64]:
    """The square cut by arcs and bent lines, few of which cross all of it: for each pixel on which side of
    which cuts it lies, as the bits of a number, n n."""
    x, y = unit_square(n)
    pieces = np.zeros((n, n), np.int64)
    for k in range(cuts):
        a, b, c, d, e, f = rng.random(6).tolist()
        centre_x, centre_y, angle = 0.15 + 0.7 * a, 0.1 + 0.8 * b, np.pi * c
        across = (x - centre_x) * np.float32(np.cos(angle)) + (y - centre_y) * np.float32(np.sin(angle))
        along = -(x - centre_x) * np.float32(np.sin(angle)) + (y - centre_y) * np.float32(np.cos(angle))
        bent = across + np.float32((d - 0.5) * (1.0 if k % 3 else 3.2)) * along * along
        reach = np.float32(0.16 + 0.5 * e) if k > 3 else np.float32(2)
        inside = (np.abs(along) < reach) & (np.abs(across) < reach * np.float32(0.4 + f))
        pieces = pieces * 2 + ((bent > 0) & inside)
    return pieces


def udnie(rng: np.random.Generator, size: int) -> Image.Image:
    """Cubist facets with shading inside each, black contours where tones meet, and a turning figure of bands."""
    n = 2 * max(size, 96)
    x, y = unit_square(n)
    sides, pieces = np.unique(facets(rng, n, 22), return_inverse=True)
    pieces = pieces.reshape(n, n)
    count = len(sides)
    # Tone, palette and light belong to a piece by its name: one too small to show at some size moves no other.
    root = int(rng.integers(2**31))
    draws = np.stack([np.random.default_rng([root, int(side)]).random(4) for side in sides])
    kinds, turns, tones, accents = (
        (draws[:, 0] * len(FACETS)).astype(int),
        draws[:, 1] * 2 * np.pi,
        draws[:, 2],
        draws[:, 3],
    )
    picture = np.empty((n, n, 3), np.float32)
    order = np.argsort(pieces, axis=None, kind="stable")
    ends = np.cumsum(np.bincount(pieces.ravel(), minlength=count))
    flat = picture.reshape(-1, 3)
    everywhere_x, everywhere_y = (np.broadcast_to(axis, (n, n)).ravel() for axis in (x, y))
    for k in range(count):
        here = order[ends[k - 1] if k else 0 : ends[k]]
        across = everywhere_x[here] * np.float32(np.cos(turns[k])) + everywhere_y[here] * np.float32(np.sin(turns[k]))
        span = max(float(np.ptp(across)), 1e-3)
        t = (across - across.min()) / np.float32(span)
        t = np.float32(0.1) + np.float32(0.8) * t + np.float32(0.3 * (tones[k] - 0.5))
        codes = ACCENTS[int(accents[k] * 36)] if accents[k] * 36 < 3 else FACETS[kinds[k]]
        flat[here] = ramp(codes, t)
    edge = np.zeros((n, n), bool)
    edge[1:] |= pieces[1:] != pieces[:-1]
    edge[:, 1:] |= pieces[:, 1:] != pieces[:, :-1]
    thick = max(n // 150, 1)
    near = edge.astype(np.float32)
    for _ in range(thick):
        near[1:] = np.maximum(near[1:], near[:-1])
        near[:, 1:] = np.maximum(near[:, 1:], near[:, :-1])
    breaks = smooth(0.35, 0.5, fractal(lattice(rng), x * 5, y * 5, 2))
    picture = mix(picture, srgb("#151313"), np.float32(0.85) * near * breaks)

    sheet = to_image(picture)
    pen = ImageDraw.Draw(sheet)
    for a, b, c, d, e in rng.random((9, 5)).tolist():  # bands that turn around the middle, half light and half dark
        start, sweep = 2 * np.pi * a, 0.9 + 1.3 * b
        t = np.linspace(0, 1, 40)
        turn, radius = start + sweep * t, (0.06 + 0.3 * c) * (1 + 0.5 * (d - 0.5) * t)
        middle = np.stack(
            [0.5 + 0.3 * (d - 0.5) + radius * np.cos(turn), 0.48 + 0.3 * (e - 0.5) + radius * np.sin(turn) * 1.2], -1
        )
        wide = (0.004 + (0.03 + 0.05 * e) * np.sin(np.pi * t) ** 1.6 * (1.3 - t))[:, None]
        outward = np.stack([np.cos(turn), np.sin(turn)], -1) * wide
        light = ("#efe8da", "#1f1c1b", "#c9bda8", "#8a5a38", "#f8f4ea")[int(5 * b)]
        for inner, outer, colour in ((-1, 1, light), (0.15, 1, None)):
            shape = np.concatenate([middle + inner * outward, (middle + outer * outward)[::-1]]) * n
            shade = colour or "#" + "".join(f"{round(255 * v):02x}" for v in (srgb(light) * 0.62 + 0.12).tolist())
            pen.polygon(shape.ravel().tolist(), fill=shade)
        border = np.concatenate([middle - outward, (middle + outward)[::-1], (middle - outward)[:1]]) * n
        pen.line(border.ravel().tolist(), fill="#151313", width=max(n // 130, 1))
    picture = resized(np.asarray(sheet, np.float32) / np.float32(255), size)
    scumble = cloth(rng, size, 160, 160) * np.float32(0.02) + cloth(rng, size, 24, 24) * np.float32(0.015)
    return to_image(picture * (1 + scumble[..., None]))


NIGHT = "#0a1030 #1b2270 #2a4fb0 #3f8fd0"
FOLIAGE = (
    "#7a1408 #d8400f #ff8a14 #ffc42a #ffe86a",
    "#3a0f14 #a02410 #e8601a #ffa82a #f2d23a",
    "#0a2a2a #14584a #3f8a2a #b8b428 #f0d040",
    "#0a1440 #173a96 #2a6ad0 #4ab0d8 #c8e0b0",
)
HALO = "#7a2a1a #e8701a #ffc02a #fff0a0 #fffbe8"


def rain(rng: np.random.Generator, size: int) -> Image.Image:
    """An alley between glowing trees, lamps along it, a figure with an umbrella, all mirrored in the wet ground."""
    m, horizon = REFERENCE, 0.56
    x, y = unit_square(m)
    patches = fractal(lattice(rng), x * 6, y * 6, 3, 0.6)
    warm = fractal(lattice(rng), x * 2.5, y * 2.5, 2)
    lamps = [
        (0.5 + side * reach, horizon - 0.06 - 0.62 * reach, 0.02 + 0.11 * reach)
        for reach in (0.06, 0.13, 0.24, 0.41)
        for side in (-1.0, 1.0)
    ]
    up = np.where(y > horizon, 2 * horizon - y * np.float32(0.95) - 0.02, y).astype(
        np.float32
    )  # what the wet ground mirrors
    crowns = smooth(0.02, 0.2, np.abs(x - 0.5) + 0.25 * (0.5 - up) + 0.35 * (patches - 0.5))
    kinds = np.clip((warm * 4.4 - 1.6 + 4.6 * np.abs(x - 0.5) + 1.1 * up).astype(np.int32), 0, 3) * np.ones(
        (m, m), np.int32
    )
    leaf = np.select(
        [(kinds == k)[..., None] for k in range(4)],
        [ramp(codes, smooth(0.22, 0.78, patches) + 0 * x) for codes in FOLIAGE],
    )
    picture = mix(ramp(NIGHT, 0.9 * patches - 0.1 + 0 * x), leaf, crowns * np.ones((m, m), np.float32))
    glow = np.exp(-(((x - 0.5) / 0.13) ** 2) - ((up - horizon + 0.1) / 0.2) ** 2)
    for lamp_x, lamp_y, reach in lamps:
        glow = glow + np.exp(-((x - lamp_x) ** 2 + (up - lamp_y) ** 2) / np.float32(reach * reach * 0.55))
    glow = np.clip(glow, 0, 1).astype(np.float32)
    picture = mix(picture, ramp(HALO, glow * 1.05), smooth(0.08, 0.55, glow))
    trunks = np.zeros((m, m), np.float32)
    for reach in (0.09, 0.18, 0.32, 0.47):
        for side in (-1, 1):
            bend = np.float32(0.5 + side * reach) + np.float32(0.03) * np.sin(up * 9 + side)
            thick = 0.006 + 0.035 * reach
            trunks = np.maximum(trunks, smooth(thick * 1.5, thick * 0.6, np.abs(x - bend)) * smooth(0.1, 0.22, up))
    picture = mix(picture, srgb("#1a0d24"), np.float32(0.85) * trunks)
    dark = np.clip(1.25 - 1.5 * np.abs(x - 0.5) ** 1.5 - 0.5 * smooth(0.62, 1.0, y), 0.25, 1) * (0.62 + 0.5 * patches)
    picture = picture * np.maximum(dark, smooth(0.2, 0.6, glow))[..., None]
    wet = y > horizon
    picture = np.where(wet[..., None], picture * np.float32(0.92) + srgb("#10205a") * np.float32(0.12), picture)

    canvas = Canvas(np.clip(picture * np.float32(0.8), 0, 1), size)
    steps = np.linspace(-0.5, 0.5, 4, dtype=np.float32)[None, :, None]
    lean = (9 * (fractal(lattice(rng), x * 3, y * 3, 2) - 0.5) + 0.8).astype(np.float32)
    for across, long, wide in ((22, 0.11, 0.042), (34, 0.075, 0.027), (44, 0.045, 0.015)):
        starts = jittered(rng, across, across)
        below = starts[:, 1] > horizon
        angle = np.where(
            below, np.where(rng.random(len(starts)) < 0.72, np.pi / 2, 0.0), np.asarray(read(lean, starts), np.float32)
        )
        angle = angle + rng.standard_normal(len(starts)) * np.where(below, 0.05, 0.35)
        heading = np.stack([np.cos(angle), np.sin(angle)], axis=-1).astype(np.float32)[:, None]
        lengths = np.float32(long) * np.where(below, 1.35, 0.8) * (0.6 + 0.8 * rng.random(len(starts)))
        colours = np.asarray(read(picture.astype(np.float32), starts), np.float32)
        grey = luminance(colours)[:, None]
        colours = grey + (colours - grey) * (1.05 + 0.3 * rng.random((len(starts), 1), dtype=np.float32))
        colours = colours * (0.75 + 0.55 * rng.random((len(starts), 1), dtype=np.float32))
        stray = rng.random(len(starts))[:, None]
        spark = ramp("#1f3fb0 #7a2a9a #e8401a #ffb02a #2a90b0", rng.random(len(starts), dtype=np.float32))
        colours = np.where(stray < 0.07, 0.3 * colours + 0.7 * spark, colours).astype(np.float32)
        widths = (wide * (0.7 + 0.6 * rng.random(len(starts)))).astype(np.float32)
        curves = starts[:, None] + heading * steps * lengths.astype(np.float32)[:, None, None]
        canvas.lay(curves, widths, colours, rng.random(len(starts), dtype=np.float32), 0.12)
    figure(canvas, horizon)
    return to_image(canvas.finished(0.3))


def figure(canvas: Canvas, horizon: float) -> None:
    """A walker under an umbrella on the alley, and the reflection."""
    foot = horizon + 0.16

    def knife(points: list[tuple[float, float]], width: float, colour: str, taper: float) -> None:
        curve = np.array(points, np.float32)
        places = np.linspace(0, len(curve) - 1, 5)
        dense = np.stack([np.interp(places, np.arange(len(curve)), curve[:, c]) for c in range(2)], axis=-1)
        canvas.lay(dense[None].astype(np.float32), floats([width]), srgb(colour)[None], floats([0.8]), taper)

    for sign, dim in ((1.0, False), (-0.8, True)):

        def at(x: float, rise: float, sign: float = sign) -> tuple[float, float]:
            return 0.5 + x, foot - sign * rise

        dress, legs, hood = ("#8a1424", "#3a1a1a", "#2a0f3a") if dim else ("#d8182a", "#4a1420", "#4a1a78")
        knife([at(-0.012, 0.0), at(-0.01, 0.09)], 0.012, legs, 0.2)
        knife([at(0.014, 0.01), at(0.01, 0.09)], 0.012, legs, 0.2)
        knife([at(0.0, 0.05), at(0.0, 0.15)], 0.062, dress, 0.35)
        knife([at(0.0, 0.13), at(0.0, 0.2)], 0.036, dress, 0.4)
        knife([at(0.0, 0.19), at(0.0, 0.23)], 0.022, legs, 0.5)
        knife([at(0.01, 0.15), at(0.012, 0.27)], 0.006, "#1a0d24", 0.0)
        knife([at(-0.085, 0.225), at(-0.04, 0.265), at(0.01, 0.275), at(0.06, 0.262), at(0.1, 0.225)], 0.042, hood, 0.7)
        knife([at(-0.06, 0.245), at(-0.01, 0.275)], 0.016, "#a84ad8" if not dim else "#4a2a6a", 0.7)
        knife([at(0.02, 0.277), at(0.07, 0.25)], 0.014, "#ff9a3a" if not dim else "#6a3a3a", 0.7)


PAINTERS = {"udnie": udnie, "rain": rain}
