"""A small process beside a stage that ends it when a signal gets no answer.

Python runs a signal's handler between two of its own instructions, and a call into native code can take long, or for
ever. So the system's part of the handler, which needs no Python, writes into a pipe; the process at its other end gives
the stage some seconds to stop by itself, then says what is lost and kills it. All that a stage writes appears by a
rename, so nothing is left half-written.
"""

import os
import select
import signal
import time
from contextlib import suppress

GRACE = 8.0  # seconds from a signal to the end


def watch(grace: float = GRACE) -> None:
    """Begin to watch this process. The watcher ends with it."""
    if not hasattr(os, "fork"):
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    stage = os.getpid()
    if os.fork() == 0:
        try:
            os.close(writing)
            _wait(stage, reading, grace)
        finally:
            os._exit(0)
    os.close(reading)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)


def _wait(stage: int, reading: int, grace: float) -> None:
    """Until the stage ends, which closes the pipe, or has got a signal and does not end."""
    for heard in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # Ctrl-C goes to all processes of a terminal
        signal.signal(heard, signal.SIG_IGN)
    _close_all_but(2, reading)
    while came := os.read(reading, 1):
        number = came[0]
        if number in (signal.SIGINT, signal.SIGTERM):
            ended = _ends(reading, grace)
            if not ended and os.getppid() == stage:
                told = f"stopped by {signal.Signals(number).name}, without an answer for {grace:g} s: "
                with suppress(OSError):  # the terminal may be gone
                    os.write(2, f"{told}what was done since the last checkpoint is lost\n".encode())
                os.kill(stage, signal.SIGKILL)
            return


def _ends(reading: int, grace: float) -> bool:
    """Whether the stage ends within so many seconds; further signals change nothing."""
    deadline = time.monotonic() + grace
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([reading], [], [], left)
        if ready and not os.read(reading, 64):
            return True
    return False


def _close_all_but(*kept: int) -> None:
    """A pipe that the stage has from its parent must end with the stage."""
    first = 0
    for number in sorted(kept):
        os.closerange(first, number)
        first = number + 1
    os.closerange(first, 256)
