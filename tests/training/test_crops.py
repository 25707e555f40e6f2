"""Training crops: every picture once per epoch, offsets and flips over their whole range, a function of the step."""

from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.core.pictures import to_pictures, to_tensor
from pipeline.training.crops import Crops


def save(path: Path, pictures: np.ndarray) -> Path:
    np.save(path, pictures)
    return path


def numbered(count: int, size: int) -> np.ndarray:
    """Pictures that are one grey each: their number."""
    return np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None], (count, size, size, 3)).copy()


def coordinates(count: int, size: int) -> np.ndarray:
    """Pictures whose pixels say where they are: (row, column, number)."""
    rows, columns = np.mgrid[:size, :size]
    return np.stack(
        [np.stack([rows, columns, np.full_like(rows, n)], -1) for n in range(count)],
    ).astype(np.uint8)


def numbers(batch: torch.Tensor) -> list[int]:
    return to_pictures(batch)[:, 0, 0, -1].tolist()


def test_bytes_become_minus_1_to_1_and_come_back() -> None:
    pictures = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    x = to_tensor(pictures)
    assert x.dtype == torch.float32
    assert (x.min(), x.max()) == (-1, 1)
    assert x[0, 0, 7, 15] == pytest.approx(127 / 127.5 - 1)
    assert np.array_equal(to_pictures(x), pictures)


def test_axes_keep_their_meaning() -> None:
    picture = coordinates(2, 6)
    x = to_tensor(picture)
    assert x.shape == (2, 3, 6, 6)
    assert x[1, 0, 4, 5] == pytest.approx(4 / 127.5 - 1)  # row
    assert x[1, 1, 4, 5] == pytest.approx(5 / 127.5 - 1)  # column
    assert np.array_equal(to_pictures(x), picture)


def test_what_lies_outside_is_clamped_not_wrapped() -> None:
    x = torch.tensor([-1.5, -1.0, 0.0, 1.0, 1.2]).view(1, 1, 1, 5)
    assert to_pictures(x).ravel().tolist() == [0, 0, 128, 255, 255]
    assert to_pictures(x.bfloat16()).dtype == np.uint8


def test_a_batch_has_its_shape_type_and_range(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    path = save(tmp_path / "train.npy", random.integers(0, 256, (5, 36, 36, 3), dtype=np.uint8))
    batch = Crops(path, "photo", 32, seed=0).batch(3, 4)
    assert batch.shape == (4, 3, 32, 32)
    assert batch.dtype == torch.float32
    assert -1 <= batch.min() < -0.9
    assert 0.9 < batch.max() <= 1


@pytest.mark.parametrize("size", [1, 3, 4, 7, 16])  # divides 12 or not, more than a whole epoch
def test_every_picture_comes_once_per_epoch(size: int, tmp_path: Path) -> None:
    crops = Crops(save(tmp_path / "train.npy", numbered(12, 8)), "photo", 8, seed=0)
    drawn = [n for step in range(48) for n in numbers(crops.batch(step, size))]
    epochs = [tuple(drawn[i : i + 12]) for i in range(0, len(drawn) - 11, 12)]
    assert all(sorted(epoch) == list(range(12)) for epoch in epochs)
    assert len(set(epochs)) == len(epochs)  # each in its own order


def test_offsets_and_flips_cover_their_range_evenly(tmp_path: Path) -> None:
    crops = Crops(save(tmp_path / "train.npy", coordinates(4, 12)), "photo", 8, seed=0)
    counts = np.zeros((5, 5, 2), int)
    for step in range(1000):
        for crop in to_pictures(crops.batch(step, 4)).astype(int):
            flipped = crop[0, 0, 1] > crop[0, -1, 1]
            upright = crop[:, ::-1] if flipped else crop
            top, left = upright[0, 0, :2]
            # one contiguous window of the picture, rows never flipped
            assert np.array_equal(upright[..., 0], np.arange(top, top + 8)[:, None] + np.zeros(8, int))
            assert np.array_equal(upright[..., 1], np.arange(left, left + 8)[None] + np.zeros((8, 1), int))
            counts[top, left, int(flipped)] += 1
    assert counts.min() > 40  # 80 expected, standard deviation 9
    assert counts.max() < 125


def test_a_batch_is_a_function_of_seed_domain_and_step(tmp_path: Path) -> None:
    path = save(tmp_path / "train.npy", coordinates(9, 16))
    crops = Crops(path, "photo", 8, seed=0)
    batches = [crops.batch(step, 4) for step in range(6)]
    again = Crops(path, "photo", 8, seed=0)
    for step in (5, 0, 3):  # in any order
        assert torch.equal(again.batch(step, 4), batches[step])
    assert not torch.equal(Crops(path, "photo", 8, seed=1).batch(0, 4), batches[0])
    assert not torch.equal(Crops(path, "vangogh", 8, seed=0).batch(0, 4), batches[0])


def test_the_only_crop_of_a_picture_of_its_size_is_the_picture(tmp_path: Path) -> None:
    pictures = coordinates(3, 8)
    for crop in to_pictures(Crops(save(tmp_path / "x.npy", pictures), "photo", 8, seed=0).batch(0, 3)):
        picture = pictures[crop[0, 0, 2]]
        assert np.array_equal(crop, picture) or np.array_equal(crop, picture[:, ::-1])


def test_one_picture_is_enough(tmp_path: Path) -> None:
    crops = Crops(save(tmp_path / "x.npy", coordinates(1, 8)), "photo", 4, seed=0)
    assert len(crops) == 1
    assert crops.batch(2, 4).shape == (4, 3, 4, 4)


def test_a_crop_larger_than_the_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"x\.npy holds pictures of 8 pixels, too small for crops of 10"):
        Crops(save(tmp_path / "x.npy", coordinates(1, 8)), "photo", 10, seed=0)
