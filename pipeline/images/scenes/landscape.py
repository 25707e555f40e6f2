"""A scene as light: sky, ground with its materials, woods, water with reflections, trees, haze.

The result is what a camera or a painter looks at: linear light, and beside it what each pixel shows and how bright it
is among its kind.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.images.scenes import trees
from pipeline.images.scenes.colour import linear, luminance, mix
from pipeline.images.scenes.noise import Array, floats, fractal, smooth, unit_square, value
from pipeline.images.scenes.scene import Scene
from pipeline.images.scenes.sky import sky
from pipeline.images.scenes.terrain import FIELD_OF_VIEW, Ground, Rays, cast, path_distance, see

SKY, MOUNTAIN, WOOD, FIELD, PATH, WATER, TREE = range(7)
SNOW_GROUND = "#eef2f6"
Regions = NDArray[np.uint8]


@dataclass
class View:
    """A landscape, n x n: light (3 colours, linear), region (SKY to TREE), distance, cloud (lit cloud in the sky)."""

    light: Array
    region: Regions
    distance: Array
    cloud: Array


def direction(scene: Scene) -> tuple[float, float, float]:
    """Unit vector towards the sun: right, up, away from the eye."""
    x = scene.sun_x * FIELD_OF_VIEW if not scene.sun_behind else np.sign(scene.sun_x) * 0.7
    vector = np.array([x, scene.sun_tangent, -0.5 if scene.sun_behind else 0.9])
    vector[0] += 0.35 * np.sign(vector[0])
    unit = vector / np.linalg.norm(vector)
    return float(unit[0]), float(unit[1]), float(unit[2])


def ground_colour(scene: Scene, seen: Ground, n: int) -> tuple[Array, Regions]:
    """Reflectance of the land (3 colours behind the shape of `seen`) and its region."""
    x, z = seen.x, seen.z
    footprint = (2 * FIELD_OF_VIEW * z / n).astype(np.float32)
    lift = seen.height * np.float32(0.8)
    fine = fractal(scene.lattices[5], (x + lift) * 4, (z + lift) * 4, 5, 0.75, footprint * 5) - 0.5
    broad = fractal(scene.lattices[4], x * 0.5, z * 0.5, 4, 0.55, footprint * 0.5) - 0.5
    winter = scene.season == "winter"
    base = linear(scene.ground)
    other = base[::-1] * np.float32(0.5) + base * floats([1.1, 0.55, 0.35])
    colour = mix(base, base * floats([1.15, 0.95, 0.75]) if not winter else base, np.clip(0.5 + 2 * broad, 0, 1))
    if scene.fields:
        cells = np.floor(x * 0.16 + 0.3 * np.sin(z * 0.2)) + 5 * np.floor(z * 0.11 + 0.2 * np.sin(x * 0.3))
        kind = value(scene.lattices[0], cells * np.float32(7.0), cells * np.float32(3.0))
        wheat, green, plum = linear("#c9ab55"), linear("#5f8438"), linear("#8d6aa0")
        colour = np.where((kind > 0.72)[..., None], wheat, colour)
        colour = np.where((kind < 0.3)[..., None], green, colour)
        colour = np.where(((kind > 0.5) & (kind < 0.54))[..., None], plum, colour)
        rows = np.sin((x + np.float32(scene.bend) * z) * np.float32(8)) * smooth(0.5, 0.2, footprint * 2.5)
        colour = colour * (1 + np.float32(0.22) * rows * (kind > 0.45))[..., None]
    if scene.kind != "dunes" and not winter:
        bare = smooth(0.12, 0.3, broad + fine * 0.4)
        colour = mix(colour, other, np.float32(0.6) * bare)
    if scene.flowers:
        dots = 0.5 + (value(scene.lattices[1], x * 34, z * 22) - 0.5) * smooth(1.6, 0.4, footprint * 34)
        dots = dots + 0.3 * (value(scene.lattices[2], x * 9, z * 6) - 0.5)
        bloom = smooth(0.70, 0.88, dots + 0.9 * broad)
        colour = mix(colour, linear(scene.flowers), np.float32(0.9) * bloom * smooth(26, 8, z))
    if scene.kind == "dunes":
        ripples = np.sin(z * 9 + 5 * broad + x * 2) * smooth(0.9, 0.3, footprint * 9)
        colour = colour * (1 + np.float32(0.10) * ripples + np.float32(0.1) * fine)[..., None]
    else:
        colour = colour * (1 + np.float32(0.25 if winter else 1.3) * fine)[..., None]
    region = np.full(x.shape, FIELD, np.uint8)

    # Rock shows on steep slopes, sand at the water's edge, snow on what is high and not too steep.
    steep = np.sqrt(seen.slope_x**2 + seen.slope_z**2)
    rock = linear("#8b8378") * (1 + np.float32(0.9) * fine[..., None])
    sheer = smooth(0.55, 1.1, steep + broad) * (1 - seen.wood)
    colour = mix(colour, rock, sheer)
    beach = smooth(0.22, 0.08, seen.height) * (1 if scene.kind in ("coast", "lake", "river") else 0)
    wet = linear("#b5a385" if scene.kind == "coast" else "#7d7464") * (1 + np.float32(0.8) * fine[..., None])
    colour = mix(colour, linear(SNOW_GROUND) if winter else wet, np.asarray(beach, np.float32))
    if scene.path > 0:
        way = path_distance(scene, x, z) + np.float32(0.25) * fine
        track = smooth(scene.path, scene.path * 0.6, way) * smooth(40, 15, z)
        colour = mix(
            colour, linear("#cfd6de" if winter else "#b39c78") * (1 + np.float32(0.5) * fine[..., None]), track
        )
        region[track > 0.5] = PATH
    if scene.mountains > 0:
        high = smooth(scene.snow, scene.snow + 0.18, seen.height / np.float32(scene.mountains) + 0.25 * broad)
        lying = high * smooth(1.5, 0.8, steep + 0.8 * fine)
        colour = mix(colour, linear("#f6f8fb"), lying)
        region[(seen.height > 0.22 * scene.mountains) & (seen.z > scene.mountain_start * 0.7)] = MOUNTAIN
    if scene.forest > 0.03:
        dark, bright, _ = trees.leaves(scene.species[0])[0]
        leafage = value(scene.lattices[2], x * 2.3, z * 1.3) * smooth(1.4, 0.4, footprint * 2.3)
        shade = (
            np.clip(0.2 + 0.5 * leafage + 1.2 * fine, 0, 1)
            if not winter
            else smooth(0.4, 0.62, leafage * 0.5 + fine + 0.3)
        )
        leaf = mix(linear(dark) * np.float32(1.4), linear(bright) * np.float32(0.75 if winter else 0.9), shade)
        colour = mix(colour, leaf, seen.wood)
        region[seen.wood > 0.5] = WOOD
    return np.clip(colour, 0.004, 0.98), region


def haze(colour: Array, z: Array, backdrop: Array, visibility: float) -> Array:
    """Distance turns everything into the colour of the air before it, blue first."""
    depth = (z / np.float32(visibility))[..., None] * np.array([0.8, 0.95, 1.25], np.float32)
    share = np.exp(-depth)
    return np.asarray(colour * share + backdrop * (1 - share), np.float32)


def lit_ground(scene: Scene, seen: Ground, reflectance: Array) -> Array:
    """Sun and sky on the land."""
    to_x, to_y, to_z = direction(scene)
    norm = np.sqrt(1 + seen.slope_x**2 + seen.slope_z**2)
    facing = np.clip((to_y - seen.slope_x * to_x - seen.slope_z * to_z) / norm, 0, 1)
    drifting = fractal(scene.lattices[3], seen.x * 0.09, seen.z * 0.09, 3) if scene.clouds == "cumulus" else None
    sun = facing * seen.lit
    if drifting is not None:
        sun = sun * (np.float32(0.35) + np.float32(0.65) * smooth(0.42, 0.56, drifting))
    if scene.kind == "forest":  # leaves overhead let spots of sun through
        spots = fractal(scene.lattices[3], seen.x * 0.9, seen.z * 0.6, 3, 0.6)
        sun = sun * (np.float32(0.08) + np.float32(0.8) * smooth(0.54, 0.64, spots))
    light = scene.light
    up = np.float32(0.55) + np.float32(0.45) / norm
    ambient = mix(linear(light.zenith), linear(light.horizon), 0.5) * np.float32(light.ambient)
    direct = sun[..., None] * linear(light.sun) * np.float32(light.strength)
    return np.asarray(reflectance * (direct + up[..., None] * ambient), np.float32)


def water_light(scene: Scene, view: View, seen: Ground, backdrop: Array, n: int) -> None:
    """Paint the water of a view: what is above each shore upside down, broken by ripples, over its own colour."""
    rows = np.arange(n, dtype=np.int32)[:, None]
    shore = np.maximum.accumulate(np.where(seen.water, -1, rows), axis=0)
    z = np.float32(scene.camera) / np.maximum(
        (unit_square(n)[1] - np.float32(scene.horizon)) * np.float32(2 * FIELD_OF_VIEW), 0.01
    )
    x = (unit_square(n)[0] * 2 - 1) * np.float32(FIELD_OF_VIEW) * z
    footprint = np.broadcast_to(2 * FIELD_OF_VIEW * z / n, (n, 1)).astype(np.float32)
    rough = np.float32(0.15 + 0.85 * scene.wind)
    waves = (
        fractal(scene.lattices[0], x * 1.6, z * (3.5 if scene.kind != "coast" else 2.2), 5, 0.62, footprint * 2.5) - 0.5
    )
    reach = (rows - shore).astype(np.float32)
    jump = waves * (np.float32(0.10 * n) * rough + reach * np.float32(0.35) * rough)
    from_row = np.clip(2 * shore - rows + jump.astype(np.int32) - 1, 0, n - 1)
    mirrored = np.take_along_axis(view.light, np.broadcast_to(from_row[..., None], (n, n, 3)), axis=0)
    # A glance along the water sees the sky in it, a look down sees into it.
    down = np.clip((unit_square(n)[1] - np.float32(scene.horizon)) * np.float32(1.6), 0, 1)
    fresnel = np.clip(np.float32(0.92) - np.float32(0.75) * down + np.float32(0.7) * waves * rough, 0.12, 1)
    skylight = luminance(linear(scene.light.horizon)) * np.float32(scene.light.ambient + 0.3 * scene.light.strength)
    body = linear("#1d4a52" if scene.kind != "coast" else "#1a4a66") * skylight * np.float32(0.9)
    light = body + (mirrored * np.float32(0.92) - body) * np.broadcast_to(fresnel, (n, n))[..., None]
    light = light * (1 + np.float32(0.9) * rough * waves[..., None])
    if scene.kind == "coast":
        surf = smooth(-0.22, -0.02, seen.height + 0.35 * waves) * (seen.height > -0.5)
        crests = smooth(0.62, 0.8, waves + 0.5 + 0.18 * scene.wind) * rough * smooth(25, 6, seen.z)
        white = linear(scene.light.horizon) * np.float32(0.8 + 0.25 * scene.light.strength)
        light = mix(light, white, np.clip(surf * 0.8 + crests * 0.7, 0, 1))
    light = haze(light, np.minimum(z, 60) * np.float32(0.4), backdrop, 60.0)
    view.light[seen.water] = light[seen.water]


def plant(
    scene: Scene, rng: np.random.Generator, view: View, rays: Rays, n: int, visibility: float, air: Array
) -> None:
    """Put single trees on the land of a view, far ones first."""
    among = scene.kind == "forest"
    size = int(np.clip(2.2 * n if among else n, 96, 560))
    places = rng.random((64, 4))
    variants = rng.integers(trees.VARIANTS, size=4).tolist()
    away = 3.5 * 9.0 ** places[:, 0] if among else 5.0 * 11.0 ** places[:, 0]
    across = (places[:, 1] * 2 - 1) * 1.15
    if among:  # leave a glade in the middle to look through
        across += 0.3 * np.sign(across) * (away < 8)
    backlit = 0.35 if not scene.sun_behind and scene.light.moment in ("sunset", "golden", "dusk", "dawn") else 1.0
    light = scene.light
    ambient = mix(linear(light.zenith), linear(light.horizon), 0.5) * np.float32(light.ambient)
    shine = linear(light.sun) * np.float32(0.6 * light.strength * backlit) + ambient
    steps = rays.z.shape[0]
    for k in sorted(range(scene.trees), key=lambda k: -away[k]):
        column = int((across[k] + 1) / 2 * n)
        step = min(int(np.searchsorted(rays.z[:, 0], away[k])), steps - 1)
        level = float(rays.height[step, min(max(column, 0), n - 1)])
        if level < 0.06 or (scene.path > 0 and _on_path(scene, across[k], away[k])):
            continue
        ground = scene.horizon - (level - scene.camera) / (2 * FIELD_OF_VIEW * away[k])
        visible = min(ground, float(rays.ceiling[max(step - 1, 0), min(max(column, 0), n - 1)]) + 0.004)
        tall = scene.grove * (2.0 + 1.4 * places[k, 2])
        height = int(tall / (2 * FIELD_OF_VIEW * away[k]) * n)
        if height < 3 or visible < ground - 0.8 * height / n:
            continue
        tree = trees.nursery(scene.species[k % 2], variants[k % 4], 0.5 if scene.sun_behind else 1.0, size)
        share = float(np.exp(-away[k] / visibility))
        tint = 0.8 + 0.4 * places[k, 3]
        dark, bright, bark = (linear(code) for code in tree.colours)
        colours = np.stack([dark * ambient * 1.3, bright * shine, bark * ambient * 0.5, bark * shine]) * tint * share
        colours = (colours + air * (1 - share)).astype(np.float32)
        dark_foot = (0.07 if among else 0.2, 0.5 * share * (0.6 if among else 1.0))
        _paste(
            view, tree, scene.sun_x < 0, column, int(ground * n), int(visible * n), height, colours, dark_foot,
            away[k],
        )  # fmt: skip


def _on_path(scene: Scene, across: float, away: float) -> bool:
    x, z = (np.array([place], np.float32) for place in (across * FIELD_OF_VIEW * away, away))
    return bool(path_distance(scene, x, z)[0] < scene.path * 2)


def _contact(
    n: int, column: int, root: int, height: int, width: float, strength: float
) -> tuple[tuple[slice, slice], Array] | None:
    """Where a tree keeps the sky's light from the ground at its foot, and how much is left there."""
    wide, deep = max(int(width * height), 1), max(int(0.035 * height), 1)
    y0, y1, x0, x1 = max(root - deep, 0), min(root + deep, n), max(column - wide, 0), min(column + wide, n)
    if y0 >= y1 or x0 >= x1 or root - deep > n:
        return None
    rows = (np.arange(y0, y1, dtype=np.float32)[:, None] - root) / np.float32(deep)
    columns = (np.arange(x0, x1, dtype=np.float32)[None, :] - column) / np.float32(wide)
    return (slice(y0, y1), slice(x0, x1)), 1 - np.float32(strength) * smooth(1.0, 0.0, rows * rows + columns * columns)


def _paste(
    view: View, tree: trees.Tree, mirrored: bool, column: int, root: int, cut: int, height: int, colours: Array,
    foot: tuple[float, float], away: float,
) -> None:  # fmt: skip
    """Colours are those of leaves in shadow and in light, of bark in shadow and in light: 4 3."""
    n = view.light.shape[0]
    top, left = root - height, column - height // 2
    y0, y1, x0, x1 = max(top, 0), min(root, cut, n), max(left, 0), min(left + height, n)
    if y0 >= y1 or x0 >= x1:
        return
    layers = trees.scaled(tree, height, (x0 - left, y0 - top, x1 - left, y1 - top), mirrored)
    cover = layers[..., 0] + layers[..., 2]
    steps = np.stack([colours[0], colours[1] - colours[0], colours[2], colours[3] - colours[2]])
    window = view.light[y0:y1, x0:x1]
    shade = _contact(n, column, root, height, *foot)
    if shade is not None:
        box, dark = shade
        view.light[box] *= dark[..., None]
    window *= (1 - cover)[..., None]
    window += layers @ steps
    view.region[y0:y1, x0:x1][cover > 0.5] = TREE
    view.distance[y0:y1, x0:x1][cover > 0.5] = away


def thicket(scene: Scene, above: Array, n: int) -> Array:
    """What stands behind the trees of a forest: more leaves, with the sky in the gaps."""
    across, down = unit_square(n)
    clumps = fractal(scene.lattices[2], across * 5, down * 5, 6, 0.72)
    dark, bright, _ = trees.leaves(scene.species[0])[0]
    leaf = mix(
        linear(dark), linear(bright), smooth(0.35, 0.7, fractal(scene.lattices[4], across * 9, down * 9, 4, 0.7))
    )
    light = scene.light
    leaf = leaf * (linear(light.sun) * np.float32(0.4 * light.strength) + linear(light.horizon) * np.float32(0.3))
    leaf = haze(leaf, np.full((n, n), 18, np.float32), above, max(light.visibility[0], 12.0))
    bare = scene.season == "winter" or "bare" in scene.species[0]
    dense = smooth(0.44, 0.52, clumps + np.float32(0.10 if not bare else -0.03) + (down - scene.horizon * 0.6) * 0.25)
    return mix(above, leaf, dense)


def distant_air(scene: Scene, above: Array, n: int) -> Array:
    """The colour that distance tends to: the sky's low band without the sun's disc, even from left to right: 1 n 3."""
    bottom = max(int(scene.horizon * n), 2)
    band = above[int(0.7 * bottom) : bottom].mean(axis=0)
    coarse = band[: n - n % 8].reshape(8, -1, 3).mean(axis=1)
    coarse = np.minimum(coarse, np.median(coarse, axis=0) * np.float32(1.35))
    places = (np.arange(n) + 0.5) / n * 8 - 0.5
    return np.stack([np.interp(places, np.arange(8), coarse[:, c]) for c in range(3)], axis=-1)[None].astype(np.float32)


def look(scene: Scene, rng: np.random.Generator, n: int) -> View:
    """The scene at n x n pixels; `rng` decides on trees and on the air."""
    visibility = float(
        scene.light.visibility[0] + rng.random() * (scene.light.visibility[1] - scene.light.visibility[0])
    )
    above, cloud = sky(scene, n)
    if scene.kind == "forest":
        above = thicket(scene, above, n)
    backdrop = distant_air(scene, above, n)
    rays = cast(scene, n)
    seen = see(rays, n)
    view = View(
        light=above,
        region=np.where(seen.sky, SKY, WATER).astype(np.uint8),
        distance=np.where(seen.sky, np.float32(1e3), seen.z),
        cloud=cloud,
    )
    here = ~seen.sky & ~seen.water
    land = seen.at(here)
    reflectance, view.region[here] = ground_colour(scene, land, n)
    air = np.broadcast_to(backdrop, (n, n, 3))[here]
    view.light[here] = haze(lit_ground(scene, land, reflectance), land.z, air, visibility)
    if seen.water.any():
        water_light(scene, view, seen, backdrop, n)
    plant(scene, rng, view, rays, n, visibility, np.asarray(backdrop.mean(axis=(0, 1)), np.float32))
    return view
