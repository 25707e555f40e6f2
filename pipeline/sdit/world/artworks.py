"""Artworks: the packed pictures of the pipeline's own domains, made small, with their domain as the label."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from pipeline.core import artifacts
from pipeline.sdit.model.pictures import Half, Pixels


def half(name: str, domains: Sequence[str], count: int, size: int) -> Half:
    """The first `count` pictures of each domain's `train` or `test` half, as far as there are, of `size` pixels."""
    places = {"train": artifacts.train_pictures, "test": artifacts.test_pictures}
    x, label = [], []
    for place, domain in enumerate(domains):
        pictures = artifacts.read_packed(places[name](domain))[:count]
        x.append(np.stack([_resized(picture, size) for picture in pictures]))
        label.append(np.repeat(np.eye(len(domains), dtype=np.float32)[[place]], len(pictures), axis=0))
    return Half(np.concatenate(x), np.concatenate(label), None)


def _resized(picture: Pixels, size: int) -> Pixels:
    return np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BICUBIC))
