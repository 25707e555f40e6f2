"""Packing: the same squares as a plain resize and crop, streamed, bounded, listed."""

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.images import packing
from pipeline.images.source import Picture

SIZE = 24


def noise(seed: int, width: int, height: int) -> Image.Image:
    """A picture of random pixels: any slip of position or order shows."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def unreadable(name: str) -> Image.Image:
    raise ValueError(f"{name} is\n broken")


def missing() -> Image.Image:
    raise FileNotFoundError(2, "No such file or directory", "/somewhere/x.jpg")


def pictures(count: int) -> list[Picture]:
    """Pictures of three sizes, wide, tall and square."""
    shapes = [(40, 30), (30, 50), (32, 32)]
    return [Picture(f"{i:03d}", partial(noise, i, *shapes[i % 3])) for i in range(count)]


def plain(image: Image.Image, size: int, first: str) -> np.ndarray:
    """Resize the shorter side in two passes, the one along `first` first, then crop: as one would write it down."""
    bicubic = Image.Resampling.BICUBIC
    scale = size / min(image.size)
    width, height = round(image.width * scale), round(image.height * scale)
    between = (width, image.height) if first == "x" else (image.width, height)
    resized = image.resize(between, bicubic).resize((width, height), bicubic)
    left, top = (width - size) // 2, (height - size) // 2
    return np.asarray(resized.crop((left, top, left + size, top + size)))


# Sides whose resized lengths are whole, so that nothing is rounded in the plain way.
@pytest.mark.parametrize("shape", [(96, 48), (48, 120), (48, 48), (256, 256), (36, 12), (12, 36)])
def test_square_equals_resizing_then_cropping(shape: tuple[int, int]) -> None:
    image = noise(0, *shape)
    made = np.asarray(packing.square(image, SIZE))
    assert any(np.array_equal(made, plain(image, SIZE, first)) for first in "xy")


def test_square_pictures_are_simply_resized() -> None:
    image = noise(0, 256, 256)
    assert np.array_equal(packing.square(image, 286), image.resize((286, 286), Image.Resampling.BICUBIC))


def test_square_takes_the_middle_of_odd_shapes() -> None:
    image = Image.new("RGB", (101, 40), "red")
    image.paste((0, 0, 255), (30, 0, 71, 40))
    middle = np.asarray(packing.square(image, SIZE))
    assert middle[:, 2:-2].reshape(-1, 3).tolist() == [[0, 0, 255]] * (SIZE * (SIZE - 4))


def test_a_very_long_picture_needs_little() -> None:
    assert packing.square(Image.new("RGB", (200_000, 16)), 286).size == (286, 286)


def test_array_has_the_pictures_in_their_order(tmp_path: Path) -> None:
    given = pictures(7)
    packed = packing.pack(given, SIZE, tmp_path / "train.npy", what="pictures")
    array = np.load(tmp_path / "train.npy", mmap_mode="r")  # N H W C
    assert array.dtype == np.uint8
    assert array.shape == (7, SIZE, SIZE, 3)
    for pixels, picture in zip(array, given, strict=True):
        assert np.array_equal(pixels, np.asarray(packing.square(picture.load(), SIZE)))
    assert packed.names == tuple(p.name for p in given)
    assert packed.sizes == {(30, 50): 2, (32, 32): 2, (40, 30): 3}


def test_one_process_and_several_give_the_same_bytes(tmp_path: Path) -> None:
    given = pictures(61)
    given[5] = Picture("005", partial(unreadable, "005"))
    packed = [
        packing.pack(given, SIZE, tmp_path / f"{workers}.npy", what="pictures", max_unreadable=0.1, workers=workers)
        for workers in (1, 2, 3)
    ]
    assert packed[0] == packed[1] == packed[2]
    assert (tmp_path / "1.npy").read_bytes() == (tmp_path / "2.npy").read_bytes() == (tmp_path / "3.npy").read_bytes()


def test_moments_and_hash_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "train.npy"
    packed = packing.pack(pictures(5), SIZE, path, what="pictures")
    array = np.load(path) / 255
    assert np.allclose(packed.mean, array.mean(axis=(0, 1, 2)), rtol=0, atol=1e-12)
    assert np.allclose(packed.std, array.std(axis=(0, 1, 2)), rtol=0, atol=1e-12)
    assert packed.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_unreadable_pictures_are_left_out_and_listed(tmp_path: Path) -> None:
    given = pictures(12)
    given[0] = Picture("000", partial(unreadable, "000"))
    given[11] = Picture("011", missing)
    packed = packing.pack(given, SIZE, tmp_path / "train.npy", what="pictures", max_unreadable=2 / 12)
    assert packed.unreadable == {"000": "000 is broken", "011": "No such file or directory"}
    array = np.load(tmp_path / "train.npy")
    assert array.shape == (10, SIZE, SIZE, 3)
    assert np.array_equal(array[0], np.asarray(packing.square(given[1].load(), SIZE)))


def test_as_many_pictures_as_the_header_has_digits_for(tmp_path: Path) -> None:
    """The header is written for 101 pictures and then for 99: one digit fewer, the same length."""
    given = [Picture(f"{i:03d}", partial(noise, i, 16, 16)) for i in range(101)]
    given[50], given[51] = Picture("050", missing), Picture("051", missing)
    packing.pack(given, 16, tmp_path / "train.npy", what="pictures", max_unreadable=0.02, workers=1)
    array = np.load(tmp_path / "train.npy")
    assert array.shape == (99, 16, 16, 3)
    assert np.array_equal(array[-1], np.asarray(noise(100, 16, 16)))


def test_too_many_unreadable_pictures_are_an_error_that_names_them(tmp_path: Path) -> None:
    given = pictures(10) + [Picture(f"bad{i}", partial(unreadable, f"bad{i}")) for i in range(5)]
    with pytest.raises(ValueError, match=r"only 10 of 15 train pictures can be read: bad0 .*; and 2 more") as caught:
        packing.pack(given, SIZE, tmp_path / "train.npy", what="train pictures", max_unreadable=0.3)
    assert "max_unreadable, now 0.3" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_exactly_the_allowed_fraction_is_allowed(tmp_path: Path) -> None:
    given = [*pictures(9), Picture("bad", partial(unreadable, "bad"))]
    packing.pack(given, SIZE, tmp_path / "train.npy", what="pictures", max_unreadable=0.1)
    with pytest.raises(ValueError, match="only 9 of 10"):
        packing.pack(given, SIZE, tmp_path / "train.npy", what="pictures", max_unreadable=0.09)


def test_no_readable_picture_is_an_error_whatever_is_allowed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="none of 1 pictures can be read: x"):
        packing.pack([Picture("x", missing)], SIZE, tmp_path / "a.npy", what="pictures", max_unreadable=1.0)
    with pytest.raises(ValueError, match="no pictures"):
        packing.pack([], SIZE, tmp_path / "a.npy", what="pictures")
    assert list(tmp_path.iterdir()) == []


def test_an_error_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "train.npy"
    packing.pack(pictures(3), SIZE, path, what="pictures")
    before = path.read_bytes()
    with pytest.raises(ValueError, match="none of 1"):
        packing.pack([Picture("x", missing)], SIZE, path, what="pictures")
    assert path.read_bytes() == before


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"the pictures take .* MB are free: make room"):
        packing.pack(pictures(3), 2**24, tmp_path / "train.npy", what="pictures")
    assert list(tmp_path.iterdir()) == []


def test_digests_are_of_the_picture_and_not_of_the_packed_size(tmp_path: Path) -> None:
    small = packing.pack(pictures(3), 16, tmp_path / "a.npy", what="pictures")
    large = packing.pack(pictures(3), 32, tmp_path / "b.npy", what="pictures")
    assert small.digests == large.digests
    assert len(set(small.digests)) == 3
    assert small.sha256 != large.sha256


def test_one_picture(tmp_path: Path) -> None:
    packed = packing.pack_one(pictures(1)[0], SIZE, tmp_path / "style.npy", what="style x")
    array = np.load(tmp_path / "style.npy")  # H W C
    assert np.array_equal(array, np.asarray(packing.square(noise(0, 40, 30), SIZE)))
    assert np.allclose(packed.mean, array.mean(axis=(0, 1)) / 255, rtol=0, atol=1e-12)
    with pytest.raises(ValueError, match="style x: y cannot be read: No such file"):
        packing.pack_one(Picture("y", missing), SIZE, tmp_path / "none.npy", what="style x")
    assert not (tmp_path / "none.npy").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_workers_end_with_a_killed_parent_and_no_file_appears(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import sys, time
        from functools import partial
        from pathlib import Path
        from PIL import Image
        from pipeline.images import packing
        from pipeline.images.source import Picture

        def slow(seed):
            time.sleep(0.2)
            return Image.new("RGB", (20, 20))

        if __name__ == "__main__":
            print("started", flush=True)
            pictures = [Picture(str(i), partial(slow, i)) for i in range(1000)]
            packing.pack(pictures, 16, Path(sys.argv[1]), what="pictures")
        """
    )
    command = [sys.executable, "-c", program, str(tmp_path / "train.npy")]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": os.getcwd()}
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    workers = _wait_for(lambda: children.read_text().split() if len(children.read_text().split()) == 2 else None)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert workers
    assert _wait_for(lambda: not any(_runs(pid) for pid in workers))
    assert not (tmp_path / "train.npy").exists()


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait_for(condition):
    """The condition's first true value, or its last one after 20 s."""
    for _ in range(400):
        if value := condition():
            return value
        time.sleep(0.05)
    return condition()
