"""S above a picture of a film, as the paper's bar of colours: red is A, green B, blue C."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from pipeline.sgn.figures import movie
from pipeline.translate.pictures import Pixels

PART, LEAST = 16, 20  # the bar is a 16th of the picture's height, and at least so many pixels


def above(picture: Pixels, S: Sequence[float], names: Sequence[str]) -> Pixels:
    """The picture (H, W, 3) below a bar and a gap: (H + the bar's height, W, 3), both rounded up to even numbers.

    The bar is the films' (sgn/figures/movie.py), as wide as the picture.
    """
    H, W = picture.shape[:2]
    high = max(LEAST, H // PART)
    gap = high // 5
    canvas = Image.new("RGB", (W + W % 2, H + high + gap + (H + high + gap) % 2), "white")
    canvas.paste(Image.fromarray(picture), (0, high + gap))
    movie.bar(ImageDraw.Draw(canvas), S, names, W, high, movie.font("DejaVuSans-Bold.ttf", high // 2))
    return np.asarray(canvas)
