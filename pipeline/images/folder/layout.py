"""CycleGAN's folder layout: ROOT/DATASET/{trainA,trainB,testA,testB} and ROOT/style-images/FILE."""

import os
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pipeline.images.decoding import EXTENSIONS
from pipeline.shell import apart, command

# CycleGAN's three sets of paintings hold the same photos as side B: a user who has one of them has the photos.
SAME_PHOTOS = ("vangogh2photo", "ukiyoe2photo", "monet2photo")
STYLE_FOLDER = "style-images"
# What file managers leave behind.
_LITTER = ("thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class Listing:
    """A folder's image files, by name (in the order of the names' bytes), and what else lies there.

    An image file is told by its extension, upper case or lower, and is not yet known to be readable; links count as
    what they are called. `ignored` counts other files by extension and sub-folders as "folders"; hidden files and
    file managers' litter are left out of it.
    """

    names: tuple[str, ...]
    ignored: dict[str, int]


def check_root(root: Path | None) -> Path:
    """The user's folder; ValueError if none is given, it is no folder, or the pipeline writes there."""
    if root is None:
        raise ValueError("data: folder needs to know the folder: add -S data_root=DIR, DIR in CycleGAN's layout")
    if not root.is_dir():
        raise ValueError(f"data_root: {_not_a_folder(root)}. Give a folder in CycleGAN's layout with -S data_root=DIR")
    check_apart(root)
    return root


def check_apart(folder: Path) -> None:
    """ValueError for a folder, links followed, that is or lies in a place to which a checkout's stages write."""
    apart.check(folder, (Path.cwd(), command.invocation_root()))


def domain_folders(root: Path, dataset: str, side: str) -> tuple[str, str]:
    """The folders of a domain's train and test pictures, relative to `root`, as in "vangogh2photo/trainA".

    For the photos, the first of `SAME_PHOTOS` that has both (the asked one before the others).
    Raises ValueError with what is there instead.
    """
    datasets = [dataset]
    if side == "B" and dataset in SAME_PHOTOS:
        datasets += [other for other in SAME_PHOTOS if other != dataset]
    for candidate in datasets:
        train, test = f"{candidate}/train{side}", f"{candidate}/test{side}"
        if (root / train).is_dir() and (root / test).is_dir():
            for folder in (train, test):
                check_apart(root / folder)  # it can be a link
            return train, test
    missing = [f"{dataset}/{split}{side}" for split in ("train", "test")]
    problems = [_not_a_folder(root / folder) for folder in missing if not (root / folder).is_dir()]
    others = f" ({' and '.join(datasets[1:])}, which hold the same photos, do not have both either)" * (
        len(datasets) > 1
    )
    raise ValueError(
        f"{'; '.join(problems)}{others}. Put the pictures into {missing[0]} and {missing[1]} under data_root, "
        f"or change dataset and side of the domain in params.yaml"
    )


def list_folder(folder: Path) -> Listing:
    """List a folder's image files, not those of its sub-folders. OSError if the folder cannot be read."""
    names: list[str] = []
    ignored: Counter[str] = Counter()
    with os.scandir(folder) as entries:
        for entry in entries:
            extension = os.path.splitext(entry.name)[1].lower()
            if entry.name.startswith(".") or entry.name.lower() in _LITTER:
                continue
            if _is_folder(entry):
                ignored["folders"] += 1
            elif extension in EXTENSIONS:
                names.append(entry.name)
            else:
                ignored[printable(extension) or "no extension"] += 1
    return Listing(tuple(sorted(names, key=os.fsencode)), dict(sorted(ignored.items())))


def same_name(folder: Path, name: str) -> str:
    """The name in the folder that is this one but for Unicode's normal form, which some systems change; else `name`."""
    if not folder.is_dir() or (folder / name).exists():
        return name
    wanted = unicodedata.normalize("NFC", name)
    return next((n for n in sorted(os.listdir(folder)) if unicodedata.normalize("NFC", n) == wanted), name)


def printable(name: str) -> str:
    """A file's name as text: bytes that are not UTF-8 appear as \\xff, a backslash as two, so that no two are alike."""
    return os.fsencode(name).replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself: listed by its name, and unreadable when it is its turn
        return False


def _not_a_folder(path: Path) -> str:
    """What stands at `path` instead of a folder."""
    if path.is_symlink():
        return f"{path} is a link to {os.readlink(path)}, which is not a folder"
    if path.is_file():
        text = path.read_bytes()[:200].decode("utf-8", "replace").strip()
        # Git stores a link as a small file with its target in it, and checks it out as that where it makes no links.
        if text and "\n" not in text and "\ufffd" not in text and path.stat().st_size <= 200:
            return (
                f"{path} is a file with the text '{text}', not a folder: a link that Git has checked out as a file; "
                f"replace it by the folder or a link to it"
            )
        return f"{path} is a file, not a folder"
    return f"{path} does not exist"
