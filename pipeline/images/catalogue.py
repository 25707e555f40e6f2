"""What is packed now: the cards of the domains and style images that belong to the chosen data and scale."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import files

Card = Mapping[str, Any]


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
    found = {name: _card(folder, name, "images", "train") for name in domains}
    found_styles = {name: _card(folder, name, "styles", "sha256") for name in styles}
    ours = {
        name: card
        for name, card in found.items()
        if card is not None
        and _data(card) == data
        and (card["train"]["size"], card["test"]["size"]) == (train_size, test_size)
    }
    our_styles = {
        name: card
        for name, card in found_styles.items()
        if card is not None and _data(card) == data and card["size"] == style_size
    }
    return Catalogue(ours, our_styles, tuple(n for n in (*found, *found_styles) if n not in {*ours, *our_styles}))


def _card(folder: Path, name: str, stage: str, key: str) -> Card | None:
    path = folder / name / "card.json"
    try:
        card = files.read_json(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:
        card = None
    if not isinstance(card, dict) or key not in card:
        raise ValueError(f"{path.as_posix()} is no card: make it again with `dvc repro --force {stage}@{name}`")
    return card


def _data(card: Card) -> str:
    """The name in params.yaml of a card's source; `cyclegan` writes the data set's name there instead."""
    source = str(card["source"])
    return source if source in ("scenes", "folder") else "cyclegan"
