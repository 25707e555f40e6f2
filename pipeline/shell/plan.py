"""What `make repro` has to do: the stages that are not up to date, what each waits for, and about how long it takes.

DVC says all this (`dvc status`, `dvc dag`); no stage is named here. The plan becomes a Makefile.
"""

import json
import re
import shlex
import statistics
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

DVC = [sys.executable, "-m", "dvc"]
TIMES = Path("scratch/times/stages.json")  # seconds of each stage, by scale
KEPT_TIMES = ("benchmarks/stage_times.json", "results/*/run/times/stages.json")  # the same, of runs that were kept


@dataclass(frozen=True)
class Plan:
    """What is to be done: for each stage those among them that it waits for, and about how long each takes."""

    waits: Mapping[str, frozenset[str]]
    seconds: Mapping[str, float | None]

    def order(self) -> list[str]:
        """What most stages wait for comes first, such as the main model's training; among those that hold up as many,
        the longest way from a stage to the end, by seconds, else by stages."""
        known = [seconds for seconds in self.seconds.values() if seconds is not None]
        usual = statistics.mean(known) if known else 1.0
        way = {stage: self.seconds[stage] or usual for stage in self.waits}
        after: dict[str, set[str]] = {}
        for stage in reversed(in_order(self.waits)):
            direct = {other for other, waits in self.waits.items() if stage in waits}
            way[stage] += max((way[other] for other in direct), default=0.0)
            after[stage] = direct.union(*(after[other] for other in direct))
        return sorted(self.waits, key=lambda stage: (-len(after[stage]), -way[stage], stage))

    def main(self) -> str | None:
        """The first stage in order that takes longer than one does on average, such as the main model's training."""
        known = [seconds for seconds in self.seconds.values() if seconds is not None]
        long = (stage for stage in self.order() if known and (self.seconds[stage] or 0) > statistics.mean(known))
        return next(long, None)

    def about(self, jobs: int, done: Iterable[str] = ()) -> float | None:
        """About how many seconds the stages that are not `done` take; None if a time is not known."""
        rest = self.waits.keys() - set(done)
        way: dict[str, float] = {}
        for stage in in_order(self.waits):
            seconds = self.seconds[stage] if stage in rest else 0.0
            if seconds is None:
                return None
            way[stage] = seconds + max((way[other] for other in self.waits[stage]), default=0.0)
        return max([sum(self.seconds[stage] or 0 for stage in rest) / jobs, *way.values()])


def make(scale: str) -> Plan:
    """What `dvc repro` would run or might run, because something before it does."""
    changed = _status()
    if not changed:
        return Plan({}, {})
    graph = _graph()
    ours = {stage for stage in graph if ":" not in stage}  # all in dvc.yaml, and what that waits for in other files
    reached = ours | before(graph, ours)
    if elsewhere := sorted(stage for stage in reached & changed if ":" in stage):
        # A list of the user's files, say, which is always made again and is mostly the same.
        _dvc("repro", "--single-item", *elsewhere)
        changed = _status()
    rerun = set[str]()
    for stage in in_order({stage: frozenset(graph[stage] & reached) for stage in reached}):
        if (stage in changed and stage not in elsewhere) or graph[stage] & rerun:
            rerun.add(stage)
    waits = {stage: frozenset(graph[stage] & rerun) for stage in sorted(rerun)}
    return Plan(waits, times(rerun, scale))


def times(stages: Iterable[str], scale: str) -> dict[str, float | None]:
    """About how many seconds each stage takes: as it did here, in results that are kept, or as others of its kind."""
    took: dict[str, float] = {}
    kept = [path for pattern in KEPT_TIMES for path in sorted(Path().glob(pattern))]
    for path in (*kept, TIMES):
        if path.is_file():
            took |= json.loads(path.read_text(encoding="utf-8")).get(scale, {})
    kinds: dict[str, list[float]] = {}
    for stage, seconds in took.items():
        kinds.setdefault(stage.partition("@")[0], []).append(seconds)
    alike = {kind: statistics.mean(values) for kind, values in kinds.items()}
    return {stage: took.get(stage, alike.get(stage.partition("@")[0])) for stage in stages}


def makefile(plan: Plan) -> str:
    """The Makefile. GNU make starts what is ready in the order of `all`, but goes through it once: what is not ready in
    its turn comes after all that is. So what the main stage does not need waits until the main stage can start."""
    python = shlex.quote(sys.executable).replace("$", "$$")
    names = {stage: _target(stage) for stage in plan.waits}
    lines = [f".PHONY: all {' '.join(names.values())}", f"all: {' '.join(names[stage] for stage in plan.order())}"]
    main = plan.main()
    ahead = before(plan.waits, [main]) if main else set[str]()
    for stage, waits in plan.waits.items():
        first = sorted(names[other] for other in ahead) if stage not in {main, *ahead} else []
        needed = sorted(names[other] for other in waits)
        lines.append(" ".join([f"{names[stage]}:", *needed, *(["|", *first] if first else [])]))
        lines.append(f"\t@{python} -m pipeline.shell.job {shlex.quote(stage)}")
    return "\n".join(lines) + "\n"


def keep_times(took: Mapping[str, float], scale: str) -> None:
    """Note how long stages took, for the next plan."""
    if took:
        known = json.loads(TIMES.read_text(encoding="utf-8")) if TIMES.is_file() else {}
        known[scale] = dict(sorted({**known.get(scale, {}), **took}.items()))
        TIMES.parent.mkdir(parents=True, exist_ok=True)
        TIMES.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


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
    if ran.returncode != 0:
        raise SystemExit(ran.returncode)
    return ran.stdout


def in_order(waits: Mapping[str, Iterable[str]]) -> list[str]:
    """The stages, each after those that it waits for."""
    return list(TopologicalSorter(waits).static_order())


def before(waits: Mapping[str, Iterable[str]], stages: Iterable[str]) -> set[str]:
    """All that some stages wait for, and what that waits for."""
    found, todo = set[str](), [other for stage in stages for other in waits[stage]]
    while todo:
        if (stage := todo.pop()) not in found:
            found.add(stage)
            todo += waits[stage]
    return found


def _target(stage: str) -> str:
    """A stage's name as make takes it."""
    return stage.replace(":", "-")
