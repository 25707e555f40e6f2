"""What `make repro` plans: order, estimates, the Makefile; and what a machine has for it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.shell import job, machine, plan
from pipeline.shell.plan import Plan
from tests.clone import CHECKOUT, environment

WAITS = {
    "images@photo": frozenset[str](),
    "train@long": frozenset({"images@photo"}),
    "train@short": frozenset({"images@photo"}),
    "evaluate@short": frozenset({"train@short", "train@long"}),
    "toy": frozenset[str](),
}
SECONDS = {"images@photo": 1.0, "train@long": 60.0, "train@short": 10.0, "evaluate@short": 5.0, "toy": 2.0}


def test_what_holds_up_most_comes_first() -> None:
    assert Plan(WAITS, SECONDS).order() == ["images@photo", "train@long", "train@short", "evaluate@short", "toy"]
    unknown = Plan(WAITS, dict.fromkeys(SECONDS))
    assert unknown.order() == ["images@photo", "train@long", "train@short", "evaluate@short", "toy"]


def test_what_many_stages_wait_for_comes_before_what_only_takes_longer() -> None:
    waits = {
        "train@alone": frozenset[str](),
        "train@main": frozenset[str](),
        **{f"evaluate@{name}": frozenset({"train@main"}) for name in "abc"},
        "evaluate@alone": frozenset({"train@alone"}),
    }
    seconds: dict[str, float | None] = dict.fromkeys(waits, 1.0)
    assert Plan(waits, {**seconds, "train@alone": 90.0}).order()[:2] == ["train@main", "train@alone"]


def test_make_starts_the_main_training_before_others_that_were_ready_sooner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GNU make itself, two jobs at a time, with stages that note their names and take a moment."""
    log, python = tmp_path / "log", tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho "$3" >> {log}\nsleep 0.1\n')
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    waits = {
        **{f"images@{name}": frozenset[str]() for name in "abc"},
        "train@main": frozenset({"images@a", "images@b", "images@c"}),
        **{f"train@other{n}": frozenset({"images@a"}) for n in range(6)},
        **{f"evaluate@{n}": frozenset({"train@main"}) for n in range(3)},
    }
    seconds: dict[str, float | None] = {stage: 50.0 if stage.startswith("train") else 1.0 for stage in waits}
    planned = Plan(waits, seconds)
    assert planned.main() == "train@main"
    (tmp_path / "Makefile").write_text(plan.makefile(planned))
    subprocess.run(["make", "-j2", "-f", str(tmp_path / "Makefile"), "all"], check=True)
    began = log.read_text().split()
    assert sorted(began) == sorted(waits)
    assert began.index("train@main") <= 4


def test_about_how_long_it_takes() -> None:
    planned = Plan(WAITS, SECONDS)
    assert planned.about(1) == 78
    assert planned.about(2) == 66  # the longest way
    assert planned.about(2, done={"images@photo", "train@long"}) == 15
    assert planned.about(2, done=WAITS) == 0
    assert Plan(WAITS, {**SECONDS, "toy": None}).about(2) is None


def test_times_are_those_of_this_checkout_or_of_kept_results_or_of_the_same_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = tmp_path / "results/sgn/run/times/stages.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"small": {"train@one": 50, "train@two": 70, "toy": 9}, "paper": {"toy": 900}}))
    plan.keep_times({"train@one": 30.0}, "small")
    plan.keep_times({"toy": 8.0}, "smoke")
    assert plan.times(["train@one", "train@two", "train@three", "toy", "cost"], "small") == {
        "train@one": 30,
        "train@two": 70,
        "train@three": 50,
        "toy": 9,
        "cost": None,
    }


def test_the_makefile_has_a_rule_for_each_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/a folder/$HOME/python")
    waits = {"data/dvc.yaml:manifest": frozenset[str](), "images@photo": frozenset({"data/dvc.yaml:manifest"})}
    assert plan.makefile(Plan(waits, dict.fromkeys(waits))).splitlines() == [
        ".PHONY: all data/dvc.yaml-manifest images@photo",
        "all: data/dvc.yaml-manifest images@photo",
        "data/dvc.yaml-manifest:",
        "\t@'/a folder/$$HOME/python' -m pipeline.shell.job data/dvc.yaml:manifest",
        "images@photo: data/dvc.yaml-manifest",
        "\t@'/a folder/$$HOME/python' -m pipeline.shell.job images@photo",
    ]


def group(folder: Path, **files: str) -> Path:
    """A control group as the system shows it."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_cores_are_those_that_this_process_may_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(8)))
    assert machine.cores(tmp_path) == 8
    assert machine.cores(group(tmp_path / "none", cpu_DOT_max="max 100000")) == 8
    assert machine.cores(group(tmp_path / "half", cpu_DOT_max="250000 100000")) == 2
    assert machine.cores(group(tmp_path / "little", cpu_DOT_max="20000 100000")) == 1
    old = {"cpu__cpu_DOT_cfs_quota_us": "300000", "cpu__cpu_DOT_cfs_period_us": "100000"}
    assert machine.cores(group(tmp_path / "old", **old)) == 3
    assert machine.cores(group(tmp_path / "free", **{**old, "cpu__cpu_DOT_cfs_quota_us": "-1"})) == 8


def test_jobs_need_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(8)))
    assert machine.jobs(0, group(tmp_path / "tight", memory_DOT_max=str(4 * 10**9))) == 2
    assert machine.jobs(0, group(tmp_path / "tighter", memory_DOT_max=str(10**9))) == 1
    assert machine.jobs(3, tmp_path) == 3


def test_gpus_are_those_that_are_visible() -> None:
    assert machine.gpus({"CUDA_VISIBLE_DEVICES": "3, 5"}) == ["3", "5"]
    assert machine.gpus({"CUDA_VISIBLE_DEVICES": ""}) == []
    assert machine.gpus({"CUDA_VISIBLE_DEVICES": "-1"}) == []


def test_each_slot_has_its_gpu() -> None:
    found = [job.environment({"CUDA_VISIBLE_DEVICES": "3,5"}, "toy", slot)["CUDA_VISIBLE_DEVICES"] for slot in range(3)]
    assert found == ["3", "5", "3"]
    assert "CUDA_VISIBLE_DEVICES" not in job.environment({}, "toy", 0)


def test_two_jobs_never_have_one_slot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "FOLDER", tmp_path)
    with job.slot(2) as first:
        with job.slot(2) as second:
            assert {first, second} == {0, 1}
        with job.slot(2) as third:
            assert third == second


def test_a_failure_is_told_by_the_stages_own_line() -> None:
    said = "Running stage 'toy':\n> python -m stages.sgn.toy\nerror: params.yaml: alpha is -1\n"
    failed = "ERROR: failed to reproduce 'toy': failed to run: python -m stages.sgn.toy, exited with 1\n"
    assert job.reason(said + failed) == "error: params.yaml: alpha is -1"
    assert job.reason(f"Traceback\n  File\nKeyError: 'L_G'\n{failed}") == "KeyError: 'L_G'"
    missing = "ERROR: failed to reproduce 'toy': [Errno 2] No such file or directory: 'data/photo'"
    assert job.reason(missing) == missing
    assert job.reason("") == "it said nothing"


def test_threads_that_the_environment_forbids_are_said_before_anything_waits_for_them(tmp_path: Path) -> None:
    settings, group = tmp_path / "params.yaml", tmp_path / "group"
    group.mkdir()
    (group / "cpu.max").write_text("max 100000")
    settings.write_text("alpha: 0.5\nthreads: 2   # of PyTorch\n")
    with pytest.raises(ValueError, match="OMP_THREAD_LIMIT=1 forbids it"):
        machine.check_threads(settings, {"OMP_THREAD_LIMIT": "1"})
    with pytest.raises(ValueError, match="OMP_DYNAMIC=TRUE lets OpenMP take fewer"):
        machine.check_threads(settings, {"OMP_DYNAMIC": "TRUE"})
    machine.check_threads(settings, {"OMP_THREAD_LIMIT": "2", "OMP_DYNAMIC": "false", "OMP_NUM_THREADS": "1"})
    assert machine.few_cores(settings, group) is None or machine.cores(group) < 2
    (group / "cpu.max").write_text("100000 100000")  # a container with one core
    note = machine.few_cores(settings, group)
    assert note is not None
    assert "may use 1 cores" in note
    settings.write_text("threads: 1\n")
    assert machine.few_cores(settings, group) is None
    for path in (settings, tmp_path / "nothing.yaml"):
        machine.check_threads(path, {"OMP_THREAD_LIMIT": "1", "OMP_DYNAMIC": "true"})


@pytest.mark.parametrize("paper", [path.parent.name for path in sorted(CHECKOUT.glob("stages/*/train.py"))])
def test_every_papers_training_refuses_them(paper: str, tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("threads: 2\n")
    said = subprocess.run(
        [sys.executable, "-m", f"stages.{paper}.train", "model1"],
        cwd=tmp_path,
        env={**environment(), "OMP_THREAD_LIMIT": "1", "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1
    assert said.stderr == "error: threads is 2, and OMP_THREAD_LIMIT=1 forbids it: unset it, or set threads=1\n"
