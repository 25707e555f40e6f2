"""`make repro`: the stages that are not up to date, side by side. DVC says which they are and what each waits for, GNU
make runs them, DVC has the last word.

What DVC prints of them is a Makefile of one rule for each stage, scratch/jobs/Makefile. A rule runs job.py. Here is
decided what comes first, and shown what runs. Nothing is lost when it stops: the same command goes on.
"""

import argparse
import json
import os
import re
import shlex
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from pipeline.shell import job, machine, progress

DVC = [sys.executable, "-m", "dvc"]
TIMES = Path("scratch/times/stages.json")  # seconds of each stage, by scale
KEPT_TIMES = "results/*/run/times/stages.json"  # the same of runs that were kept
_LOOK = 0.5  # seconds between two looks at what runs

_signal: int = 0  # the number of the one that came
_make: subprocess.Popen[bytes] | None = None


@dataclass(frozen=True)
class Plan:
    """What is to be done: for each stage those among them that it waits for, and about how long each takes."""

    waits: Mapping[str, frozenset[str]]
    seconds: Mapping[str, float | None]

    def order(self) -> list[str]:
        """What holds up most comes first: the longest way from a stage to the end, by seconds, else by stages."""
        known = [seconds for seconds in self.seconds.values() if seconds is not None]
        usual = statistics.mean(known) if known else 1.0
        way = {stage: self.seconds[stage] or usual for stage in self.waits}
        for stage in reversed(_sorted(self.waits)):
            after = [way[other] for other, waits in self.waits.items() if stage in waits]
            way[stage] += max(after, default=0.0)
        return sorted(self.waits, key=lambda stage: (-way[stage], stage))

    def about(self, jobs: int, done: Iterable[str] = ()) -> float | None:
        """About how many seconds the stages that are not `done` take; None if a time is not known."""
        rest = self.waits.keys() - set(done)
        way: dict[str, float] = {}
        for stage in _sorted(self.waits):
            seconds = self.seconds[stage] if stage in rest else 0.0
            if seconds is None:
                return None
            way[stage] = seconds + max((way[other] for other in self.waits[stage]), default=0.0)
        return max([sum(self.seconds[stage] or 0 for stage in rest) / jobs, *way.values()])


def main() -> None:
    """Bring everything up to date; SystemExit with make's or DVC's exit code if that fails, 128 + N at signal N."""
    parser = argparse.ArgumentParser(prog="make repro")
    parser.add_argument("--jobs", type=int, help="stages at the same time; else one for each core or GPU")
    parser.add_argument("--keep-going", action="store_true", help="a failed stage stops only what waits for it")
    given = parser.parse_args()
    for heard in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(heard) != signal.SIG_IGN:
            signal.signal(heard, _received)
    params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    count = given.jobs or machine.jobs(str(params["device"]), os.environ)
    plan = make_plan(str(params["scale"]))
    if plan.waits:
        _announce(plan, count)
        code = run(plan, count, given.keep_going, str(params["scale"]))
        _end_if_asked()
        if code != 0:
            raise SystemExit(code)
    raise SystemExit(_last_word())


def make_plan(scale: str) -> Plan:
    """What `dvc repro` would run or might run, because something before it does."""
    changed = _status()
    if not changed:
        return Plan({}, {})
    graph = _graph()
    reached, todo = set[str](), [stage for stage in graph if ":" not in stage]
    while todo:  # all in dvc.yaml, and what that waits for in other files
        if (stage := todo.pop()) not in reached:
            reached.add(stage)
            todo += graph[stage]
    if elsewhere := sorted(stage for stage in reached & changed if ":" in stage):
        # A list of the user's files, say, which is always made again and is mostly the same.
        _dvc("repro", "--single-item", *elsewhere)
        changed = _status()
    rerun = set[str]()
    for stage in _sorted({stage: frozenset(graph[stage] & reached) for stage in reached}):
        if (stage in changed and stage not in elsewhere) or graph[stage] & rerun:
            rerun.add(stage)
    waits = {stage: frozenset(graph[stage] & rerun) for stage in sorted(rerun)}
    return Plan(waits, times(rerun, scale))


def times(stages: Iterable[str], scale: str) -> dict[str, float | None]:
    """About how many seconds each stage takes: as it did here, in results that are kept, or as others of its kind."""
    found: dict[str, float] = {}
    for path in (*sorted(Path().glob(KEPT_TIMES)), TIMES):
        if path.is_file():
            found |= json.loads(path.read_text(encoding="utf-8")).get(scale, {})
    kinds: dict[str, list[float]] = {}
    for stage, seconds in found.items():
        kinds.setdefault(stage.partition("@")[0], []).append(seconds)
    alike = {kind: statistics.mean(values) for kind, values in kinds.items()}
    return {stage: found.get(stage, alike.get(stage.partition("@")[0])) for stage in stages}


def rules(plan: Plan) -> str:
    """The Makefile. GNU make starts what is ready in the order of `all`."""
    python = shlex.quote(sys.executable).replace("$", "$$")
    names = {stage: _target(stage) for stage in plan.waits}
    lines = [f".PHONY: all {' '.join(names.values())}", f"all: {' '.join(names[stage] for stage in plan.order())}"]
    for stage, waits in plan.waits.items():
        lines.append(" ".join([f"{names[stage]}:", *sorted(names[other] for other in waits)]))
        lines.append(f"\t@{python} -m pipeline.shell.job {shlex.quote(stage)}")
    return "\n".join(lines) + "\n"


def run(plan: Plan, count: int, keep_going: bool, scale: str) -> int:
    """Run the plan's stages, at most `count` at a time, and show them; make's exit code."""
    global _make
    job.FOLDER.mkdir(parents=True, exist_ok=True)
    for path in job.FOLDER.iterdir():
        path.unlink()
    makefile = job.FOLDER / "Makefile"
    makefile.write_text(rules(plan), encoding="utf-8")
    options = ["--no-print-directory", "--jobs", str(count), *(["--keep-going"] if keep_going else [])]
    outer = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")  # of the make that started this
    environment = {name: value for name, value in os.environ.items() if name not in outer}
    _make = subprocess.Popen(
        ["make", *options, "--file", str(makefile)],
        env={**environment, job.SLOTS: str(count)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if _signal:
        _make.terminate()
    with ExitStack() as stack:
        view = View(plan, count, stack.enter_context(progress.bars()) if progress.is_terminal() else None)
        reader = threading.Thread(target=_pass_on, args=(_make, view), daemon=True)
        reader.start()
        while _make.poll() is None:
            view.look()
            time.sleep(_LOOK)
        reader.join(timeout=5)
        view.look()
    keep_times(view.took, scale)
    return _make.returncode


class View:
    """What runs, what is done: bars on a terminal; else a line for what ends and, every 30 s, for what runs."""

    def __init__(self, plan: Plan, count: int, bars: Any) -> None:
        self.plan, self.count, self.bars = plan, count, bars
        self.done: set[str] = set()
        self.failed: set[str] = set()
        self.took: dict[str, float] = {}  # seconds of those that ran
        self.tasks: dict[str, Any] = {}
        self._due = time.monotonic() + progress.LINE_SECONDS
        self.all = bars.add_task("all", total=len(plan.waits), where="") if bars else None

    def say(self, line: str) -> None:
        """A line for good."""
        if self.bars:
            self.bars.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            print(line, flush=True)

    def look(self) -> None:
        """See what is new."""
        running: dict[str, str] = {}
        for stage in self.plan.waits:
            if stage in self.done or stage in self.failed or (state := progress.read(job.file(stage, "json"))) is None:
                continue
            if state["state"] == "running":
                running[stage] = self._show(stage, time.time() - state["began"])
                continue
            if stage in self.tasks:
                self.bars.remove_task(self.tasks.pop(stage))
            (self.done if state["state"] == "done" else self.failed).add(stage)
            if state["state"] == "done":
                if state["ran"]:
                    self.took[stage] = state["seconds"]
                did = f"done in {progress.duration(state['seconds'])}" if state["ran"] else "was up to date"
                self.say(f"{stage}: {did} ({len(self.done)} of {len(self.plan.waits)})")
        if self.bars:
            self.bars.update(self.all, completed=len(self.done), where=self._all())
        elif time.monotonic() >= self._due:
            self._due = time.monotonic() + progress.LINE_SECONDS
            for stage, where in running.items():
                self.say(f"{stage}: {where}")
            self.say(self._all())

    def _show(self, stage: str, passed: float) -> str:
        told = progress.read(job.file(stage, "step"))
        where = f"for {progress.duration(passed)}"
        if told is not None:
            where = progress.sentence(*(told[name] for name in ("what", "done", "total", "note", "left")))
        if self.bars:
            if stage not in self.tasks:
                self.tasks[stage] = self.bars.add_task(stage, total=None, where="")
            total, done = (told["total"], told["done"]) if told else (None, 0)
            self.bars.update(self.tasks[stage], total=total, completed=done, where=where)
        return where

    def _all(self) -> str:
        about = self.plan.about(self.count, self.done)
        left = "" if about is None else f", about {progress.duration(about)} left"
        return f"{len(self.done)} of {len(self.plan.waits)} stages done{left}"


def keep_times(took: Mapping[str, float], scale: str) -> None:
    """Note how long stages took, for the next plan."""
    if took:
        known = json.loads(TIMES.read_text(encoding="utf-8")) if TIMES.is_file() else {}
        known[scale] = dict(sorted({**known.get(scale, {}), **took}.items()))
        TIMES.parent.mkdir(parents=True, exist_ok=True)
        TIMES.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def _announce(plan: Plan, count: int) -> None:
    kinds: dict[str, int] = {}
    for stage in plan.order():
        kind = stage.partition("@")[0]
        kinds[kind] = kinds.get(kind, 0) + 1
    what = ", ".join(kind if number == 1 else f"{number} {kind}" for kind, number in kinds.items())
    about = plan.about(count)
    long = "how long is not known yet" if about is None else f"about {progress.duration(about)}"
    stages = "1 stage" if len(plan.waits) == 1 else f"{len(plan.waits)} stages"
    print(f"{stages} to run, {count} at a time (JOBS=), {long}: {what}", flush=True)


def _status() -> set[str]:
    """The stages, of all files, that are not up to date, without regard to what runs before them."""
    return set(json.loads(_dvc("status", "--json") or "{}"))


def _graph() -> dict[str, set[str]]:
    """For each stage, of all files, those whose outputs it reads."""
    graph: dict[str, set[str]] = {}
    for line in _dvc("dag", "--dot").splitlines():
        names = re.findall(r'"([^"]+)"', line)
        for name in names:
            graph.setdefault(name, set())
        if len(names) == 2:
            graph[names[1]].add(names[0])
    return graph


def _dvc(*arguments: str) -> str:
    """What a DVC command prints; SystemExit with its exit code and its errors if it fails."""
    ran = subprocess.run([*DVC, *arguments], stdout=subprocess.PIPE, text=True)
    _end_if_asked()
    if ran.returncode != 0:
        raise SystemExit(ran.returncode)
    return ran.stdout


def _last_word() -> int:
    """A plain `dvc repro`, without the lines about what it has nothing to do for; its exit code."""
    global _make
    _make = last = subprocess.Popen([*DVC, "repro"], stdout=subprocess.PIPE)
    assert last.stdout is not None
    for line in last.stdout:
        text = line.decode(errors="replace").rstrip()
        if text and not text.endswith("didn't change, skipping"):
            print(text, flush=True)
    code = last.wait()
    _end_if_asked()
    return code


def _pass_on(make: subprocess.Popen[bytes], view: View) -> None:
    """Show what jobs say; of make's own lines only that it waits."""
    assert make.stdout is not None
    for line in make.stdout:
        text = line.decode(errors="replace").rstrip()
        if "Waiting for unfinished jobs" in text:
            view.say("a stage failed: no other is started, those that run are finished")
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
    if _make is not None and _make.poll() is None:
        _make.send_signal(signal.SIGTERM if "make" in str(_make.args) else number)


def _sorted(waits: Mapping[str, Iterable[str]]) -> list[str]:
    """The stages, each after those that it waits for."""
    from graphlib import TopologicalSorter

    return list(TopologicalSorter(waits).static_order())


def _target(stage: str) -> str:
    """A stage's name as make takes it."""
    return stage.replace(":", "-")


if __name__ == "__main__":
    main()
