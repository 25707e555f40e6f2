"""How two files that should be the same differ, in a few lines that a person can read."""

import difflib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageSequence
from safetensors import safe_open

LINES = 20  # of a diff
WIDTH = 160  # of a line
ARRAYS = 10  # that are named


def describe(first: Path, second: Path) -> list[str]:
    """The differences of two files, by their kind; [] if they have the same bytes."""
    a, b = first.read_bytes(), second.read_bytes()
    if a == b:
        return []
    try:
        lines = KINDS.get(first.suffix, _nothing)(first, second)
    except (ValueError, OSError) as error:  # one of the two is no file of its kind
        lines = [f"cannot be read as {first.suffix}: {error}"]
    return lines or [_bytes(a, b, "what they hold is the same, " if first.suffix in KINDS else "")]


def texts(a: str, b: str) -> list[str]:
    """A unified diff; in a file with very long lines, what stands around the first character that differs."""
    old, new = a.splitlines(), b.splitlines()
    diff = [line for line in difflib.unified_diff(old, new, "first", "second", n=1, lineterm="") if line.strip()]
    if all(len(line) <= WIDTH for line in diff[:LINES]):
        return diff[:LINES] + ([f"… {len(diff) - LINES:,} lines more"] if len(diff) > LINES else [])
    number = next((i for i, (x, y) in enumerate(zip(old, new, strict=False)) if x != y), min(len(old), len(new)))
    x, y = (lines[number] if number < len(lines) else "" for lines in (old, new))
    at = _first_difference(x, y)
    start = max(0, at - WIDTH // 4)
    place = f"line {number + 1:,}, character {at + 1:,}:"
    return [place, *(f"{sign}{'…' * (start > 0)}{line[start : start + WIDTH]}" for sign, line in (("-", x), ("+", y)))]


def arrays(a: dict[str, npt.NDArray[Any]], b: dict[str, npt.NDArray[Any]]) -> list[str]:
    """For each array that differs: its name, its shape, how many elements differ, and by how much at most."""
    lines = [f"{name}: only in the {'first' if name in a else 'second'}" for name in sorted(a.keys() ^ b.keys())]
    for name in (name for name in a if name in b):
        x, y = a[name], b[name]
        if (x.dtype, x.shape) != (y.dtype, y.shape):
            lines.append(f"{name}: {x.dtype} {x.shape} in the first, {y.dtype} {y.shape} in the second")
        elif x.tobytes() != y.tobytes():
            lines.append(f"{name}: {x.dtype} {x.shape}, {_elements(x, y)}")
    return lines[:ARRAYS] + ([f"… {len(lines) - ARRAYS:,} arrays more"] if len(lines) > ARRAYS else [])


def pictures(a: Image.Image, b: Image.Image) -> list[str]:
    """The sizes; of the first frame that differs, how many pixels do, and the box around them."""
    if a.size != b.size:
        return [f"{a.width} × {a.height} pixels in the first, {b.width} × {b.height} in the second"]
    frames_a, frames_b = (
        [np.asarray(frame.convert("RGBA")) for frame in ImageSequence.Iterator(image)] for image in (a, b)
    )
    if len(frames_a) != len(frames_b):
        return [f"{len(frames_a)} frames in the first, {len(frames_b)} in the second"]
    for number, (x, y) in enumerate(zip(frames_a, frames_b, strict=True)):
        differs = (x != y).any(axis=-1)
        if differs.any():
            rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
            largest = np.abs(x.astype(int) - y.astype(int)).max()
            where = f"frame {number} of {len(frames_a)}, " if len(frames_a) > 1 else ""
            return [
                f"{where}{a.width} × {a.height} pixels, {differs.sum():,} of {differs.size:,} differ, at most by "
                f"{largest} of 255, all in columns {columns[0]} to {columns[-1]}, rows {rows[0]} to {rows[-1]}"
            ]
    return []


def _elements(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> str:
    numbers = np.issubdtype(x.dtype, np.number) or x.dtype == bool
    differs = (x != y) & ~((x != x) & (y != y)) if numbers else x != y
    if not differs.any():
        return "the numbers are equal, but not their bits (zeros or NaNs of another sign)"
    text = f"{differs.sum():,} of {differs.size:,} elements differ"
    if not numbers:
        return text
    if np.issubdtype(x.dtype, np.complexfloating):
        gaps = np.abs(x - y)[differs]
    else:
        gaps = np.abs(x.astype(np.float64) - y.astype(np.float64))[differs]
    return f"{text}, at most by {gaps.max():.3g}"


def _text_files(first: Path, second: Path) -> list[str]:
    return texts(first.read_text(encoding="utf-8"), second.read_text(encoding="utf-8"))


def _array_files(first: Path, second: Path) -> list[str]:
    a, b = (dict(_arrays(path)) for path in (first, second))
    lines = arrays(a, b)
    if first.suffix == ".safetensors" and not lines:
        return texts(*(json.dumps(_header(path), indent=1) for path in (first, second)))
    return lines


def _picture_files(first: Path, second: Path) -> list[str]:
    with Image.open(first) as a, Image.open(second) as b:
        return pictures(a, b)


def _nothing(first: Path, second: Path) -> list[str]:
    return []


def _arrays(path: Path) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    if path.suffix == ".safetensors":
        _header(path)  # a damaged file is a ValueError, as NumPy's are
        with safe_open(path, "pt") as tensors:  # PyTorch has bfloat16
            for name in tensors.keys():  # noqa: SIM118 - no mapping
                tensor = tensors.get_tensor(name)
                yield name, (tensor if tensor.dtype.itemsize > 2 else tensor.float()).numpy()
        return
    loaded = np.load(path, allow_pickle=False)
    yield from [("array", loaded)] if isinstance(loaded, np.ndarray) else loaded.items()


def _header(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    header: dict[str, Any] = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return header


def _bytes(a: bytes, b: bytes, before: str) -> str:
    return f"{before}{len(a):,} and {len(b):,} bytes, which differ from byte {_first_difference(a, b):,} on"


def _first_difference(a: str | bytes, b: str | bytes) -> int:
    """The index of the first element that differs."""
    for i in range(0, min(len(a), len(b)), 4096):
        if a[i : i + 4096] != b[i : i + 4096]:
            return next((j for j in range(i, min(len(a), len(b))) if a[j] != b[j]), min(len(a), len(b)))
    return min(len(a), len(b))


KINDS: dict[str, Callable[[Path, Path], list[str]]] = {
    **dict.fromkeys((".json", ".html", ".tsv", ".csv", ".yaml", ".md", ".txt", ".gitignore"), _text_files),
    **dict.fromkeys((".npy", ".npz", ".safetensors"), _array_files),
    **dict.fromkeys((".png", ".gif"), _picture_files),
}
