"""The card: counts, duplicates, hashes, and nothing that varies."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.images import card, packing
from pipeline.images.source import DomainImages, Picture, StyleImage


def noise(seed: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (20, 30, 3), dtype=np.uint8))


def broken() -> Image.Image:
    raise ValueError("a text file, not a picture")


def picture(name: str, seed: int) -> Picture:
    return Picture(name, partial(noise, seed))


def domain(train: list[Picture], test: list[Picture], expected: dict[str, int] | None = None) -> DomainImages:
    return DomainImages(train, test, "folder", "unknown", {"train": "x/trainA"}, expected)


def describe(images: DomainImages, folder: Path) -> dict[str, Any]:
    train = packing.pack(images.train, 24, folder / "train.npy", what="train", max_unreadable=0.5)
    test = packing.pack(images.test, 16, folder / "test.npy", what="test")
    return card.describe_domain("photo", images, train, test)


def test_counts_sizes_and_unreadable_pictures(tmp_path: Path) -> None:
    images = domain([picture("a", 0), Picture("b", broken), picture("c", 1)], [picture("d", 2)])
    value = describe(images, tmp_path)
    train, test = value["train"], value["test"]
    assert (train["found"], train["expected"], train["packed"]) == (3, None, 2)
    assert train["unreadable"] == {"b": "a text file, not a picture"}
    assert train["original_sizes"] == {"30x20": 2}
    assert (train["upscaled"], test["upscaled"]) == (2, 0)  # 20 pixels to 24, and to 16
    assert (train["size"], test["size"]) == (24, 16)
    assert len(train["mean"]) == len(train["std"]) == 3
    assert value["provenance"] == {"train": "x/trainA"}


def test_duplicates_are_found_within_and_between_although_the_sizes_differ(tmp_path: Path) -> None:
    train = [picture("a", 0), picture("b", 1), picture("c", 0), picture("d", 2)]
    test = [picture("e", 2), picture("f", 3), picture("g", 3)]
    value = describe(domain(train, test), tmp_path)
    assert value["duplicates"] == {
        "train": [["a", "c"]],
        "test": [["f", "g"]],
        "between": [{"train": ["d"], "test": ["e"]}],
    }


def test_counts_must_be_the_expected_ones() -> None:
    images = domain([picture("a", 0)], [picture("b", 1)], {"train": 1, "test": 1})
    card.check_counts("photo", images)
    card.check_counts("photo", domain(images.train, images.test))
    with pytest.raises(ValueError, match="photo of folder is not whole: 1 test pictures found, 751 expected"):
        card.check_counts("photo", domain(images.train, images.test, {"train": 1, "test": 751}))


def test_cards_are_equal_wherever_the_arrays_are(tmp_path: Path) -> None:
    images = domain([picture("a", 0), picture("b", 1)], [picture("c", 2)], {"train": 2, "test": 1})
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    texts = [json.dumps(describe(images, tmp_path / name), allow_nan=False) for name in ("one", "two")]
    assert texts[0] == texts[1]
    assert str(tmp_path) not in texts[0]


def test_style(tmp_path: Path) -> None:
    image = StyleImage(picture("style-images/udnie.jpg", 0), "folder", "unknown", {"file": "style-images/udnie.jpg"})
    value = card.describe_style("udnie", image, packing.pack_one(image.picture, 16, tmp_path / "style.npy", what="x"))
    assert (value["style"], value["name"], value["original_sizes"]) == ("udnie", "style-images/udnie.jpg", {"30x20": 1})
