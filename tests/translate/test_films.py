"""Films and animations: every frame, the same rate, size, durations, and the sound."""

import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from pipeline.translate import animations, films
from tests.translate import made_up

FRAMES = [made_up.pixels(32, 48, seed=0) // (i + 1) for i in range(6)]  # each darker than the one before


def ffmpeg(*arguments: str) -> str:
    """What ffmpeg says."""
    ended = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-y", *arguments], capture_output=True, text=True
    )
    return ended.stderr


def a_film(path: Path, rate: str = "30000/1001", sound: bool = True, more: tuple[str, ...] = ()) -> Path:
    """Twelve frames of ffmpeg's test picture, with a tone."""
    tone = ["-f", "lavfi", "-i", "sine=frequency=440", "-c:a", "aac"] if sound else []
    picture = ["-f", "lavfi", "-i", f"testsrc2=size=64x48:rate={rate}"]
    ffmpeg(*picture, *tone, "-frames:v", "12", "-shortest", *more, str(path))
    return path


@pytest.mark.parametrize(("rate", "exact"), [("30000/1001", Fraction(30000, 1001)), ("25", Fraction(25)), ("10", 10)])
def test_a_film_is_looked_at(tmp_path: Path, rate: str, exact: Fraction) -> None:
    film = films.probe(a_film(tmp_path / "a.mp4", rate))
    assert (film.width, film.height, film.frames, film.rate, film.sound) == (64, 48, 12, exact, True)
    assert not films.probe(a_film(tmp_path / "b.mp4", rate, sound=False)).sound
    frames = list(films.read(film))
    assert [frame.shape for frame in frames] == [(48, 64, 3)] * 12
    assert not np.array_equal(frames[0], frames[-1])


@pytest.mark.parametrize("suffix", films.WRITTEN)
def test_frames_rate_and_sound_arrive(tmp_path: Path, suffix: str) -> None:
    source = films.probe(a_film(tmp_path / "in.mp4"))
    path = tmp_path / f"out{suffix}"
    films.write(path, FRAMES, (32, 48), source.rate, source)
    written = films.probe(path)
    assert (written.width, written.height, written.frames, written.rate) == (48, 32, 6, source.rate)
    assert written.sound
    for frame, expected in zip(films.read(written), FRAMES, strict=True):
        assert np.abs(frame.astype(int) - expected).mean() < 8  # colours have half the resolution


def test_the_sound_is_copied_bit_for_bit_where_the_container_stays(tmp_path: Path) -> None:
    source = films.probe(a_film(tmp_path / "in.mp4"))
    assert films.write(tmp_path / "out.mp4", films.read(source), (48, 64), source.rate, source) == []
    sounds = []
    for name in ("in", "out"):
        ffmpeg("-i", str(tmp_path / f"{name}.mp4"), "-map", "0:a", "-c", "copy", str(tmp_path / f"{name}.aac"))
        sounds.append((tmp_path / f"{name}.aac").read_bytes())
    assert len(sounds[0]) > 1000
    assert sounds[0] == sounds[1]


def test_a_turned_film_is_read_upright(tmp_path: Path) -> None:
    a_film(tmp_path / "in.mp4")
    ffmpeg("-display_rotation", "90", "-i", str(tmp_path / "in.mp4"), "-c", "copy", str(tmp_path / "turned.mp4"))
    film = films.probe(tmp_path / "turned.mp4")
    assert (film.width, film.height) == (48, 64)
    straight, turned = (next(films.read(films.probe(tmp_path / name))) for name in ("in.mp4", "turned.mp4"))
    assert np.abs(np.rot90(straight, 1).astype(int) - turned).mean() < 2


def test_pixels_that_are_not_square_stay_so(tmp_path: Path) -> None:
    film = films.probe(a_film(tmp_path / "in.mp4", more=("-vf", "setsar=16/15")))
    assert film.aspect == "16:15"
    films.write(tmp_path / "out.mp4", films.read(film), (48, 64), film.rate, film)
    assert films.probe(tmp_path / "out.mp4").aspect == "16:15"


def test_an_odd_size_stays(tmp_path: Path) -> None:
    changes = films.write(tmp_path / "out.mp4", [f[:31, :47] for f in FRAMES], (31, 47), Fraction(25))
    film = films.probe(tmp_path / "out.mp4")
    assert (film.width, film.height) == (47, 31)
    assert len(changes) == 1


def test_what_is_no_film_and_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_bytes(b"no film")
    with pytest.raises(ValueError, match=r"no\.mp4: no film"):
        films.probe(tmp_path / "no.mp4")
    with pytest.raises(OSError, match=r"no such|No such"):
        films.probe(tmp_path / "absent.mp4")
    with pytest.raises(OSError, match="ffmpeg could not write it"):
        films.write(tmp_path / "out.mp4", FRAMES, (0, 48), Fraction(25))
    assert [path.name for path in tmp_path.iterdir()] == ["no.mp4"]


def test_an_error_among_the_frames_leaves_nothing_behind(tmp_path: Path) -> None:
    def frames() -> object:
        yield FRAMES[0]
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        films.write(tmp_path / "out.mp4", frames(), (32, 48), Fraction(25))  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", animations.WRITTEN)
def test_an_animation_keeps_frames_durations_and_loops(tmp_path: Path, suffix: str) -> None:
    first, *more = [Image.fromarray(frame) for frame in FRAMES]
    durations = [100, 200, 50, 50, 300, 120]
    first.save(tmp_path / f"in{suffix}", save_all=True, append_images=more, duration=durations, loop=3)
    given = animations.probe(tmp_path / f"in{suffix}", 10**6)
    assert given is not None
    assert (given.width, given.height, list(given.durations), given.loop) == (48, 32, durations, 3)
    animations.write(tmp_path / f"out{suffix}", animations.read(given), given.durations, given.loop)
    again = animations.probe(tmp_path / f"out{suffix}", 10**6)
    assert again is not None
    assert (again.durations, again.loop) == (given.durations, 3)
    for frame, expected in zip(animations.read(again), FRAMES, strict=True):
        assert np.abs(frame.astype(int) - expected).mean() < 16


def test_what_does_not_move_is_no_animation(tmp_path: Path) -> None:
    made_up.picture().save(tmp_path / "a.gif")
    (tmp_path / "b.gif").write_bytes(b"GIF89a")
    assert animations.probe(tmp_path / "a.gif", 10**6) is None
    assert animations.probe(tmp_path / "b.gif", 10**6) is None


@pytest.mark.parametrize("rate", [10, 24, 25, 29.97, 30, 60])
def test_durations_in_hundredths_of_a_second_keep_the_rate(rate: float) -> None:
    durations = animations.durations(120, rate)
    assert len(durations) == 120
    assert all(duration % 10 == 0 for duration in durations)
    assert sum(durations) / 1000 == pytest.approx(120 / rate, abs=0.01)
