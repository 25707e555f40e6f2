"""A rendered world: one shaded object on a neutral background, in one of four colours, each a range of shades.

The colour is the domain; kind, form, light and place are not. Real pictures of a domain so differ in hue, saturation
and brightness, which a translation into it may choose from. The object's pixels are known.

Shape legend: S pixels of a side, F = S * FINER of the finer picture that is averaged. Coordinates in [-1, 1], y down.
"""

import colorsys
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.core import seeds
from pipeline.sdit.model.pictures import Half

Array = npt.NDArray[np.float64]
FINER = 3  # pixels of a side that one pixel is averaged from

# Hue in degrees, saturation and value, each from and to: the paper's four colours.
SHADES = {
    "orange": ((14, 32), (0.65, 1.0), (0.5, 1.0)),
    "yellow": ((48, 62), (0.5, 1.0), (0.6, 1.0)),
    "green": ((90, 150), (0.4, 1.0), (0.3, 0.9)),
    "blue": ((200, 245), (0.45, 1.0), (0.35, 1.0)),
}
KINDS = ("ball", "box", "vase", "ring")


def half(name: str, domains: Sequence[str], count: int, size: int, seed: int) -> Half:
    """`count` pictures of each domain of one half; ValueError for a colour that this world does not have."""
    if unknown := [domain for domain in domains if domain not in SHADES]:
        raise ValueError(f"the rendered objects have no colour {unknown[0]!r}; known are {', '.join(SHADES)}")
    x, label, mask = [], [], []
    for place, domain in enumerate(domains):
        for number in range(count):
            picture, where = render(domain, size, seeds.numpy_generator(seed, "objects", name, domain, number))
            x.append(picture)
            mask.append(where)
            label.append(np.eye(len(domains), dtype=np.float32)[place])
    return Half(np.stack(x), np.stack(label), np.stack(mask))


def render(domain: str, size: int, random: np.random.Generator) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """One picture, uint8 (S, S, 3), and where at least half of a pixel is the object, bool (S, S)."""
    F = size * FINER
    axis = (np.arange(F) + 0.5) / F * 2 - 1
    X, Y = np.meshgrid(axis, axis)
    radius, cx, cy = random.uniform(0.5, 0.72), *random.uniform(-0.18, 0.18, 2)
    angle = random.uniform(-0.35, 0.35)
    u = ((X - cx) * np.cos(angle) + (Y - cy) * np.sin(angle)) / radius
    v = (-(X - cx) * np.sin(angle) + (Y - cy) * np.cos(angle)) / radius
    height = _height(KINDS[random.integers(len(KINDS))], u, v, random)  # (F, F), 0 outside
    inside = height > 0
    light = np.array([random.uniform(-0.7, 0.7), random.uniform(-0.9, -0.3), 0.8])
    dy, dx = np.gradient(height * radius, axis[1] - axis[0])
    normal = np.stack([-dx, -dy, np.ones_like(dx)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    facing = np.clip(normal @ (light / np.linalg.norm(light)), 0, 1)
    body = _colour(domain, random) * (0.35 + 0.75 * facing[..., None]) + 0.45 * (facing[..., None] ** 24)
    grey = random.uniform(0.55, 0.85)
    shadow = 1 - 0.35 * np.exp(-(((X - cx) / radius) ** 2) - ((Y - cy - 0.9 * radius) / (0.25 * radius)) ** 2)
    ground = (grey + 0.08 * Y)[..., None] * shadow[..., None] * np.ones(3)
    fine = np.where(inside[..., None], body, ground)
    coarse = fine.reshape(size, FINER, size, FINER, 3).mean((1, 3)) + random.normal(0, 0.01, (size, size, 3))
    covered = inside.reshape(size, FINER, size, FINER).mean((1, 3))
    return (np.clip(coarse, 0, 1) * 255 + 0.5).astype(np.uint8), covered >= 0.5


def _colour(domain: str, random: np.random.Generator) -> Array:
    hue, saturation, value = (random.uniform(*ends) for ends in SHADES[domain])
    return np.array(colorsys.hsv_to_rgb(hue / 360, saturation, value))


def _height(kind: str, u: Array, v: Array, random: np.random.Generator) -> Array:
    """How far the object stands out of the picture at each point; 0 or less is background."""
    if kind == "ball":
        return _dome(u**2 + (v / random.uniform(0.8, 1.0)) ** 2)
    if kind == "box":
        wide = random.uniform(0.6, 0.9)
        return np.asarray(0.5 * np.clip(6 * (1 - np.maximum(np.abs(u) / wide, np.abs(v) / 0.8)), 0, 1))
    if kind == "ring":
        distance = np.hypot(u, v) - 0.66
        return _dome((distance / random.uniform(0.24, 0.34)) ** 2) * 0.5
    waist, phase = random.uniform(0.1, 0.25), random.uniform(0, np.pi)
    profile = np.where(np.abs(v) < 0.95, 0.5 + waist * np.sin(3.2 * v + phase), 1e-6)  # a vase: round, turned
    return _dome((u / profile) ** 2) * profile


def _dome(squared: Array) -> Array:
    return np.asarray(np.sqrt(np.clip(1 - squared, 0, None)))
