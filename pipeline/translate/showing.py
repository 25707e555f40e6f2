"""How far the jobs are, on stderr: a bar on a terminal, nothing elsewhere; and a line for each that is done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from pipeline.shell import command, progress

MOST_SECONDS = 0.2  # from one look at the bar to the next


class Showing:
    """What the bar shows: the jobs done, and how many frames of the present one."""

    def __init__(self, jobs: int, view: object = None) -> None:
        self.jobs, self.done, self._due, self._view = jobs, 0, 0.0, view
        self._task = view.add_task("translate", total=jobs, where="") if view is not None else None  # type: ignore[attr-defined]

    def frames(self, done: int, of: int) -> None:
        """So many frames of the present job are done."""
        if self._view is not None and (now := time.monotonic()) >= self._due:
            self._due = now + MOST_SECONDS
            where = f"{self.done + 1} of {self.jobs}" + (f", frame {done:,} of {of:,}" if of > 1 else "")
            self._view.update(self._task, completed=self.done + min(1.0, done / of), where=where, refresh=True)  # type: ignore[attr-defined]

    def ended(self, told: str | None, error: BaseException | None = None) -> None:
        """The present job is done, or could not be."""
        self.done, self._due = self.done + 1, 0.0
        if error is not None:
            typer.echo(f"error: {command.one_line(error)}", err=True)
        else:
            typer.echo(told)


@contextmanager
def shown(jobs: int) -> Iterator[Showing]:
    """Within, the bar stands there."""
    if not progress.is_terminal():
        yield Showing(jobs)
        return
    with progress.bars(auto_refresh=False) as view:
        yield Showing(jobs, view)
