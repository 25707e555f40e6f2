"""The film: inputs, one after the other, beside their translations while S travels from corner to corner, with a bar of
S above (red = A), as in the paper's video. An MP4, which a page can stop; the same bytes each time.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.core import files
from pipeline.figures import style
from pipeline.figures.grids import Pictures, magnified
from pipeline.sgn.figures import legend
from pipeline.sgn.model.objectives import LETTERS

SIZE = 256  # of the picture, which is magnified by a whole number to at most this
BAR, GAP, LINE = 30, 6, 15  # pixels: the bar's height, around it, a line of the caption
FRAME_MS = 80


def frames(
    inputs: Pictures,
    outputs: Pictures,
    sets: Sequence[tuple[float, ...]],
    names: tuple[str, ...],
    caption: str,
) -> Pictures:
    """Each input and its translation side by side, the bar above and the caption below: twice (F, H, W, 3) ->
    (F, h, w, 3), h and w even.

    The bar is divided as S divides the weight; the pieces of A, B and C keep their order.
    """
    shown = magnified(np.concatenate([inputs, outputs], axis=2), max(1, SIZE // outputs.shape[2]))
    high, wide = shown.shape[1:3]
    words, name = font("DejaVuSans.ttf", 11), font("DejaVuSans-Bold.ttf", 14)
    lines = _wrapped(caption, words, wide - 2 * GAP)
    above, below = BAR + GAP, GAP + LINE * len(lines) + GAP // 2
    width, height = _even(wide), _even(above + high + below)
    background = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(background)
    for i, line in enumerate(lines):
        draw.text((GAP, above + high + GAP + LINE * i), line, fill=style.GREY, font=words)
    result = np.empty((len(shown), height, width, 3), np.uint8)
    for frame, picture, S in zip(result, shown, sets, strict=True):
        canvas = background.copy()
        bar(ImageDraw.Draw(canvas), S, names, wide, BAR, name)
        frame[:] = np.asarray(canvas)
        frame[above : above + high, :wide] = picture
    return result


def write_mp4(path: Path, shown: Pictures) -> None:
    """An MP4 (H.264). One thread, and nothing of the encoder's version beside the stream.

    OSError if ffmpeg cannot write it.
    """
    import imageio_ffmpeg  # here, so that frames need no ffmpeg

    _, height, width, _ = shown.shape
    given = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", f"{1000 / FRAME_MS:g}", "-i", "-"]
    options = ["-an", "-vcodec", "libx264", "-pix_fmt", "yuv420p", "-threads", "1"]
    options += ["-flags:v", "+bitexact", "-fflags", "+bitexact", "-map_metadata", "-1"]
    options += ["-sws_flags", "bicubic+accurate_rnd+full_chroma_int+bitexact", "-crf", "18", "-preset", "slow"]
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", *given, *options, "-movflags", "+faststart"]
    with files.replacing(path) as temporary:
        # Not imageio_ffmpeg's own writer: it does not look at the exit code, and a full disk would leave half a film.
        ended = subprocess.run([*ffmpeg, str(temporary)], input=shown.tobytes(), capture_output=True)
        if ended.returncode != 0:
            reason = ended.stderr.decode(errors="replace").strip() or f"it ended with {ended.returncode}"
            raise OSError(f"{path.as_posix()}: ffmpeg could not write it: {reason}")


def bar(
    draw: ImageDraw.ImageDraw,
    S: Sequence[float],
    names: Sequence[str],
    wide: int,
    high: int,
    font: ImageFont.FreeTypeFont,
) -> None:
    """Pieces as long as the weights, each with letter and name, or the letter alone where it is short.

    The bar is as wide as the sum 1; where the weights sum to more, the whole bar is their sum, and a weight below 0 has
    no piece.
    """
    weights = [max(0.0, s) for s in S]
    ends = [round(float(end) * wide / max(1.0, sum(weights))) for end in np.cumsum([0.0, *weights])]
    for start, end, colour, letter, name in zip(ends, ends[1:], legend.COLOURS, LETTERS, names, strict=False):
        if end <= start:
            continue
        draw.rectangle((start, 0, end - 1, high - 1), fill=colour)
        for text in dict.fromkeys((name if name == letter else f"{letter} {name}", letter)):
            if draw.textlength(text, font=font) + 8 <= end - start:
                draw.text(((start + end) / 2, high / 2), text, fill="white", font=font, anchor="mm")
                break


def _wrapped(text: str, font: ImageFont.FreeTypeFont, wide: float) -> list[str]:
    """The text in lines that are not wider than `wide` pixels, broken at spaces."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > wide:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def font(file: str, size: int) -> ImageFont.FreeTypeFont:
    """A font that Matplotlib brings along, so that letters are the same on every machine."""
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts/ttf" / file, size)


def _even(length: int) -> int:
    """yuv420p has one colour for 2 x 2 pixels."""
    return length + length % 2
