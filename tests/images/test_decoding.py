"""Every kind of file: read properly, or refused with a reason."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from pipeline.images.decoding import MAX_PIXELS, MIN_SIDE, decode, to_rgb

HEIGHT, WIDTH = 20, 30


def gradient() -> Image.Image:
    """A picture whose four corners differ: RGB, not square."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return Image.fromarray(np.stack([x * 8, y * 12, 255 - x * 8], axis=2).astype(np.uint8))


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def read(data: bytes) -> Image.Image:
    return to_rgb(decode(io.BytesIO(data)))


def reason(data: bytes) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        read(data)
    return str(caught.value)


def test_rgb_is_kept() -> None:
    assert np.array_equal(read(encoded(gradient(), "PNG")), gradient())


def test_grey_has_three_equal_channels() -> None:
    grey = gradient().convert("L")
    assert np.array_equal(read(encoded(grey, "PNG")), np.stack([np.asarray(grey)] * 3, axis=2))


def test_black_and_white() -> None:
    bits = Image.fromarray(np.asarray(gradient().convert("L")) > 100)
    assert bits.mode == "1"
    assert set(np.unique(np.asarray(read(encoded(bits, "PNG"))))) == {0, 255}


def test_palette_is_expanded() -> None:
    image = Image.new("P", (WIDTH, HEIGHT), 1)
    image.putpalette([0, 0, 0, 10, 20, 30])
    assert np.asarray(read(encoded(image, "PNG")))[5, 5].tolist() == [10, 20, 30]


def test_cmyk_is_near_the_rgb_that_it_was_made_from() -> None:
    cmyk = gradient().convert("CMYK")
    difference = np.asarray(read(encoded(cmyk, "JPEG", quality=100))).astype(int) - np.asarray(gradient())
    assert np.abs(difference).max() <= 12  # inverted CMYK, the usual mistake, would be 255 off


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PA"])
def test_transparency_is_laid_over_white(mode: str) -> None:
    rgba = np.zeros((HEIGHT, WIDTH, 4), dtype=np.uint8)  # black, H W C
    rgba[:, WIDTH // 2 :, 3] = 255  # opaque on the right
    image = Image.fromarray(rgba)
    if mode == "PA":
        pixels = to_rgb(image.convert("PA"))
    elif mode == "P":  # a palette with one transparent entry
        image = Image.fromarray((rgba[..., 3] // 255).astype(np.uint8)).convert("P")
        image.putpalette([0, 0, 0, 0, 0, 0])
        pixels = read(encoded(image, "PNG", transparency=0))
    else:
        pixels = read(encoded(image.convert(mode), "PNG"))
    assert np.asarray(pixels)[0, 0].tolist() == [255, 255, 255]
    assert np.asarray(pixels)[0, -1].tolist() == [0, 0, 0]


def test_half_transparent_red_is_pink() -> None:
    image = Image.new("RGBA", (WIDTH, HEIGHT), (255, 0, 0, 51))  # 20 % red, 80 % white
    assert np.asarray(read(encoded(image, "PNG")))[0, 0].tolist() == [255, 204, 204]


@pytest.mark.parametrize("format", ["PNG", "TIFF", "PPM"])
def test_16_bit_is_scaled_and_not_cut(format: str) -> None:
    values = np.linspace(0, 65535, WIDTH * HEIGHT).reshape(HEIGHT, WIDTH)
    image = Image.fromarray(values.astype(np.uint16))
    grey = np.asarray(read(encoded(image, format)))[..., 0]
    assert np.abs(grey - np.floor(values) / 257).max() <= 0.5 + 1e-9


def test_pixels_without_a_known_white_are_refused() -> None:
    floats = Image.fromarray(np.ones((HEIGHT, WIDTH), dtype=np.float32))
    assert "floating-point" in reason(encoded(floats, "TIFF"))
    integers = Image.fromarray(np.full((HEIGHT, WIDTH), 2**20, dtype=np.int32))
    assert "beyond 16 bits" in reason(encoded(integers, "TIFF"))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("mode", ["RGB", "L", "I;16"])
def test_exif_rotation_is_applied_as_pillow_does_it(orientation: int, mode: str) -> None:
    image = gradient()
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    elif mode == "L":
        image = image.convert("L")
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(image, "PNG", exif=exif)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if mode == "I;16":
        upright = Image.fromarray((np.asarray(upright) // 257).astype(np.uint8))
    assert np.array_equal(read(data), upright.convert("RGB"))


@pytest.mark.parametrize("format", ["JPEG", "TIFF", "WEBP"])
def test_exif_rotation_is_applied_once_in_other_formats(format: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: to be turned by 90 degrees clockwise
    options = {"lossless": True} if format == "WEBP" else {}
    picture = read(encoded(gradient(), format, exif=exif, **options))
    assert picture.size == (HEIGHT, WIDTH)
    expected = np.rot90(np.asarray(gradient()), k=-1)
    assert np.abs(np.asarray(picture).astype(int) - expected).mean() < 6


def test_broken_exif_leaves_the_picture_as_stored() -> None:
    data = encoded(gradient(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert read(data).size == (WIDTH, HEIGHT)


def test_jpeg_cut_off_anywhere_is_refused() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), "JPEG")
    for length in range(3, len(data) - 2, len(data) // 40):
        assert "cut off" in reason(data[:length])


def test_png_cut_off_or_changed_is_refused() -> None:
    data = encoded(gradient(), "PNG")
    assert "cut off" in reason(data[: len(data) // 2])
    middle = len(data) // 2
    assert "damaged" in reason(data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file"),
        (b"Not a picture at all.\n", "a text file"),
        ("Gemälde, 絵".encode() * 100, "a text file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "Git LFS"),
        (bytes(range(256)), "not a picture of a format"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n", "a text file"),  # Pillow would start Ghostscript
    ],
)
def test_what_is_no_picture_is_refused_with_what_it_is(data: bytes, words: str) -> None:
    assert words in reason(data)


def test_first_picture_of_a_camera_file_with_two_is_read() -> None:
    black, white = Image.new("RGB", (WIDTH, HEIGHT)), Image.new("RGB", (WIDTH, HEIGHT), "white")
    data = encoded(black, "MPO", save_all=True, append_images=[white])
    assert np.asarray(read(data)).max() == 0


def test_gif_is_not_read() -> None:
    assert "format" in reason(encoded(gradient(), "GIF"))


@pytest.mark.parametrize("size", [(1, 1), (1000, MIN_SIDE - 1)])
def test_tiny_pictures_are_refused(size: tuple[int, int]) -> None:
    assert f"{size[0]}x{size[1]}" in reason(encoded(Image.new("RGB", size), "PNG"))


def test_smallest_picture_is_read() -> None:
    assert read(encoded(Image.new("RGB", (MIN_SIDE, MIN_SIDE)), "PNG")).size == (MIN_SIDE, MIN_SIDE)


@pytest.mark.parametrize("width", [9_000, 60_000])  # Pillow only warns of the first and refuses the second
def test_decompression_bomb_is_refused_by_its_header(width: int) -> None:
    header = struct.pack(">IIBBBBB", width, 10_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(header)) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    assert width * 10_000 > MAX_PIXELS
    assert "decompression bomb" in reason(b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT")


def test_damage_never_ends_in_another_error() -> None:
    rng = np.random.default_rng(1)
    originals = [encoded(gradient(), format) for format in ("JPEG", "PNG", "WEBP", "TIFF", "BMP")]
    refused = 0
    for trial in range(300):
        data = bytearray(originals[trial % len(originals)])
        for position in rng.integers(0, len(data), 3):
            data[position] = rng.integers(0, 256)
        try:
            assert read(bytes(data)).mode == "RGB"
        except ValueError:
            refused += 1
    assert refused > 30


def test_reasons_do_not_tell_where_the_file_lies(tmp_path: Path) -> None:
    path = tmp_path / "secret.jpg"
    for data in (b"text", b"\xff\xd8\xff\xe0", encoded(gradient(), "JPEG")[:300], bytes(range(256))):
        path.write_bytes(data)
        with path.open("rb") as stream, pytest.raises(ValueError) as caught:  # noqa: PT011
            to_rgb(decode(stream))
        assert "secret" not in str(caught.value)
        assert "0x" not in str(caught.value)
