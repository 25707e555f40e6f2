"""Every kind of file: read properly, or refused with a reason."""

import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from pipeline.images import decoding
from pipeline.images.decoding import MAX_SCANS, MIN_SIDE, decode, to_rgb

HEIGHT, WIDTH = 20, 30
MAX_PIXELS = 89_478_485  # as in params.yaml


def gradient() -> Image.Image:
    """A picture whose four corners differ: RGB, not square."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return Image.fromarray(np.stack([x * 8, y * 12, 255 - x * 8], axis=2).astype(np.uint8))


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def read(data: bytes) -> Image.Image:
    return to_rgb(decode(io.BytesIO(data), MAX_PIXELS))


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


@pytest.mark.parametrize("width", [9_000, 60_000])
def test_decompression_bomb_is_refused_by_its_header(width: int) -> None:
    header = struct.pack(">IIBBBBB", width, 10_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(header)) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    assert width * 10_000 > MAX_PIXELS
    assert "decompression bomb" in reason(b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT")


def test_the_limit_of_pixels_is_the_callers(recwarn: pytest.WarningsRecorder) -> None:
    data = encoded(gradient(), "PNG")
    with pytest.raises(ValueError, match=r"30x20 pixels, more than images\.max_pixels in params\.yaml, 599: "):
        decode(io.BytesIO(data), WIDTH * HEIGHT - 1)
    assert decode(io.BytesIO(data), WIDTH * HEIGHT).size == (WIDTH, HEIGHT)
    above_pillows = encoded(Image.new("1", (60_000, 4_000)), "PNG")  # Pillow's own limit would refuse it
    assert decode(io.BytesIO(above_pillows), 240_000_000).size == (60_000, 4_000)
    assert not recwarn


def test_no_other_file_of_the_project_decodes_pictures() -> None:
    """Pillow's own limit is off in the whole process: who decodes checks the size before, and only one file does."""
    checkout = Path(__file__).parents[2]
    opening = [
        p
        for folder in ("pipeline", "stages")
        for p in (checkout / folder).rglob("*.py")
        if "Image.open(" in p.read_text() and p.name != "style.py"  # which reads back the figure that it has drawn
    ]
    assert opening == [checkout / "pipeline/images/decoding.py"]
    assert Image.MAX_IMAGE_PIXELS is None


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("kind", ["iCCP", "zTXt", "iTXt"])
def test_a_png_whose_texts_inflate_is_refused(kind: str) -> None:
    """50 MB in each of these in a file of 50 kB."""
    lies = b"a\0\1\0\0\0" if kind == "iTXt" else b"a\0\0"
    data = encoded(gradient(), "PNG")
    header = 8 + 25
    bomb = chunk(kind.encode(), lies + zlib.compress(bytes(50_000_000)))
    assert "too large" in reason(data[:header] + bomb + data[header:])


def test_what_a_png_has_beyond_its_pixels_is_not_inflated() -> None:
    data = encoded(gradient(), "PNG")
    start = data.index(b"IDAT") - 4
    rows = (b"\0" + bytes(WIDTH * 3)) * HEIGHT
    swollen = data[:start] + chunk(b"IDAT", zlib.compress(rows + bytes(50_000_000))) + chunk(b"IEND", b"")
    tracemalloc.start()
    try:
        assert np.asarray(read(swollen)).max() == 0
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def tiff(width: int, height: int, layout: dict[int, list[int]]) -> bytes:
    """A TIFF without compression, RGB: tags 256 and so on with these strips or tiles, then pixels."""
    entries = {256: [width], 257: [height], 258: [8, 8, 8], 259: [1], 262: [2], 277: [3], **layout}
    place = 8 + 2 + 12 * len(entries) + 4
    table, rest = struct.pack("<H", len(entries)), b""
    for tag, values in sorted(entries.items()):
        packed = struct.pack(f"<{len(values)}L", *values)
        where = packed if len(values) == 1 else struct.pack("<L", place + len(rest))
        rest += packed if len(values) > 1 else b""
        table += struct.pack("<HHL", tag, 4, len(values)) + where
    return b"II*\0" + struct.pack("<L", 8) + table + bytes(4) + rest + bytes(3 * width * height)


STRIPS = {278: [1], 273: [8] * 100_000, 279: [1] * 100_000}


def tiles(side: int) -> dict[int, list[int]]:
    return {322: [side], 323: [side], 324: [8], 325: [100]}


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (STRIPS, "100,000 strips or tiles for 64x64 pixels"),
        ({278: [0], 273: [8], 279: [64 * 64 * 3]}, "damaged"),
        (tiles(0), "damaged"),
        (tiles(30_000), "damaged"),
        (tiles(2**31 - 1), "damaged"),
    ],
    ids=["strips", "empty strips", "empty tiles", "huge tiles", "larger tiles"],
)
def test_a_tiff_in_parts_that_do_not_fit_is_refused(layout: dict[int, list[int]], words: str) -> None:
    assert words in reason(tiff(64, 64, layout))


def test_a_tiff_in_strips_that_fit_is_read() -> None:
    assert read(tiff(64, 64, {278: [16], 273: [300] * 4, 279: [16 * 64 * 3] * 4})).size == (64, 64)


def many_scans(scans: int) -> bytes:
    """A grey progressive JPEG of 64 x 64 pixels whose scans, but the first, say "nothing changes" in two bytes."""

    def segment(kind: int, data: bytes) -> bytes:
        return bytes([0xFF, kind]) + struct.pack(">H", len(data) + 2) + data

    def codes(kind: int, meaning: int) -> bytes:  # the code "0" has this meaning
        return segment(0xC4, bytes([kind, 1, *[0] * 15, meaning]))

    start = b"\xff\xd8" + segment(0xDB, bytes([0, *[1] * 64])) + segment(0xC2, b"\x08\0\x40\0\x40\1\1\x11\0")
    first = codes(0x00, 0x00) + segment(0xDA, b"\1\1\0\0\0\0") + bytes(8)
    nothing = segment(0xDA, b"\1\1\0\x01\x3f\0") + b"\x40\0"  # the next 2 ** 6 blocks stay as they are
    return start + first + codes(0x10, 0x60) + nothing * (scans - 1) + b"\xff\xd9"


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    """At 9000 x 9000 pixels, which are allowed, 3,000 scans in 0.5 MB took 45 seconds."""
    assert read(many_scans(MAX_SCANS)).size == (64, 64)
    assert "more than 100 scans" in reason(many_scans(MAX_SCANS + 1))


@pytest.mark.parametrize("extra", [b"\xff\x01\xff\xff", b"\xff\xff\xff\xd0"])
def test_scans_cannot_be_hidden_from_the_count(extra: bytes) -> None:
    data = many_scans(MAX_SCANS + 1)
    first = data.index(b"\xff\xda")
    assert decoding._scans(io.BytesIO(data[:first] + extra + data[first:])) > MAX_SCANS


def test_what_looks_like_a_scan_in_a_jpegs_texts_is_not_counted() -> None:
    exif = b"Exif\0\0" + b"\xff\xda\0\x02" * 1_000
    assert read(encoded(gradient(), "JPEG", exif=exif) + b"\xff\xda\0\x02" * 1_000).size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("maxval", ["0", "65536", "-1", "9" * 30])
def test_a_ppm_with_an_impossible_white_is_refused(maxval: str) -> None:
    reason(f"P6 {WIDTH} {HEIGHT} {maxval}\n".encode() + bytes(WIDTH * HEIGHT * 6))


def test_animations_are_read_up_to_their_first_picture() -> None:
    frames = [Image.new("RGB", (WIDTH, HEIGHT), (level, 0, 0)) for level in range(200)]
    for format in ("WEBP", "PNG", "MPO"):
        data = encoded(gradient(), format, save_all=True, append_images=frames)
        difference = np.asarray(read(data)).astype(int) - np.asarray(gradient())
        assert np.abs(difference).mean() < 10


def test_an_animation_that_lies_about_its_canvas_is_refused() -> None:
    data = bytearray(encoded(gradient(), "WEBP", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))]))
    canvas = data.index(b"VP8X") + 12
    data[canvas : canvas + 6] = b"\x0f\x27\0\x0f\x27\0"  # 10,000 x 10,000
    assert "10000x10000 pixels" in reason(bytes(data))


def test_broken_metadata_is_not_remarked_upon(recwarn: pytest.WarningsRecorder) -> None:
    data = encoded(gradient(), "PNG")
    exif = chunk(b"eXIf", b"MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\3\0\0\0\1\0\6\0\0")
    read(data[:33] + exif + data[33:])
    assert not recwarn


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
            to_rgb(decode(stream, MAX_PIXELS))
        assert "secret" not in str(caught.value)
        assert "0x" not in str(caught.value)
