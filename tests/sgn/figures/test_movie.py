"""The moving picture: every frame of the path, a bar that shows its S, the same bytes each time."""

from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from pipeline.figures.grids import Pictures
from pipeline.sgn.figures import legend, movie
from pipeline.sgn.model import simplex

A, B, C = simplex.corners(3)
FRAMES = 18
PATH = simplex.path([A, B, C, A], FRAMES // 3)[:FRAMES]
NAMES = ("photo", "vangogh", "udnie")


def scene(count: int, size: int = 32) -> Pictures:
    """A smooth picture that changes slowly, as translations along a path do."""
    y, x = np.mgrid[:size, :size] / size
    waves = [np.stack([np.sin(5 * x + t), np.cos(4 * y - t), np.sin(3 * (x + y) + 2 * t)], -1) for t in _times(count)]
    return ((np.stack(waves) + 1) * 127).astype(np.uint8)


def _times(count: int) -> list[float]:
    return [2 * np.pi * i / count for i in range(count)]


@pytest.fixture(scope="module")
def shown() -> Pictures:
    return movie.frames(
        scene(FRAMES)[::-1], scene(FRAMES), PATH, NAMES, "Run model1; data scenes, scale small, 1,000 steps, seed 0"
    )


def lengths(frame: Pictures, wide: int) -> list[int]:
    """How many pixels of the bar's first line have A's, B's and C's colour."""
    line = frame[0, :wide].astype(float)
    return [int((np.abs(line - np.array(to_rgb(c)) * 255).max(axis=1) < 1).sum()) for c in legend.COLOURS[:3]]


def test_a_frame_has_input_and_translation_below_a_bar_of_its_S(shown: Pictures) -> None:
    inputs, outputs = scene(FRAMES)[::-1], scene(FRAMES)
    assert len(shown) == FRAMES
    for frame, *pair, S in zip(shown, inputs, outputs, PATH, strict=True):
        assert lengths(frame, 512) == pytest.approx([512 * s for s in S], abs=1)
        below = frame[movie.BAR + movie.GAP :][:256]
        for place, picture in enumerate(pair):
            expected = picture.repeat(8, axis=0).repeat(8, axis=1)
            assert np.array_equal(below[:, place * 256 : (place + 1) * 256], expected)
    caption = shown[:, movie.BAR + movie.GAP + 256 :]
    assert (caption[0] < 150).any()
    assert (caption == caption[0]).all()


@pytest.mark.parametrize(("size", "times"), [(31, 8), (85, 3), (256, 1), (301, 1)])
def test_sizes_are_even_and_pictures_magnified_by_a_whole_number(size: int, times: int) -> None:
    words = "a caption that is made of many words and takes several lines"
    frame = movie.frames(scene(1, size), scene(1, size), [A], NAMES, words)[0]
    assert frame.shape[0] % 2 == frame.shape[1] % 2 == 0
    assert 0 <= frame.shape[1] - 2 * size * times <= 1
    expected = scene(1, size)[0].repeat(times, axis=0).repeat(times, axis=1)
    assert np.array_equal(frame[movie.BAR + movie.GAP :][: size * times, : size * times], expected)


def test_the_mp4_has_every_frame_and_the_same_bytes_each_time(tmp_path: Path, shown: Pictures) -> None:
    for name in ("a.mp4", "b.mp4"):
        movie.write_mp4(tmp_path / name, shown)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "b.mp4"]
    reader = imageio_ffmpeg.read_frames(tmp_path / "a.mp4")
    about = next(reader)
    assert about["codec"] == "h264"
    assert about["pix_fmt"].startswith("yuv420p")
    frames = [np.frombuffer(data, np.uint8).reshape(shown.shape[1:]) for data in reader]
    assert len(frames) == FRAMES
    for read, frame in zip(frames, shown, strict=True):
        assert np.abs(read.astype(float) - frame).mean() < 6
