"""Moving pictures of the web, GIF and WebP (and PNG to read): frames with their own durations, through Pillow."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageSequence

from pipeline.core import files
from pipeline.images import decoding

Pixels = npt.NDArray[np.uint8]  # (H, W, 3)

SUFFIXES = (".gif", ".webp", ".png", ".apng")
WRITTEN = (".gif", ".webp")
_FORMATS = ("GIF", "WEBP", "PNG")
MS = 100  # of a frame that does not say, as browsers show it


@dataclass(frozen=True)
class Animation:
    """Milliseconds of each frame, how often it plays (0: for ever), and whether parts are transparent."""

    path: Path
    width: int
    height: int
    durations: tuple[int, ...]
    loop: int
    transparent: bool


def probe(path: Path, max_pixels: int) -> Animation | None:
    """What moves; None for a file with one picture, and for what is no such file: others say what is wrong with it."""
    try:
        with path.open("rb") as stream:
            image = decoding.decode(stream, max_pixels, _FORMATS)
            if getattr(image, "n_frames", 1) < 2:
                return None
            durations, transparent = [], False
            for frame in ImageSequence.Iterator(image):
                frame.load()
                durations.append(int(frame.info.get("duration") or MS))
                transparent = transparent or frame.has_transparency_data
            loop = int(image.info.get("loop", 1 if image.format == "GIF" else 0))
            return Animation(path, image.width, image.height, tuple(durations), loop, transparent)
    except Exception:
        return None


def read(animation: Animation) -> Iterator[Pixels]:
    """The frames, transparency laid over white."""
    with animation.path.open("rb") as stream:
        image = decoding.decode(stream, animation.width * animation.height, _FORMATS)
        for frame in ImageSequence.Iterator(image):
            colours = frame.convert("RGBA")
            yield np.asarray(Image.alpha_composite(Image.new("RGBA", colours.size, "white"), colours).convert("RGB"))


def write(path: Path, frames: Iterable[Pixels], durations: Sequence[int], loop: int = 0) -> None:
    """Write frames as GIF (256 colours each) or WebP (quality 90), whole or not at all."""
    gif, data = path.suffix.lower() == ".gif", io.BytesIO()
    pictures = (_in_256_colours(frame) if gif else Image.fromarray(frame) for frame in frames)
    first = next(pictures)
    again = {} if gif and loop == 1 else {"loop": loop}
    options = {"disposal": 1} if gif else {"quality": 90, "method": 2}
    kind = "GIF" if gif else "WEBP"
    first.save(data, kind, save_all=True, append_images=pictures, duration=list(durations), **again, **options)
    with files.replacing(path) as temporary:
        temporary.write_bytes(data.getbuffer())


def durations(count: int, rate: float) -> list[int]:
    """Milliseconds of each of `count` frames at a rate: whole hundredths, as GIF has them, that keep the rate."""
    ends = [round(100 * i / rate) * 10 for i in range(count + 1)]
    return [max(10, end - start) for start, end in pairwise(ends)]


def _in_256_colours(frame: Pixels) -> Image.Image:
    return Image.fromarray(frame).quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG)
