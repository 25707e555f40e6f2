"""Where things stand in a scene, in coordinates from 0 to 1, x to the right and y downwards."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.images.scenes.noise import unit_square

SKY, GROUND, HOUSE, TREE, CAR = range(5)
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Thing:
    """A house, tree or car: its class, the middle of its foot, width, height, and a shape number in [0, 1)."""

    kind: int
    x: float
    foot: float
    width: float
    height: float
    shape: float

    def mask(self, x: npt.NDArray[np.float32], y: npt.NDArray[np.float32]) -> Mask:
        """Where it is."""
        u = (x - self.x) / self.width  # -0.5 .. 0.5
        v = (self.foot - y) / self.height  # 0 at the foot, 1 at the top
        inside = (np.abs(u) <= 0.5) & (v >= 0) & (v <= 1)
        if self.kind == HOUSE:  # walls and a gable, a pent or a flat roof
            wall = 0.6 + 0.4 * (self.shape > 0.7)
            slope = 1 - 2 * np.abs(u) if self.shape < 0.4 else u + 0.5
            return np.asarray(inside & (v <= wall + (1 - wall) * slope))
        if self.kind == TREE:  # a stem and a round or a pointed crown
            stem = (np.abs(u) <= 0.12) & (v >= 0) & (v <= 0.5)
            if self.shape < 0.5:
                crown = np.square(2 * u) + np.square((v - 0.62) / 0.38) <= 1
            else:
                crown = (v >= 0.25) & (v <= 1) & (np.abs(u) <= 0.5 * (1 - v) / 0.75)
            return np.asarray(stem | crown)
        body = (np.abs(u) <= 0.5) & (v >= 0) & (v <= 0.6)
        cabin = (np.abs(u - 0.1 * (self.shape - 0.5)) <= 0.3) & (v >= 0) & (v <= 1)
        return np.asarray(body | cabin)


@dataclass(frozen=True)
class Layout:
    """A scene's horizon, its slope, and its things from the farthest to the nearest."""

    horizon: float
    slope: float
    things: tuple[Thing, ...]

    def classes(self, n: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The class of each pixel, and which thing it belongs to (-1: none): both (n, n)."""
        x, y = unit_square(n)
        classes = np.where(y < self.horizon + self.slope * (x - 0.5), SKY, GROUND)
        part = np.full((n, n), -1)
        for number, thing in enumerate(self.things):
            mask = thing.mask(x, y)
            classes[mask], part[mask] = thing.kind, number
        return classes, part


def drawn(random: np.random.Generator) -> Layout:
    """A layout: one to three houses on the horizon, one to three trees before them, up to two cars in front."""
    horizon, slope = random.uniform(0.38, 0.62), random.uniform(-0.12, 0.12)

    def ground_at(x: float) -> float:
        return horizon + slope * (x - 0.5)

    things = []
    for _ in range(random.integers(1, 4)):
        x = random.uniform(0.05, 0.95)
        size = random.uniform(0.22, 0.42), random.uniform(0.2, 0.4)
        things.append(Thing(HOUSE, x, ground_at(x) + random.uniform(0.01, 0.06), *size, random.random()))
    for _ in range(random.integers(1, 4)):
        x = random.uniform(0.05, 0.95)
        size = random.uniform(0.16, 0.3), random.uniform(0.25, 0.5)
        things.append(Thing(TREE, x, ground_at(x) + random.uniform(0.03, 0.2), *size, random.random()))
    for _ in range(random.integers(0, 3)):
        size = random.uniform(0.2, 0.34), random.uniform(0.11, 0.17)
        things.append(Thing(CAR, random.uniform(0.1, 0.9), random.uniform(0.78, 0.97), *size, random.random()))
    return Layout(horizon, slope, tuple(things))
