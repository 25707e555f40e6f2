"""The moving picture: every frame of the path, a bar that shows its S, the same bytes each time."""

from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image, ImageSequence

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
    return movie.frames(scene(FRAMES), PATH, NAMES, "Run model1; data scenes, scale small, 1,000 steps, seed 0")


def lengths(frame: Pictures, wide: int) -> list[int]:
    """How many pixels of the bar's first line have A's, B's and C's colour."""
    line = frame[0, :wide].astype(float)
    return [int((np.abs(line - np.array(to_rgb(c)) * 255).max(axis=1) < 1).sum()) for c in legend.COLOURS]


def test_a_frame_has_the_picture_below_a_bar_of_its_S(shown: Pictures) -> None:
    pictures = scene(FRAMES)
    assert len(shown) == FRAMES
    for frame, picture, S in zip(shown, pictures, PATH, strict=True):
        assert lengths(frame, 256) == pytest.approx([256 * s for s in S], abs=1)
        below = frame[movie.BAR + movie.GAP :][:256]
        assert np.array_equal(below, picture.repeat(8, axis=0).repeat(8, axis=1))
    caption = shown[:, movie.BAR + movie.GAP + 256 :]
    assert (caption[0] < 150).any()
    assert (caption == caption[0]).all()


@pytest.mark.parametrize(("size", "times"), [(31, 8), (85, 3), (256, 1), (301, 1)])
def test_sizes_are_even_and_pictures_magnified_by_a_whole_number(size: int, times: int) -> None:
    frame = movie.frames(scene(1, size), [A], NAMES, "a caption that is made of many words and takes several lines")[0]
    assert frame.shape[0] % 2 == frame.shape[1] % 2 == 0
    assert 0 <= frame.shape[1] - size * times <= 1
    expected = scene(1, size)[0].repeat(times, axis=0).repeat(times, axis=1)
    assert np.array_equal(frame[movie.BAR + movie.GAP :][: size * times, : size * times], expected)


def test_the_gif_has_every_frame_and_loops(tmp_path: Path, shown: Pictures) -> None:
    for name in ("a.gif", "b.gif"):
        movie.write_gif(tmp_path / name, shown)
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()
    assert (tmp_path / "a.gif").stat().st_size <= movie.GIF_BYTES
    with Image.open(tmp_path / "a.gif") as gif:
        assert gif.info["loop"] == 0
        frames = [(frame.info["duration"], np.asarray(frame.convert("RGB"))) for frame in ImageSequence.Iterator(gif)]
    assert [duration for duration, _ in frames] == [movie.FRAME_MS] * FRAMES
    for (_, read), frame in zip(frames, shown, strict=True):
        assert np.abs(read.astype(float) - frame).mean() < 8
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gif", "b.gif"]


def test_the_gif_has_every_frame_when_the_pictures_do_not_change(tmp_path: Path) -> None:
    still = movie.frames(scene(1).repeat(FRAMES, axis=0), PATH, NAMES, "caption")
    movie.write_gif(tmp_path / "a.gif", still)
    with Image.open(tmp_path / "a.gif") as gif:
        assert gif.n_frames == FRAMES


def test_a_gif_that_would_be_too_large_has_fewer_colours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some = movie.frames(scene(4), PATH[:4], NAMES, "caption")
    sizes, colours = [], []
    for limit in (movie.GIF_BYTES, 1):
        monkeypatch.setattr(movie, "GIF_BYTES", limit)
        movie.write_gif(tmp_path / "a.gif", some)
        sizes.append((tmp_path / "a.gif").stat().st_size)
        with Image.open(tmp_path / "a.gif") as gif:
            colours.append(len(np.unique(np.asarray(gif.convert("RGB")).reshape(-1, 3), axis=0)))
    assert sizes[1] < sizes[0]
    assert colours[1] <= min(movie.GIF_COLOURS) < colours[0]


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
