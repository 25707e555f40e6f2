"""A zip of pictures, read in place: nothing is unpacked, and only members that look as expected are ever opened."""

import functools
import io
import os
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from PIL import Image

from pipeline.images import decoding

FOLDERS = ("trainA", "trainB", "testA", "testB")
SUFFIXES = (".jpg", ".jpeg", ".png")
# What operating systems leave in zips; skipped, never opened.
LITTER_FOLDER = "__MACOSX"
LITTER_FILES = (".DS_Store", "Thumbs.db", "desktop.ini")

# CycleGAN's pictures have 256 x 256 pixels: at most 0.2 MB as JPEG and as uint8 pixels. Far above that is no picture.
MAX_PICTURE_BYTES = 32_000_000
MAX_MEMBERS = 100_000
# Pictures hardly deflate: the whole may not grow much beyond the zip's own size.
MAX_GROWTH = 20


def members(path: Path, dataset: str) -> dict[str, list[str]]:
    """The pictures of a zip in CycleGAN's layout: folder ("trainA", ...) to member names, sorted.

    Only the table of contents is read. Raises ValueError, for the whole zip, if any member has an absolute path, `..`,
    a place outside `dataset`/{trainA,trainB,testA,testB}, a type other than a plain file or folder, an encryption or an
    absurd size, or if two members have one name; OSError if the file cannot be read.
    """
    names_in: dict[str, list[str]] = {folder: [] for folder in FOLDERS}
    try:
        with zipfile.ZipFile(path) as archive:
            contents = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise ValueError(f"{path} is no readable zip ({error})") from error
    _check_sizes(path, contents)
    seen: set[str] = set()
    for member in contents:
        place = _check_member(path, member)
        if place[0] == LITTER_FOLDER or place[-1] in LITTER_FILES:
            continue
        if member.filename in seen:
            raise _refused(path, member, "the name appears twice")
        seen.add(member.filename)
        if member.is_dir():
            if place[0] != dataset or place[1:] not in ((), *((folder,) for folder in FOLDERS)):
                raise _refused(path, member, f"a folder that is not of {dataset}'s layout")
        elif len(place) != 3 or place[0] != dataset or place[1] not in FOLDERS:
            raise _refused(path, member, f"a place that is not of {dataset}'s layout")
        elif not place[2].lower().endswith(SUFFIXES):
            raise _refused(path, member, "not named as a picture")
        else:
            names_in[place[1]].append(member.filename)
    return {folder: sorted(names) for folder, names in names_in.items()}


def read_member(path: Path, name: str, max_pixels: int) -> Image.Image:
    """Decode one picture of a zip: as stored, any size and mode, EXIF rotation not yet applied.

    Raises ValueError if the member is damaged, too large (in bytes or pixels) or no picture, OSError if the zip cannot
    be read. The zip stays open, once per process, so that its table of contents is read once.
    """
    try:
        archive = _opened(path, os.getpid())
        member = archive.getinfo(name)
        if member.file_size > MAX_PICTURE_BYTES:
            raise _refused(path, member, f"{member.file_size} bytes unpacked")
        with archive.open(member) as stream:
            # Without the size, zipfile would inflate a member that lies about its size as far as it goes.
            content = stream.read(member.file_size)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"damaged in the zip ({error})") from error
    return decoding.decode(io.BytesIO(content), max_pixels)


def read_file(path: Path, max_pixels: int) -> Image.Image:
    """Decode a picture that is a file of its own; raises as `read_member` does."""
    with path.open("rb") as stream:
        return decoding.decode(stream, max_pixels)


@functools.lru_cache(maxsize=4)
def _opened(path: Path, process: int) -> zipfile.ZipFile:
    # The process is part of the key: a forked child that shared its parent's file would share the reading position.
    return zipfile.ZipFile(path)


def _check_sizes(path: Path, contents: list[zipfile.ZipInfo]) -> None:
    if len(contents) > MAX_MEMBERS:
        raise ValueError(f"{path} is refused: {len(contents)} members, at most {MAX_MEMBERS} are accepted")
    size = path.stat().st_size
    # Members that overlap in the file, as zip bombs' do, claim more packed bytes than there are.
    if (packed := sum(member.compress_size for member in contents)) > size:
        raise ValueError(f"{path} is refused: its members claim {packed} packed bytes, the file has {size}")
    if (unpacked := sum(member.file_size for member in contents)) > MAX_GROWTH * size:
        raise ValueError(f"{path} is refused: it would grow from {size} to {unpacked} bytes (a zip bomb?)")


def _check_member(path: Path, member: zipfile.ZipInfo) -> tuple[str, ...]:
    """The parts of a member's name, after the checks that hold for any member. Raises ValueError."""
    # `filename` is what zipfile made of the name; `orig_filename` is what the zip says.
    name = member.orig_filename
    parts = tuple(name.removesuffix("/").split("/"))
    if name != member.filename or "\\" in name or not name.isprintable():
        raise _refused(path, member, "a name with characters that do not belong in one")
    if PurePosixPath(name).is_absolute() or ":" in parts[0]:
        raise _refused(path, member, "an absolute path")
    if any(part in ("", ".", "..") for part in parts):
        raise _refused(path, member, "a path with empty, '.' or '..' parts")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFDIR if member.is_dir() else stat.S_IFREG):
        raise _refused(path, member, "a link or special file")
    if member.flag_bits & 0x1:
        raise _refused(path, member, "encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused(path, member, f"compression method {member.compress_type}")
    if member.file_size > MAX_PICTURE_BYTES:
        raise _refused(path, member, f"{member.file_size} bytes unpacked, at most {MAX_PICTURE_BYTES} are accepted")
    return parts


def _refused(path: Path, member: zipfile.ZipInfo, why: str) -> ValueError:
    return ValueError(f"{path} is refused because of its member {member.orig_filename!r}: {why}")
