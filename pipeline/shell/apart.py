"""The user's files may not lie where stages write: DVC removes a stage's outputs before the stage starts.

Every stage asks this before anything else (`command.run`), also one that reads none of them: it replaces its outputs.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

# Where the pipeline writes, in a checkout.
WRITTEN = ("data", "models", "reports", "results", "scratch", "site")
# What params.yaml calls a folder or file of the user's, in any section.
NAMES = ("data_root", "pictures", "attributes")
# Where pictures lie in such a folder: beside each other, or in CycleGAN's layout: a data set's, and the style images.
SPLITS = ("trainA", "trainB", "testA", "testB")
STYLES = "style-images"


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
    if not isinstance(values := _values(settings), dict):
        return
    sets = {set_ for name, set_ in _texts(values, ("dataset",))}
    files = {file for name, file in _texts(values, ("file",))}
    for name, path in _texts(values, NAMES):
        if name == "data_root" and values.get("data") != "folder":
            continue  # nobody reads it
        root = _absolute(path, checkouts[-1])
        if root is None:
            continue
        for folder in _folders(root, sets, files):
            check(folder, checkouts, name)
            # What lies in `data_root` itself, beside the sets, is nobody's picture.
            for link in _links(folder) if folder != root or name != "data_root" else ():
                check(link.resolve().parent, checkouts, name)


def _values(settings: Path) -> Any:
    try:
        # The whole of YAML 1.2 (core.yaml12) is not needed to find a path, and takes ten times as long.
        return yaml.CSafeLoader(settings.read_text(encoding="utf-8")).get_single_data()
    except Exception:  # PyYAML answers damaged files in many ways
        return None


def _texts(values: Any, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The texts that have one of these names, in any section, with it."""
    todo, seen = [values], set[int]()
    while todo:
        if id(one := todo.pop()) in seen:  # aliases can repeat a value without end
            continue
        seen.add(id(one))
        if isinstance(one, dict):
            yield from ((name, text) for name, text in one.items() if name in names and isinstance(text, str))
            todo += one.values()
        elif isinstance(one, list):
            todo += one


def _absolute(path: str, checkout: Path) -> Path | None:
    """A path of the user's, from the checkout; None where nothing is there."""
    with suppress(RuntimeError):  # there is no such home
        root = checkout / Path(path).expanduser()
        return root if os.path.lexists(root) else None
    return None


def _folders(root: Path, sets: set[str], files: set[str]) -> Iterator[Path]:
    """The root, which can be a file, and the folders in which stages look for pictures, where they are there."""
    yield root
    within = [Path(set_, split) for set_ in sorted(sets | set(_entries(root, os.DirEntry.is_dir))) for split in SPLITS]
    within += [Path(STYLES), *(Path(STYLES, file).parent for file in sorted(files))]
    yield from (root / path for path in within if os.path.lexists(root / path))


def _links(folder: Path) -> list[Path]:
    """The links among a folder's entries that lead somewhere."""
    return [link for name in _entries(folder, os.DirEntry.is_symlink) if os.path.exists(link := folder / name)]


def _entries(folder: Path, kind: Callable[[os.DirEntry[str]], bool]) -> list[str]:
    """The names of a folder's entries of a kind; none where there is no folder, or none that can be read."""
    names = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # a link to itself is nothing
                names += [entry.name] if kind(entry) else []
    return sorted(names)
