"""Damaged pictures and zips: decoded and packed, or refused in a sentence."""

import io
import struct
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.images import packing
from pipeline.images.cyclegan import archive
from pipeline.images.decoding import decode, to_rgb
from pipeline.images.source import Picture
from tests.fuzz.clean import inputs, result_or_sentence
from tests.fuzz.damage import damaged

PIXELS = 1_000_000  # small enough that the largest picture that is allowed is decoded at once
SIZE = 16


def encoded(mode: str, format: str, **options: object) -> bytes:
    """A small real picture."""
    pixels = np.random.default_rng(7).integers(0, 256, (24, 20, 3), dtype=np.uint8)
    pixels[4:12, 4:12] = 200
    image = Image.fromarray(pixels)
    stream = io.BytesIO()
    (image if mode == "RGB" else image.convert(mode)).save(stream, format, **options)
    return stream.getvalue()


def wide() -> bytes:
    """A PNG of 16 bits."""
    stream = io.BytesIO()
    Image.fromarray(np.arange(480, dtype=np.uint16).reshape(24, 20) * 100).save(stream, "PNG")
    return stream.getvalue()


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded("RGB", "JPEG", exif=exif)


FRAMES = [Image.new("RGB", (20, 24), (level, 0, 0)) for level in (0, 100)]
WHOLE = {
    "JPEG": encoded("RGB", "JPEG"),
    "JPEG, progressive": encoded("RGB", "JPEG", progressive=True),
    "JPEG, CMYK": encoded("CMYK", "JPEG"),
    "JPEG, turned": with_exif(),
    "MPO": encoded("RGB", "MPO", save_all=True, append_images=FRAMES),
    "PNG": encoded("RGB", "PNG"),
    "PNG, palette": encoded("P", "PNG", transparency=0),
    "PNG, transparent": encoded("RGBA", "PNG"),
    "PNG, black and white": encoded("1", "PNG"),
    "PNG, 16 bits": wide(),
    "PNG, animated": encoded("RGB", "PNG", save_all=True, append_images=FRAMES),
    "WebP": encoded("RGB", "WEBP"),
    "WebP, lossless": encoded("RGBA", "WEBP", lossless=True),
    "WebP, animated": encoded("RGB", "WEBP", save_all=True, append_images=FRAMES),
    "BMP": encoded("RGB", "BMP"),
    "BMP, palette": encoded("P", "BMP"),
    "TIFF": encoded("RGB", "TIFF"),
    "TIFF, LZW": encoded("RGB", "TIFF", compression="tiff_lzw"),
    "TIFF, Deflate": encoded("RGBA", "TIFF", compression="tiff_deflate"),
    "TIFF, JPEG": encoded("RGB", "TIFF", compression="jpeg"),
    "TIFF, fax": encoded("1", "TIFF", compression="group4"),
    "PPM": encoded("RGB", "PPM"),
    "PPM, text": b"P3\n20 24 255\n" + b"12 250 0 " * 480,
    "PGM": encoded("L", "PPM"),
}
pictures = st.sampled_from(sorted(WHOLE)).flatmap(lambda kind: damaged(WHOLE[kind]))


def rgb(data: bytes) -> Image.Image:
    return to_rgb(decode(io.BytesIO(data), PIXELS))


@pytest.mark.parametrize("kind", WHOLE)
def test_the_whole_pictures_are_read(kind: str) -> None:
    assert min(rgb(WHOLE[kind]).size) >= 20


def check_picture(data: bytes) -> None:
    picture = result_or_sentence(lambda: rgb(data))
    if not isinstance(picture, str):
        assert picture.mode == "RGB"
        assert picture.width * picture.height <= PIXELS


@inputs(1_500)
@given(pictures)
def test_a_damaged_picture_is_decoded_or_refused(data: bytes) -> None:
    check_picture(data)


@pytest.mark.long
@inputs(20_000)
@given(pictures)
def test_many_damaged_pictures_are_decoded_or_refused(data: bytes) -> None:
    check_picture(data)


@inputs(100)
@given(st.lists(st.one_of(pictures, st.binary(max_size=200)), min_size=1, max_size=4))
def test_damaged_pictures_are_packed_or_listed(tmp_path_factory: pytest.TempPathFactory, several: list[bytes]) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.npy"
    given_ = [Picture(str(i), partial(load, data)) for i, data in enumerate([WHOLE["PNG"], *several])]
    packed = packing.pack(given_, SIZE, path, what="pictures", max_unreadable=1.0)
    array = np.load(path)
    assert array.shape == (len(given_) - len(packed.unreadable), SIZE, SIZE, 3)  # N H W C
    assert all(reason and "\n" not in reason for reason in packed.unreadable.values())


def load(data: bytes) -> Image.Image:
    return decode(io.BytesIO(data), PIXELS)


def whole_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for folder in archive.FOLDERS:
            opened.writestr(f"set/{folder}/1.png", WHOLE["PNG"])
    return stream.getvalue()


ZIP = whole_zip()
CONTENTS = ZIP.index(b"PK\x01\x02")  # where the table of contents begins


@st.composite
def zips(draw: st.DrawFn) -> bytes:
    """A damaged zip; in half of them nothing but the table of contents is."""
    if draw(st.booleans()):
        return draw(damaged(ZIP))
    return ZIP[:CONTENTS] + draw(damaged(ZIP[CONTENTS:]))


@inputs(300)
@given(zips())
def test_a_damaged_zip_is_listed_and_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.zip"
    path.write_bytes(data)
    archive._opened.cache_clear()  # it is another file under the same name
    listed = result_or_sentence(lambda: archive.members(path, "set"))
    for name in [] if isinstance(listed, str) else [name for names in listed.values() for name in names]:
        result_or_sentence(partial(archive.read_member, path, name, PIXELS))


@pytest.mark.parametrize("count", [0, 1, 2**16 - 1])
def test_a_zip_that_lies_about_its_number_of_members_is_listed_or_refused(tmp_path: Path, count: int) -> None:
    end = ZIP.rindex(b"PK\x05\x06")
    path = tmp_path / "a.zip"
    path.write_bytes(ZIP[: end + 8] + struct.pack("<HH", count, count) + ZIP[end + 12 :])
    result_or_sentence(lambda: archive.members(path, "set"))
