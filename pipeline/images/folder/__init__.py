"""The source `folder`: the user's own pictures, in CycleGAN's layout (`layout.py`)."""

import stat
from functools import partial
from pathlib import Path

from PIL import Image

from pipeline.images import decoding
from pipeline.images.folder import layout
from pipeline.images.source import DomainImages, Picture, Request, StyleImage, StyleRequest

_LICENCE = "the user's own files; this pipeline knows nothing of their licence"


def find(request: Request) -> DomainImages:
    """The pictures of a domain: ROOT/DATASET/train{A,B} and test{A,B}, sorted by name.

    Names are relative to the root. For the photos, another of CycleGAN's sets that holds them may serve.
    Raises ValueError if the root or a folder is missing or holds no image file; OSError if it cannot be read.
    """
    root = layout.check_root(request.root)
    folders = dict(zip(("train", "test"), layout.domain_folders(root, request.dataset, request.side), strict=True))
    listings = {split: layout.list_folder(root / folder) for split, folder in folders.items()}
    for split, listing in listings.items():
        if not listing.names:
            raise ValueError(_empty(root / folders[split], f"{split} pictures of domain {request.domain}", listing))
    pictures = {
        split: [_picture(root, f"{folders[split]}/{name}", request.max_pixels) for name in listing.names]
        for split, listing in listings.items()
    }
    ignored = {split: listing.ignored for split, listing in listings.items() if listing.ignored}
    provenance = {**folders, **({"ignored": ignored} if ignored else {})}
    return DomainImages(pictures["train"], pictures["test"], "folder", _LICENCE, provenance, expected=None)


def find_style(request: StyleRequest) -> StyleImage:
    """A style image: ROOT/style-images/FILE. Raises ValueError if it is not there, with what is."""
    root = layout.check_root(request.root)
    folder = root / layout.STYLE_FOLDER
    if folder.is_dir():
        layout.check_apart(folder)
    file = layout.same_name(folder, request.file)
    if not (folder / file).exists():
        if (folder / file).is_symlink():
            raise ValueError(
                f"style {request.style}: {folder / file} is a link that leads to no file. Put the style image there"
            )
        there = layout.list_folder(folder).names if folder.is_dir() else ()
        raise ValueError(
            f"style {request.style}: {folder / request.file} does not exist"
            + (f" (there are {', '.join(layout.printable(name) for name in there[:10])})" if there else "")
            + f". Put the style image there, or change styles.{request.style}.file in params.yaml"
        )
    name = f"{layout.STYLE_FOLDER}/{file}"
    return StyleImage(_picture(root, name, request.max_pixels), "folder", _LICENCE, {"file": name})


def load(path: Path, max_pixels: int) -> Image.Image:
    """Read one file; ValueError or OSError with a reason that does not depend on where the file lies.

    A link is followed wherever it leads: the folder and what it links to are the user's own.
    """
    if path.is_symlink() and not path.exists():
        raise ValueError("a link whose target does not exist")
    if not stat.S_ISREG(path.stat().st_mode):  # opening a named pipe would wait for ever
        raise ValueError("not a regular file")
    with path.open("rb") as stream:
        return decoding.decode(stream, max_pixels)


def _picture(root: Path, name: str, max_pixels: int) -> Picture:
    return Picture(layout.printable(name), partial(load, root / name, max_pixels))


def _empty(folder: Path, what: str, listing: layout.Listing) -> str:
    other = ", ".join(f"{count} {kind}" for kind, count in listing.ignored.items())
    return (
        f"{folder} holds no image file, but the {what} are taken from there"
        f"{f' (it holds other things: {other})' if other else ''}. "
        f"Put pictures ({', '.join(decoding.EXTENSIONS)}) directly into it"
    )
