"""The papers' own images: CycleGAN's data sets and SGN's style images, downloaded, checked and read in place.

What is published about them (addresses, sizes, SHA-256, counts) stands in `data/sources/cyclegan.json`. Sizes, hashes
and counts of the zips are those of TensorFlow Datasets 4.9.10.
"""

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.images.cyclegan import archive, download
from pipeline.images.cyclegan.transfer import Patience, Published
from pipeline.images.source import DomainImages, Picture, Request, StyleImage, StyleRequest
from pipeline.shell import caches

FACTS = Path(__file__).resolve().parents[3] / "data/sources/cyclegan.json"

ZIP_STARTS = b"PK\x03\x04"
JPEG_STARTS = b"\xff\xd8\xff"

Mirrors = Annotated[tuple[str, ...], Field(min_length=1)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataSet(_Strict):
    """One zip: the number of pictures per folder ("trainA", ...), its bytes and SHA-256, and its own licence where it
    has another than the rest."""

    counts: Mapping[str, int]
    bytes: int
    sha256: Sha256
    licence: str | None = None


class StyleFile(_Strict):
    """One style image: bytes, SHA-256 and whose work it is."""

    bytes: int
    sha256: Sha256
    licence: str


class Facts(_Strict):
    """`cyclegan.json`. A mirror is the address of a folder; `same_photos` are the data sets with equal side B."""

    mirrors: Mirrors
    data_sets: Mapping[str, DataSet]
    same_photos: tuple[str, ...]
    licence: str
    style_mirrors: Mirrors
    style_images: Mapping[str, StyleFile]


def read_facts(path: Path = FACTS) -> Facts:
    """Read and check `cyclegan.json`; ValueError with the wrong key and value."""
    try:
        return Facts.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{path} is not as published: {key!r}: {first['msg']}") from None


def find(request: Request) -> DomainImages:
    """The train and test pictures of one domain of a paper; downloads the zip that holds them if need be.

    `root` and the sizes of the request are not used. Raises ValueError for a data set that is not published or a zip
    with an unexpected content, OSError (DownloadError) if the zip cannot be had.
    """
    return find_in(request.dataset, request.side, read_facts(), caches.folder(os.environ), request.max_pixels)


def find_style(request: StyleRequest) -> StyleImage:
    """One of the paper's style images, by its file name; downloads it if need be. Raises as `find` does."""
    return find_style_in(request.file, read_facts(), caches.folder(os.environ), request.max_pixels)


def find_in(
    dataset: str, side: str, facts: Facts, cache: Path, max_pixels: int, patience: Patience | None = None
) -> DomainImages:
    """`find` with the published facts and the cache given: side "A" or "B" of a data set."""
    if dataset not in facts.data_sets:
        raise ValueError(f"data=cyclegan has no data set '{dataset}'; it has {', '.join(facts.data_sets)}")
    # The domain's pictures are equal in each of these. Which one they are read from depends on what is in the cache,
    # so the card names them all and not the one.
    equal = facts.same_photos if side == "B" and dataset in facts.same_photos else (dataset,)
    names = [dataset, *(name for name in equal if name != dataset)]
    name = next((name for name in names if (cache / f"{name}.zip").exists()), dataset)
    path = cache / f"{name}.zip"
    zipped = facts.data_sets[name]
    mirrors = tuple(f"{mirror}{name}.zip" for mirror in facts.mirrors)
    download.fetch(path, Published(mirrors, zipped.bytes, zipped.sha256, ZIP_STARTS), patience)
    members = archive.members(path, name)
    train, test = (
        [
            Picture(member.split("/", 1)[1], functools.partial(archive.read_member, path, member, max_pixels))
            for member in listed
        ]
        for listed in (members[f"train{side}"], members[f"test{side}"])
    )
    return DomainImages(
        train=train,
        test=test,
        source=f"CycleGAN's {dataset}, side {side}",
        licence=zipped.licence or facts.licence,
        provenance={
            "folders": [f"train{side}", f"test{side}"],
            "in any of": {f"{n}.zip": facts.data_sets[n].sha256 for n in sorted(equal)},
        },
        expected={split: zipped.counts[f"{split}{side}"] for split in ("train", "test")},
    )


def find_style_in(
    file: str, facts: Facts, cache: Path, max_pixels: int, patience: Patience | None = None
) -> StyleImage:
    """`find_style` with the published facts and the cache given."""
    if file not in facts.style_images:
        raise ValueError(f"data=cyclegan has no style image '{file}'; it has {', '.join(facts.style_images)}")
    style = facts.style_images[file]
    mirrors = tuple(f"{mirror}{file}" for mirror in facts.style_mirrors)
    path = download.fetch(cache / file, Published(mirrors, style.bytes, style.sha256, JPEG_STARTS), patience)
    return StyleImage(
        picture=Picture(file, functools.partial(archive.read_file, path, max_pixels)),
        source="the style images of the paper's authors' code",
        licence=style.licence,
        provenance={"file": file, "sha256": style.sha256},
    )
