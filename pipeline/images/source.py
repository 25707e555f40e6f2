"""The words between a source of images and the rest: what is asked for and what is found."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from PIL import Image

from pipeline.shell import command


@dataclass(frozen=True)
class Picture:
    """One picture that can be read later, in another process if need be.

    `name` is unique within its list and free of absolute paths (it appears in the card). `load` takes nothing, must be
    picklable (a `functools.partial` of a module's function) and returns the picture as stored: any size, any mode, EXIF
    rotation not yet applied. It raises OSError or ValueError, with a sentence, if the picture cannot be read.
    """

    name: str
    load: Callable[[], Image.Image]


@dataclass(frozen=True)
class Request:
    """One domain, asked of a source.

    `dataset` and `side` say where CycleGAN's layout has the domain. `train_size` and `test_size` are the pixels of a
    side of the packed squares. `scenes_train` and `scenes_test` are how many pictures a source that renders them makes.
    `root` is the user's `data_root`, already made absolute, or None; `seed` is the root of all random numbers. A file
    that claims more than `max_pixels` is refused.
    """

    domain: str
    dataset: str
    side: Literal["A", "B"]
    train_size: int
    test_size: int
    scenes_train: int
    scenes_test: int
    root: Path | None
    seed: int
    max_pixels: int


@dataclass(frozen=True)
class DomainImages:
    """The pictures of one domain, in the order in which they are packed.

    `source`, `licence` and `provenance` go into the card as they are: plain JSON values, no absolute paths, no times.
    `expected` is the number of pictures that must be there, as {"train": n, "test": n}, or None where nobody knows.
    """

    train: list[Picture]
    test: list[Picture]
    source: str
    licence: str
    provenance: dict[str, Any]
    expected: dict[str, int] | None


@dataclass(frozen=True)
class StyleRequest:
    """One style image, asked of a source; `size` is the packed square's side in pixels, the rest as in Request."""

    style: str
    file: str
    size: int
    root: Path | None
    seed: int
    max_pixels: int


@dataclass(frozen=True)
class StyleImage:
    """One style image; `source`, `licence` and `provenance` go into its card as they are."""

    picture: Picture
    source: str
    licence: str
    provenance: dict[str, Any]


class Source(Protocol):
    """What the package of a source offers; both raise ValueError or OSError, with a sentence, if they find nothing."""

    def find(self, request: Request) -> DomainImages:
        """The pictures of one domain."""

    def find_style(self, request: StyleRequest) -> StyleImage:
        """One style image."""


def load(data: str) -> Source:
    """The source that params.yaml names as `data`: the package pipeline/images/DATA. ValueError if there is none."""
    name = f"pipeline.images.{data}"
    try:
        module: Any = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:  # something that the source itself imports: our mistake, not the user's
            raise
        module = None
    if not hasattr(module, "find"):
        raise ValueError(f"data: {data} is not there yet: choose another source in params.yaml or with -S data=NAME")
    return cast(Source, module)


def resolve_root(data_root: str | None, invocation_root: Path) -> Path | None:
    """The user's `data_root` made absolute: a relative one is taken from the repository the command was typed in."""
    return None if not data_root else invocation_root / command.expanded(data_root)
