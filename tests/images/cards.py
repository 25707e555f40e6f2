"""Made-up cards of packed domains and style images."""

from typing import Any


def array(size: int) -> dict[str, Any]:
    """What a card says of one packed array."""
    sizes = {"packed": 1, "unreadable": {}, "size": size, "original_sizes": {"40x30": 1}, "upscaled": 1}
    return {**sizes, "mean": [0.5, 0.5, 0.5], "std": [0.1, 0.1, 0.1], "sha256": "ab"}


def origin(source: str) -> dict[str, Any]:
    """Where its pictures come from."""
    return {"source": source, "licence": "", "provenance": {"folders": ["a", "b"], "ignored": {"train": {".txt": 1}}}}


def domain(source: str, train: int = 72, test: int = 64) -> dict[str, Any]:
    """A domain's card."""
    splits = {key: {"found": 1, "expected": None, **array(size)} for key, size in (("train", train), ("test", test))}
    between = [{"train": ["a"], "test": ["b"]}]
    return {"domain": "x", **origin(source), **splits, "duplicates": {"train": [], "test": [], "between": between}}


def style(source: str, size: int = 256) -> dict[str, Any]:
    """A style image's card."""
    return {"style": "x", **origin(source), "name": "a.jpg", **array(size)}
