"""The source `scenes`: every picture is rendered from the root seed, so that the project needs no data to start.

Six domains (photo, summer and winter as photographs of landscapes; vangogh, monet and ukiyoe as stand-ins for paintings
and prints) and two style images (udnie, rain). They are drawings of a program, not works of anybody: losses measured
on them cannot be compared with those measured on real paintings.
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from PIL import Image

from pipeline.core.seeds import numpy_generator
from pipeline.images.scenes import monet, styles, ukiyoe, vangogh
from pipeline.images.scenes.photo import TASTES, photograph
from pipeline.images.source import DomainImages, Picture, Request, StyleImage, StyleRequest

SIZES = (16, 1024)
LICENCE = "made by this project's own renderer; no outside material"
Painter = Callable[[np.random.Generator, int], Image.Image]
PAINTERS: Mapping[str, Painter] = {
    **{domain: partial(photograph, domain) for domain in TASTES},
    "vangogh": vangogh.painting,
    "monet": monet.painting,
    "ukiyoe": ukiyoe.painting,
}


def render(domain: str, split: str, index: int, size: int, seed: int) -> Image.Image:
    """Picture `index` of a domain's split, RGB, size x size pixels.

    A picture is drawn from a stream of its own: more pictures change none, and another size shows the same scene.
    Raises ValueError for an unknown domain or a size out of range.
    """
    painter = _painter(PAINTERS, domain, "domain")
    return painter(numpy_generator(seed, "scenes", domain, split, index), _checked(size))


def render_style(style: str, size: int, seed: int) -> Image.Image:
    """The style image of that name, RGB, size x size pixels. Raises ValueError as `render` does."""
    painter = _painter(styles.PAINTERS, style, "style")
    return painter(numpy_generator(seed, "scenes", "style", style), _checked(size))


def find(request: Request) -> DomainImages:
    """The pictures of a domain, rendered when they are loaded. ValueError for an unknown domain or a bad size."""
    _painter(PAINTERS, request.domain, "domain")

    def pictures(split: str, count: int, size: int) -> list[Picture]:
        return [
            Picture(f"{split}/{index:05d}", partial(render, request.domain, split, index, _checked(size), request.seed))
            for index in range(count)
        ]

    return DomainImages(
        train=pictures("train", request.scenes_train, request.train_size),
        test=pictures("test", request.scenes_test, request.test_size),
        source="scenes",
        licence=LICENCE,
        provenance={"renderer": "pipeline.images.scenes", "seed": request.seed},
        expected=None,
    )


def find_style(request: StyleRequest) -> StyleImage:
    """A style image, rendered when it is loaded. ValueError for an unknown style or a bad size."""
    _painter(styles.PAINTERS, request.style, "style")
    return StyleImage(
        picture=Picture(request.style, partial(render_style, request.style, _checked(request.size), request.seed)),
        source="scenes",
        licence=LICENCE,
        provenance={"renderer": "pipeline.images.scenes", "seed": request.seed},
    )


def _painter(painters: Mapping[str, Painter], name: str, kind: str) -> Painter:
    if name not in painters:
        raise ValueError(f"data: scenes has no {kind} '{name}'; it renders {', '.join(sorted(painters))}")
    return painters[name]


def _checked(size: int) -> int:
    if not SIZES[0] <= size <= SIZES[1]:
        raise ValueError(f"data: scenes renders pictures of {SIZES[0]} to {SIZES[1]} pixels a side, not of {size}")
    return size
