"""One scene of the world, as a photo and as a label: both uint8 (n, n, 3)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.asymgan.world import paint
from pipeline.asymgan.world.layout import Layout, drawn
from pipeline.asymgan.world.palette import PALETTE
from pipeline.core.seeds import numpy_generator


@dataclass(frozen=True)
class Scene:
    """One scene: photo and label as uint8 (n, n, 3), and the classes (n, n) that the label shows."""

    photo: npt.NDArray[np.uint8]
    label: npt.NDArray[np.uint8]
    classes: npt.NDArray[np.int64]


def scene(split: str, index: int, n: int, seed: int) -> Scene:
    """Scene `index` of a split, drawn from a stream of its own: more scenes change none."""
    random = numpy_generator(seed, "asymgan", split, index)
    layout: Layout = drawn(random)
    classes, part = layout.classes(n)
    photo = paint.photo(classes, part, layout, random)
    return Scene((photo * 255 + 0.5).astype(np.uint8), PALETTE[classes], classes)
