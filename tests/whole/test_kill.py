"""A training that is killed and started again ends with the same hashes in dvc.lock as one that was never killed."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from tests import clone

KILLS = 30
REPRO = [sys.executable, "-m", "dvc", "repro", "--force", "--single-item", "--no-run-cache", "train@model1"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which model1 was trained once, never killed. Checkpoints come several times a second."""
    folder = tmp_path_factory.mktemp("kill") / "my clone"
    clone.make(folder)
    clone.change(folder, "checkpoint_seconds: 60 ", "checkpoint_seconds: 0.2 ")
    clone.change(folder, "blocks: 1, batch: 2, steps: 6,", "blocks: 1, batch: 2, steps: 90,")
    clone.dvc(folder, "repro", "train@model1")
    return folder


def recorded(folder: Path) -> dict[str, Any]:
    """What dvc.lock says of the training."""
    stage: dict[str, Any] = yaml.safe_load((folder / "dvc.lock").read_text())["stages"]["train@model1"]
    return stage


def checkpoints(folder: Path, pattern: str) -> list[Path]:
    return sorted((folder / "scratch").glob(f"train-model1-*/{pattern}"))


class Repro:
    """`dvc repro` of the training, in a process group of its own as from a terminal, and the training's process."""

    def __init__(self, folder: Path) -> None:
        self.output = (folder / "output.txt").open("w+")
        self.dvc = subprocess.Popen(
            REPRO,
            cwd=folder,
            env=clone.environment(),
            stdout=self.output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=clone.heed_sigint,
        )
        self.trainer = self._trainer()

    def _trainer(self) -> psutil.Process:
        while self.dvc.poll() is None:
            for child in psutil.Process(self.dvc.pid).children(recursive=True):
                with suppress(psutil.Error):
                    if "stages.sgn.train" in child.cmdline():
                        return child
            time.sleep(0.01)
        raise AssertionError(self.text())

    def trains(self) -> bool:
        with suppress(psutil.NoSuchProcess):
            return self.trainer.status() != psutil.STATUS_ZOMBIE
        return False

    def text(self) -> str:
        """What DVC and the training have said."""
        self.output.seek(0)
        return self.output.read()

    def wait_for_step(self, folder: Path) -> None:
        """Until the training has left a checkpoint."""
        while self.trains() and not checkpoints(folder, "step-*"):
            time.sleep(0.01)


@pytest.mark.long
def test_thirty_kills_change_no_hash(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference, moments = recorded(project), random.Random(0)
    kills = inside = finished = resumed = 0
    while kills < KILLS:
        repro = Repro(project)
        if kills % 3 == 0:  # aim at a checkpoint's write
            repro.wait_for_step(project)
            while repro.trains() and not checkpoints(project, ".step-*"):
                pass
            time.sleep(moments.uniform(0, 0.002))
        else:
            deadline = time.monotonic() + moments.uniform(0, 12)
            while repro.trains() and time.monotonic() < deadline:
                time.sleep(0.005)
        if repro.trains():
            if moments.random() < 0.5:  # as when the machine goes down
                os.killpg(repro.dvc.pid, signal.SIGKILL)
            else:
                repro.trainer.kill()
            repro.dvc.wait()
            kills += 1
            inside += bool(checkpoints(project, ".step-*"))
        else:
            assert repro.dvc.wait() == 0, repro.text()
            assert recorded(project) == reference
            assert checkpoints(project, "*") == []  # cleaned after success
            finished += 1
            resumed += "continuing after step" in repro.text()
    repro = Repro(project)
    assert repro.dvc.wait() == 0, repro.text()
    resumed += "continuing after step" in repro.text()
    assert recorded(project) == reference
    assert [path.name for path in (project / "models").glob(".*")] == [".gitignore"]
    with capsys.disabled():
        print(f"\n{kills} kills, {inside} inside a checkpoint's write; {finished + 1} ends, {resumed} resumed")
    assert inside >= 3
    assert resumed >= 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("whom", "number", "line"),
    [
        (
            "group",
            signal.SIGINT,
            r"stopped by SIGINT after step \d+ of 90; the same command goes on from .+pt",
        ),
        ("group", signal.SIGTERM, r"stopped by SIGTERM after step \d+ of 90; .*"),
        ("trainer", signal.SIGTERM, r"stopped by SIGTERM after step \d+ of 90; .*"),
        ("dvc", signal.SIGTERM, r"DVC, which started this, is gone after step \d+ of 90; .*"),
        ("dvc", signal.SIGKILL, r"DVC, which started this, is gone after step \d+ of 90; .*"),
    ],
)
def test_a_signal_leaves_a_checkpoint_and_one_line(project: Path, whom: str, number: signal.Signals, line: str) -> None:
    reference = recorded(project)
    repro = Repro(project)
    repro.wait_for_step(project)
    if whom == "group":
        os.killpg(repro.dvc.pid, number)
    else:
        os.kill(repro.dvc.pid if whom == "dvc" else repro.trainer.pid, number)
    repro.dvc.wait()
    while repro.trains():
        time.sleep(0.05)
    said = repro.text()
    assert len(re.findall(f"^{line}$", said, re.MULTILINE)) == 1, said
    assert "Traceback" not in said
    if whom == "trainer":
        assert "exited with 143" in said  # as DVC tells it
    assert checkpoints(project, ".step-*") == []
    assert not (project / "models/model1").exists()  # DVC removed the old one, and nothing half-made is there
    if whom == "trainer":
        clone.dvc(project, "checkout", "--force", "train@model1")  # force: the broken-off curves lie there
        assert (project / "models/model1/0/generator.safetensors").exists()

    again = Repro(project)
    assert again.dvc.wait() == 0, again.text()
    assert "continuing after step" in again.text()
    assert recorded(project) == reference
