"""Experiments beside each other: two workers, a repro beside a queue, two processes at one computation."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import clone

ALPHAS = [round(0.1 + 0.1 * number, 1) for number in range(20)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which model1 was trained and committed."""
    folder = tmp_path_factory.mktemp("queue") / "my clone"
    clone.make(folder)
    clone.dvc(folder, "repro", "train@model1")
    clone.call(folder, "git", "add", "-A")
    clone.call(folder, "git", "commit", "-q", "-m", "results")
    return folder


def outs(lock: str) -> dict[str, str]:
    """What dvc.lock says of the training's outs."""
    stage: dict[str, Any] = yaml.safe_load(lock)["stages"]["train@model1"]
    return {out["path"]: out["md5"] for out in stage["outs"]}


def sequential(folder: Path, alpha: float) -> dict[str, str]:
    """The outs of one training at a time, in a workspace of its own, without what DVC remembers."""
    text = (folder / "params.yaml").read_text()
    clone.change(folder, "alpha: 0.5 ", f"alpha: {alpha} ")
    clone.dvc(folder, "repro", "--force", "--single-item", "--no-run-cache", "train@model1")
    (folder / "params.yaml").write_text(text)
    return outs((folder / "dvc.lock").read_text())


@pytest.mark.long
def test_twenty_experiments_on_two_workers_beside_a_repro(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = tmp_path / "alone"
    shutil.copytree(project, alone, symlinks=True)
    committed = (project / "dvc.lock").read_bytes()
    sweep = f"alpha={','.join(map(str, ALPHAS))}"
    clone.dvc(project, "exp", "run", "--queue", "train@model1", "-S", sweep)
    began = time.monotonic()
    clone.dvc(project, "queue", "start", "--jobs", "2")
    try:
        clone.dvc(project, "repro", "--force", "--single-item", "--no-run-cache", "train@model1")
        while "Running" in (status := clone.dvc(project, "queue", "status")) or "Queued" in status:
            assert time.monotonic() - began < 1800, status
            time.sleep(2)
    finally:
        clone.dvc(project, "queue", "stop", check=False)
    seconds = time.monotonic() - began
    assert "Failed" not in status, status + clone.dvc(project, "queue", "logs", status.split()[0], check=False)
    assert status.count("Success") == len(ALPHAS)
    assert (project / "dvc.lock").read_bytes() == committed  # the repro beside the queue

    refs = clone.call(project, "git", "for-each-ref", "--format=%(refname)", "refs/exps").split()
    found = {}
    for ref in (ref for ref in refs if not ref.startswith("refs/exps/celery")):
        params, lock = (clone.call(project, "git", "show", f"{ref}:{file}") for file in ("params.yaml", "dvc.lock"))
        found[float(yaml.safe_load(params)["alpha"])] = outs(lock)
    assert sorted(found) == ALPHAS
    for alpha in ALPHAS:
        assert found[alpha] == sequential(alone, alpha), alpha
    assert len({json.dumps(one) for one in found.values()}) == len(ALPHAS)  # alpha counts
    assert [path.name for path in (project / "scratch").iterdir()] == ["times"]
    with capsys.disabled():
        print(f"\n{len(ALPHAS)} experiments on two workers and a repro beside them in {seconds:.0f} s, all as alone")


@pytest.mark.long
def test_ten_pairs_that_meet_in_one_scratch_folder(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        shutil.copytree(project, folder, symlinks=True)
    train = [sys.executable, "-m", "stages.sgn.train", "model1"]
    waited = reused = 0
    for alpha in ALPHAS[:10]:
        for folder in folders:
            (folder / "params.yaml").write_text((project / "params.yaml").read_text())
            clone.change(folder, "alpha: 0.5 ", f"alpha: {alpha} ")
        # As experiments do: each in its own copy of the code, both with the user's repository.
        pair = [
            subprocess.Popen(
                train,
                cwd=folder,
                env=clone.environment(DVC_ROOT=str(project)),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for folder in folders
        ]
        said = [process.communicate()[0] for process in pair]
        assert [process.returncode for process in pair] == [0, 0], said
        waited += sum("waiting: another process" in text for text in said)
        reused += sum("continuing after step" in text for text in said)
        results = [contents(folder) for folder in folders]
        assert results[0] == results[1], alpha
        clone.call(folders[0], *train)
        assert contents(folders[0]) == results[0], alpha
    assert [path.name for path in (project / "scratch").iterdir()] == ["times"]
    with capsys.disabled():
        print(f"\n10 pairs: {waited} waited, {reused} of them took the other's result")
    assert waited >= 8
    assert reused == waited


def contents(folder: Path) -> dict[str, bytes]:
    """Every byte that the training left."""
    places = (folder / "models/model1", folder / "reports/live/model1")
    files = (path for place in places for path in sorted(place.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
