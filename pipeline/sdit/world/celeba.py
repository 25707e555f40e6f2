"""CelebA from a user's folder: its pictures and its attribute file, list_attr_celeba.txt as it is distributed.

The file's first line is the number of pictures, the second the names of the attributes; then a line a picture: its
file name and 1 or -1 for each attribute.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.core import seeds
from pipeline.images import decoding
from pipeline.sdit.model.pictures import Half, Pixels

CROP = 178  # pixels of the square in the middle: the paper's 178 x 218 pictures, made square
TEST = 2000  # random pictures, at most a tenth
MOST_PIXELS = 16_000_000  # of a file; the data set's have 39,000


def attributes(path: Path, wanted: Sequence[str]) -> dict[str, list[float]]:
    """For each picture's file name 1 or 0 for each wanted attribute, such as `blond-hair` for Blond_Hair.

    ValueError with the line for a file that is not of this form, an attribute that it lacks, a count that is wrong.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise ValueError(f"CelebA's attribute file cannot be read: {error}") from None
    if len(lines) < 3 or not lines[0].strip().isdecimal():
        raise ValueError(f"{path}: its first line must be the number of pictures, the second the attributes' names")
    names = [name.lower().replace("_", "-") for name in lines[1].split()]
    if unknown := [name for name in wanted if name not in names]:
        raise ValueError(f"{path} has no attribute {unknown[0]!r}; known are {', '.join(names)}")
    places = [names.index(name) for name in wanted]
    found: dict[str, list[float]] = {}
    for number, line in enumerate(lines[2:], 3):
        if not line.strip():
            continue
        name, *values = line.split()
        if len(values) != len(names) or set(values) - {"1", "-1"} or name in found:
            raise ValueError(f"{path}, line {number}: expected a new file name and {len(names)} times 1 or -1")
        if Path(name).name != name:
            raise ValueError(f"{path}, line {number}: {name!r} is no file name")
        found[name] = [float(values[place] == "1") for place in places]
    if len(found) != int(lines[0]):
        raise ValueError(f"{path} says {lines[0].strip()} pictures and lists {len(found)}")
    return found


def halves(
    pictures: Path, attribute_file: Path, wanted: Sequence[str], counts: tuple[int, int], size: int, seed: int
) -> tuple[Half, Half]:
    """Training and test pictures, at most `counts` of them; which are which is drawn from the seed."""
    labels = attributes(attribute_file, wanted)
    names = sorted(labels)
    order = seeds.numpy_generator(seed, "celeba").permutation(len(names))
    tests = min(TEST, counts[1], max(1, len(names) // 10))
    if len(names) < 2:
        raise ValueError(f"{attribute_file} lists {len(names)} pictures, too few to train and to test")
    chosen = order[tests : tests + counts[0]], order[:tests]
    made = []
    for places in chosen:
        x = np.stack([_read(pictures / names[place], size) for place in places])
        made.append(Half(x, np.array([labels[names[place]] for place in places], np.float32), None))
    return made[0], made[1]


def _read(path: Path, size: int) -> Pixels:
    try:
        with path.open("rb") as stream:
            picture = decoding.decode(stream, MOST_PIXELS).convert("RGB")
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read as a picture: {error}") from None
    side = min(CROP, *picture.size)
    left, top = ((whole - side) // 2 for whole in picture.size)
    square = picture.crop((left, top, left + side, top + side))
    return np.asarray(square.resize((size, size), Image.Resampling.BICUBIC))
