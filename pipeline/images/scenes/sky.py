"""The sky of a scene: air, sun, stars and clouds, in linear light."""

import numpy as np

from pipeline.images.scenes.colour import linear, mix
from pipeline.images.scenes.noise import Array, fractal, smooth, unit_square, value
from pipeline.images.scenes.scene import Scene
from pipeline.images.scenes.terrain import FIELD_OF_VIEW


def air(scene: Scene, n: int) -> tuple[Array, Array, Array]:
    """Of the rows above the horizon: colour of clear sky h n 3, nearness to the sun h n (1: there), elevation h 1."""
    across, down = unit_square(n)
    down = down[: min(int(scene.horizon * n) + 2, n)]
    light = scene.light
    elevation = (np.float32(scene.horizon) - down) * np.float32(2 * FIELD_OF_VIEW)
    depth = np.exp(-np.maximum(elevation, 0) * np.float32(3.4))
    colour = mix(linear(light.zenith), linear(light.horizon), np.broadcast_to(depth, (len(down), n)))
    distance2 = ((across * 2 - 1 - np.float32(scene.sun_x)) * np.float32(FIELD_OF_VIEW)) ** 2
    distance2 = distance2 + (elevation - np.float32(min(scene.sun_tangent, 0.5))) ** 2 * np.float32(1.6)
    near = np.exp(-distance2 * np.float32(9)) * np.float32(0.25 if scene.sun_behind else 1.0)
    glow = near * smooth(0.9, 0.0, elevation)
    colour = mix(colour, linear(light.glow) * np.float32(1.2), np.float32(0.75) * glow)
    if not scene.sun_behind and light.moment not in ("overcast", "snowfall", "storm", "fog"):
        halo = np.exp(-distance2 * np.float32(160)) + 3 * smooth(0.0011, 0.0005, distance2)
        colour = colour + halo[..., None] * linear(light.glow) * np.float32(min(light.strength, 2.5) * 0.9)
    return colour, near, elevation


def sky(scene: Scene, n: int) -> tuple[Array, Array]:
    """Colour of the sky (n n 3, below the horizon its lowest row again) and its share of lit cloud (n n in [0, 1])."""
    colour, cloud = upper_sky(scene, n)
    below = np.minimum(np.arange(n), len(colour) - 1)
    return colour[below], np.broadcast_to(cloud, colour.shape[:2])[below]


def upper_sky(scene: Scene, n: int) -> tuple[Array, Array]:
    """The rows of `sky` that are above the horizon: h n 3, h n."""
    colour, near, elevation = air(scene, n)
    light = scene.light
    across = (unit_square(n)[0] * 2 - 1) * np.float32(FIELD_OF_VIEW)
    if light.moment == "night":
        stars = value(scene.lattices[5], unit_square(n)[0] * 90, unit_square(n)[1][: len(elevation)] * 90)
        colour = colour + (smooth(0.93, 0.99, stars) * smooth(0.05, 0.4, elevation))[..., None] * np.float32(0.5)
    if scene.clouds == "none":
        return colour, near * 0.3
    high = np.maximum(elevation, 0.0)
    far = 1 / (high + np.float32(0.16))
    footprint = far * far * np.float32(1.3 / n)
    x, z = across * far, far * np.float32(1.15)
    grid = scene.lattices[3]
    if scene.clouds == "cirrus":
        x, z = x * np.float32(0.7) + z * np.float32(0.3 * scene.bend), z * np.float32(1.6) - x * np.float32(0.35)
        puff = fractal(grid, x, z, 6, 0.55, footprint)
        density = smooth(0.62 - 0.3 * scene.cover, 0.95 - 0.2 * scene.cover, puff) * np.float32(0.85)
    elif scene.clouds == "blanket":
        x, z = x * np.float32(0.7), z * np.float32(1.1)
        puff = fractal(grid, x, z, 5, 0.5, footprint)
        density = np.float32(0.55) + np.float32(0.45) * smooth(0.35, 0.6, puff)
    else:
        x, z = x * np.float32(1.25), z * np.float32(1.25)
        puff = fractal(grid, x, z, 6, 0.5, footprint)
        density = smooth(0.72 - 0.34 * scene.cover, 0.80 - 0.30 * scene.cover, puff)
    # A cloud is bright where it is thinner towards the sun: the field is read again a little nearer to it.
    shift_x, shift_z = np.float32(0.22 * np.sign(scene.sun_x + 1e-3)), np.float32(-0.25 if scene.sun_behind else 0.2)
    toward = fractal(grid, x + shift_x, z + shift_z, 3, 0.5, footprint)
    bright = np.clip(np.float32(0.55) + np.float32(2.6) * (puff - toward) + np.float32(0.35) * near, 0, 1)
    white = linear(light.sun) * np.float32(0.42 + 0.18 * light.strength) + linear(light.glow) * near[..., None]
    dark = mix(linear(light.zenith), linear(light.horizon), 0.45) * np.float32(0.75)
    if scene.clouds == "blanket":
        white, dark = linear(light.horizon) * np.float32(1.05), linear(light.zenith) * np.float32(0.8)
    cloud = mix(dark, white, bright)
    density = density * smooth(-0.01, 0.12, elevation)
    return mix(colour, cloud, density), np.asarray(density * (np.float32(0.35) + 0.65 * bright), np.float32)
