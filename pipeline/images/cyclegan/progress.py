"""What a download says while it runs: a bar on a terminal, a plain line per tenth anywhere else."""

import shutil
import sys
import time
from typing import TextIO

BAR_WIDTH = 30
REDRAW_SECONDS = 0.2


class Progress:
    """Progress of one file of `size` bytes, written to `stream` (stderr if none is given).

    `at` is told the number of bytes that are there; `say` writes a sentence about the file on a line of its own.
    """

    def __init__(self, name: str, size: int, stream: TextIO | None = None) -> None:
        self.name = name
        self.size = size
        self.stream = stream if stream is not None else sys.stderr
        self.terminal = self.stream.isatty()
        self.drawn = False
        self.last_drawn = 0.0
        self.last_tenth = -1
        self.first: tuple[float, int] | None = None

    def at(self, position: int) -> None:
        """Show that `position` of the file's bytes are there."""
        now = time.monotonic()
        if self.first is None:
            self.first = (now, position)
            self.last_tenth = 10 * position // self.size
        if self.terminal:
            if now - self.last_drawn >= REDRAW_SECONDS or position == self.size:
                self.last_drawn = now
                self._draw(position, now)
        elif 10 * position // self.size > self.last_tenth:
            self.last_tenth = 10 * position // self.size
            self.say(self._numbers(position, now))

    def say(self, sentence: str) -> None:
        """Write `NAME: sentence` on its own line."""
        if self.drawn:
            print(file=self.stream)
            self.drawn = False
        print(f"{self.name}: {sentence}", file=self.stream, flush=True)

    def _draw(self, position: int, now: float) -> None:
        numbers = self._numbers(position, now)
        # A line that wraps could not be drawn over.
        room = shutil.get_terminal_size().columns - len(f"{self.name} [] {numbers}") - 1
        width = max(0, min(BAR_WIDTH, room))
        filled = width * position // self.size
        bar = "#" * filled + "-" * (width - filled)
        # "\x1b[K" clears what a longer line left behind.
        print(f"\r{self.name} [{bar}] {numbers}\x1b[K", end="", file=self.stream, flush=True)
        self.drawn = True

    def _numbers(self, position: int, now: float) -> str:
        assert self.first is not None
        began, start = self.first
        speed = (position - start) / max(now - began, 1e-3)
        percent = 100 * position // self.size
        return f"{percent:3d} % of {megabytes(self.size)}, {megabytes(speed)}/s"


def megabytes(count: float) -> str:
    """`count` bytes in MB (a million bytes), for people; three decimals below 1 MB."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e6:.3f} MB"
