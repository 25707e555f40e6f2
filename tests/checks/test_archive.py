"""`make archive`: an archive reads by itself, is small, and keeps no picture that another one has."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from checks import archive

PAGE = (
    '<img alt="a" src="figures/toy/a.png" width="300"/><a href="other.html#place">other</a>'
    '<a href="#here">here</a><a href="film.mp4">film</a>'
)


def picture(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    smooth = np.random.default_rng(seed).integers(0, 256, (8, 12, 3), dtype=np.uint8)  # H W C
    Image.fromarray(smooth).resize((300, 200)).save(path)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for seed, name in enumerate(("toy/a.png", "toy/unseen.png")):
        picture(Path("reports/figures") / name, seed)
    Path("reports/page.html").write_text(PAGE, encoding="utf-8")
    Path("reports/other.html").write_text('<p id="place">', encoding="utf-8")
    Path("reports/film.mp4").write_bytes(b"a film")
    for name in ("reports/metrics/toy.json", "params.yaml", "dvc.lock", "scratch/times/train-a-0.json"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text('{\n "a": [1.5, "b c"]\n}\n' if name.endswith(".json") else f"{name}\n", encoding="utf-8")
    return tmp_path


def kept(name: str) -> list[str]:
    folder = Path("results") / name / "run"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_an_archive_has_the_pages_what_they_show_and_the_numbers() -> None:
    archive.main("mine")
    assert kept("mine") == [
        *("dvc.lock", "figures/toy/a.webp", "film.mp4", "metrics/toy.json", "other.html", "page.html", "params.yaml"),
        "times/train-a-0.json",
    ]
    assert Path("results/mine/run/page.html").read_text(encoding="utf-8") == PAGE.replace("a.png", "a.webp")
    paths = (Path("reports/figures/toy/a.png"), Path("results/mine/run/figures/toy/a.webp"))
    drawn, small = (Image.open(path) for path in paths)
    assert small.size == drawn.size
    assert Path("results/mine/run/metrics/toy.json").read_text(encoding="utf-8") == '{"a":[1.5,"b c"]}'
    assert paths[1].stat().st_size < paths[0].stat().st_size / 3
    difference = np.abs(np.asarray(drawn, int) - np.asarray(small.convert("RGB"), int))
    assert difference.mean() < 16


def test_other_papers_the_explorer_and_the_data_are_not_kept_and_not_linked_to() -> None:
    beside = {
        "explorer.html": "explorer.html",
        "data.html": "data.html",
        "paper.html": "paper.html#place",
        "sub/paper.html": "sub/paper.html",
    }
    for name in beside:
        (Path("reports") / name).parent.mkdir(exist_ok=True)
        (Path("reports") / name).touch()
    Path("stages/paper").mkdir(parents=True)
    Path("stages/paper/dvc.yaml").touch()
    links = "".join(f'<a class="paper" href="{address}">{name}</a>' for name, address in beside.items())
    Path("reports/page.html").write_text(f'{links}<a href="other.html#place">other</a>', encoding="utf-8")
    archive.main("mine")
    assert [name for name in kept("mine") if name.endswith(".html")] == ["other.html", "page.html"]
    text = Path("results/mine/run/page.html").read_text(encoding="utf-8")
    assert text == "".join(beside) + '<a href="other.html#place">other</a>'


def test_a_second_time_replaces_the_first_and_keeps_what_was_written_beside_it() -> None:
    archive.main("mine")
    Path("results/mine/README.md").write_text("what it is", encoding="utf-8")
    Path("results/mine/run/old").write_text("of the first", encoding="utf-8")
    archive.main("mine")
    assert "old" not in kept("mine")
    assert Path("results/mine/README.md").is_file()


def test_a_picture_of_another_archive_is_not_kept_again() -> None:
    archive.main("first")
    archive.main("second")
    assert "figures/toy/a.webp" not in kept("second")
    page = Path("results/second/run/page.html").read_text(encoding="utf-8")
    assert page == PAGE.replace("figures/toy/a.png", "../../first/run/figures/toy/a.webp")
    assert (Path("results/second/run") / "../../first/run/figures/toy/a.webp").is_file()


def test_what_is_missing_or_too_large_is_said_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST", 100)
    with pytest.raises(ValueError, match="too large for Git"):
        archive.main("mine")
    Path("reports/film.mp4").unlink()
    with pytest.raises(ValueError, match=r"film\.mp4 is missing, and a page refers to it: run `dvc repro`"):
        archive.main("mine")
    for name in ("", "..", "a/b"):
        with pytest.raises(ValueError, match="say which, a name for a folder"):
            archive.main(name)
    assert not list(Path("results").rglob("*.*"))
