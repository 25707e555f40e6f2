"""What a picture's file has besides its pixels stays, or is said to be changed."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from pipeline.images import decoding
from pipeline.translate import pictures
from tests.translate import made_up

MANY = 10**6
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def kept(
    folder: Path, image: Image.Image, name: str, out: str, **options: object
) -> tuple[pictures.Picture, Image.Image]:
    """Saved, read, and its own pixels written again: what was read, and the file that came of it."""
    image.save(folder / name, **options)
    source = pictures.read(folder / name, MANY)
    source.changes.extend(pictures.write(folder / out, source, source.pixels))
    return source, Image.open(folder / out)


@pytest.mark.parametrize("suffix", pictures.WRITTEN)
def test_every_format_is_read_and_written(tmp_path: Path, suffix: str) -> None:
    source, written = kept(tmp_path, made_up.picture(), f"in{suffix}", f"out{suffix}")
    assert source.changes == []
    assert written.size == (32, 24)
    tolerance = 12 if suffix in (".jpg", ".jpeg", ".webp") else 0  # written twice with losses
    assert np.abs(np.asarray(written.convert("RGB")).astype(int) - made_up.pixels(24, 32)).mean() <= tolerance


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_turned_picture_is_upright_for_the_network_and_turned_again_in_the_file(
    tmp_path: Path, orientation: int, suffix: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = made_up.picture(24, 32)
    source, written = kept(tmp_path, stored, f"in{suffix}", f"out{suffix}", exif=exif)
    assert source.pixels.shape[:2] == ((24, 32) if orientation < 5 else (32, 24))
    assert written.size == stored.size
    assert written.getexif().get(0x0112, 1) == orientation
    upright = np.asarray(ImageOps.exif_transpose(written).convert("RGB")).astype(int)
    assert np.abs(upright - source.pixels).mean() <= (6 if suffix in (".jpg", ".webp") else 0)


def test_a_turned_tiff_is_upright_in_the_file_too(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    source, written = kept(tmp_path, made_up.picture(24, 32), "in.tif", "out.tif", exif=exif)
    assert np.array_equal(source.pixels, np.rot90(made_up.pixels(24, 32), -1))
    assert np.array_equal(np.asarray(written), source.pixels)


def test_a_format_without_exif_data_is_written_upright_and_says_so(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    source, written = kept(tmp_path, made_up.picture(24, 32), "in.png", "out.bmp", exif=exif)
    assert written.size == (24, 32)
    assert np.array_equal(np.asarray(written), source.pixels)
    assert any("upright" in change for change in source.changes)


def test_colour_profile_camera_and_resolution_stay(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    for suffix in (".jpg", ".png", ".webp", ".tif"):
        options = {"icc_profile": SRGB, "exif": exif, "dpi": (300, 300)}
        source, written = kept(tmp_path, made_up.picture(), f"in{suffix}", f"out{suffix}", **options)
        assert source.changes == []
        assert written.info["icc_profile"] == SRGB
        if suffix != ".tif":  # whose EXIF data say how its own pixels lie
            assert written.getexif()[0x010F] == "a camera"
        if suffix != ".webp":
            assert written.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_transparency_stays_and_colours_under_it_are_not_mixed_with_white(tmp_path: Path) -> None:
    image = made_up.picture().convert("RGBA")
    alpha = np.full((24, 32), 128, np.uint8)
    alpha[:8] = 0
    image.putalpha(Image.fromarray(alpha))
    source, written = kept(tmp_path, image, "in.png", "out.png")
    assert np.array_equal(np.asarray(written.getchannel("A")), alpha)
    assert np.array_equal(source.pixels[8:], made_up.pixels(24, 32)[8:])
    assert (source.pixels[:8] == 255).all()
    flat, written = kept(tmp_path, image, "in.png", "out.jpg")
    assert any("white" in change for change in flat.changes)
    assert np.asarray(written)[:6].min() > 240


def test_a_turned_transparent_picture_has_its_transparency_where_it_was(tmp_path: Path) -> None:
    alpha = np.full((24, 32), 255, np.uint8)
    alpha[:6, :10] = 0
    image = made_up.picture().convert("RGBA")
    image.putalpha(Image.fromarray(alpha))
    exif = Image.Exif()
    exif[0x0112] = 6
    source, written = kept(tmp_path, image, "in.png", "out.png", exif=exif)
    assert source.pixels.shape == (32, 24, 3)
    assert np.array_equal(np.asarray(written.getchannel("A")), alpha)
    assert np.array_equal(np.asarray(written.convert("RGB"))[alpha == 255], made_up.pixels(24, 32)[alpha == 255])
    _, flat = kept(tmp_path, image, "in.png", "out.bmp", exif=exif)  # upright
    white = (np.asarray(flat) == 255).all(-1)
    assert np.array_equal(white, np.rot90(alpha == 0, -1))


def test_grey_cmyk_and_16_bits_become_what_the_network_takes_and_it_is_said(tmp_path: Path) -> None:
    grey, _ = kept(tmp_path, made_up.picture().convert("L"), "grey.jpg", "g.jpg")
    assert grey.changes == ["grey became colour"]
    cmyk, written = kept(tmp_path, made_up.picture().convert("CMYK"), "cmyk.jpg", "c.jpg")
    assert cmyk.changes == ["CMYK became RGB"]
    assert written.mode == "RGB"
    values = np.arange(24 * 32, dtype=np.uint16).reshape(24, 32) * 85
    sixteen, _ = kept(tmp_path, Image.fromarray(values), "16.png", "s.png")
    assert "16 bits a channel became 8" in sixteen.changes
    assert np.abs(sixteen.pixels[..., 0] - values / 257).max() <= 0.5


def test_a_profile_that_is_not_of_RGB_pixels_is_used_up(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    source, written = kept(tmp_path, made_up.picture().convert("L"), "in.png", "out.png", icc_profile=lab)
    assert "icc_profile" not in written.info
    assert any("profile" in change for change in source.changes)


def test_a_file_of_several_pictures_says_that_the_first_is_meant(tmp_path: Path) -> None:
    made_up.picture().save(tmp_path / "in.tif", save_all=True, append_images=[made_up.picture(seed=1)])
    source = pictures.read(tmp_path / "in.tif", MANY)
    assert source.changes == ["the first of its 2 pictures"]
    assert np.array_equal(source.pixels, made_up.pixels(24, 32))


def test_a_gif_is_read_too(tmp_path: Path) -> None:
    made_up.picture().save(tmp_path / "in.gif")
    assert pictures.read(tmp_path / "in.gif", MANY).pixels.shape == (24, 32, 3)
    with pytest.raises(ValueError, match="pixels"):
        pictures.read(tmp_path / "in.gif", 100)


@pytest.mark.parametrize("data", [b"", b"no picture", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_what_is_no_picture_is_told_with_its_name(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "in.png").write_bytes(data)
    with pytest.raises(ValueError, match=r"in\.png: "):
        pictures.read(tmp_path / "in.png", MANY)


def test_the_table_of_turns_undoes_the_decoders() -> None:
    stored = made_up.picture(24, 32)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        data = io.BytesIO()
        stored.save(data, "PNG", exif=exif)
        data.seek(0)
        upright = decoding.to_rgb(decoding.decode(data, MANY))
        turn = pictures._STORED.get(orientation)
        back = upright if turn is None else upright.transpose(turn)
        assert np.array_equal(np.asarray(back), np.asarray(stored))
