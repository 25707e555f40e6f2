"""The user's files may not lie where stages write: DVC removes a stage's outputs before the stage starts.

Every stage asks this before anything else (`command.run`), also one that reads none of them: it replaces its outputs.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

# Where the pipeline writes, in a checkout.
WRITTEN = ("data", "models", "reports", "results", "scratch", "site")
# What params.yaml calls a folder or file of the user's, in any section.
NAMES = ("data_root", "pictures", "attributes")
# Where pictures lie in such a folder: beside each other, or in CycleGAN's layout, with the style images.
FOLDERS = (".", "*/train[AB]", "*/test[AB]", "style-images")


class NotApartError(ValueError):
    """Files of the user's lie where stages write."""


def check(path: Path, checkouts: tuple[Path, ...], name: str = "data_root") -> None:
    """NotApartError for a folder or file, links followed, that is or lies in a place to which a checkout writes.

    The checkouts: the one whose copy of the code runs, and the one in which the command was typed. `name` is what
    params.yaml calls the path.
    """
    real = path.resolve()
    for checkout in checkouts:
        for written in WRITTEN:
            place = (checkout / written).resolve()
            if place == real or place in real.parents:
                raise NotApartError(
                    f"{name}: {path} lies in {place}, where stages write and DVC removes what they wrote: move "
                    "your pictures elsewhere, to pictures/ beside it for example"
                )


def check_settings(settings: Path, checkouts: tuple[Path, ...]) -> None:
    """NotApartError if a path of the user's in a params.yaml, or what a link in it leads to, lies where stages write.

    A relative one is taken from the last checkout, the one in which the command was typed. A params.yaml that cannot be
    read and a path that leads nowhere are others' to complain of.
    """
    for name, path in _paths(_values(settings)):
        root = checkouts[-1] / path
        if not os.path.lexists(root):
            continue
        check(root, checkouts, name)
        for folder in (folder for pattern in FOLDERS for folder in _below(root, pattern)):
            check(folder, checkouts, name)
            for link in _links(folder):
                check(link.resolve().parent, checkouts, name)


def _values(settings: Path) -> Any:
    try:
        # The whole of YAML 1.2 (core.yaml12) is not needed to find a path, and takes ten times as long.
        return yaml.load(settings.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except Exception:  # PyYAML answers damaged files in many ways
        return None


def _paths(values: Any) -> Iterator[tuple[str, Path]]:
    """The paths of the user's that stages read, with their names; `data_root` is read by `data: folder` alone."""
    todo, seen = [values], set[int]()
    while todo:
        if id(one := todo.pop()) in seen:  # aliases can repeat a value without end
            continue
        seen.add(id(one))
        if isinstance(one, dict):
            for name, value in one.items():
                if name in NAMES and isinstance(value, str) and (name != "data_root" or one.get("data") == "folder"):
                    with suppress(RuntimeError):  # there is no such home
                        yield name, Path(value).expanduser()
            todo += one.values()
        elif isinstance(one, list):
            todo += one


def _below(root: Path, pattern: str) -> list[Path]:
    """The folders below a root; none where it cannot be read."""
    try:
        found = [root] if pattern == "." else sorted(root.glob(pattern))
        return [folder for folder in found if folder.is_dir()]
    except (OSError, ValueError):
        return []


def _links(folder: Path) -> list[Path]:
    """The links among a folder's entries that lead somewhere."""
    try:
        with os.scandir(folder) as entries:
            links = [Path(entry.path) for entry in entries if entry.is_symlink()]
        return [link for link in links if link.exists()]
    except OSError:  # no folder to read, or a link to itself
        return []
