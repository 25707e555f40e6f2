"""`make repro`: the stages that are not up to date, side by side. DVC says which they are (plan.py), GNU make runs each
as a job (job.py), DVC has the last word.

Here jobs are started, shown and stopped. Nothing is lost at a stop: the same command goes on.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from pipeline.shell import job, machine, plan, progress
from pipeline.shell.plan import Plan

LOCK = "lock"  # beside the jobs' files
LIVE = Path("reports/live")  # where a training shows how it goes
_LOOK = 0.5  # seconds between two looks at what runs
_OUTER = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")  # of the make that started this

_signal: int = 0  # the number of the one that came
_child: subprocess.Popen[bytes] | None = None


def main() -> None:
    """Bring everything up to date; SystemExit with make's or DVC's exit code if that fails, 128 + N at signal N."""
    parser = argparse.ArgumentParser(prog="make repro")
    parser.add_argument("--jobs", type=int, help="stages at the same time; else one for each core or GPU")
    parser.add_argument("--keep-going", action="store_true", help="a failed stage stops only what waits for it")
    given = parser.parse_args()
    if given.jobs is not None and given.jobs < 1:
        parser.error(f"JOBS is {given.jobs}; it must be 1 or more")
    for heard in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(heard) != signal.SIG_IGN:
            signal.signal(heard, _received)
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    job.FOLDER.mkdir(parents=True, exist_ok=True)
    with (job.FOLDER / LOCK).open("w") as lock:
        if not job.locked(lock):
            raise SystemExit("error: `make repro` is running in this checkout already")
        raise SystemExit(repro(params, given.jobs, given.keep_going))


def repro(params: dict[str, Any], jobs: int | None, keep_going: bool) -> int:
    """Plan, run, and let DVC have the last word; the exit code."""
    gpus = [] if params["device"] == "cpu" else machine.gpus(os.environ)
    jobs = jobs or machine.jobs(len(gpus))
    planned = plan.make(str(params["scale"]))
    _end_if_asked()
    if not planned.waits:
        print("Everything is up to date.", flush=True)
        return 0
    print(announcement(planned, jobs), flush=True)
    code = run(planned, jobs, gpus, keep_going, str(params["scale"]))
    if code == 0 and not _signal:
        code = last_word()
    _end_if_asked()
    return code


def announcement(planned: Plan, jobs: int) -> str:
    """What is to come and about how long it takes, on one line."""
    kinds: dict[str, int] = {}
    for stage in planned.order():
        kind = stage.partition("@")[0]
        kinds[kind] = kinds.get(kind, 0) + 1
    what = ", ".join(kind if number == 1 else f"{number} {kind}" for kind, number in kinds.items())
    about = planned.about(jobs)
    long = "how long is not known yet" if about is None else f"about {progress.duration(about)}"
    stages = "1 stage" if len(planned.waits) == 1 else f"{len(planned.waits)} stages"
    return f"{stages} to run, {jobs} at a time (JOBS={jobs}), {long}: {what}"


def run(planned: Plan, jobs: int, gpus: list[str], keep_going: bool, scale: str) -> int:
    """Run the plan's stages, at most `jobs` at a time, and show them; make's exit code."""
    for path in job.FOLDER.iterdir():
        if path.name != LOCK:
            path.unlink()
    makefile = job.FOLDER / "Makefile"
    makefile.write_text(plan.makefile(planned), encoding="utf-8")
    options = ["--no-print-directory", "--jobs", str(jobs), *(["--keep-going"] if keep_going else [])]
    environment = {name: value for name, value in os.environ.items() if name not in _OUTER}
    environment[job.SLOTS] = str(jobs)
    if gpus:
        environment["CUDA_VISIBLE_DEVICES"] = ",".join(gpus)  # each job takes one of them
    make = _start(["make", *options, "--file", str(makefile)], environment)
    with ExitStack() as stack:
        view = View(planned, jobs, stack.enter_context(progress.bars()) if progress.is_terminal() else None)
        reader = threading.Thread(target=_pass_on, args=(make, view), daemon=True)
        reader.start()
        while not _ended(make):
            view.look()
        reader.join(timeout=5)
        view.look()
    plan.keep_times(view.took, scale)
    return make.returncode


class View:
    """What runs and what is done: bars on a terminal; else a line for what ends and, every 30 s, for what runs."""

    def __init__(self, planned: Plan, jobs: int, bars: Any) -> None:
        """`bars` are rich's, where there is a terminal."""
        self.plan, self.jobs, self.bars = planned, jobs, bars
        self.done: set[str] = set()
        self.took: dict[str, float] = {}  # seconds of those that ran
        self._ended: set[str] = set()
        self._tasks: dict[str, Any] = {}
        self._due = time.monotonic() + progress.LINE_SECONDS
        self._all = bars.add_task("all", total=len(planned.waits), where="") if bars else None

    def say(self, line: str) -> None:
        """A line for good."""
        if self.bars:
            self.bars.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            print(line, flush=True)

    def look(self) -> None:
        """See what is new, and show it."""
        running: dict[str, str] = {}
        for stage in self.plan.waits.keys() - self._ended:
            if (told := progress.read(job.file(stage, "json"))) is None:
                continue
            if told["state"] == "running":
                running[stage] = self._running(stage, time.time() - told["began"])
            else:
                self._end(stage, told)
        if self.bars:
            self.bars.update(self._all, completed=len(self.done), where=self.overall())
        elif time.monotonic() >= self._due:
            self._due = time.monotonic() + progress.LINE_SECONDS
            for line in (*(f"{stage}: {where}" for stage, where in sorted(running.items())), self.overall()):
                self.say(line)

    def overall(self) -> str:
        """`12 of 70 stages done, about 8 min left`."""
        about = self.plan.about(self.jobs, self.done)
        left = "" if about is None or not about else f", about {progress.duration(about)} left"
        return f"{len(self.done)} of {len(self.plan.waits)} stages done{left}"

    def _running(self, stage: str, seconds: float) -> str:
        """Where a stage stands, in words."""
        told = progress.read(job.file(stage, "step"))
        where = f"running for {progress.duration(seconds)}"
        if told is not None:
            where = progress.sentence(*(told[name] for name in ("what", "done", "total", "note", "left")))
        if self.bars:
            if stage not in self._tasks:
                self._tasks[stage] = self.bars.add_task(stage, total=None, where="")
            total, done = (told["total"], told["done"]) if told else (None, 0)
            self.bars.update(self._tasks[stage], total=total, completed=done, where=where)
        return where

    def _end(self, stage: str, told: dict[str, Any]) -> None:
        self._ended.add(stage)
        if stage in self._tasks:
            self.bars.remove_task(self._tasks.pop(stage))
        if told["state"] == "done":
            self.done.add(stage)
            if told["ran"]:
                self.took[stage] = told["seconds"]
            did = f"done in {progress.duration(told['seconds'])}" if told["ran"] else "is up to date"
            self.say(f"{stage}: {did} ({len(self.done)} of {len(self.plan.waits)}){to_look_at(stage)}")


def to_look_at(stage: str) -> str:
    """Where a training that is done left the translations of its test pictures; nothing for other stages."""
    kind, _, key = stage.partition("@")
    last = sorted((LIVE / key / "plots" / "images").rglob("*.png"))[-1:] if kind == "train" else []
    return "".join(f", translations to look at: {path}" for path in last)


def last_word() -> int:
    """A plain `dvc repro`, without the lines about what it has nothing to do for; its exit code."""
    last = _start([*plan.DVC, "repro"], dict(os.environ))
    assert last.stdout is not None
    for line in last.stdout:
        text = line.decode(errors="replace").rstrip()
        if text and not text.endswith("didn't change, skipping"):
            print(text, flush=True)
    while not _ended(last):
        pass
    return last.returncode


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the program that signals are passed on to."""
    global _child
    _child = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if _signal:  # came while it started
        _child.terminate()
    return _child


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Wait a moment for a program's end."""
    try:
        process.wait(_LOOK)
    except subprocess.TimeoutExpired:
        return False
    return True


def _pass_on(make: subprocess.Popen[bytes], view: View) -> None:
    """Show what jobs say; of what make says, only that it waits."""
    assert make.stdout is not None
    for line in make.stdout:
        text = line.decode(errors="replace").rstrip()
        if "Waiting for unfinished jobs" in text and not _signal:
            view.say("no other stage is started; those that run are finished first")
        elif not re.match(r"make(\[\d+\])?: ", text):
            view.say(text)


def _end_if_asked() -> None:
    if _signal:
        name = signal.Signals(_signal).name
        print(f"stopped by {name}; `make repro` goes on from here", file=sys.stderr, flush=True)
        raise SystemExit(128 + _signal)


def _received(number: int, frame: FrameType | None) -> None:
    global _signal
    _signal = number
    if _child is not None and _child.poll() is None:
        _child.terminate()  # make passes it on to its jobs


if __name__ == "__main__":
    main()
