"""Films in and out through ffmpeg: frames one after the other, the same rate, the sound as it is.

The program is imageio-ffmpeg's. Frames are upright, uint8 (H, W, 3).
"""

import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from pipeline.core import files

Pixels = npt.NDArray[np.uint8]  # (H, W, 3)

SUFFIXES = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi")
WRITTEN = (".mp4", ".m4v", ".mov", ".mkv", ".webm")
_RAW = ["-f", "rawvideo", "-pix_fmt", "rgb24"]


@dataclass(frozen=True)
class Film:
    """A film's pictures: how large, how many, how many a second; and whether it has sound."""

    path: Path
    width: int
    height: int
    rate: Fraction
    frames: int
    sound: bool
    aspect: str = ""  # of a pixel that is not square, such as 16:15


def probe(path: Path) -> Film:
    """Look at a film, which takes one decoding of it; ValueError if ffmpeg cannot."""
    told = _ffmpeg(
        path, "-map", "0:v:0", "-fps_mode", "cfr", "-c:v", "rawvideo", "-pix_fmt", "rgb24", "-f", "null", "-"
    )
    given, _, made = told.partition("Output #0")
    video = re.search(r"Video: .*?, (\d+)x(\d+).*?, ([\d.]+k?) fps", made)
    frames = re.findall(r"frame=\s*(\d+)", made)
    if video is None or not frames or int(frames[-1]) == 0:
        raise ValueError(f"{path}: no film that ffmpeg can read")
    aspect = re.search(r"\[SAR (\d+:\d+)", video[0])
    return Film(
        *(path, int(video[1]), int(video[2]), _rate(video[3]), int(frames[-1]), "Audio:" in given),
        aspect=aspect[1] if aspect and aspect[1] not in ("1:1", "0:1") else "",
    )


def read(film: Film) -> Iterator[Pixels]:
    """The frames; ValueError where the film ends before its last."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-i", str(film.path), "-map", "0:v:0"]
    command += ["-fps_mode", "cfr", *_RAW, "-"]
    size, seen = film.width * film.height * 3, 0
    with tempfile.TemporaryFile() as errors, subprocess.Popen(command, stdout=-1, stderr=errors) as decoder:
        assert decoder.stdout is not None
        try:
            while len(data := decoder.stdout.read(size)) == size:
                seen += 1
                yield np.frombuffer(data, np.uint8).reshape(film.height, film.width, 3)
        finally:
            decoder.kill()
    if seen < film.frames:
        raise ValueError(f"{film.path}: ffmpeg read {seen} of its {film.frames} frames")


def write(
    path: Path, frames: Iterable[Pixels], size: tuple[int, int], rate: Fraction, source: Film | None = None
) -> list[str]:
    """Write frames of (height, width) as a film, with the sound of `source`; what was changed, in words.

    H.264 (in .webm VP9) of high quality. OSError if ffmpeg cannot write it; then nothing is written.
    """
    (height, width), changes = size, []
    web, even = path.suffix.lower() == ".webm", height % 2 == 0 and width % 2 == 0
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-nostdin"]
    command += [*_RAW, "-s", f"{width}x{height}", "-r", str(rate), "-i", "-"]
    if source is not None and source.sound:
        same = source.path.suffix.lower() == path.suffix.lower()
        command += ["-i", str(source.path), "-map", "0:v:0", "-map", "1:a", "-map_metadata", "1"]
        command += ["-c:a", "copy" if same else "libopus" if web else "aac"]
        changes += [] if same else ["the sound is encoded anew"]
    command += ["-c:v", "libvpx-vp9", "-b:v", "0", "-crf", "24"] if web else ["-c:v", "libx264", "-crf", "16"]
    # Players take a film of more than 576 rows for BT.709 and a smaller one for BT.601 where it does not say.
    colours = "bt709" if height > 576 else "smpte170m"
    filters = f"scale=out_color_matrix={'bt709' if height > 576 else 'bt601'}:out_range=tv"
    if source is not None and source.aspect:
        filters += f",setsar={source.aspect.replace(':', '/')}"
    command += ["-vf", filters, "-colorspace", colours, "-pix_fmt", "yuv420p" if even else "yuv444p"]
    command += ["-movflags", "+faststart"] if path.suffix.lower() in (".mp4", ".m4v", ".mov") else []
    changes += [] if even else ["an odd size needs the pixel format yuv444p, which not every player shows"]
    with files.replacing(path) as temporary, tempfile.TemporaryFile() as errors:
        encoder = subprocess.Popen([*command, str(temporary)], stdin=subprocess.PIPE, stderr=errors)
        assert encoder.stdin is not None
        try:
            for frame in frames:
                encoder.stdin.write(np.ascontiguousarray(frame).data)
            encoder.stdin.close()
        except BrokenPipeError:
            pass  # its exit code and its words come below
        except BaseException:
            encoder.kill()
            encoder.wait()
            raise
        if encoder.wait() != 0:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip().splitlines()
            raise OSError(f"{path}: ffmpeg could not write it: {said[0] if said else encoder.returncode}")
    return changes


def _rate(text: str) -> Fraction:
    """Frames a second as ffmpeg prints them, with two decimals: 29.97 is 30000/1001."""
    shown = Fraction(text.removesuffix("k")) * (1000 if text.endswith("k") else 1)
    for whole in (24, 30, 48, 60, 120):
        if abs(Fraction(1000 * whole, 1001) - shown) < Fraction(1, 150):
            return Fraction(1000 * whole, 1001)
    return shown


def _ffmpeg(path: Path, *options: str) -> str:
    """What ffmpeg says while it reads a file; ValueError with its last words if it fails."""
    path.open("rb").close()  # an OSError of its own
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-i", str(path), *options]
    ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    told = ended.stderr.decode(errors="replace")
    if ended.returncode != 0:
        raise ValueError(f"{path}: no film that ffmpeg can read ({(told.strip().splitlines() or ['?'])[-1]})")
    return told
