"""Zips read in place: what belongs there is listed and read, anything else refuses the whole zip."""

import io
import multiprocessing
import pickle
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.images.cyclegan import archive
from tests.images.fault_trials import picture_zip

# Offsets inside an entry of a zip's table of contents, from its signature on.
PIXELS = 10_000  # the limit of a picture

ENTRY = b"PK\x01\x02"
FLAGS, METHOD, PACKED, UNPACKED, PLACE = (8, "<H"), (10, "<H"), (20, "<L"), (24, "<L"), (42, "<L")


def png(seed: int = 0, side: int = 16) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def write_zip(path: Path, *added: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    """A good zip of data set "set", two pictures a folder, and what is added to it."""
    with zipfile.ZipFile(path, "w", method) as opened:
        for folder in archive.FOLDERS:
            for name in ("2013-11-08 16:45:24.png", "10.png"):
                opened.writestr(f"set/{folder}/{name}", png())
        for name, content in added:
            opened.writestr(name, content)
    return path


def patch_last_entry(path: Path, place: tuple[int, str], value: int) -> None:
    """Change a number in the last entry of the table of contents."""
    content = bytearray(path.read_bytes())
    offset, form = place
    struct.pack_into(form, content, content.rindex(ENTRY) + offset, value)
    path.write_bytes(content)


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def test_pictures_are_listed_by_folder_and_sorted(tmp_path: Path) -> None:
    path = write_zip(
        tmp_path / "a.zip",
        ("set/", b""),
        ("set/trainA/", b""),
        (entry("set/trainB/0.JPG", stat.S_IFREG | 0o644), b"listed, not read"),
        ("__MACOSX/set/trainA/._10.png", b"litter"),
        ("set/.DS_Store", b"litter"),
        ("set/testA/Thumbs.db", b"litter"),
    )
    both = ["10.png", "2013-11-08 16:45:24.png"]
    assert archive.members(path, "set") == {
        folder: [f"set/{folder}/{name}" for name in (["0.JPG"] if folder == "trainB" else []) + both]
        for folder in archive.FOLDERS
    }
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"], "nothing is unpacked"


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        ("/etc/trainA/x.png", "absolute path"),
        ("C:/trainA/x.png", "absolute path"),
        ("../set/trainA/x.png", "'..' parts"),
        ("set/trainA/../../x.png", "'..' parts"),
        ("set//trainA/x.png", "empty"),
        ("set/./trainA/x.png", "'.'"),
        ("__MACOSX/../../x", "'..' parts"),
        ("set\\trainA\\x.png", "characters"),
        ("set/trainA/a\x1b[2J.png", "characters"),
        ("set/trainA/a\nb.png", "characters"),
        ("set/trainA/gnp.\u202egpj.png", "characters"),  # written from right to left
        ("set/trainA/a\u200b.png", "characters"),  # of no width
        ("set/trainA/a\ufeff.png", "characters"),
        ("\\\\server\\x.png", "characters"),
        ("/", "absolute path"),
        ("..", "'..' parts"),
        ("set/valA/x.png", "not of set's layout"),
        ("set/valA/", "not of set's layout"),
        ("other/trainA/x.png", "not of set's layout"),
        ("set/trainA/deep/x.png", "not of set's layout"),
        ("x.png", "not of set's layout"),
        ("set/trainA/install.sh", "not named as a picture"),
        ("set/trainA/10.png", "appears twice"),
        (entry("set/trainA/link.png", stat.S_IFLNK | 0o777), "link or special file"),
        (entry("set/trainA/pipe.png", stat.S_IFIFO | 0o644), "link or special file"),
        (entry("set/trainA/device.png", stat.S_IFBLK | 0o644), "link or special file"),
        (entry("__MACOSX/link", stat.S_IFLNK | 0o777), "link or special file"),
    ],
    ids=lambda value: getattr(value, "filename", value).replace("/", "|").encode("unicode_escape").decode(),
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_does_not_belong_refuses_the_zip(
    tmp_path: Path, member: zipfile.ZipInfo | str, reason: str
) -> None:
    path = write_zip(tmp_path / "a.zip", (member, png(1)))
    with pytest.raises(ValueError, match=reason) as caught:
        archive.members(path, "set")
    assert str(path) in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (FLAGS, 1, "encrypted"),
        (METHOD, zipfile.ZIP_BZIP2, "compression method 12"),
        (UNPACKED, archive.MAX_PICTURE_BYTES + 1, "refused"),
        (UNPACKED, 2**32 - 2, "zip bomb"),
        (UNPACKED, 2**32 - 1, "zip"),  # "see the extra field", where nothing is
        (PACKED, 1_000_000, "claim .* packed bytes"),
    ],
    ids=["encrypted", "method", "size", "4 GiB", "Zip64 without a size", "overlap"],
)
def test_an_entry_that_states_the_impossible_refuses_the_zip(
    tmp_path: Path, place: tuple[int, str], value: int, reason: str
) -> None:
    path = write_zip(tmp_path / "a.zip")
    patch_last_entry(path, place, value)
    with pytest.raises(ValueError, match=reason):
        archive.members(path, "set")


def test_one_absurd_size_is_refused_by_name(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).bytes(2_000_000)  # keeps the zip's growth as a whole small
    path = write_zip(tmp_path / "a.zip", ("set/trainA/noise.png", noise), ("set/trainA/x.png", png()))
    patch_last_entry(path, UNPACKED, archive.MAX_PICTURE_BYTES + 1)
    with pytest.raises(ValueError, match=r"'set/trainA/x\.png': 32000001 bytes unpacked"):
        archive.members(path, "set")


def test_a_member_that_claims_4_gib_in_a_field_of_its_own_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    info = zipfile.ZipInfo("set/trainA/x.png")
    with zipfile.ZipFile(path, "w") as opened, opened.open(info, "w", force_zip64=True) as stream:
        stream.write(bytes(1000))
    content = path.read_bytes()
    # In the table of contents the size moves to an extra field: 0x0001, 8 bytes.
    place = content.rindex(ENTRY)
    claim = bytearray(content[place : place + 46 + len(info.filename)])
    struct.pack_into("<L", claim, UNPACKED[0], 2**32 - 1)
    struct.pack_into("<H", claim, 30, 12)
    end = bytearray(content[content.rindex(b"PK\x05\x06") :])
    struct.pack_into("<L", end, 12, len(claim) + 12)
    path.write_bytes(content[:place] + claim + struct.pack("<HHQ", 1, 8, 2**32) + end)
    with pytest.raises(ValueError, match=r"from \d+ to 4294967296 bytes \(a zip bomb"):
        archive.members(path, "set")


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    zeros = bytes(archive.MAX_PICTURE_BYTES - 1)
    path = write_zip(tmp_path / "a.zip", ("set/trainA/x.png", zeros), method=zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match="zip bomb"):
        archive.members(path, "set")


def test_a_name_cut_by_a_zero_byte_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", ("set/trainA/x.png#.sh.png", png()))
    path.write_bytes(path.read_bytes().replace(b"x.png#", b"x.png\x00"))
    with pytest.raises(ValueError, match="characters"):
        archive.members(path, "set")


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 7)
    with pytest.raises(ValueError, match="8 members, at most 7"):
        archive.members(write_zip(tmp_path / "a.zip"), "set")


@pytest.mark.parametrize(
    "damage",
    [lambda content: b"", lambda content: content[:-40], lambda content: b"<html>" * 50],
    ids=["empty", "cut", "html"],
)
def test_what_is_no_zip_is_named(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = write_zip(tmp_path / "a.zip")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=r"a\.zip is no readable zip"):
        archive.members(path, "set")


def load(path: Path) -> partial[Image.Image]:
    return partial(archive.read_member, path, "set/trainA/x.png", PIXELS)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_picture_is_read_as_stored_also_after_pickling(tmp_path: Path, method: int) -> None:
    path = write_zip(tmp_path / "a.zip", ("set/trainA/x.png", png(7)), method=method)
    picture = pickle.loads(pickle.dumps(load(path)))()
    np.testing.assert_array_equal(np.asarray(picture), np.asarray(Image.open(io.BytesIO(png(7)))))


def test_a_picture_with_a_wrong_byte_is_refused_by_its_checksum(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", ("set/trainA/x.png", png(7)))
    content = bytearray(path.read_bytes())
    content[content.rindex(b"IDAT") + 100] ^= 1  # inside the last picture's pixels
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"damaged in the zip .*CRC"):
        load(path)()


def test_a_member_that_lies_about_its_size_is_not_inflated(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", ("set/trainA/x.png", bytes(30_000_000)), method=zipfile.ZIP_DEFLATED)
    patch_last_entry(path, UNPACKED, 1_000)
    assert archive.members(path, "set")["trainA"][-1] == "set/trainA/x.png"
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="damaged in the zip"):
            load(path)()
        assert tracemalloc.get_traced_memory()[1] < 5_000_000, "30 MB were inflated"
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("place", [0, 30, 2**32 - 2])
def test_a_member_that_lies_elsewhere_is_damaged(tmp_path: Path, place: int) -> None:
    path = write_zip(tmp_path / "a.zip", ("set/trainA/x.png", png(7)))
    patch_last_entry(path, PLACE, place)
    with pytest.raises(ValueError, match="damaged in the zip"):
        load(path)()


@pytest.mark.parametrize(("content", "reason"), [(b"#!/bin/sh\n", "text file"), (png(7)[:200], "damaged or cut off")])
def test_a_member_that_is_no_picture_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    path = write_zip(tmp_path / "a.zip", ("set/trainA/x.png", content))
    with pytest.raises(ValueError, match=reason):
        load(path)()


def test_a_zip_that_is_gone_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "gone.zip")()


def pixels(path: Path, name: str) -> bytes:
    return archive.read_member(path, name, PIXELS).tobytes()


def test_forked_processes_do_not_share_the_reading_position(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(picture_zip(np.random.default_rng(3), pictures=10))
    names = [name for listed in archive.members(path, "set").values() for name in listed] * 5
    alone = [pixels(path, name) for name in names]  # the parent has the zip open when it forks
    with multiprocessing.get_context("fork").Pool(3) as pool:
        together = pool.starmap(pixels, [(path, name) for name in names], chunksize=1)
    assert together == alone
