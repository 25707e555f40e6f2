"""report@NOTEBOOK and index as DVC runs them, in a small checkout of their own: whole pages that read offline."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from checks import hostile
from pipeline.sgn.pages.items import CONTENTS, EXPLORER, FIGURES
from tests.clone import CHECKOUT
from tests.report import made_up as made_up_images
from tests.sgn.paper import made_up as made_up_claims

NOTEBOOKS = sorted(path.stem for path in (CHECKOUT / "notebooks").glob("*.ipynb"))
PICTURED = [item for item in CONTENTS.items if item.file.suffix in (".png", ".gif")]
PICTURES = [item.file for item in PICTURED]
VIDEO = "movie-model1.mp4"


def checkout(folder: Path) -> Path:
    """A copy of the code with small made-up metrics and pictures."""
    for name in ("pipeline", "stages", "notebooks"):
        shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copy(CHECKOUT / "params.yaml", folder)
    for i, picture in enumerate(PICTURES):
        path = folder / picture
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.random.default_rng(i).integers(0, 256, (20, 30, 3), dtype=np.uint8)).save(path)
    (folder / "reports" / VIDEO).write_bytes(b"a video")
    (folder / "reports" / EXPLORER).write_text("<p>An explorer.</p>", encoding="utf-8")
    for name in ("photo", "udnie"):
        path = folder / FIGURES / f"domains/{name}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.zeros((20, 30, 3), dtype=np.uint8)).save(path)
    for name, value in made_up().items():
        path = folder / "reports/metrics" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")
    return folder


def made_up() -> dict[str, Any]:
    settings = {"alpha": 0.5, "hidden": 64, "samples": 100, "batch": 16, "epochs": [200, 200, 100]}
    settings |= {"learning_rates": [0.01, 0.001, 0.0001], "seeds": 5, "width_seeds": 3}
    losses = {c: {"mean": 0.123456, "std": 0.001} for c in ("L", "L_r", "L_c")}
    paper = {"L": 0.1, "L_r": 0.2, "L_c": 0.3}
    claim = {
        "text": "a claim",
        "where": "Section 5",
        "rule": "a rule",
        "seeds": {"holds": 1, "of": 1},
        "counted": False,
        "margin": 0.25,
        "spread": 0.0,
        "nulls": {"blind": False},
        "changed": None,
    }
    packed: dict[str, Any] = {"packed": 2, "unreadable": {}, "size": 64, "original_sizes": {"64x64": 2}, "upscaled": 0}
    packed |= {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], "sha256": "0" * 64}
    counted = {"found": 2, "expected": None, **packed}
    origin = {"source": "scenes", "licence": "ours", "provenance": {"seed": 0}}
    equal: dict[str, Any] = {"train": [], "test": [], "between": []}
    domain = {"domain": "photo", **origin, "train": counted, "test": counted, "duplicates": equal}
    style = {"style": "udnie", **origin, "name": "udnie", **packed}
    return {
        "cards.json": [
            {"name": name, "data": "scenes", "scale": "small", "place": "nowhere", "card": card}
            for name, card in (("photo", domain), ("udnie", style))
        ],
        "toy.json": {"settings": settings, "losses": []},
        "table1.json": [{"weights": [1.0, 0.0], "model": "sym", **losses, "seeds": 5, "paper": paper}],
        "claims.json": [
            {"id": "toy-one", "verdict": "holds", "measured": {"L": [1.0, 0.777]}, **claim},
            {"id": "table3-one", "verdict": "fails", "measured": {"pairs": 24}, **claim},
            {"id": "figure8-one", "verdict": "not measurable", "measured": {}, **claim, "where": "Figures 8 and 11"},
        ],
        "figure7.json": made_up_claims.figure7(),
        "cost.json": {"scale": "small", "runs": made_up_images.cost()},
        **made_up_images.metrics(),
    }


def start(folder: Path, stage: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", f"stages.{stage}", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code and everything that was said, but for what libzmq says now and then of its own end on a busy
    machine (zeromq/libzmq, issues 1307 and 4644): that is a kernel that has done its work and goes."""
    out, err = process.communicate(timeout=120)
    said = (out + err).splitlines(keepends=True)
    return process.returncode, "".join(line for line in said if "(src/signaler.cpp" not in line)


def hostile_home(folder: Path) -> dict[str, str]:
    """The environment of a user whose own settings are set up to break or change a report."""
    return {
        "HOME": str(folder),
        **hostile.furnish(folder),
        "IPYTHONDIR": str(folder / ".ipython"),
        "JUPYTER_PREFER_ENV_PATH": "0",
        "JUPYTER_DATA_DIR": str(folder / ".local/share/jupyter"),
        "TZ": "Asia/Tokyo",
    }


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two checkouts in which every report was made: one in a path with a space, one with hostile settings."""
    home = tmp_path_factory.mktemp("home")
    made = [
        (checkout(tmp_path_factory.mktemp("a place") / "my checkout"), {}),
        (checkout(tmp_path_factory.mktemp("b") / "other"), hostile_home(home)),
    ]
    for folder, environment in made:
        processes = [start(folder, "report", "sgn", name, **environment) for name in NOTEBOOKS]
        assert [finish(process) for process in processes] == [(0, "")] * len(NOTEBOOKS)
        assert finish(start(folder, "index", **environment)) == (0, "")
    return [folder for folder, _ in made]


@pytest.fixture(scope="module")
def pages(places: list[Path]) -> dict[str, str]:
    """Those that a notebook or the front page makes; the explorer has tests of its own."""
    found = {path.name: path.read_text(encoding="utf-8") for path in (places[0] / "reports").glob("*.html")}
    del found[EXPLORER]
    return found


def test_every_notebook_has_a_page_and_the_front_page_links_it(pages: dict[str, str]) -> None:
    assert sorted(page.name for page in CONTENTS.pages) == NOTEBOOKS
    assert set(pages) == {"index.html", *(f"{name}.html" for name in NOTEBOOKS)}


def test_two_runs_give_the_same_bytes_wherever_and_for_whomever(places: list[Path], pages: dict[str, str]) -> None:
    for name in pages:
        first, second = ((folder / "reports" / name).read_bytes() for folder in places)
        assert first == second, name


def test_a_page_reads_offline(pages: dict[str, str], places: list[Path]) -> None:
    for name, text in pages.items():
        soup = BeautifulSoup(text, "html.parser")
        assert not soup.find_all(["script", "link", "iframe", "object", "embed"]), name
        assert not re.search(r"@import|url\(", text), name
        assert "://" not in text, name
        images = soup.find_all("img")
        assert images or name == "models.html", name
        for image in images:
            assert (places[0] / "reports" / str(image["src"])).is_file(), f"{name}: {image['src']}"
            with Image.open(places[0] / "reports" / str(image["src"])) as picture:
                assert (image["width"], image["height"]) == tuple(map(str, picture.size)), f"{name}: {image['src']}"
        for link in soup.find_all("a"):
            file, _, anchor = str(link["href"]).partition("#")
            file = file or name  # a link within the page
            if "full" in link.get("class", []):  # a picture, which opens alone
                assert (places[0] / "reports" / file).is_file()
                continue
            if file not in pages and (CHECKOUT / "reports" / file).is_file():  # a further paper's, which stands in Git
                continue
            assert file in {*pages, EXPLORER}, f"{name} links to {link['href']}"
            assert not anchor or BeautifulSoup(pages[file], "html.parser").find(id=anchor), f"{name}: {link['href']}"


def test_a_page_holds_nothing_of_the_machine(pages: dict[str, str], places: list[Path]) -> None:
    for name, text in pages.items():
        for word in (str(places[0]), str(CHECKOUT), sys.prefix, os.uname().nodename + ".", "\x1b", "/tmp", "Traceback"):
            assert word not in text, f"{name} has {word!r}"
        assert not re.search(r"\b\d\d:\d\d\b|\b20\d\d-\d\d-\d\d\b|\b[0-9a-f]{40}\b", text), name


def test_a_page_shows_results_and_no_code(pages: dict[str, str]) -> None:
    toy, translation, injection = (
        BeautifulSoup(pages[f"{name}.html"], "html.parser") for name in ("toy", "translation", "injection")
    )
    assert "0.1235" in toy.get_text()
    assert "+0.0235" in toy.get_text()
    assert "0.777" in toy.get_text()
    assert "✗ does not hold" in translation.get_text()
    assert "– not measurable here" in injection.get_text()
    assert "You Only Train Once" in injection.get_text()
    for soup in (toy, translation, injection):
        assert "import" not in soup.get_text()
        assert "In [" not in soup.get_text()
        assert len(soup.find_all("h1")) == 1
        assert soup.title is not None
        assert soup.h1 is not None
        assert soup.title.get_text() == soup.h1.get_text()
        # The sentence about data and scale comes right below the heading.
        below = soup.h1.find_next(["p", "h2"])
        assert below is not None
        assert below["class"] == ["provenance"]


def test_every_figure_and_table_has_its_place_in_its_page(pages: dict[str, str], places: list[Path]) -> None:
    for item in CONTENTS.items:
        place = BeautifulSoup(pages[f"{item.page}.html"], "html.parser").find(id=item.anchor)
        assert place is not None, item.anchor
        if item in PICTURED:
            assert place.find("img"), item.anchor
    moving = BeautifulSoup(pages["translation.html"], "html.parser").select_one("#movie-model1 video")
    assert moving is not None
    assert moving["src"] == VIDEO
    assert moving.has_attr("controls")
    assert (places[0] / "reports" / VIDEO).is_file()


def test_the_front_page_says_which_claims_do_not_hold(pages: dict[str, str]) -> None:
    front = BeautifulSoup(pages["index.html"], "html.parser")
    said = front.select_one(".refuted")
    assert said is not None
    assert "1 claim does not hold here: a claim (Section 5)" in said.get_text()
    assert [str(a["href"]) for a in said.find_all("a")] == ["translation.html#table3-one", "injection.html#figure8-one"]
    rows = {str(row.a["href"]): row.get_text(" ", strip=True) for row in front.select("#claims tr:has(td)") if row.a}
    assert "not measurable" in rows["injection.html#figure8-one"]
    assert "margin +0.25; met in 1 of 1 seed" in rows["toy.html#toy-one"]


def test_a_claim_stands_once_beside_its_figure(pages: dict[str, str]) -> None:
    for page, anchor, claim in (("injection", "figure8", "figure8-one"), ("translation", None, "table3-one")):
        soup = BeautifulSoup(pages[f"{page}.html"], "html.parser")
        (card,) = soup.select(f"#{claim}")
        if anchor:
            before = card.find_previous(["figure", "table"], id=True)
            assert before is not None
            assert before["id"] == anchor


def test_a_failing_cell_is_one_line_and_leaves_the_old_page(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "my checkout")
    # Also shows that the notebook imports this copy of the code, as a queued experiment must, and not another one.
    (folder / "pipeline/sgn/pages/provenance.py").write_text(
        "def toy(*_):\n    print('noise')\n    raise ValueError('from this copy,\\n\\x1b[31min red\\x1b[0m')\n"
    )
    page = folder / "reports/toy.html"
    page.write_text("the old page")
    code, said = finish(start(folder, "report", "sgn", "toy", PYTHONPATH=str(CHECKOUT)))
    assert code == 1
    title = CONTENTS.page("toy").title
    assert said == (
        f"error: notebooks/toy.ipynb, cell 2 (below '{title}: one model for every weighting'): "
        "ValueError: from this copy, in red\n"
    )
    assert page.read_text() == "the old page"
    left = sorted(path.name for path in (folder / "reports").iterdir())
    assert left == [EXPLORER, "figures", "metrics", VIDEO, "toy.html"]


def test_an_unknown_report_and_missing_pages_are_one_line(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "checkout")
    unknown, front = start(folder, "report", "sgn", "figures"), start(folder, "index")
    other = start(folder, "report", "another", "toy")
    assert finish(unknown) == (
        1,
        "error: there is no report 'figures'; known are data, toy, translation, injection, models\n",
    )
    code, said = finish(other)
    assert (code, said.startswith("error: there is no paper 'another' with pages")) == (1, True)
    assert finish(front) == (1, "error: reports/data.html is missing: run `dvc repro`\n")
    assert not (folder / "reports/index.html").exists()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_committed_stripped(name: str) -> None:
    path = CHECKOUT / "notebooks" / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    assert dict(notebook.metadata.language_info) == {"name": "python"}
    assert not any(cell.metadata for cell in notebook.cells)
    # Words, not the random ids that editors make up.
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{2,19}", cell.id) for cell in notebook.cells)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_result_is_typed_into_a_text_cell(name: str) -> None:
    notebook = nbformat.read(CHECKOUT / "notebooks" / f"{name}.ipynb", as_version=4)
    # Constants of the paper's definitions; anything else with a decimal point would be a result.
    known = {"0.8", "0.9", "0.1", "0.5", "0.2", "5.1", "1.5"}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert set(re.findall(r"\d+\.\d+", cell.source)) <= known
            assert "holds here" not in cell.source
