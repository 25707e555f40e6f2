"""A domain's card: what its arrays hold and where the pictures come from, as one JSON value."""

from collections import defaultdict
from typing import Any

from pipeline.images.packing import Packed
from pipeline.images.source import DomainImages, StyleImage


def check_counts(domain: str, images: DomainImages) -> None:
    """Raise ValueError if the source knows how many pictures must be there and another number was found."""
    if images.expected is None:
        return
    counts = {"train": len(images.train), "test": len(images.test)}
    wrong = [
        f"{counts[split]} {split} pictures found, {images.expected[split]} expected"
        for split in counts
        if counts[split] != images.expected[split]
    ]
    if wrong:
        raise ValueError(f"domain {domain} of {images.source} is not whole: {', '.join(wrong)}; fetch it again")


def check_enough(domain: str, train: Packed, test: Packed) -> None:
    """Raise ValueError for fewer than two train or test pictures: a distance of two sets needs two of each."""
    for split, packed in (("train", train), ("test", test)):
        if len(packed.names) < 2:
            raise ValueError(
                f"domain {domain} has {len(packed.names)} usable {split} picture, at least 2 are needed: add some"
            )


def describe_domain(domain: str, images: DomainImages, train: Packed, test: Packed) -> dict[str, Any]:
    """The card of a domain. Equal pictures give an equal card, byte for byte: no times, no hosts, no absolute paths.

    `found` counts the pictures of the source, `packed` those that could be read. `duplicates` groups the names of
    pictures with equal decoded pixels: within train, within test, and between the two.
    """
    expected: dict[str, int | None] = {"train": None, "test": None, **(images.expected or {})}
    return {
        "domain": domain,
        "source": images.source,
        "licence": images.licence,
        "provenance": images.provenance,
        "train": {"found": len(images.train), "expected": expected["train"], **_describe_array(train)},
        "test": {"found": len(images.test), "expected": expected["test"], **_describe_array(test)},
        "duplicates": {
            "train": [names for names in _by_digest(train).values() if len(names) > 1],
            "test": [names for names in _by_digest(test).values() if len(names) > 1],
            "between": _between(train, test),
        },
    }


def describe_style(style: str, image: StyleImage, packed: Packed) -> dict[str, Any]:
    """The card of a style image; deterministic as a domain's."""
    return {
        "style": style,
        "source": image.source,
        "licence": image.licence,
        "provenance": image.provenance,
        "name": image.picture.name,
        **_describe_array(packed),
    }


def _describe_array(packed: Packed) -> dict[str, Any]:
    return {
        "packed": len(packed.names),
        "unreadable": packed.unreadable,
        "size": packed.size,
        "original_sizes": {f"{width}x{height}": count for (width, height), count in packed.sizes.items()},
        "upscaled": sum(count for shape, count in packed.sizes.items() if min(shape) < packed.size),
        "mean": list(packed.mean),
        "std": list(packed.std),
        "sha256": packed.sha256,
    }


def _between(train: Packed, test: Packed) -> list[dict[str, list[str]]]:
    in_train, in_test = _by_digest(train), _by_digest(test)
    return [{"train": names, "test": in_test[digest]} for digest, names in in_train.items() if digest in in_test]


def _by_digest(packed: Packed) -> dict[str, list[str]]:
    """Names by digest, in the order of the array."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for digest, name in zip(packed.digests, packed.names, strict=True):
        groups[digest].append(name)
    return dict(groups)
