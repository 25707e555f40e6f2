"""Which input becomes which output, and what is refused before anything is computed."""

from pathlib import Path

import pytest

from pipeline.translate import plan

A, B = (1.0, 0.0), (0.0, 1.0)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.jpg", "b.PNG", "c.bmp", "film.avi", "moving.gif", "in/x.jpg", "in/deep/y.webp", "in/.hidden/z.jpg"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(b"x")
    Path("in/notes.txt").write_text("nothing")


def targets(inputs: str, out: str, count: int = 1, moves: bool = False, force: bool = False) -> list[str]:
    asked = [(A, B)] if moves else [(A,)] * count
    jobs = plan.jobs([Path(name) for name in inputs.split()], Path(out), asked, moves, force)
    assert all(job.source.is_file() for job in jobs)
    return [job.target.as_posix() for job in jobs]


def test_one_input_has_the_name_that_is_asked_for() -> None:
    assert targets("a.jpg", "out.png") == ["out.png"]
    assert targets("a.jpg", "new/out.webp") == ["new/out.webp"]
    assert targets("a.jpg", "film.mp4", moves=True) == ["film.mp4"]
    assert targets("a.jpg", "out.png", count=3) == ["out-1.png", "out-2.png", "out-3.png"]


def test_in_a_folder_files_keep_their_names_where_their_format_is_written() -> None:
    assert targets("a.jpg", "out") == ["out/a.jpg"]
    assert targets("a.jpg b.PNG c.bmp", "out") == ["out/a.jpg", "out/b.png", "out/c.bmp"]
    assert targets("film.avi moving.gif", "out") == ["out/film.mp4", "out/moving.gif"]
    assert targets("a.jpg film.avi moving.gif", "out", moves=True) == ["out/a.mp4", "out/film.mp4", "out/moving.gif"]
    assert targets("a.jpg", "out", count=2) == ["out/a-1.jpg", "out/a-2.jpg"]
    assert targets("in", "out") == ["out/deep/y.webp", "out/x.jpg"]


def test_an_output_folder_inside_the_input_is_no_input() -> None:
    Path("in/out").mkdir()
    Path("in/out/x.jpg").write_bytes(b"of the call before")
    assert targets("in", "in/out", force=True) == ["in/out/deep/y.webp", "in/out/x.jpg"]


@pytest.mark.parametrize(
    ("inputs", "out", "said"),
    [
        ("a.jpg", "a.jpg", "is an input"),
        ("a.jpg", "./in/../a.jpg", "is an input"),
        ("in", "in/deep/..", "choose another OUT"),
        ("in", ".", "choose another OUT"),
        ("a.jpg b.PNG", ".", "is an input"),
        ("a.jpg", "out.txt", "can be written as"),
        ("a.jpg", "out.mp4", "can be written as"),
        ("film.avi", "out.png", "can be written as"),
        ("a.jpg in/../a.jpg", "out", "twice"),
        ("a.jpg", "c.bmp", "--force"),
    ],
)
def test_what_is_refused(inputs: str, out: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        targets(inputs, out)


def test_force_writes_over_other_files_and_never_over_an_input_or_a_folder() -> None:
    assert targets("a.jpg", "c.bmp", force=True) == ["c.bmp"]
    with pytest.raises(ValueError, match="is an input"):
        targets("a.jpg", "a.jpg", force=True)
    Path("taken.png").mkdir()
    Path("taken.png/a.jpg").mkdir()
    with pytest.raises(ValueError, match="is a folder"):
        targets("a.jpg", "taken.png", force=True)


def test_a_link_to_the_input_is_the_input() -> None:
    Path("link.jpg").symlink_to("a.jpg")
    with pytest.raises(ValueError, match="is an input"):
        targets("a.jpg", "link.jpg", force=True)


def test_an_input_that_is_missing_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError):
        targets("absent.jpg", "out.png")
