"""What is packed now: the cards of the domains and style images that belong to the chosen data and scale."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError

Card = Mapping[str, Any]
_Count = Annotated[int, Field(ge=0)]
_Channels = tuple[float, float, float]


def _finite(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    json.dumps(value, allow_nan=False)  # ValueError for NaN and infinity, which JSON does not have and Python reads
    return value


_Provenance = Annotated[dict[str, JsonValue], AfterValidator(_finite)]


class _Strict(BaseModel):
    """What `card.py` writes and nothing else: pages are made of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class _Array(_Strict):
    """What a card says of a packed array."""

    packed: _Count
    unreadable: dict[str, str]
    size: Annotated[int, Field(gt=0)]
    original_sizes: dict[Annotated[str, Field(pattern="^[0-9]{1,9}x[0-9]{1,9}$")], _Count]
    upscaled: _Count
    mean: _Channels
    std: _Channels
    sha256: str


class _Split(_Array):
    found: _Count
    expected: _Count | None


class _Pair(_Strict):
    train: list[str]
    test: list[str]


class _Duplicates(_Strict):
    train: list[list[str]]
    test: list[list[str]]
    between: list[_Pair]


class _Domain(_Strict):
    domain: str
    source: str
    licence: str
    provenance: _Provenance
    train: _Split
    test: _Split
    duplicates: _Duplicates


class _Style(_Array):
    style: str
    source: str
    licence: str
    provenance: _Provenance
    name: str


@dataclass(frozen=True)
class Catalogue:
    """Cards by name (`card.py` says what they hold); `absent` are the names that are not packed for this data and
    scale, in a checkout where only some runs were made."""

    domains: dict[str, Card]
    styles: dict[str, Card]
    absent: tuple[str, ...]


def read(
    domains: Iterable[str],
    styles: Iterable[str],
    data: str,
    train_size: int,
    test_size: int,
    style_size: int,
    folder: Path = Path("data"),
) -> Catalogue:
    """The cards below `folder`, in the order of the names. What another source or scale has left there is absent.

    `data` is the source's name in params.yaml, the sizes are the pixels of a side that params.yaml packs at.
    ValueError for a card that cannot be read.
    """
    cards = {name: _card(folder, name, "images", _Domain) for name in domains}
    found_styles = {name: _card(folder, name, "styles", _Style) for name in styles}
    ours = {
        name: card
        for name, card in cards.items()
        if card is not None
        and _data(card) == data
        and (card["train"]["size"], card["test"]["size"]) == (train_size, test_size)
    }
    our_styles = {
        name: card
        for name, card in found_styles.items()
        if card is not None and _data(card) == data and card["size"] == style_size
    }
    return Catalogue(ours, our_styles, tuple(n for n in (*cards, *found_styles) if n not in {*ours, *our_styles}))


def _card(folder: Path, name: str, stage: str, kind: type[_Domain] | type[_Style]) -> Card | None:
    path = folder / name / "card.json"
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(key) for key in first["loc"])
        raise ValueError(
            f"{path.as_posix()} is no card{f' (at {place!r}: ' if place else ' ('}{first['msg']}): "
            f"make it again with `dvc repro --force {stage}@{name}`"
        ) from None
    card: Card = json.loads(text)
    return card


def _data(card: Card) -> str:
    """The name in params.yaml of a card's source; `cyclegan` writes the data set's name there instead."""
    source = str(card["source"])
    return source if source in ("scenes", "folder") else "cyclegan"
