"""A second paper moves in: a made-up method in a room of its own (tests/whole/toypaper) touches nothing of SGN's.

Another kind of data, four networks, three players of which one plays three times a step: the loop, the checkpoints
and the graph take it as it is.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clone import CHECKOUT, call, change, dvc, environment
from tests.tracing import compare
from tests.whole.smoke import changed_stages, run, stages_of

ROOM = Path(__file__).parent / "toypaper"
STAGES = "stages/toypaper/dvc.yaml"
PAPER = {f"{STAGES}:{name}" for name in ("waves", "train@one", "train@two")}
TRAIN = (sys.executable, "-m", "stages.toypaper.train", "one")
NETWORKS = {"generator", "encoder", "critic", "average"}


@pytest.fixture(scope="module")
def house(clone: Path) -> Iterator[Path]:
    """The clone of the whole graph, with the paper in it, which moves out again at the end.

    The graphs of the papers that live here already are set aside: `--all-pipelines` would train them, too.
    """
    params = clone / "params.yaml"
    before = params.read_text()
    others = [path.rename(path.with_suffix(".aside")) for path in clone.glob("stages/*/dvc.yaml")]
    shutil.copytree(ROOM, clone, dirs_exist_ok=True, ignore=shutil.ignore_patterns("params.yaml", "__pycache__"))
    params.write_text(before + (ROOM / "params.yaml").read_text())
    yield clone
    params.write_text(before)
    for place in ("pipeline", "stages", "data", "models", "reports"):
        shutil.rmtree(clone / place / "toypaper")
    for path in others:
        path.rename(path.with_suffix(".yaml"))


def results(house: Path) -> dict[str, bytes]:
    """Every byte that the training left; DVC adds what Git is to ignore."""
    places = (house / "models/toypaper/one", house / "reports/toypaper/live/one")
    files = (path for place in places for path in sorted(place.rglob("*.*")) if path.name != ".gitignore")
    return {path.relative_to(house).as_posix(): path.read_bytes() for path in files}


def test_a_new_paper_changes_no_stage_of_the_graph_and_plain_repro_leaves_it_alone(house: Path) -> None:
    assert stages_of(dvc(house, "repro")) == set()
    assert run(house) == "Everything is up to date.\n"  # that is `make repro`, by `dvc status`
    assert not (house / "models/toypaper").exists()


def test_a_missing_input_names_the_papers_own_stage(house: Path) -> None:
    said = call(house, *TRAIN, check=False)
    assert said == f"error: data/toypaper/waves.npz is missing: `dvc repro {STAGES}:waves` makes it\n"


@pytest.fixture(scope="module")
def trained(house: Path) -> Path:
    """The house after `dvc repro --all-pipelines`, traced; what DVC said lies beside it."""
    trace = house.parent / "trace of toypaper"
    trace.mkdir()
    tracing = {"PYTHONPATH": str(CHECKOUT / "tests/tracing"), "SGN_TRACE": str(trace)}
    (house.parent / "said").write_text(dvc(house, "repro", "--all-pipelines", **tracing))
    return house


def test_all_pipelines_include_it_and_run_nothing_else(trained: Path) -> None:
    # The manifest of the user's own folder runs whenever it is asked for.
    assert stages_of((trained.parent / "said").read_text()) == {"data/dvc.yaml:manifest", *PAPER}


def test_a_training_saves_each_network(trained: Path) -> None:
    assert {path.stem for path in (trained / "models/toypaper/one/0").iterdir()} == NETWORKS
    curves = sorted((trained / "reports/toypaper/live/one/plots/metrics/seed0").iterdir())
    assert [path.stem for path in curves] == ["L_C", "L_E", "L_G"]
    assert all(path.read_text().splitlines()[-1].startswith("120\t") for path in curves)


def test_its_stages_declare_what_they_read(trained: Path) -> None:
    reads = compare.traced(trained.parent / "trace of toypaper")
    paper = {name: stage for name, stage in compare.locked(trained).items() if name in PAPER}
    assert reads.keys() == {"data/dvc.yaml:manifest", *PAPER}
    assert paper.keys() == PAPER
    for mistakes in (compare.unread_deps, compare.undeclared_params, compare.unread_params):
        assert compare.by_stage(reads, paper, mistakes) == {}
    assert compare.by_stage(reads, paper, lambda r, d: compare.undeclared_files(r, d, trained)) == {}


def test_what_it_made_and_its_settings_change_no_stage_of_the_graph(trained: Path) -> None:
    assert changed_stages(trained, STAGES) == set()
    change(trained, "one: {width: 16,", "one: {width: 8,")
    try:
        assert changed_stages(trained) == set()
        assert changed_stages(trained, STAGES) == {f"{STAGES}:train@one"}
    finally:
        change(trained, "one: {width: 8,", "one: {width: 16,")


def test_killed_and_resumed_it_ends_with_the_same_bytes(trained: Path) -> None:
    whole = results(trained)
    shutil.rmtree(trained / "models/toypaper/one")
    change(trained, "checkpoint_seconds: 60 ", "checkpoint_seconds: 0 ")  # after every step
    try:
        process = subprocess.Popen(
            TRAIN, cwd=trained, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        while process.poll() is None and not any((trained / "scratch").glob("train-toypaper-one-*/step-*[1-9]?.pt")):
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        said = process.communicate()[0]
        assert process.returncode == -signal.SIGKILL, said
        assert not (trained / "models/toypaper/one").exists()
        again = call(trained, *TRAIN)
    finally:
        change(trained, "checkpoint_seconds: 0 ", "checkpoint_seconds: 60 ")
    assert (resumed := re.search(r"continuing after step (\d+) of 120", again)), again
    assert 10 <= int(resumed[1]) < 120
    assert results(trained) == whole
    assert changed_stages(trained, STAGES) == set()
