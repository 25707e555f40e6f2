"""Pictures of any size and mode into one array of equal squares, streamed to disk."""

import hashlib
import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.core import files
from pipeline.images import decoding
from pipeline.images.source import Picture
from pipeline.shell import progress

# Below this many pictures, one process is done before others have started.
_POOL_FROM = 32
_CHUNK = 8
_NAMED_IN_ERRORS = 3


@dataclass(frozen=True)
class Packed:
    """What was packed: the array's file and everything that its card says about it.

    `names` are the packed pictures in the order of the array, `digests` the SHA-256 of their decoded pixels before any
    resizing (equal for equal pictures, at whatever size they are packed). `unreadable` maps names to reasons. `sizes`
    counts the original sizes as (width, height), upright. `mean` and `std` are per channel over all packed pixels, in
    [0, 1]. `sha256` is that of the .npy file.
    """

    size: int
    names: tuple[str, ...]
    digests: tuple[str, ...]
    unreadable: dict[str, str]
    sizes: dict[tuple[int, int], int]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    sha256: str


@dataclass(frozen=True)
class _Square:
    """One packed picture on its way from a worker: pixels uint8 (H W C), their histogram (C 256), what it was."""

    pixels: NDArray[np.uint8]
    histogram: NDArray[np.int64]
    original: tuple[int, int]
    digest: str


def square(picture: Image.Image, size: int) -> Image.Image:
    """Resize an RGB picture's shorter side to `size` (bicubic, antialiased, as Pillow does it), crop the centre square.

    Both in one step: Pillow's `box` makes only the square's pixels, so that a very long side is never made, nor rounded
    to whole pixels. The filter still sees the pixels around the square. (Pillow chooses which direction it resizes
    first by cost; for a long picture that is enlarged, resizing the whole and then cropping may take the other order.)
    """
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    return picture.resize((size, size), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))


def pack(
    pictures: Sequence[Picture], size: int, path: Path, *, what: str, max_unreadable: float = 0.01, workers: int = 2
) -> Packed:
    """Pack pictures, in the order given, into the .npy file `path`: uint8, N H W C, N the number of readable pictures.

    The file is streamed and appears whole or not at all; memory does not grow with N, and the number of processes
    (`workers`) does not change a byte. A picture whose `load` raises OSError or ValueError is left out and listed.
    `what` names the pictures in errors, as in "train pictures of domain photo".
    Raises ValueError if no picture is readable or if more than the fraction `max_unreadable` is not; OSError if the
    disk is too full.
    """
    assert len({picture.name for picture in pictures}) == len(pictures), "names are not unique"
    _check_space(path, len(pictures) * size * size * 3, what)
    names: list[str] = []
    digests: list[str] = []
    unreadable: dict[str, str] = {}
    sizes: Counter[tuple[int, int]] = Counter()
    histogram = np.zeros((3, 256), dtype=np.int64)  # C, value
    with files.replacing(path) as temporary:
        with temporary.open("wb") as stream:
            # The true N is known at the end. The header has room for any N, so it can be written again in place.
            _write_header(stream, (len(pictures), size, size, 3))
            start = stream.tell()
            results = zip(pictures, _results(pictures, size, workers), strict=True)
            for picture, result in progress.over(results, len(pictures), "picture"):
                if isinstance(result, str):
                    unreadable[picture.name] = result
                    continue
                stream.write(result.pixels.tobytes())
                names.append(picture.name)
                digests.append(result.digest)
                sizes[result.original] += 1
                histogram += result.histogram
            stream.seek(0)
            _write_header(stream, (len(names), size, size, 3))
            assert stream.tell() == start, "the header changed its length"
        _check_unreadable(unreadable, len(pictures), what, max_unreadable)
        sha256 = files.sha256(temporary)
    mean, std = _moments(histogram)
    return Packed(size, tuple(names), tuple(digests), unreadable, dict(sorted(sizes.items())), mean, std, sha256)


def pack_one(picture: Picture, size: int, path: Path, *, what: str) -> Packed:
    """Pack a single picture into the .npy file `path`: uint8, H W C.

    Raises ValueError, naming the picture, if it cannot be read.
    """
    result = _read(picture, size)
    if isinstance(result, str):
        raise ValueError(f"{what}: {picture.name} cannot be read: {result}; replace it")
    with files.replacing(path) as temporary:
        with temporary.open("wb") as stream:  # not np.save, whose error for a full disk has neither number nor file
            _write_header(stream, result.pixels.shape)
            stream.write(result.pixels.tobytes())
        sha256 = files.sha256(temporary)
    mean, std = _moments(result.histogram)
    return Packed(size, (picture.name,), (result.digest,), {}, {result.original: 1}, mean, std, sha256)


def _write_header(stream: BinaryIO, shape: tuple[int, ...]) -> None:
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, header)


def _check_space(path: Path, needed: int, what: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(path.parent).free
    if free < needed:
        raise OSError(
            f"the {what} take {needed / 1e6:,.0f} MB, {free / 1e6:,.0f} MB are free: make room on the checkout's disk"
        )


def _check_unreadable(unreadable: dict[str, str], total: int, what: str, allowed: float) -> None:
    if unreadable and (len(unreadable) == total or len(unreadable) > allowed * total):
        first = [f"{name} ({reason})" for name, reason in list(unreadable.items())[:_NAMED_IN_ERRORS]]
        rest = len(unreadable) - len(first)
        count = "none" if len(unreadable) == total else f"only {total - len(unreadable)}"
        raise ValueError(
            f"{count} of {total} {what} can be read: {'; '.join(first)}{f'; and {rest} more' if rest else ''}. "
            f"Repair or remove these files"
            + ("" if len(unreadable) == total else f", or raise images.max_unreadable, now {allowed:g} of a folder")
        )
    if total == 0:
        raise ValueError(f"there are no {what}")


def _moments(histogram: NDArray[np.int64]) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Mean and standard deviation per channel in [0, 1] from counts (C 256); exact until the last division."""
    mean, std = [], []
    for counts in histogram.tolist():
        n = sum(counts)
        total = sum(value * count for value, count in enumerate(counts))
        squares = sum(value * value * count for value, count in enumerate(counts))
        mean.append(total / n / 255)
        std.append((n * squares - total * total) ** 0.5 / n / 255)
    return (mean[0], mean[1], mean[2]), (std[0], std[1], std[2])


def _read(picture: Picture, size: int) -> _Square | str:
    """One picture packed, or the reason why it cannot be."""
    try:
        rgb = decoding.to_rgb(picture.load())
    except (OSError, ValueError) as error:
        return " ".join(str(getattr(error, "strerror", None) or error).split()) or type(error).__name__
    except MemoryError:
        # Not left out as an unreadable one: another machine would pack it, and the data would be other data.
        raise OSError(
            f"too little memory to read {picture.name}: remove it, or lower images.max_pixels in params.yaml"
        ) from None
    original = rgb.size
    digest = hashlib.sha256(f"{original}".encode() + rgb.tobytes()).hexdigest()
    rgb = square(rgb, size)
    histogram = np.array(rgb.histogram(), dtype=np.int64).reshape(3, 256)
    return _Square(np.asarray(rgb), histogram, original, digest)  # H W C


def _read_all(pictures: Sequence[Picture], size: int) -> list[_Square | str]:
    return [_read(picture, size) for picture in pictures]


def _results(pictures: Sequence[Picture], size: int, workers: int) -> Iterator[_Square | str]:
    """The pictures' results in their order, from several processes if there are many."""
    if workers == 1 or len(pictures) < _POOL_FROM:
        yield from (_read(picture, size) for picture in pictures)
        return
    # Forked workers start at once and share the parent's memory; where fork is not safe, the platform's own way.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    waiting: deque[Future[list[_Square | str]]] = deque()
    try:
        executor = ProcessPoolExecutor(workers, context, initializer=_start_worker)
    except OSError:  # no shared memory (/dev/shm) for its locks, as in some containers
        yield from (_read(picture, size) for picture in pictures)
        return
    with executor as pool:
        try:
            for first in range(0, len(pictures), _CHUNK):
                waiting.append(pool.submit(_read_all, pictures[first : first + _CHUNK], size))
                # A bounded queue: workers that outrun the disk must not fill the memory.
                if len(waiting) > 4 * workers:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool:
            raise OSError("a process that reads pictures was killed, most likely for lack of memory") from None
        finally:
            for future in waiting:
                future.cancel()


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and end when the parent is killed: nobody else would end the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the parent's handler, which a fork brings along, has a lot to say
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
