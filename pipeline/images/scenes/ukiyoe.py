"""Stand-ins for ukiyo-e prints: flat colours, gradation bands (bokashi), ink outlines, paper tone and grain."""

import numpy as np
from PIL import Image

from pipeline.images.scenes import motifs
from pipeline.images.scenes.colour import to_image
from pipeline.images.scenes.noise import floats
from pipeline.images.scenes.scene import choose
from pipeline.images.scenes.woodblock import PAPER, Print, darker, down_to, printed, ridge

SKIES = {  # top band, sky, band over the horizon
    "day": ("#2f5f8f", "#e6dcc2", "#a9c4c8"),
    "morning": ("#3f6f98", "#ecdfc4", "#e09a80"),
    "evening": ("#39445f", "#e7cfae", "#cf6a52"),
    "pale": ("#8a8f90", "#e8dfca", "#d8cdb4"),
    "night": ("#16203a", "#4a5f7c", "#7d93a0"),
    "snow": ("#5a6470", "#b9bcb8", "#cfcdc2"),
    "ochre": ("#b5793a", "#ecd6a4", "#f0e3c4"),
}
HILLS = ("#6f8f5c", "#43705a", "#8a9a62", "#a58a58", "#8b8f86", "#5c7a80", "#c2a568", "#73684e", "#3f5f66")
NEAR = ("#5f8250", "#3a6650", "#b59a5c", "#7a6848", "#8f9f5a", "#4f6f4a")
WEATHER = {"fair": 6.0, "rain": 1.0, "snow": 1.3}
FRONTS = {"pine": 3.0, "houses": 2.0, "torii": 1.0, "cedars": 1.6, "bridge": 1.2, "none": 1.5}


def painting(rng: np.random.Generator, size: int) -> Image.Image:
    """One print, size x size."""
    sheet = Print(size)
    weather, front = choose(rng, WEATHER), choose(rng, FRONTS)
    time = (
        "snow"
        if weather == "snow"
        else choose(rng, {"day": 3, "morning": 2, "evening": 2, "pale": 1, "night": 1, "ochre": 1})
    )
    number = iter(rng.random(24).tolist())
    horizon = 0.34 + 0.3 * next(number)
    top, middle, low = SKIES[time]
    depth = 0.06 + 0.2 * next(number)
    everything = floats([[0, 0], [1, 0], [1, 1], [0, 1]])
    sheet.fade(
        everything, [(0, top), (0.25 * depth, top), (depth, middle), (0.62 * horizon, middle), (horizon, low), (1, low)]
    )
    if next(number) < 0.45 and weather == "fair":
        x, y, r = 0.15 + 0.7 * next(number), 0.12 + 0.6 * horizon * next(number), 0.05 + 0.06 * next(number)
        sheet.disc(x, y, r, "#f3ecd6" if time in ("night", "pale") else "#c8452f")
    snowy = weather == "snow"
    if next(number) < 0.5:
        motifs.fuji(sheet, rng, horizon, "#f4efe2")
    if next(number) < 0.55:
        motifs.mist(sheet, rng, 0.4 * horizon, horizon, middle)
    shades = rng.permutation(len(HILLS))
    for k in range(int(next(number) * 3.2)):
        base = horizon + 0.05 * k
        skyline = ridge(rng, base, 0.08 + 0.16 * float(rng.random()), 3, 1.6 if rng.random() < 0.4 else 1.0)
        shade = "#ece8dc" if snowy else HILLS[shades[k]]
        foot = low if k == 0 else PAPER
        sheet.fade(down_to(skyline, base + 0.04), [(base - 0.2, shade), (base - 0.03, shade), (base + 0.04, foot)])
        motifs.hatch(sheet, rng, skyline, 0.1, darker(shade, 0.45))
        sheet.line(skyline, 0.009)
    wet = next(number) < 0.72 or front == "bridge"
    rough, shore = next(number), 0.72 + 0.3 * next(number)
    if wet:
        motifs.water(sheet, rng, horizon + 0.02, 1.0, rough if weather == "fair" and front != "bridge" else 0.2)
        sheet.line(floats([[0, horizon + 0.02], [1, horizon + 0.02]]), 0.006)
        if next(number) < 0.7:
            motifs.boats(sheet, rng, horizon + 0.04, 0.95)
    else:
        field = PAPER if not snowy else "#f1eee4"
        sheet.fade(
            floats([[0, horizon], [1, horizon], [1, 1], [0, 1]]),
            [(horizon, field), (0.8, "#d9c48e" if not snowy else field), (1, NEAR[int(next(number) * 6)])],
        )
        shore = horizon + 0.1 + 0.2 * next(number)
    base = min(shore, 0.97)
    if shore < 1.0:
        layers = 1 if wet else 2
        for k in range(layers):
            base = min(shore + 0.14 * k, 0.96)
            land = ridge(rng, base + 0.04, 0.1 + 0.1 * float(rng.random()), 2, 1.0)
            shade = "#f3f0e8" if snowy else NEAR[int(rng.random() * len(NEAR))]
            sheet.fade(down_to(land, 1.0), [(base - 0.1, shade), (base + 0.06, shade), (1.0, darker(shade, 0.3))])
            motifs.hatch(sheet, rng, land, 0.2, darker(shade, 0.5))
            sheet.line(land)
    if front == "pine":
        for k in range(1 + int(rng.random() * 2.4)):
            a, b = rng.random(2).tolist()
            motifs.pine(sheet, rng, 0.1 + 0.8 * a, base + 0.08 + 0.04 * k, (0.35 + 0.45 * b) * (0.75 if k else 1))
    elif front == "houses":
        motifs.houses(sheet, rng, min(base + 0.06, 0.97), snowy)
    elif front == "cedars":
        motifs.cedars(
            sheet, rng, min(base + 0.04, 1.0), 0.2 + 0.25 * float(rng.random()), "#e4e4da" if snowy else "#2f5148"
        )
    elif front == "torii":
        motifs.torii(sheet, 0.2 + 0.6 * next(number), min(base + 0.05, 1), 0.22 + 0.2 * next(number))
    elif front == "bridge":
        motifs.bridge(sheet, rng, horizon + 0.16 + 0.15 * next(number))
    if weather == "rain":
        slant = 0.25 * (float(rng.random()) - 0.5)
        for a, b, c in rng.random((110, 3)).tolist():
            long = 0.12 + 0.2 * c
            sheet.line(
                floats([[a * 1.2 - 0.1, b * 1.1 - 0.1], [a * 1.2 - 0.1 + slant * long, b * 1.1 - 0.1 + long]]),
                0.004,
                "#4a4a48",
            )
    elif snowy:
        for a, b, c in rng.random((130, 3)).tolist():
            sheet.disc(a, b, 0.004 + 0.005 * c, "#f6f2e8")
    if rng.random() < 0.8:
        motifs.seal(sheet, rng)
    return to_image(printed(sheet, rng, size))
