"""How much time is left, and an alarm that ends what takes longer."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTimeError(BaseException):
    """The alarm's exception. No Exception, so that no library takes it for a fault of its own and goes on."""


class Deadline:
    """So many seconds from now."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._began = time.monotonic()

    def spent(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    def left(self) -> float:
        """Seconds until the end; negative after it."""
        return self.seconds - self.spent()


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """OutOfTimeError in the main thread once `seconds` are over; an alarm inside another keeps the earlier end.

    It comes between two lines of Python: a call of a library that takes long is waited for.
    """
    if seconds <= 0:
        raise OutOfTimeError
    outer, _ = signal.getitimer(signal.ITIMER_REAL)
    began = time.monotonic()
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, min(seconds, outer) if outer else seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:  # a thousandth of a second at least: 0 would switch the outer alarm off
            signal.setitimer(signal.ITIMER_REAL, max(1e-3, outer - (time.monotonic() - began)))


def _ring(number: int, frame: FrameType | None) -> None:
    raise OutOfTimeError
