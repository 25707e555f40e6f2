"""The ground of a scene as a height field, seen in perspective.

The field is sampled on rays: one column of the picture is one ray over the plane, cut at distances that grow by a
constant factor. The first sample of a ray that rises above a row of the picture is what that row shows.
"""

from dataclasses import dataclass, fields

import numpy as np

from pipeline.images.scenes.noise import Array, Mask, fractal, smooth, unit_square, value
from pipeline.images.scenes.scene import Scene

FIELD_OF_VIEW = 0.62  # tangent of half the angle
NEAR, FAR = 0.5, 110.0


@dataclass(frozen=True)
class Rays:
    """Samples of the ground on (steps, columns): place, height over the water, slope, woods, sunlight."""

    x: Array
    z: Array  # (steps, 1)
    height: Array
    ceiling: Array  # row of the picture up to which the ground reaches until this step
    slope_x: Array
    slope_z: Array
    wood: Array
    lit: Array


@dataclass(frozen=True)
class Ground:
    """What pixels show of the ground, n x n or a list of them; where `sky` is true the other fields mean nothing."""

    sky: Mask
    x: Array
    z: Array
    height: Array
    slope_x: Array
    slope_z: Array
    wood: Array
    lit: Array
    water: Mask

    def at(self, here: Mask) -> "Ground":
        """Only the pixels where `here` is true, as a list."""
        return Ground(**{field.name: getattr(self, field.name)[here] for field in fields(self)})


def bank(scene: Scene, x: Array, z: Array, footprint: Array) -> Array:
    """Height of the land before hills: below 0 is water."""
    bays = fractal(scene.lattices[0], x * np.float32(0.35), z * np.float32(0.35), 4, footprint=footprint * 0.35) - 0.5
    if scene.kind == "lake":
        far, wide = 7 + 12 * scene.shore, 6 + 10 * scene.shore
        q = ((x - np.float32(3 * scene.bend)) / np.float32(wide)) ** 2 + ((z - far / 2) / np.float32(far / 2)) ** 2
        return np.asarray((np.float32(0.9) * (q - 1) + 2.4 * bays).clip(-1, 1.2), np.float32)
    if scene.kind == "river":
        middle = np.float32(1.3 * scene.bend) + np.sin(z * np.float32(0.28) + np.float32(9 * scene.shore)) * (
            np.float32(0.4) + z * np.float32(0.07)
        )
        width = np.float32(0.8 + 0.7 * scene.shore) + z * np.float32(0.02)
        return np.asarray(((np.abs(x - middle) - width + 1.2 * bays) * np.float32(0.6)).clip(-0.6, 0.7), np.float32)
    if scene.kind == "coast":
        side = np.float32(1 if scene.bend > 0 else -1)
        beach = side * x - np.float32(0.4) - z * np.float32(0.05 + 0.25 * scene.shore) + 3.0 * bays
        near = np.float32(2.6 + 2 * abs(scene.bend)) - z + 1.5 * bays  # a beach at our feet, now and then
        land = np.maximum(beach, near) if scene.shore > 0.6 else beach
        return np.asarray((land * np.float32(0.35)).clip(-0.8, 0.9), np.float32)
    return np.full(np.broadcast_shapes(x.shape, z.shape), np.float32(0.3))


def elevation(scene: Scene, x: Array, z: Array, footprint: Array) -> Array:
    """Height of the ground over the water at places (x, z)."""
    height = bank(scene, x, z, footprint)
    dry = smooth(0.0, 0.6, height)
    scale = np.float32(scene.hill_scale)
    rolling = fractal(scene.lattices[1], x * scale, z * scale, 5, 0.45, footprint * scale) - 0.35
    if scene.kind == "dunes":
        crest = fractal(scene.lattices[1], x * scale * 0.5 + 7, z * scale, 2, 0.3, footprint * scale, ridged=True)
        rolling = rolling * np.float32(0.2) + crest * crest - 0.4
    height = height + np.float32(scene.hills) * rolling * dry * smooth(1.5, 9, z)
    if scene.mountains > 0:
        scale = np.float32(scene.mountain_scale)
        crest = fractal(scene.lattices[2], x * scale + 3, z * scale, 6, 0.52, footprint * scale, ridged=True)
        broad = value(scene.lattices[3], x * scale * 0.4 + 11, z * scale * 0.4)
        rise = smooth(scene.mountain_start, scene.mountain_start * 2.2, z)
        if scene.walls > 0:
            rough = np.abs(x - scene.bend - z * np.float32(0.06) * np.float32(scene.bend)) - 1.5 * broad
            rise = np.maximum(rise * np.float32(0.8), smooth(scene.walls, scene.walls * 2.0, rough) * smooth(4, 11, z))
        height = height + np.float32(scene.mountains) * rise * dry * crest * crest * (np.float32(0.35) + 1.3 * broad)
    return height


def cast(scene: Scene, n: int) -> Rays:
    """Sample the ground of a scene for a picture of n columns."""
    steps = min(n + n // 8, 640)
    z = np.geomspace(NEAR, FAR, steps, dtype=np.float32)[:, None]
    across = (unit_square(n)[0] * 2 - 1) * np.float32(FIELD_OF_VIEW)
    x = across * z
    footprint = np.maximum(2 * FIELD_OF_VIEW * z / n, np.float32(0.5) * z * np.float32(np.log(FAR / NEAR) / steps))
    footprint = footprint.astype(np.float32)
    bare = elevation(scene, x, z, footprint)
    water = bare < 0
    height = np.maximum(bare, 0)

    # Woods grow on land that is neither steep nor too high, in patches; their crowns are part of the height.
    patch = fractal(scene.lattices[4], x * np.float32(0.12), z * np.float32(0.12), 4, 0.5, footprint * 0.12)
    wood = smooth(0.02, -0.05, patch - np.float32(0.25 + 0.5 * scene.forest)) if scene.forest > 0.03 else patch * 0
    if scene.mountains > 0:
        wood = wood * smooth(0.62, 0.3, (height - 0.5) / np.float32(scene.mountains))
    wood = wood * smooth(0.05, 0.25, height) * (smooth(3.5, 8.0, z) if scene.kind != "forest" else smooth(14, 22, z))
    if scene.path > 0:
        wood = wood * smooth(0.3, 1.2, path_distance(scene, x, z))
    crowns = value(scene.lattices[5], x * np.float32(3.0), z * np.float32(1.5))
    crowns = crowns * crowns * smooth(1.4, 0.4, footprint * 3.0) + value(scene.lattices[5], x * 0.7, z * 0.7) * 0.5
    height = height + wood * (np.float32(0.25) + np.float32(0.8) * crowns)

    across_step = (2 * FIELD_OF_VIEW * z / n).astype(np.float32)
    slope_x = np.gradient(height, axis=1).astype(np.float32) / across_step
    along = np.gradient(height, axis=0).astype(np.float32) / np.gradient(z, axis=0).astype(np.float32)
    slope_z = along - slope_x * across
    row = np.float32(scene.horizon) - (height - np.float32(scene.camera)) / (2 * FIELD_OF_VIEW * z).astype(np.float32)
    return Rays(
        x=x,
        z=z,
        height=np.where(water, bare, height),
        ceiling=np.minimum.accumulate(row.astype(np.float32), axis=0),
        slope_x=slope_x,
        slope_z=slope_z,
        wood=wood,
        lit=sunlight(scene, x, height),
    )


def sunlight(scene: Scene, x: Array, height: Array) -> Array:
    """1 in the sun, 0 in a cast shadow: rays of the sun run across the picture, so that a row casts on itself."""
    side = np.float32(-1 if scene.sun_x > 0 else 1)
    tangent = np.float32(max(scene.sun_tangent, 0.12) * 1.1)
    lifted = height + side * x * tangent
    blocked = lifted if side > 0 else lifted[:, ::-1]
    blocked = np.maximum.accumulate(blocked, axis=1)
    blocked = blocked if side > 0 else blocked[:, ::-1]
    return 1 - smooth(0.02, 0.35, blocked - lifted)


def path_distance(scene: Scene, x: Array, z: Array) -> Array:
    """Distance of a place from the middle of the path."""
    bend = np.float32(scene.bend)
    middle = bend * 0.8 + bend * z * 0.08 + np.sin(z * np.float32(0.5) + 7 * bend) * (0.1 + 0.07 * z)
    return np.asarray(np.abs(x - middle), np.float32)


def see(rays: Rays, n: int) -> Ground:
    """Find what each pixel of the n x n picture shows."""
    steps, columns = rays.ceiling.shape
    rows = unit_square(n)[1]
    # Ceilings fall along a ray, so that one search over all rays, put one behind the other, finds every pixel's sample.
    offset = 1000.0 * np.arange(columns)[None, :]
    keys = (offset - rays.ceiling).T.ravel()
    wanted = (offset - rows).T.ravel()
    first = np.searchsorted(keys, wanted, side="left").reshape(columns, n).T - steps * np.arange(columns)[None, :]
    sky = first >= steps
    step = np.minimum(first, steps - 1)
    index = step * columns + np.arange(columns)[None, :]
    before = np.maximum(step - 1, 0) * columns + np.arange(columns)[None, :]
    ceiling = rays.ceiling.ravel()
    gap = ceiling.take(before) - ceiling.take(index)
    share = np.clip((ceiling.take(before) - rows) / np.maximum(gap, 1e-6), 0, 1).astype(np.float32)

    def read(field: Array) -> Array:
        flat = np.ascontiguousarray(field).ravel()
        first = flat.take(before)
        return np.asarray(first + (flat.take(index) - first) * share, np.float32)

    height = read(rays.height)
    everywhere = np.broadcast_to(rays.z, rays.x.shape)
    return Ground(
        sky=sky, x=read(rays.x), z=read(everywhere), height=height, slope_x=read(rays.slope_x),
        slope_z=read(rays.slope_z), wood=read(rays.wood), lit=read(rays.lit), water=~sky & (height < 0),
    )  # fmt: skip
