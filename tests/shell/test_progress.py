"""Progress: lines in a log, a bar on a terminal, a file for `make repro`; and that it costs nothing."""

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.shell import progress
from tests.clone import CHECKOUT

WORK = """
import time
from pipeline.shell import progress
progress.BAR_SECONDS = 0.01
with progress.shown(4, "step") as shown:
    for done in range(1, 5):
        time.sleep(0.05)
        shown.at(done, f"L_G 0.{done}")
"""


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(progress.VARIABLE, raising=False)
    monkeypatch.delenv("DVC_STAGE", raising=False)


def test_a_log_gets_a_line_when_it_is_time(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setenv("DVC_STAGE", "train@model1")
    with progress.shown(100, "step", done=20) as shown:
        for done in range(21, 101):
            now[0] += 1
            shown.at(done, "L_G 0.52" if done == 40 else "")
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "train@model1: step 50 of 100, L_G 0.52, 50 s left",
        "train@model1: step 80 of 100, L_G 0.52, 20 s left",
    ]


def test_short_work_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress.over(iter("abc"), 3, "picture")) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""


def test_make_repro_reads_it_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "train@model1.step"
    monkeypatch.setenv(progress.VARIABLE, str(path))
    monkeypatch.setattr(progress, "FILE_SECONDS", 0.0)
    with progress.shown(10, "step") as shown:
        shown.at(4, "L_G 0.52")
        told = progress.read(path)
    assert told is not None
    assert (told["done"], told["total"], told["what"], told["note"]) == (4, 10, "step", "L_G 0.52")
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    path.write_text('{"done": 4, "to')
    assert progress.read(path) is None
    assert progress.read(tmp_path / "another") is None


def test_a_place_that_cannot_be_written_to_stops_no_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(progress.VARIABLE, str(tmp_path / "no folder" / "train@model1.step"))
    monkeypatch.setattr(progress, "FILE_SECONDS", 0.0)
    assert list(progress.over(range(3), 3, "step")) == [0, 1, 2]


def test_a_terminal_gets_a_bar_with_step_loss_and_time_left() -> None:
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "DVC_STAGE": "train@model1"}
    process = subprocess.Popen([sys.executable, "-c", WORK], cwd=CHECKOUT, env=environment, stderr=follower)
    os.close(follower)
    drawn = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # the other end is closed
            break
        drawn += part
    os.close(leader)
    assert process.wait() == 0
    text = drawn.decode()
    assert "train@model1" in text
    assert "step 2 of 4, L_G 0.2, 0 s left" in text


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (99, "99 s"), (100, "2 min"), (5900, "98 min"), (7000, "1.9 h")]
)
def test_durations(seconds: float, words: str) -> None:
    assert progress.duration(seconds) == words


def test_to_tell_costs_microseconds() -> None:
    with progress.shown(10**6, "step") as shown:
        began = time.process_time()
        for done in range(10_000):
            shown.at(done)
        assert time.process_time() - began < 0.2  # a step takes milliseconds


def test_plain_dvc_says_what_is_faster_but_no_experiment_and_no_job(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress.machine, "cores", lambda *_: 8)
    for name in [name for name in os.environ if name.startswith("DVC_EXP")]:
        monkeypatch.delenv(name)
    progress.say_what_is_faster()  # started by hand
    assert capsys.readouterr().out == ""
    monkeypatch.setenv("DVC_STAGE", "train@model1")
    progress.say_what_is_faster()
    assert capsys.readouterr().out == (
        "train@model1: `make repro` is faster: it runs stages side by side on all 8 cores\n"
    )
    monkeypatch.setenv("DVC_EXP_NAME", "warm-fish")
    progress.say_what_is_faster()
    monkeypatch.delenv("DVC_EXP_NAME")
    monkeypatch.setenv(progress.VARIABLE, "somewhere")
    progress.say_what_is_faster()
    assert capsys.readouterr().out == ""
