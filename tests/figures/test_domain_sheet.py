"""A domain's contact sheet: every picture at its own pixels, in the file as it is saved."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.figures import grids

STEP = 144 + grids.GAP


def pictures(count: int, size: int) -> grids.Pictures:
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8)  # N H W C


def saved(folder: Path, *arguments: object) -> tuple[grids.Pictures, str]:
    """The file's pixels (H W C) and the figure's caption."""
    figure = grids.domain_sheet(*arguments)  # type: ignore[arg-type]
    figure.savefig(folder / "sheet.png")  # in all its colours
    return np.asarray(Image.open(folder / "sheet.png").convert("RGB")), figure.texts[0].get_text()


@pytest.mark.parametrize(("size", "times"), [(36, 4), (72, 2), (100, 1), (144, 1)])
def test_pictures_stand_in_rows_pixel_by_pixel(tmp_path: Path, size: int, times: int) -> None:
    some = pictures(9, size)
    sheet, caption = saved(tmp_path, some, "made of")
    step = size * times + grids.GAP
    columns = (sheet.shape[1] - 2 * grids.MARGIN + grids.GAP) // step
    assert 1 < columns < 9  # so that there is a second row
    for index, picture in enumerate(some):
        top, left = (grids.MARGIN + place * step for place in divmod(index, columns))
        cell = sheet[top : top + size * times, left : left + size * times]
        assert np.array_equal(cell, picture.repeat(times, axis=0).repeat(times, axis=1))
    how = f"{times} times as large" if times > 1 else "pixel by pixel"
    assert caption == f"made of, {size} × {size} pixels, {how}"


def test_large_pictures_are_reduced_unless_asked_for(tmp_path: Path) -> None:
    some = pictures(2, 256)
    sheet, caption = saved(tmp_path, some, "made of")
    top, left = grids.MARGIN, grids.MARGIN + STEP
    reduced = np.asarray(Image.fromarray(some[1]).resize((144, 144), Image.Resampling.BICUBIC))
    assert np.array_equal(sheet[top : top + 144, left : left + 144], reduced)
    assert caption.endswith("256 × 256 pixels, reduced to 144 × 144")
    sheet, caption = saved(tmp_path, some[:1], "made of", 256)
    assert np.array_equal(sheet[top : top + 256, grids.MARGIN : grids.MARGIN + 256], some[0])
    assert caption.endswith("pixel by pixel")


def test_the_caption_is_below_the_pictures_and_inside(tmp_path: Path) -> None:
    sheet, _ = saved(
        tmp_path, np.full((10, 72, 72, 3), 255, np.uint8), "data cyclegan, scale medium: 10 of 6,287 train"
    )
    inked = np.argwhere((sheet < 200).any(axis=2))
    assert len(inked) > 100
    below = grids.MARGIN + 2 * STEP - grids.GAP
    assert inked[:, 0].min() >= below
    assert inked[:, 0].max() < sheet.shape[0] - 2
    assert inked[:, 1].max() < sheet.shape[1] - 2
