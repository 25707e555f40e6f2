"""One stage among several at the same time: what `make repro` has GNU make run, `python -m pipeline.shell.job STAGE`.

DVC runs the stage (`dvc --wait-for-lock repro --single-item STAGE`) in a session of its own, with its output in
scratch/jobs/STAGE.log and, where there are GPUs, with the one of this job's slot. A signal stops the stage, not DVC,
so that DVC is never interrupted while it writes dvc.lock.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO, Any

from pipeline.shell import machine, progress

FOLDER = Path("scratch/jobs")
SLOTS = "SGN_SLOTS"  # how many jobs there are at the same time
_POLL = 0.2
_SHELLS = ("sh", "dash", "bash", "zsh", "ksh", "fish")

_signal: int = 0  # the number of the one that came


def main(stage: str) -> None:
    """Run a stage; SystemExit(1) with the reason on one line if it fails, 128 + N if signal N came."""
    for heard in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(heard) != signal.SIG_IGN:
            signal.signal(heard, _received)
    parent = os.getppid()
    FOLDER.mkdir(parents=True, exist_ok=True)
    began = time.time()
    _tell(stage, state="running", began=began)
    with slot(int(os.environ.get(SLOTS, "1"))) as number, file(stage, "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dvc", "--wait-for-lock", "repro", "--single-item", stage],
            env=environment(os.environ, stage, number),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        told: set[int] = set()
        while process.poll() is None:
            if _signal or os.getppid() != parent:  # whoever started this is gone
                _stop(process.pid, told)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_POLL)
    said = file(stage, "log").read_text(encoding="utf-8", errors="replace")
    state = "done" if process.returncode == 0 else "stopped" if _signal else "failed"
    ran = "Running stage '" in said
    _tell(stage, state=state, began=began, seconds=round(time.time() - began, 1), ran=ran, why=reason(said))
    file(stage, "step").unlink(missing_ok=True)
    if _signal:
        raise SystemExit(128 + _signal)
    if process.returncode != 0:
        print(f"{stage}: {reason(said)} (all it said: {file(stage, 'log')})", file=sys.stderr, flush=True)
        raise SystemExit(1)


def file(stage: str, kind: str) -> Path:
    """A stage's `log`, `json` (its state) or `step` (its progress)."""
    return FOLDER / f"{stage.replace('/', '-')}.{kind}"


@contextmanager
def slot(count: int) -> Iterator[int]:
    """Have a number below `count` that no other job of this checkout has at this moment; the system gives it back."""
    while True:
        for number in range(count):
            with (FOLDER / f"slot-{number}").open("w") as held:
                if locked(held):
                    yield number
                    return
        time.sleep(_POLL)


def environment(given: Mapping[str, str], stage: str, number: int) -> dict[str, str]:
    """The environment of the job in slot `number`: where its progress goes, and its GPU, if there is any."""
    own = {**given, progress.VARIABLE: str(file(stage, "step").absolute())}
    if given.get("CUDA_VISIBLE_DEVICES") and (found := machine.gpus(given)):
        own["CUDA_VISIBLE_DEVICES"] = found[number % len(found)]
    return own


def reason(said: str) -> str:
    """Why a stage failed: its own line, or the last that it or DVC said."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    own = [line for line in lines if line.startswith("error: ")]
    others = [line for line in lines if not line.startswith("ERROR: failed to reproduce") or "exited with" not in line]
    return (own or others or lines or ["it said nothing"])[-1]


def _stop(dvc: int, told: set[int]) -> None:
    """SIGTERM, once, to the program that DVC runs; DVC then notes the failure and ends."""
    import psutil  # takes as long as all else here

    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(dvc).children():
            # DVC starts a shell, and most shells become the program.
            for program in process.children() if process.name() in _SHELLS else [process]:
                if program.pid not in told:
                    told.add(program.pid)
                    program.terminate()


def locked(held: IO[str]) -> bool:
    """Lock a file until it is closed; False if another process has it."""
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _tell(stage: str, **what: Any) -> None:
    progress.write(file(stage, "json"), what)


def _received(number: int, frame: FrameType | None) -> None:
    global _signal
    _signal = number


if __name__ == "__main__":
    main(sys.argv[1])
