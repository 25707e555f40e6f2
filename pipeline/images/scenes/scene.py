"""What a landscape is made of, before anything is drawn: numbers without pixels.

Distances are in units of some ten metres, heights above the water are in the same unit. A scene is drawn from a
generator with probabilities that depend on what it is for; nothing here knows the size of a picture.
"""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.images.scenes.noise import Array, lattice


@dataclass(frozen=True)
class Light:
    """Sun and sky. Colours are '#rrggbb'; `strength` and `ambient` are multiples of them."""

    moment: str
    sun: str
    strength: float
    zenith: str
    horizon: str
    glow: str
    ambient: float
    elevation: tuple[float, float]  # of the sun, as the tangent of its angle
    visibility: tuple[float, float]  # distance at which haze takes 63 % of the light
    exposure: float  # brightness that the finished picture aims at


MOMENTS = {
    light.moment: light
    for light in (
        Light("day", "#fff3dc", 3.2, "#2f68b4", "#b5d3ee", "#ffffff", 0.6, (0.6, 1.6), (90, 240), 0.215),
        Light("hazy", "#ffeccc", 2.4, "#7fa6cc", "#dde5e8", "#fff4dd", 0.8, (0.5, 1.2), (35, 80), 0.24),
        Light("golden", "#ffc67c", 3.4, "#5f88b8", "#efd4aa", "#ffd88c", 0.55, (0.22, 0.45), (60, 140), 0.19),
        Light("sunset", "#ff9650", 2.6, "#3a4b7c", "#f0a068", "#ffc56a", 0.5, (0.03, 0.16), (45, 110), 0.13),
        Light("dusk", "#b3909a", 0.7, "#2b3a5e", "#ab8f9c", "#f0b49a", 0.8, (0.03, 0.1), (40, 90), 0.11),
        Light("dawn", "#ffd0ae", 2.0, "#8497bd", "#efccbe", "#ffe2c4", 0.65, (0.08, 0.25), (16, 40), 0.22),
        Light("overcast", "#eef0f0", 1.0, "#8e979f", "#c5cbce", "#e2e4e4", 0.95, (0.8, 1.5), (40, 110), 0.19),
        Light("storm", "#ffe9bf", 2.4, "#39424f", "#8d979b", "#d8d3bd", 0.5, (0.35, 0.7), (50, 120), 0.125),
        Light("fog", "#f4efe4", 1.1, "#b9c0c4", "#dcdedd", "#fbf3e4", 0.95, (0.4, 1.0), (7, 16), 0.30),
        Light("night", "#8fa6d8", 0.6, "#0a1128", "#2f436c", "#cfdcff", 0.5, (0.4, 0.9), (50, 120), 0.05),
        Light("cold", "#fff4e6", 3.0, "#3b76c2", "#c3dbf0", "#ffffff", 0.62, (0.25, 0.7), (80, 220), 0.33),
        Light("snowfall", "#e9edf2", 0.8, "#a9b3bf", "#cfd6dc", "#e6eaee", 0.95, (0.8, 1.5), (14, 34), 0.36),
    )
}


@dataclass(frozen=True)
class Scene:
    """One landscape; see `draw`. Lattices are the random fields of its shapes."""

    kind: str
    season: str
    light: Light
    horizon: float  # row of the horizon, as a fraction of the height from the top
    camera: float  # height of the eye
    sun_x: float  # column of the sun, -1 left edge to 1 right edge; may be outside of the picture
    sun_tangent: float
    sun_behind: bool
    mountains: float  # height of the mountains
    mountain_start: float  # distance at which they begin
    mountain_scale: float  # peaks per unit
    walls: float  # half width of a valley between steep walls, 0: none
    hills: float
    hill_scale: float
    shore: float  # where the water is: distance of the far shore, or the width of a river, or the side of the sea
    bend: float
    forest: float  # part of the land that is wooded, 0 to 1
    snow: float  # height above which snow lies, times the height of the mountains; below 0: everywhere
    ground: str
    fields: bool
    path: float  # half width of a path, 0: none
    clouds: str
    cover: float
    species: tuple[str, ...]
    trees: int
    grove: float  # size of the nearest trees
    wind: float  # roughness of water, 0 to 1
    flowers: str
    lattices: tuple[Array, ...]


@dataclass(frozen=True)
class Taste:
    """What a domain's landscapes are likely to be: value -> weight."""

    kinds: dict[str, float]
    seasons: dict[str, float]
    moments: dict[str, float]


def choose(rng: np.random.Generator, weights: dict[str, float]) -> str:
    """One of the keys, with probability in proportion to its weight; one draw."""
    names = list(weights)
    edges = np.cumsum([weights[name] for name in names])
    return names[int(np.searchsorted(edges, rng.random() * edges[-1], side="right").clip(0, len(names) - 1))]


GROUNDS = {
    "spring": ("#74934d", "#7f9a55", "#688545", "#919f5c"),
    "summer": ("#63793f", "#717f4a", "#576f3a", "#7f8450", "#a39660"),
    "autumn": ("#947c4a", "#807343", "#a08250", "#73683e", "#886044"),
    "winter": ("#eef2f6", "#e6ecf2", "#f2f3f4"),
}
FLOWERS = ("", "", "", "#e8d24a", "#c94f4a", "#f2f0ea", "#8a6fc0", "#d884b4")
SPECIES = {
    "spring": ("broadleaf", "birch", "conifer"),
    "summer": ("broadleaf", "conifer", "conifer", "poplar"),
    "autumn": ("autumn", "autumn", "conifer", "bare"),
    "winter": ("snowy", "snowy", "bare"),
}
CLOUDS = {
    "day": {"none": 1.0, "cumulus": 4.0, "cirrus": 2.0},
    "cold": {"none": 2.0, "cumulus": 2.0, "cirrus": 2.0},
    "hazy": {"none": 1.5, "cumulus": 1.5, "cirrus": 2.0},
    "golden": {"none": 1.0, "cumulus": 2.5, "cirrus": 2.5},
    "sunset": {"none": 0.7, "cumulus": 2.5, "cirrus": 3.0},
    "dusk": {"none": 1.0, "cumulus": 1.5, "cirrus": 3.0},
    "dawn": {"none": 1.5, "cumulus": 1.0, "cirrus": 2.5},
    "overcast": {"blanket": 1.0},
    "snowfall": {"blanket": 1.0},
    "storm": {"blanket": 1.0, "cumulus": 1.0},
    "fog": {"none": 1.0},
    "night": {"none": 2.0, "cirrus": 1.0},
}


def draw(rng: np.random.Generator, taste: Taste) -> Scene:
    """A scene in a domain's taste. The number of draws is always the same, whatever is chosen."""
    kind = choose(rng, taste.kinds)
    season = choose(rng, taste.seasons)
    light = MOMENTS[choose(rng, taste.moments)]
    if light.moment == "fog" and kind in ("lake", "coast", "dunes"):  # would hide all that there is to see
        light = MOMENTS["dawn"]
    clouds = choose(rng, CLOUDS[light.moment])
    number = iter(rng.random(40).tolist())

    def between(low: float, high: float) -> float:
        return low + (high - low) * float(next(number))

    def one_of(values: tuple[str, ...]) -> str:
        return values[int(next(number) * len(values))]

    horizon = between(0.3, 0.62)
    camera = between(1.1, 2.6)
    sun_x, tangent = between(-1.1, 1.1), between(*light.elevation)
    behind = next(number) < 0.45 and light.moment not in ("sunset", "dusk")
    mountains, start, scale = between(6.0, 20.0), between(12, 26), between(0.04, 0.10)
    walls, hills, hill_scale = between(2.5, 5.0), between(0.5, 3.2), between(0.06, 0.2)
    shore, bend = between(0, 1), between(-1, 1)
    forest, snow = between(0, 0.9), between(0.25, 0.9)
    ground, fields, path = one_of(GROUNDS[season]), next(number) < 0.5, between(0.16, 0.3)
    cover, wind = between(0.25, 0.75), between(0, 1) ** 1.5
    species = (one_of(SPECIES[season]), one_of(SPECIES[season]))
    trees, grove = int(between(0, 1) ** 1.5 * 40), between(1.0, 2.4)
    flowers = one_of(FLOWERS)
    has_mountains, has_path = next(number) < 0.55, next(number) < 0.4

    if kind in ("lake", "river"):
        horizon = min(horizon, 0.5)
    if kind == "lake":
        forest = max(forest, 0.35)
    if kind == "river":
        mountains *= 0.8
    if kind == "coast":
        mountains = mountains * 0.5 if has_mountains else 0.0
        trees, forest, has_path, camera = trees // 4, forest * 0.4, False, camera * 1.5
    if kind in ("hills", "meadow") and not has_mountains:
        mountains = 0.0
    if kind == "meadow":
        hills, trees, grove = hills * 0.35, max(trees // 4, 2), grove * 1.3
    if kind == "peak":
        mountains, start, horizon, camera = mountains + 10, start * 0.8, max(horizon, 0.5), camera * 2
    if kind == "valley":
        mountains, start, horizon = mountains + 4, start * 0.8, max(horizon, 0.45)
    if kind == "forest":
        trees, grove, hills, forest, mountains = 44, 3.0 + grove, hills * 0.3, 0.75 + forest / 4, 0.0
        species = (f"tall {species[0]}",) * 2
    if kind == "dunes":
        mountains, forest, trees, ground, fields, has_path = 0.0, 0.0, 0, "#c9a468", False, False
        hills, hill_scale, flowers = hills * 0.9 + 0.8, hill_scale * 0.8, ""
    if season == "winter":
        snow, flowers, fields = -1.0, "", False
    elif season == "summer":
        snow = 0.5 + snow * 1.1
    return Scene(
        kind=kind, season=season, light=light, horizon=horizon, camera=camera, sun_x=sun_x, sun_tangent=tangent,
        sun_behind=behind, mountains=mountains, mountain_start=start, mountain_scale=scale,
        walls=walls if kind == "valley" else 0.0, hills=hills, hill_scale=hill_scale, shore=shore, bend=bend,
        forest=forest, snow=snow, ground=ground, fields=fields and kind in ("hills", "meadow"),
        path=path if has_path and kind in ("hills", "meadow", "forest", "valley") else 0.0, clouds=clouds, cover=cover,
        species=species, trees=trees, grove=grove, wind=wind, flowers=flowers,
        lattices=tuple(lattice(rng) for _ in range(6)),
    )  # fmt: skip


def with_trees(place: Scene, species: tuple[str, str]) -> Scene:
    """The same scene with other trees, and a few of them at least."""
    return replace(place, species=species, trees=max(place.trees // 2, 5))


def for_subject(place: Scene, subject: str) -> Scene:
    """The same scene, changed so that a painter finds his subject in it: a pond, a meadow, stubble, a sea."""
    if subject == "lilies":
        return replace(
            place, kind="lake", shore=0.55 + 0.4 * place.shore, horizon=0.08 + 0.2 * place.horizon,
            wind=0.3 * place.wind, forest=0.9, snow=2.0, mountains=0.0,
            season="summer" if place.season == "winter" else place.season,
        )  # fmt: skip
    if subject in ("poppies", "haystacks"):
        field = "#9aa65c" if subject == "poppies" else "#d9bd7c"
        return replace(
            place, kind="meadow", season="summer", ground=field, flowers="", fields=False, hills=0.5, snow=2.0
        )
    if subject == "boats":
        return replace(
            place, kind="coast" if place.shore < 0.7 else "river", flowers="", mountains=place.mountains * 0.5
        )
    return place
