"""Signals and the end of DVC, with real processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.shell import stopping, watcher
from tests import clone
from tests.clone import CHECKOUT

# A stage that works until it is stopped: at once, or after a step that must not be cut short.
STAGE = """
import sys, time
from pathlib import Path
from pipeline.core import files
from pipeline.shell import command, stopping

def main(kind):
    with files.replacing(Path("result.txt")) as temporary:
        temporary.write_text("half")
        if kind == "AT-ONCE":
            print("ready", flush=True)
            time.sleep(60)
        with stopping.patiently():
            print("ready", flush=True)
            for _ in range(600):
                time.sleep(0.1)
                print("step", flush=True)
                stopping.check()

sys.argv = ["stages/name.py", sys.argv[1]]
stopping.begin()
if sys.argv[1] == "IMPORTS":
    print("ready", flush=True)
    time.sleep(60)
command.run(main)
"""


def start(folder: Path, kind: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", STAGE, kind],
        cwd=folder,
        env=clone.environment(PYTHONPATH=str(CHECKOUT)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=clone.heed_sigint,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("kind", ["IMPORTS", "AT-ONCE", "PATIENT"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_one_line_and_its_exit_code(tmp_path: Path, kind: str, number: signal.Signals, code: int) -> None:
    process = start(tmp_path, kind)
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == code
    assert err == f"stopped by {number.name}\n"
    assert list(tmp_path.iterdir()) == []
    if kind == "PATIENT":
        assert out.count("step") == 1  # the one that was under way


def test_a_signal_that_the_shell_ignores_stays_ignored(tmp_path: Path) -> None:
    text = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + STAGE
    command = [sys.executable, "-c", text, "PATIENT"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=clone.environment(PYTHONPATH=str(CHECKOUT)), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    for _ in range(3):
        assert process.stdout.readline() == "step\n"
    process.terminate()
    assert process.wait(timeout=10) == 143


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stage_listens_before_it_imports_anything_slow(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "stages.sgn.train", "model1"],  # tells each import on stderr
        cwd=CHECKOUT,
        env=clone.environment(PYTHONPATH=str(CHECKOUT)),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=clone.heed_sigint,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.endswith(" stages\n"):
            break
    process.send_signal(number)
    said = [line for line in process.stderr if not line.startswith("import time:")]
    assert process.wait() == 128 + number
    assert said == [f"stopped by {number.name}\n"]


# DVC's part: it starts the stage, says its process id and waits.
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], "PATIENT"], stderr=open("stderr.txt", "w"))
print(child.pid, flush=True)
child.wait()
"""


@pytest.mark.parametrize("under_dvc", [True, False])
def test_a_stage_stops_when_dvc_is_gone_and_only_then(tmp_path: Path, under_dvc: bool) -> None:
    more = {"DVC_STAGE": "train@model1"} if under_dvc else {}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, STAGE],
        cwd=tmp_path,
        env=clone.environment(PYTHONPATH=str(CHECKOUT), **more),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    while parent.stdout.readline() != "step\n":
        pass
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    if under_dvc:
        assert not alive(child)
        assert (tmp_path / "stderr.txt").read_text() == "DVC, which started this, is gone\n"
        assert not (tmp_path / "result.txt").exists()
    else:  # with nohup, say
        assert alive(child)
        os.kill(child, signal.SIGTERM)


def alive(process: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked about (a zombie) does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


# A call into native code that gives Python, signals and other threads no turn.
STUCK = """
import sys
from pathlib import Path
from pipeline.core import files
from pipeline.shell import command, stopping, watcher

def main():
    with files.replacing(Path("result.txt")) as temporary:
        temporary.write_text("half")
        with stopping.patiently():
            print("ready", flush=True)
            sum(range(10**13))

watcher.watch.__defaults__ = (float(sys.argv[1]),)
sys.argv = ["stages/name.py"]
stopping.begin()
command.run(main)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stage_that_is_stuck_in_native_code_is_ended_and_says_what_is_lost(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STUCK, "1"],
        cwd=tmp_path,
        env=clone.environment(PYTHONPATH=str(CHECKOUT)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=clone.heed_sigint,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    began = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=10)
    assert process.returncode == -signal.SIGKILL
    assert err.startswith(f"stopped by {number.name}, without an answer for 1 s: ")
    assert err.endswith("since the last checkpoint is lost\n")
    assert time.monotonic() - began < 8
    assert not (tmp_path / "result.txt").exists()


def test_the_grace_time_leaves_room_within_ten_seconds() -> None:
    assert watcher.GRACE < 10


def test_the_watcher_ends_with_its_stage(tmp_path: Path) -> None:
    process = start(tmp_path, "AT-ONCE")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) == 1
    process.kill()  # which tells nobody anything
    process.wait()
    deadline = time.monotonic() + 5
    while alive(int(children[0])) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(int(children[0]))


def _stopped_while_it_fails() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    raise ValueError("the work's own")


def test_a_signal_during_the_last_piece_of_patient_work_is_not_forgotten() -> None:
    before = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, stopping._received)
    try:
        with pytest.raises(stopping.Stopped, match="stopped by SIGTERM"), stopping.patiently():
            os.kill(os.getpid(), signal.SIGTERM)  # and nobody calls `check` any more
        with pytest.raises(ValueError, match="the work's own"), stopping.patiently():
            _stopped_while_it_fails()
        with stopping.patiently():
            pass  # what came before is over
    finally:
        signal.signal(signal.SIGTERM, before)
