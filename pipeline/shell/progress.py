"""Where long work stands: a bar on a terminal, a line every 30 s in a log or a pipe.

Under `make repro`, which shows all stages that run at the same time, a stage writes a small file instead. No result
depends on any of this.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from pipeline.shell import machine

VARIABLE = "SGN_PROGRESS"  # the file, where `make repro` shows the progress
FILE_SECONDS, BAR_SECONDS, LINE_SECONDS = 1.0, 0.5, 30.0  # from one sign of life to the next

T = TypeVar("T")


class Progress:
    """How much of a piece of work is done. To tell it costs a look at the clock."""

    def __init__(self, total: int, what: str, done: int, seconds: float, show: Callable[["Progress"], None]) -> None:
        self.total, self.what, self.first, self.done, self.note = total, what, done, done, ""
        self._show, self._seconds = show, seconds
        self._began = time.monotonic()
        self._due = self._began + seconds

    def at(self, done: int, note: str = "") -> None:
        """So much is done now; a `note` is shown until the next one."""
        self.done, self.note = done, note or self.note
        if (now := time.monotonic()) >= self._due:
            self._due = now + self._seconds
            self._show(self)

    def left(self) -> float | None:
        """Seconds to the end at the pace so far; None before there is a pace."""
        passed, here = time.monotonic() - self._began, self.done - self.first
        return passed / here * (self.total - self.done) if here > 0 else None

    def describe(self) -> str:
        """`step 350 of 700, L_G 0.52, 31 s left`."""
        return sentence(self.what, self.done, self.total, self.note, self.left())


def sentence(what: str, done: int, total: int, note: str, left: float | None) -> str:
    """Where work stands, in words."""
    parts = [f"{what} {done:,} of {total:,}", note, "" if left is None else f"{duration(left)} left"]
    return ", ".join(part for part in parts if part)


def duration(seconds: float) -> str:
    """`31 s`, `12 min`, `3.5 h`."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 99.5 * 60 else f"{seconds / 3600:.1f} h"


@contextmanager
def shown(total: int, what: str, done: int = 0) -> Iterator[Progress]:
    """Within, the progress of `total` pieces of work, each a `what`, is shown; `done` of them are done already."""
    if path := os.environ.get(VARIABLE):
        yield Progress(total, what, done, FILE_SECONDS, lambda progress: _write(Path(path), progress))
    elif is_terminal():
        with bars(auto_refresh=False) as view:  # no thread beside the work
            task = view.add_task(_stage(), total=total, completed=done, where="")
            yield Progress(
                total,
                what,
                done,
                BAR_SECONDS,
                lambda p: view.update(task, completed=p.done, where=p.describe(), refresh=True),
            )
    else:
        yield Progress(
            total, what, done, LINE_SECONDS, lambda p: print(f"{_stage()}: {p.describe()}", file=sys.stderr, flush=True)
        )


def over(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items; each that the caller is done with is a piece of the work."""
    with shown(total, what) as progress:
        for number, item in enumerate(items, start=1):
            yield item
            progress.at(number)


def bars(**options: Any) -> Any:
    """The look of bars (rich's): the stage, the bar, and the field `where`."""
    from rich.console import Console  # only where there is a terminal: a training needs no rich
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[where]}", markup=False),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=2, **options)


def is_terminal() -> bool:
    """Whether there is somebody to draw bars for."""
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def read(path: Path) -> dict[str, Any] | None:
    """What a stage wrote of its progress: done, total, what, note, left."""
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return told
    except (OSError, ValueError):
        return None


def write(path: Path, told: Mapping[str, Any]) -> None:
    """What `read` reads: the whole of it, or what was there before."""
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_text(json.dumps(told), encoding="utf-8")
    temporary.replace(path)


def say_what_is_faster() -> None:
    """Before a training: one line where DVC runs one after the other and this machine could run several, and one where
    it has fewer cores than `threads`."""
    if (note := machine.few_cores(Path("params.yaml"))) is not None:
        print(f"{_stage()}: {note}", flush=True)
    experiment = any(name.startswith("DVC_EXP") for name in os.environ)
    if "DVC_STAGE" in os.environ and VARIABLE not in os.environ and not experiment and (count := machine.cores()) > 1:
        print(f"{_stage()}: `make repro` is faster: it runs stages side by side on all {count} cores", flush=True)


def _stage() -> str:
    """The name that DVC gives a stage; started by hand, `train model1`."""
    return os.environ.get("DVC_STAGE") or " ".join([Path(sys.argv[0]).stem, *sys.argv[1:]])


def _write(path: Path, progress: Progress) -> None:
    told = {name: getattr(progress, name) for name in ("done", "total", "what", "note")}
    with suppress(OSError):  # a full disk is found out by what matters
        write(path, {**told, "left": progress.left()})
