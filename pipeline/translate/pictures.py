"""Pictures in and out: upright RGB for the network, and the rest of a file as it was, or said to be changed."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from pipeline.core import files
from pipeline.images import decoding

Pixels = npt.NDArray[np.uint8]  # (H, W, 3)

# By suffix: Pillow's format and how it is written. What has losses is written with few.
WRITTEN: dict[str, tuple[str, dict[str, Any]]] = {
    ".jpg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".png": ("PNG", {}),
    ".webp": ("WEBP", {"quality": 95}),
    ".tif": ("TIFF", {"compression": "tiff_lzw"}),
    ".tiff": ("TIFF", {"compression": "tiff_lzw"}),
    ".bmp": ("BMP", {}),
    ".ppm": ("PPM", {}),
}
READ = (*decoding.EXTENSIONS, ".gif")
_ORIENTATION = 0x0112
# From an upright picture back to how it was stored, by the EXIF orientation.
_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True)
class Picture:
    """What was read: upright pixels, and what goes back into the file with their translation."""

    pixels: Pixels
    orientation: int = 1
    alpha: Image.Image | None = None  # as stored, not upright
    exif: bytes = b""
    profile: bytes = b""  # ICC, of RGB pixels
    dpi: tuple[float, float] | None = None
    changes: list[str] = field(default_factory=list)


def read(path: Path, max_pixels: int) -> Picture:
    """A picture of any kind that Pillow reads of ours; ValueError with the file's name and why not."""
    data = path.read_bytes()
    try:
        return _picture(decoding.decode(io.BytesIO(data), max_pixels, (*decoding.FORMATS, "GIF")), data)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def write(path: Path, source: Picture, pixels: Pixels) -> list[str]:
    """Write the translation of a picture, whole or not at all; what it could not keep, in words."""
    kind, options = WRITTEN[path.suffix.lower()]
    image, lost = Image.fromarray(pixels), []
    keeps = kind in ("JPEG", "PNG", "WEBP", "TIFF")
    # Turned back and with the same EXIF data where the format has a place for it, upright where it has none.
    turn = _STORED.get(source.orientation)
    if keeps:
        options = {**options, **({"exif": source.exif} if source.exif else {})}
        options |= {"icc_profile": source.profile} if source.profile else {}
        image = image if turn is None else image.transpose(turn)
    elif source.exif or source.profile:
        lost.append(f"no EXIF data and no colour profile in {kind}, so it is written upright and without")
    if source.dpi and kind != "PPM":
        options = {**options, "dpi": source.dpi}
    if source.alpha is not None:
        if kind in ("PNG", "WEBP", "TIFF"):
            image.putalpha(source.alpha)
        else:
            alpha = source.alpha if keeps or turn is None else _upright(source.alpha, source.orientation)
            white = Image.new("RGB", image.size, "white")
            image = Image.composite(image, white, alpha)
            lost.append(f"no transparency in {kind}: laid over white")
    data = io.BytesIO()
    image.save(data, kind, **options)
    with files.replacing(path) as temporary:
        temporary.write_bytes(data.getbuffer())
    return lost


def _picture(image: Image.Image, data: bytes) -> Picture:
    changes = []
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":  # an MPO's further pictures are a camera's previews
        changes.append(f"the first of its {frames} pictures")
    exif = image.getexif()
    orientation = exif.get(_ORIENTATION, 1)
    if image.format == "TIFF":  # whose EXIF data say how its own pixels lie; Pillow has turned it upright already
        exif = Image.Exif()
    try:
        stored = exif.tobytes() if len(exif) else b""
    except Exception:  # Pillow reads values that it cannot write
        stored, orientation = b"", 1
        changes.append("EXIF data that cannot be written again are left out")
    profile, dpi = image.info.get("icc_profile") or b"", image.info.get("dpi")
    if image.mode in ("1", "L", "LA") or image.mode.startswith("I"):
        changes.append("grey became colour")
    if image.mode.startswith("I") or (data[:4] == b"\x89PNG" and data[24] == 16):
        changes.append("16 bits a channel became 8")
    alpha = None
    if image.has_transparency_data:
        image, alpha = _without_alpha(image)
    elif image.mode in ("CMYK", "L", "LAB", "YCbCr"):
        if image.mode == "CMYK":
            changes.append("CMYK became RGB")
        image, profile, note = _to_srgb(image, profile)
        changes += note
    image.info["exif"] = stored
    pixels = np.asarray(decoding.to_rgb(_with_orientation(image, orientation)))
    return Picture(pixels, orientation, alpha, stored, profile, dpi, changes)


def _with_orientation(image: Image.Image, orientation: int) -> Image.Image:
    """The picture with that orientation in its EXIF data, whatever a conversion left of them."""
    image.getexif()[_ORIENTATION] = orientation
    return image


def _without_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Colours, white where nothing shows, and the transparency."""
    both = image.convert("RGBA")
    alpha = both.getchannel("A")
    shows = alpha.point(lambda value: 255 * (value > 0))
    return Image.composite(both.convert("RGB"), Image.new("RGB", both.size, "white"), shows), alpha


def _to_srgb(image: Image.Image, profile: bytes) -> tuple[Image.Image, bytes, list[str]]:
    """Pixels that are not RGB by their own profile, which does not fit RGB pixels; without one as Pillow does it."""
    if not profile:
        return image, b"", []
    try:
        known = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(image, known, ImageCms.createProfile("sRGB"), outputMode="RGB")
        assert made is not None
    except (ImageCms.PyCMSError, OSError):
        return image, b"", ["its colour profile cannot be read and is left out"]
    return made, b"", ["its colours became sRGB by its profile"]


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    back = _STORED.get({6: 8, 8: 6}.get(orientation, orientation))
    return image if back is None else image.transpose(back)
