"""The colours of label pictures, by which a pixel's class is known: the world's own, or found in the user's labels.

Shape legend: N pictures, H W pixels, K classes.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

FOUND = 8  # classes of labels whose palette nobody says
LOOKED_AT = 64  # of such labels
PATH = Path("data/asymgan/palette.npy")  # uint8 (K, 3)

CLASSES = ("sky", "ground", "house", "tree", "car")
# A label picture's colours, far apart, so that the nearest one names the class of a translation's pixel.
PALETTE = np.array([(70, 130, 220), (128, 64, 128), (60, 60, 60), (60, 180, 50), (230, 40, 40)], np.uint8)


def found(labels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The colours that fit label pictures (N, H, W, 3) best, at most FOUND: median cut and then k-means."""
    some = labels[np.linspace(0, len(labels) - 1, min(LOOKED_AT, len(labels))).astype(int)]
    stacked = Image.fromarray(np.ascontiguousarray(some.reshape(-1, some.shape[2], 3)))
    reduced = stacked.quantize(FOUND, Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    colours = np.asarray(reduced.getpalette(), np.uint8).reshape(-1, 3)
    return np.unique(colours[np.unique(np.asarray(reduced))], axis=0)


def nearest(pictures: npt.NDArray[np.uint8], palette: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """The class of each pixel of label pictures, by the nearest colour: (N, H, W, 3), (K, 3) -> (N, H, W)."""
    distances = [np.square(pictures.astype(np.float32) - colour.astype(np.float32)).sum(-1) for colour in palette]
    return np.asarray(np.stack(distances, -1).argmin(-1), np.int64)
