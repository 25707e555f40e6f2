"""From a file's bytes to an upright RGB picture; what cannot be read ends in a sentence."""

import re
import warnings
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile, UnidentifiedImageError

# Only these of Pillow's formats are tried, whatever the file is called: others reach for outside programs (EPS) or are
# not photographs. JPEG includes MPO, a JPEG with further pictures that many cameras write; the first is read.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "PPM")
EXTENSIONS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".ppm", ".pgm")

# Every picture's size is checked here, against the limit that its caller gives, before a pixel is decoded. Pillow's own
# limit would warn or refuse below a higher one. It is global, and no other file of this project decodes pictures.
Image.MAX_IMAGE_PIXELS = None
# A shorter side below this is an icon or a broken file; the smallest size that params.yaml allows to pack at is equal.
MIN_SIDE = 16

# A JPEG's scans each pass over the whole picture, but one that changes nothing takes a few bytes: a file of 0.5 MB can
# keep a processor busy for a minute. Encoders write about ten.
MAX_SCANS = 100

_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(stream: BinaryIO, max_pixels: int, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """Decode a whole picture, as stored: any mode, EXIF rotation not yet applied. The stream must be seekable.

    Of several pictures in a file the first; the others can be sought while the stream is open.
    Raises ValueError, with a reason that does not depend on where the file lies, for a file that is no picture of
    `formats`, is damaged or cut off, is smaller than `MIN_SIDE`, claims more than `max_pixels` (params.yaml's
    images.max_pixels), or takes absurdly many parts to say what it shows.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on odd metadata; the size is checked below
            image = Image.open(stream, formats=formats)
            _check_size(*image.size, max_pixels)
            _check_parts(image, stream)
            image.load()
    except UnidentifiedImageError:
        raise ValueError(_no_picture(stream)) from None
    except (_RefusedError, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders answer damage with many types: SyntaxError, struct.error, EOFError
        raise ValueError(f"damaged or cut off: {' '.join(str(error).split()) or type(error).__name__}") from error
    return image


def to_rgb(image: Image.Image) -> Image.Image:
    """An upright RGB picture of 8 bits, from any mode that has a known range.

    Grey becomes three equal channels, 16 bits are scaled to 8 (65535 to 255), transparency is laid over white, palettes
    and CMYK are expanded. An embedded colour profile is not applied, as in CycleGAN's loader (`convert("RGB")`).
    Raises ValueError for float pixels and for integers beyond 16 bits: their white is unknown.
    """
    # Read before any conversion: a converted picture has lost its EXIF data.
    turn = _UPRIGHT.get(_orientation(image))
    if image.mode == "F":
        raise ValueError("floating-point pixels, whose white is unknown: save it with 8 or 16 bits")
    if image.mode.startswith("I"):
        image = _from_16_bit(image)
    elif image.has_transparency_data:
        colours = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), colours)
    rgb = image.convert("RGB")
    return rgb if turn is None else rgb.transpose(turn)


class _RefusedError(ValueError):
    """A picture that is refused by its header: a sentence of our own, to be told from Pillow's ValueError."""


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if min(width, height) < MIN_SIDE:
        raise _RefusedError(f"too small: {width}x{height} pixels, the shorter side needs {MIN_SIDE}")
    if width * height > max_pixels:
        raise _RefusedError(
            f"it claims {width}x{height} pixels, more than images.max_pixels in params.yaml, {max_pixels:,}: "
            "a decompression bomb, or a limit to raise"
        )


def _check_parts(image: ImageFile.ImageFile, stream: BinaryIO) -> None:
    """Raise ValueError for a picture of so many parts, each quickly said, that decoding them takes minutes."""
    width, height = image.size
    # A TIFF has at most a strip for each row or tiles of 16 x 16 pixels, and that for each of up to five channels.
    if len(image.tile) > 5 * max(height, (width // 16 + 1) * (height // 16 + 1)):
        raise _RefusedError(f"{len(image.tile):,} strips or tiles for {width}x{height} pixels (decompression bomb)")
    if image.format in ("JPEG", "MPO") and _scans(stream) > MAX_SCANS:
        raise _RefusedError(f"more than {MAX_SCANS} scans in a JPEG (decompression bomb)")


def _scans(stream: BinaryIO) -> int:
    """How many scans a JPEG has, counted up to one more than `MAX_SCANS`; the stream stays where it was."""
    before = stream.tell()
    stream.seek(0)
    data = stream.read()
    stream.seek(before)
    scans, position = 0, 2
    # A marker with a segment: FF and a byte that is no filling (FF), does not say that FF belongs to the pixels (00),
    # and is none of the markers that stand alone (01, D0 to D7).
    while scans <= MAX_SCANS and (marker := _MARKER.search(data, position)) and marker[0] != b"\xff\xd9":
        scans += marker[0] == b"\xff\xda"
        # The segment's length counts its own two bytes. Behind a scan's header come pixels, up to the next marker.
        position = marker.end() + max(2, int.from_bytes(data[marker.end() : marker.end() + 2]))
    return scans


def _no_picture(stream: BinaryIO) -> str:
    """Why nothing recognised the file."""
    stream.seek(0)
    start = stream.read(512)
    if not start:
        return "an empty file"
    if start.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer, not the picture (git lfs pull brings it)"
    if start.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF")):
        return "damaged or cut off within its header"
    # Valid UTF-8 without control characters; the last 3 bytes may be half a character.
    text = start.decode("utf-8", errors="ignore")
    if len(text.encode()) >= len(start) - 3 and all(c.isprintable() or c.isspace() for c in text):
        return "a text file, not a picture"
    return "not a picture of a format that is read (JPEG, PNG, WebP, BMP, TIFF, PPM)"


def _orientation(image: Image.Image) -> int:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken EXIF data does not make the picture unreadable: it stays as it is stored
        return 1


def _from_16_bit(image: Image.Image) -> Image.Image:
    """Grey of 16 bits (modes I;16…, or I, which Pillow uses for 16-bit PGM) as 8 bits, rounded."""
    values = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > 65535:
        raise ValueError("integer pixels beyond 16 bits, whose white is unknown: save it with 8 or 16 bits")
    return Image.fromarray(((values + 128) // 257).astype(np.uint8))
