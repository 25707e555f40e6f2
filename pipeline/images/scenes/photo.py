"""Photographs of landscapes: the domains photo, summer and winter."""

import numpy as np
from PIL import Image

from pipeline.images.scenes import scene
from pipeline.images.scenes.colour import film, luminance, to_image
from pipeline.images.scenes.landscape import look
from pipeline.images.scenes.noise import resized, unit_square

TASTES = {
    "photo": scene.Taste(
        kinds={
            "lake": 3, "river": 2, "coast": 3, "hills": 3, "meadow": 2, "peak": 1.5, "forest": 1.5,
            "valley": 1, "dunes": 0.7,
        },
        seasons={"spring": 1.5, "summer": 2, "autumn": 3},
        moments={
            "day": 1.5, "hazy": 1.5, "golden": 3, "sunset": 3, "dusk": 1.5, "dawn": 1.5, "overcast": 1,
            "storm": 1.5, "fog": 0.7, "night": 0.5,
        },
    ),
    "summer": scene.Taste(
        kinds={"valley": 3, "peak": 2.5, "lake": 2, "river": 2, "forest": 2.5, "meadow": 1.5, "hills": 1.5},
        seasons={"summer": 3, "spring": 1},
        moments={"day": 5, "hazy": 1, "golden": 0.8},
    ),
    "winter": scene.Taste(
        kinds={"valley": 3, "peak": 3, "lake": 2, "river": 1.5, "forest": 2, "meadow": 1.5, "hills": 2},
        seasons={"winter": 1},
        moments={"cold": 6, "snowfall": 0.9, "overcast": 0.7, "dusk": 0.5, "golden": 0.6},
    ),
}  # fmt: skip


def photograph(domain: str, rng: np.random.Generator, size: int) -> Image.Image:
    """One photograph of a domain's landscapes, size x size."""
    place = scene.draw(rng, TASTES[domain])
    contrast, saturation, warmth, vignette = rng.random(4).tolist()
    view = look(place, rng, size + size // 2)
    # The camera meters the whole picture, as cameras do, and the light of the moment decides what it aims at.
    bright = float(np.exp(np.log(luminance(view.light) + np.float32(0.01)).mean()))
    light = resized(view.light, size)
    picture = film(
        light, place.light.exposure / bright, 0.3 + 0.3 * contrast, 0.75 + 0.22 * saturation, 0.06 * (warmth - 0.5)
    )
    across, down = unit_square(size)
    edge = (across - 0.5) ** 2 + (down - 0.5) ** 2
    picture = picture * (1 - np.float32(0.1 + 0.3 * vignette) * edge)[..., None]
    grain = rng.standard_normal((size, size, 1), dtype=np.float32) * np.float32(0.008)
    return to_image(picture + grain * (1 - picture * np.float32(0.5)))
