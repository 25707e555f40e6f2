"""What stands in the prints: the mountain, mist, water, trees, houses, boats, a bridge, a gate, the title's seal."""

import numpy as np

from pipeline.images.scenes.noise import floats
from pipeline.images.scenes.woodblock import INK, PAPER, Points, Print, down_to

WATERS = (("#1f4e7c", "#8fb8c2"), ("#27618c", "#a9c9c4"), ("#1c3f66", "#5f93ac"), ("#3f7f94", "#b9d2c4"))


def fuji(sheet: Print, rng: np.random.Generator, horizon: float, snow: str) -> None:
    """The cone, with a toothed cap of snow and a foot that fades into mist."""
    a, b, c, d = rng.random(4).tolist()
    x, high, wide = 0.2 + 0.6 * a, 0.2 + 0.2 * b, 0.34 + 0.2 * c
    t = np.linspace(-1, 1, 61, dtype=np.float32)
    rise = np.clip(1.06 - np.abs(t), 0, 0.94) ** np.float32(1.55) / np.float32(0.91)
    slope = np.stack([x + wide * t, horizon + 0.01 - high * rise], axis=-1).astype(np.float32)
    body = ("#5f7f9c", "#8a5a4a", "#6f7f74", "#47607c")[int(4 * d)]
    sheet.fade(down_to(slope, horizon + 0.01), [(horizon - high, body), (horizon - 0.3 * high, body), (horizon, PAPER)])
    cap = slope[np.abs(t) < 0.42]
    teeth = cap[::-1].copy()
    teeth[:, 1] += (
        high
        * np.where(np.arange(len(teeth)) % 4 < 2, 0.10, 0.24).astype(np.float32)
        * (rng.random(len(teeth)) * 0.6 + 0.6)
    )
    teeth[[0, -1]] = cap[[-1, 0]]
    sheet.fill(np.concatenate([cap, teeth]).astype(np.float32), snow)
    sheet.line(slope, 0.008)


def hatch(sheet: Print, rng: np.random.Generator, line: Points, depth: float, colour: str) -> None:
    """Short strokes and tree dots that model a hill below its outline."""
    for a, b, c in rng.random((26, 3)).tolist():
        k = int(a * (len(line) - 2))
        x, y = line[k].tolist()
        y += depth * (0.12 + 0.8 * b * b)
        lean = (line[k + 1, 1] - line[k, 1]) / (line[k + 1, 0] - line[k, 0])
        if c < 0.55:
            reach = 0.02 + 0.03 * c
            sheet.line(
                floats([[x - reach, y - reach * lean], [x, y], [x + reach, y + 1.3 * reach * lean]]), 0.006, colour
            )
        else:
            sheet.disc(x, y, 0.006 + 0.008 * b, colour)


def mist(sheet: Print, rng: np.random.Generator, low: float, high: float, colour: str) -> None:
    """Bands of mist with rounded ends."""
    for a, b, c, d in rng.random((2, 4)).tolist():
        y, thick = low + (high - low) * a, 0.012 + 0.018 * b
        left, right = (-0.1, 0.25 + 0.6 * c) if d < 0.5 else (0.75 - 0.6 * c, 1.1)
        for shift, inset in ((0.0, 0.0), (2 * thick, 0.12)):
            row, start, end = y + shift, left + (inset if d >= 0.5 else 0), right - (inset if d < 0.5 else 0)
            box = floats([[start, row - thick], [end, row - thick], [end, row + thick], [start, row + thick]])
            sheet.fill(box, colour)
            sheet.disc(end, row, thick, colour)
            sheet.disc(start, row, thick, colour)


def water(sheet: Print, rng: np.random.Generator, top: float, bottom: float, rough: float) -> None:
    """Water that is deepest at its far edge and at the front, with wave lines; rough water has scallops of foam."""
    deep, light = WATERS[int(rng.random() * len(WATERS))]
    box = floats([[0, top], [1, top], [1, bottom], [0, bottom]])
    span = bottom - top
    sheet.fade(box, [(top, deep), (top + 0.22 * span, light), (top + 0.6 * span, light), (bottom, deep)])
    if rough < 0.45:
        for a, b, c in rng.random((34, 3)).tolist():
            y = top + span * (0.04 + 0.95 * b**0.8)
            reach = (0.02 + 0.06 * c) * (0.35 + (y - top) / max(span, 0.2))
            t = np.linspace(-1, 1, 9, dtype=np.float32)
            wave = np.stack([a + reach * t, y + 0.10 * reach * np.sin(4 * t)], axis=-1).astype(np.float32)
            sheet.line(wave, 0.006, deep if c < 0.7 else PAPER)
        return
    rows = 4
    x = np.linspace(-0.05, 1.05, 121, dtype=np.float32)
    for k in range(rows):
        shift, count, tilt = rng.random(3).tolist()
        y = top + span * (0.22 + 0.75 * k / rows)
        lumps = 3 + int(4 * count) - k // 2
        phase = x * np.float32(lumps) + np.float32(shift)
        crest = np.abs(np.sin(np.pi * phase + 0.5 * np.sin(np.pi * phase))) ** np.float32(0.7)
        high = (0.035 + 0.05 * rough) * (0.6 + 0.35 * k)
        top_line = np.stack([x, y - high * crest + 0.04 * (tilt - 0.5) * (x - 0.5)], axis=-1).astype(np.float32)
        shade = deep if k % 2 else light
        sheet.fade(
            down_to(top_line, bottom),
            [(y - high, PAPER), (y - 0.55 * high, PAPER), (y - 0.35 * high, shade), (bottom, deep)],
        )
        sheet.line(top_line, 0.009, INK)
        below = top_line.copy()
        for step in (0.35, 0.75):
            below[:, 1] = top_line[:, 1] + np.float32(high * step)
            for part in np.array_split(np.arange(len(x)), 2 * lumps):
                if rng.random() < 0.7 and len(part) > 3:
                    sheet.line(below[part[1:-1]], 0.006, deep if shade == light else PAPER)


def pine(sheet: Print, rng: np.random.Generator, x: float, base: float, high: float) -> None:
    """A crooked trunk with flat pads of needles."""
    bend = rng.standard_normal(7) * 0.05
    t = np.linspace(0, 1, 7)
    lean = 0.5 * (float(rng.random()) - 0.5)
    trunk = np.stack([x + high * (lean * t**1.5 + bend * t), base - high * t], axis=-1).astype(np.float32)
    wide = np.linspace(0.045, 0.015, 7)[:, None] * floats([[1, 0]]) * high + floats([[0.004, 0]])
    sheet.fill(np.concatenate([trunk - wide, (trunk + wide)[::-1]]).astype(np.float32), "#6d5140")
    sheet.line((trunk - wide).astype(np.float32), 0.007)
    sheet.line((trunk + wide).astype(np.float32), 0.007)
    leaf = ("#2f5a48", "#3d6b46", "#27504e")[int(rng.random() * 3)]
    turn = np.linspace(0, 2 * np.pi, 25)
    for k, (a, b, c) in enumerate(rng.random((8, 3)).tolist()):
        at = trunk[min(3 + k // 2, 6)]
        side = (-1 if k % 2 else 1) * (0.08 + 0.24 * a)
        centre = at + floats([side * high if k < 7 else 0, -0.03 * high + 0.06 * high * (b - 0.5)])
        sheet.line(np.stack([at, centre]), 0.012 * high + 0.004, "#4d3a2e")
        long, flat = high * (0.12 + 0.10 * c), high * (0.045 + 0.03 * b)
        ripple = 1 + 0.12 * np.cos(9 * turn)
        edge = [centre[0] + long * ripple * np.cos(turn), centre[1] + flat * ripple * np.sin(turn)]
        pad = floats(np.stack(edge, axis=-1))
        sheet.fade(
            pad, [(float(centre[1]) - flat, "#7d9a62"), (float(centre[1]), leaf), (float(centre[1]) + flat, leaf)]
        )
        sheet.line(pad, 0.007)


def cedars(sheet: Print, rng: np.random.Generator, base: float, high: float, colour: str) -> None:
    """A row of straight dark trees."""
    for a, b, c in rng.random((9, 3)).tolist():
        x, tall, wide = a, high * (0.5 + 0.5 * b), high * (0.12 + 0.08 * c)
        steps = np.linspace(0, 1, 6)
        left = np.stack(
            [x - wide * (1 - steps) * (1 + 0.25 * (np.arange(6) % 2)), base - tall * (0.12 + 0.88 * steps)], axis=-1
        )
        right = np.stack([2 * x - left[::-1, 0], left[::-1, 1]], axis=-1)
        shape = np.concatenate([left, right]).astype(np.float32)
        sheet.line(floats([[x, base], [x, base - 0.2 * tall]]), 0.012, "#4d3a2e")
        sheet.fill(shape, colour)
        sheet.line(shape, 0.006)


def houses(sheet: Print, rng: np.random.Generator, base: float, snow: bool) -> None:
    """Thatched roofs over pale walls."""
    x = 0.05 + 0.5 * float(rng.random())
    for a, b, c in rng.random((2 + int(rng.random() * 3), 3)).tolist():
        wide, high, y = 0.09 + 0.08 * a, 0.05 + 0.05 * b, base + 0.05 * c
        sheet.fill(floats([[x, y], [x + wide, y], [x + wide, y - 0.6 * high], [x, y - 0.6 * high]]), "#dcc8a0")
        sheet.line(floats([[x, y], [x, y - 0.6 * high], [x + wide, y - 0.6 * high], [x + wide, y]]), 0.006)
        sheet.line(floats([[x + wide / 2, y], [x + wide / 2, y - 0.6 * high]]), 0.012, "#5f4a3a")
        roof = floats(
            [
                [x - 0.25 * wide, y - 0.5 * high],
                [x + 0.2 * wide, y - 1.5 * high],
                [x + 0.8 * wide, y - 1.5 * high],
                [x + 1.25 * wide, y - 0.5 * high],
            ]
        )
        sheet.fill(roof, "#f1ece0" if snow else ("#8f7448", "#6f6a62", "#a3834f")[int(3 * c)])
        sheet.line(np.concatenate([roof, roof[:1]]), 0.008)
        x += wide * 1.5


def boats(sheet: Print, rng: np.random.Generator, top: float, bottom: float) -> None:
    """Boats with square sails, or with a bent hull only."""
    for a, b, c, d in rng.random((1 + int(rng.random() * 4), 4)).tolist():
        y = top + (bottom - top) * (0.08 + 0.7 * b)
        s = 0.05 + 0.2 * (y - top)
        x = 0.08 + 0.84 * a
        t = np.linspace(-1, 1, 9)
        keel = np.stack([x + s * t, y - 0.22 * s * t**2 + 0.02], axis=-1)
        hull = np.concatenate(
            [keel, np.stack([x + s * t[::-1] * 0.9, y - 0.28 * s * t[::-1] ** 2 - 0.1 * s + 0.01], axis=-1)]
        )
        if c < 0.75:
            sail = floats(
                [
                    [x - 0.35 * s, y - 0.15 * s],
                    [x - 0.4 * s, y - 1.5 * s],
                    [x + 0.4 * s, y - 1.5 * s],
                    [x + 0.45 * s, y - 0.15 * s],
                ]
            )
            sheet.fill(sail, "#f3ead2" if d < 0.7 else "#c9a46a")
            sheet.line(np.concatenate([sail, sail[:1]]), 0.007)
            sheet.line(floats([[x, y], [x, y - 1.6 * s]]), 0.007)
        sheet.fill(hull.astype(np.float32), "#8a6442")
        sheet.line(hull.astype(np.float32), 0.007)


def bridge(sheet: Print, rng: np.random.Generator, y: float) -> None:
    """An arched bridge on posts from one edge of the print to the other."""
    rise, thick = 0.08 + 0.10 * float(rng.random()), 0.028
    t = np.linspace(-0.05, 1.05, 41)
    arch = np.stack([t, y - rise * (1 - (2 * t - 1) ** 2)], axis=-1).astype(np.float32)
    for k in range(4, 41, 6):
        x, top = arch[k].tolist()
        sheet.line(floats([[x, top], [x, y + 0.12]]), 0.022, "#5a4433")
        sheet.line(floats([[x - 0.012, top], [x - 0.012, y + 0.12]]), 0.006)
    lower = arch[::-1] + floats([0, thick])
    sheet.fill(np.concatenate([arch, lower]), "#a8763f")
    for offset in (0.0, thick, -0.035):
        sheet.line(arch + floats([0, offset]), 0.008)
    for k in range(0, 41, 2):
        x, top = arch[k].tolist()
        sheet.line(floats([[x, top], [x, top - 0.035]]), 0.006)


def torii(sheet: Print, x: float, base: float, high: float) -> None:
    """A red gate."""
    for side in (-0.36, 0.36):
        sheet.line(
            floats([[x + side * high, base], [x + side * high * 0.9, base - high]]), 0.07 * high + 0.008, "#b5432f"
        )
    for row, wide, thick in ((1.0, 0.62, 0.11), (0.76, 0.46, 0.06)):
        t = np.linspace(-1, 1, 7)
        beam = np.stack([x + wide * high * t, base - row * high - 0.06 * high * t**2], axis=-1).astype(np.float32)
        sheet.line(beam, thick * high + 0.004, "#b5432f")
        sheet.line(beam - floats([0, thick * high / 2]), 0.007)


def seal(sheet: Print, rng: np.random.Generator) -> None:
    """The publisher's red stamp and the title's column, in an upper corner; the marks mean nothing."""
    a, b = rng.random(2).tolist()
    x, y, high = (0.05 if a < 0.5 else 0.87), 0.05, 0.2 + 0.1 * b
    marks = rng.random((8, 4))
    sheet.fill(
        floats([[x, y], [x + 0.08, y], [x + 0.08, y + high], [x, y + high]]), "#c9a24a" if b < 0.3 else "#f1e6cc"
    )
    sheet.line(floats([[x, y], [x + 0.08, y], [x + 0.08, y + high], [x, y + high], [x, y]]), 0.006)
    for k, (p, q, r, s) in enumerate(marks.tolist()):
        row = y + 0.02 + (high - 0.04) * k / 8
        sheet.line(
            floats([[x + 0.015 + 0.02 * p, row], [x + 0.045 + 0.025 * q, row + 0.012 * r], [x + 0.03, row + 0.02 * s]]),
            0.006,
        )
    left, top = x + (0.1 if a < 0.5 else -0.075), y + 0.02
    sheet.fill(floats([[left, top], [left + 0.055, top], [left + 0.055, top + 0.075], [left, top + 0.075]]), "#b8392e")
    for p, q, r, _ in marks[:4].tolist():
        sheet.line(
            floats([[left + 0.01 + 0.03 * p, top + 0.012], [left + 0.01 + 0.03 * q, top + 0.06 * r + 0.01]]),
            0.006,
            PAPER,
        )
