"""`make repro`: stages side by side, what it says, how it stops; and the same bytes as `dvc repro` alone."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import clone

# A small graph: two trainings that take a while, an evaluation for each of which one needs both, a page.
GRAPH = """
stages:
  images:
    cmd: python stage.py images
    params: [seed]
    outs: [images.txt]
  train:
    foreach: [one, two]
    do:
      cmd: python stage.py train-${item} images.txt
      deps: [images.txt]
      params: ["${item}"]
      outs: ["train-${item}.txt"]
  evaluate:
    foreach: [one, two]
    do:
      cmd: python stage.py evaluate-${item} train-${item}.txt train-one.txt
      deps: ["train-${item}.txt", train-one.txt]
      outs: ["evaluate-${item}.txt"]
  page:
    cmd: python stage.py page evaluate-one.txt evaluate-two.txt
    deps: [evaluate-one.txt, evaluate-two.txt]
    outs: [page.txt]
"""
PARAMS = """scale: smoke
device: auto
seed: 0
one: {seconds: 1, fails: false}
two: {seconds: 1, fails: false}
"""
# It notes when it ran and on which GPU beside the checkout, and heeds SIGTERM.
STAGE = """
import json, os, sys, time
from pathlib import Path
import yaml
name, *inputs = sys.argv[1:]
run = yaml.safe_load(Path("params.yaml").read_text()).get(name.removeprefix("train-"), {})
began = time.time()
noted = Path("..") / "ran" / name
noted.mkdir(parents=True, exist_ok=True)
(noted / "begun").touch()
time.sleep(run.get("seconds", 0))
if run.get("fails"):
    raise SystemExit("error: the training diverged")
times = {"began": began, "ended": time.time(), "gpu": os.environ.get("CUDA_VISIBLE_DEVICES")}
(noted / f"{len(list(noted.iterdir()))}.json").write_text(json.dumps(times))
Path(f"{name}.txt").write_text(name + "".join(Path(path).read_text() for path in inputs))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "my project"
    folder.mkdir()
    for name, text in (
        ("dvc.yaml", GRAPH),
        ("params.yaml", PARAMS),
        ("stage.py", STAGE),
        (".gitignore", "/scratch/\n"),
    ):
        (folder / name).write_text(text)
    clone.call(folder, "git", "init", "-q")
    clone.dvc(folder, "init", "-q")
    return folder


def jobs(folder: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start what `make repro` starts, in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.shell.jobs", *arguments],
        cwd=folder,
        env=clone.environment(PYTHONPATH=str(clone.CHECKOUT), **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=clone.heed_sigint,
    )


def runs(folder: Path) -> dict[str, list[dict[str, float]]]:
    """When each stage ran to its end, by name."""
    ran = folder.parent / "ran"
    found = {
        stage.name: [json.loads(path.read_text()) for path in sorted(stage.glob("*.json"))] for stage in ran.iterdir()
    }
    return {name: times for name, times in found.items() if times}


def test_stages_run_side_by_side_in_order_and_only_once(project: Path) -> None:
    process = jobs(project, "--jobs", "2", CUDA_VISIBLE_DEVICES="3,5")
    said = process.communicate()[0]
    assert process.returncode == 0, said
    assert "6 stages to run, 2 at a time (JOBS=2), how long is not known yet" in said
    assert "(6 of 6)" in said
    ran = runs(project)
    assert {name: len(times) for name, times in ran.items()} == dict.fromkeys(
        ["images", "train-one", "train-two", "evaluate-one", "evaluate-two", "page"], 1
    )
    one, two = ran["train-one"][0], ran["train-two"][0]
    assert max(one["began"], two["began"]) < min(one["ended"], two["ended"])
    assert {one["gpu"], two["gpu"]} == {"3", "5"}
    for first, then in (("images", "train-one"), ("train-one", "evaluate-two"), ("evaluate-two", "page")):
        assert ran[first][0]["ended"] <= ran[then][0]["began"]

    again = jobs(project)
    assert again.communicate()[0] == "Everything is up to date.\n"
    assert again.returncode == 0
    assert "up to date" in clone.dvc(project, "repro")

    clone.change(project, "two: {seconds: 1", "two: {seconds: 0")
    said = jobs(project, "--jobs", "2").communicate()[0]
    assert "3 stages to run, 2 at a time (JOBS=2), about " in said
    assert {name: len(times) for name, times in runs(project).items() if len(times) > 1} == {"train-two": 2}


def test_a_failed_stage_is_one_line_and_what_runs_is_finished(project: Path) -> None:
    clone.change(project, "one: {seconds: 1, fails: false}", "one: {seconds: 0, fails: true}")
    clone.change(project, "two: {seconds: 1", "two: {seconds: 6")
    process = jobs(project, "--jobs", "2")
    said = process.communicate()[0]
    assert process.returncode == 2
    about = [line for line in said.splitlines() if "train@one" in line]
    assert about == ["train@one: error: the training diverged (all it said: scratch/jobs/train@one.log)"]
    assert "no other stage is started; those that run are finished first" in said
    assert "make" not in said
    assert set(runs(project)) == {"images", "train-two"}

    clone.change(project, "fails: true", "fails: false")
    process = jobs(project, "--jobs", "2")
    said = process.communicate()[0]
    assert process.returncode == 0, said
    assert len(runs(project)["train-two"]) == 1


def test_keep_going_runs_all_that_does_not_wait_for_what_failed(project: Path) -> None:
    clone.change(project, "two: {seconds: 1, fails: false}", "two: {seconds: 0, fails: true}")
    process = jobs(project, "--jobs", "2", "--keep-going")
    process.communicate()
    assert process.returncode == 2
    assert set(runs(project)) == {"images", "train-one", "evaluate-one"}


@pytest.mark.parametrize(("number", "to"), [(signal.SIGINT, "the group"), (signal.SIGTERM, "one process")])
def test_a_signal_stops_all_within_seconds_and_the_same_command_goes_on(
    project: Path, number: signal.Signals, to: str
) -> None:
    clone.change(project, "one: {seconds: 1", "one: {seconds: 300")
    clone.change(project, "two: {seconds: 1", "two: {seconds: 300")
    process = jobs(project, "--jobs", "2")
    begun = [project.parent / "ran" / f"train-{which}" / "begun" for which in ("one", "two")]
    deadline = time.monotonic() + 120
    while not all(path.exists() for path in begun):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    stopped = time.monotonic()
    (os.killpg if to == "the group" else os.kill)(process.pid, number)
    said = process.communicate()[0]
    assert time.monotonic() - stopped < 20
    assert process.returncode == 128 + number
    assert f"stopped by {number.name}; `make repro` goes on from here" in said
    listed = clone.call(project, "ps", "-e", "-o", "args")
    assert str(project) not in listed
    assert "stage.py train-one" not in listed

    clone.change(project, "one: {seconds: 300", "one: {seconds: 0")
    clone.change(project, "two: {seconds: 300", "two: {seconds: 0")
    again = jobs(project, "--jobs", "2")
    said = again.communicate()[0]
    assert again.returncode == 0, said
    assert len(runs(project)["images"]) == 1


def test_one_at_a_time_in_a_checkout(project: Path) -> None:
    (project / "scratch/jobs").mkdir(parents=True)
    holder = [sys.executable, "-c", "import fcntl, sys; f = open('scratch/jobs/lock', 'w'); fcntl.flock(f, 2); input()"]
    other = subprocess.Popen(holder, cwd=project, stdin=subprocess.PIPE)
    time.sleep(1)
    process = jobs(project)
    assert process.communicate()[0] == "error: `make repro` is running in this checkout already\n"
    assert process.returncode == 1
    other.communicate(b"\n")


@pytest.mark.long
def test_the_same_bytes_as_plain_dvc(tmp_path: Path) -> None:
    """The whole graph at smoke, in two clones."""
    plain, side_by_side = tmp_path / "plain", tmp_path / "side by side"
    for folder in (plain, side_by_side):
        clone.make(folder)
    said = clone.dvc(plain, "repro")
    assert "`make repro` is faster" in said
    process = jobs(side_by_side, "--jobs", "3")
    said = process.communicate()[0]
    assert process.returncode == 0, said
    assert "Running stage" not in said  # the last word has nothing left to do
    locks = [json.loads(clone.call(folder, sys.executable, "-c", READ_LOCK)) for folder in (plain, side_by_side)]
    assert locks[0] == locks[1]
    assert contents(plain) == contents(side_by_side)

    # Where dvc.lock has all stages, its order stays, and so do its bytes.
    before = (side_by_side / "dvc.lock").read_bytes()
    for name in ("models/model1", "models/toy.npz"):
        clone.call(side_by_side, "rm", "-r", name)
    process = jobs(side_by_side, "--jobs", "3")
    process.communicate()
    assert process.returncode == 0
    assert (side_by_side / "dvc.lock").read_bytes() == before


READ_LOCK = "import json, yaml; print(json.dumps(yaml.safe_load(open('dvc.lock')), sort_keys=True))"


def contents(folder: Path) -> dict[str, bytes]:
    """Every byte that the stages left."""
    places = (folder / place for place in ("data", "models", "reports"))
    files = (path for place in places for path in sorted(place.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.name != ".gitignore"}
