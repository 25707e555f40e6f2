"""Each kind of output: nothing to say of equal files, and of others what a person needs to find the cause."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from checks import difference


def two(folder: Path, name: str) -> tuple[Path, Path]:
    for part in ("first", "second"):
        (folder / part).mkdir()
    return folder / "first" / name, folder / "second" / name


def picture(path: Path, changed: tuple[int, int] | None = None, **options: Any) -> None:
    values = np.zeros((8, 10, 3), np.uint8)
    if changed:
        values[changed] = 7
    Image.fromarray(values).save(path, **options)


@pytest.mark.parametrize("name", ["a.json", "a.npy", "a.png", "a.safetensors", "a.mp4", "no suffix"])
def test_equal_bytes_are_no_difference(tmp_path: Path, name: str) -> None:
    first, second = two(tmp_path, name)
    for path in (first, second):
        path.write_bytes(b"the same, and not even a file of its kind")
    assert difference.describe(first, second) == []


def test_texts_are_a_unified_diff(tmp_path: Path) -> None:
    first, second = two(tmp_path, "table.json")
    rows = [{"L": 0.25}, {"L": 0.5}, {"L": 0.75}]
    first.write_text(json.dumps(rows, indent=1))
    rows[1]["L"] = 0.625
    second.write_text(json.dumps(rows, indent=1))
    lines = difference.describe(first, second)
    assert '-  "L": 0.5' in lines
    assert '+  "L": 0.625' in lines
    assert not any("0.25" in line for line in lines)


def test_a_text_with_many_differences_is_cut(tmp_path: Path) -> None:
    first, second = two(tmp_path, "curve.tsv")
    first.write_text("".join(f"{i}\t1\n" for i in range(500)))
    second.write_text("".join(f"{i}\t2\n" for i in range(500)))
    lines = difference.describe(first, second)
    assert len(lines) == difference.LINES + 1
    assert lines[-1].endswith("lines more")


def test_a_long_line_shows_where_it_differs(tmp_path: Path) -> None:
    first, second = two(tmp_path, "page.html")
    for path, word in ((first, "MINE"), (second, "YOURS")):
        path.write_text(f"<p>\n<img src='data:{'x' * 70_000}{word}{'y' * 70_000}'>\n</p>\n")
    lines = difference.describe(first, second)
    assert lines[0] == "line 2, character 70,016:"
    assert "xMINEy" in lines[1]
    assert "xYOURSy" in lines[2]
    assert all(len(line) < 200 for line in lines)


def test_arrays_say_which_how_many_and_how_far(tmp_path: Path) -> None:
    first, second = two(tmp_path, "a.npz")
    x = np.zeros((3, 4), np.float32)
    np.savez(first, same=x, other=x, old=x)
    y = x.copy()
    y[0, 1], y[2, 2] = 0.5, -0.25
    np.savez(second, same=x, other=y, new=x)
    assert difference.describe(first, second) == [
        "new: only in the second",
        "old: only in the first",
        "other: float32 (3, 4), 2 of 12 elements differ, at most by 0.5",
    ]


def test_a_packed_array_of_other_shape(tmp_path: Path) -> None:
    first, second = two(tmp_path, "train.npy")
    np.save(first, np.zeros((2, 3), np.uint8))
    np.save(second, np.zeros((2, 4), np.uint8))
    assert difference.describe(first, second) == ["array: uint8 (2, 3) in the first, uint8 (2, 4) in the second"]


def test_a_zero_of_another_sign_is_named(tmp_path: Path) -> None:
    first, second = two(tmp_path, "a.npy")
    np.save(first, np.array([0.0, np.nan]))
    np.save(second, np.array([-0.0, np.nan]))
    assert "zeros or NaNs of another sign" in difference.describe(first, second)[0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64])
def test_networks_are_compared_by_tensor(tmp_path: Path, dtype: torch.dtype) -> None:
    first, second = two(tmp_path, "generator.safetensors")
    weights = torch.ones(2, 5, dtype=dtype)
    save_file({"w": weights, "b": weights.clone()}, first)
    other = weights.clone()
    other[1, 1] = 3
    save_file({"w": other, "b": weights.clone()}, second)
    lines = difference.describe(first, second)
    assert len(lines) == 1
    assert lines[0].startswith("w: ")
    assert lines[0].endswith("(2, 5), 1 of 10 elements differ, at most by 2")


def test_networks_that_differ_only_in_what_is_said_of_them(tmp_path: Path) -> None:
    first, second = two(tmp_path, "generator.safetensors")
    for path, steps in ((first, "6"), (second, "7")):
        save_file({"w": torch.ones(2)}, path, {"training": steps})
    lines = difference.describe(first, second)
    assert '-  "training": "6"' in lines
    assert '+  "training": "7"' in lines


def test_pictures_say_where(tmp_path: Path) -> None:
    first, second = two(tmp_path, "grid.png")
    picture(first)
    picture(second, changed=(5, 3))
    assert difference.describe(first, second) == [
        "10 × 8 pixels, 1 of 80 differ, at most by 7 of 255, all in columns 3 to 3, rows 5 to 5"
    ]


def test_a_moving_picture_names_the_frame(tmp_path: Path) -> None:
    first, second = two(tmp_path, "movie.gif")
    still, other, third = (Image.new("P", (4, 4), i) for i in range(3))
    for image in (still, other, third):
        image.putpalette([0, 0, 0, 90, 90, 90, 200, 200, 200])
    still.save(first, save_all=True, append_images=[other])
    still.save(second, save_all=True, append_images=[third])
    assert difference.describe(first, second)[0].startswith("frame 1 of 2, 4 × 4 pixels, 16 of 16 differ")


def test_the_same_pixels_in_other_bytes(tmp_path: Path) -> None:
    first, second = two(tmp_path, "grid.png")
    picture(first, compress_level=1)
    picture(second, compress_level=9)
    assert difference.describe(first, second)[0].startswith("what they hold is the same, ")


@pytest.mark.parametrize("name", ["a.npz", "a.npy", "a.safetensors", "a.png", "a.json"])
def test_a_file_that_is_none_of_its_kind_is_said_to_be_so(tmp_path: Path, name: str) -> None:
    first, second = two(tmp_path, name)
    first.write_bytes(b"\xff\xfe nothing")
    second.write_bytes(b"")
    assert difference.describe(first, second)[0].startswith(f"cannot be read as {Path(name).suffix}: ")


def test_other_files_say_from_which_byte(tmp_path: Path) -> None:
    first, second = two(tmp_path, "movie.mp4")
    first.write_bytes(bytes(10_000))
    second.write_bytes(bytes(9_000) + b"1" * 1_000)
    assert difference.describe(first, second) == ["10,000 and 10,000 bytes, which differ from byte 9,000 on"]
