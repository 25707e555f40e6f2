"""Colours: hexadecimal sRGB to linear light and back, mixing, and the tone curve of a film."""

from functools import lru_cache

import numpy as np
from PIL import Image

from pipeline.images.scenes.noise import Array, Numbers


@lru_cache(maxsize=1024)
def srgb(code: str) -> Array:
    """'#rrggbb' as three numbers in [0, 1], as a screen shows them."""
    return _constant(np.array([int(code[k : k + 2], 16) for k in (1, 3, 5)], np.float32) / np.float32(255))


@lru_cache(maxsize=1024)
def linear(code: str) -> Array:
    """'#rrggbb' as three numbers in [0, 1] of linear light."""
    return _constant(srgb(code) ** np.float32(2.2))


def _constant(colour: Array) -> Array:
    colour.flags.writeable = False
    return colour


def mix(first: Array, second: Array, t: Array | float) -> Array:
    """(1 - t) first + t second; t is a number or has the shape of the picture without its colours."""
    weight = np.float32(t) if isinstance(t, float) else t[..., None]
    return first + (second - first) * weight


def ramp(codes: str, t: Numbers) -> Array:
    """A gradient through the colours in `codes` ('#rrggbb #rrggbb ...', dark to light) read at t in [0, 1]: ... 3."""
    stops = np.stack([srgb(code) for code in codes.split()])
    place = np.clip(t, 0, 1) * np.float32(len(stops) - 1)
    low = np.minimum(place.astype(np.int32), len(stops) - 2)
    return mix(stops[low], stops[low + 1], place - low)


def luminance(picture: Array) -> Array:
    """Brightness of an RGB array: ... 3 -> ..."""
    weights = np.array([0.2126, 0.7152, 0.0722], np.float32)
    return np.asarray(picture @ weights, np.float32)


def film(light: Array, exposure: float, contrast: float, saturation: float, warmth: float) -> Array:
    """Linear light (H W 3, any positive) to sRGB in [0, 1] as a film does: soft shoulder, deep toe, a colour cast."""
    cast = np.array([1 + warmth, 1.0, 1 - warmth], np.float32)
    x = np.maximum(light * np.float32(exposure) * cast, 0)
    x = (
        x
        * (np.float32(2.51) * x + np.float32(0.03))
        / (x * (np.float32(2.43) * x + np.float32(0.59)) + np.float32(0.14))
    )
    x = np.clip(x, 0, 1) ** np.float32(1 / 2.2)
    grey = luminance(x)[..., None]
    x = np.clip(grey + (x - grey) * np.float32(saturation), 0, 1)
    return np.asarray(x + np.float32(contrast) * (x * x * (3 - 2 * x) - x), np.float32)


def to_image(picture: Array) -> Image.Image:
    """H W 3 in [0, 1] (clipped) -> RGB image."""
    return Image.fromarray(np.asarray(np.clip(picture, 0, 1) * 255 + np.float32(0.5), np.uint8))
