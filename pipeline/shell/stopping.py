"""SIGINT, SIGTERM and the end of DVC: a stage stops with one line, a training after a checkpoint."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from pipeline.shell import watcher

_patient = False  # whether a signal waits until `check` is called
_signal: signal.Signals | None = None  # that waits
_parent = 0  # the process that started this stage for DVC; 0 where a person started it


class Stopped(BaseException):
    """Somebody asked this process to stop. No `except Exception` takes it for a fault of a library."""

    def __init__(self, why: str, code: int) -> None:
        super().__init__(why)
        self.code = code  # the exit code that shells expect: 128 + the signal's number


def begin() -> None:
    """From now on SIGINT and SIGTERM end this process with one line; nothing is under way yet that must be tidied up.

    A SIGINT that the shell has this process ignore (as it does for `command &` in a script) stays ignored.
    """
    global _parent
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _at_once)
    watcher.watch()
    _parent = os.getppid() if "DVC_STAGE" in os.environ else 0


def listen() -> None:
    """From now on SIGINT and SIGTERM raise `Stopped` instead."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) == _at_once:
            signal.signal(number, _received)


@contextmanager
def patiently() -> Iterator[None]:
    """Within, a signal waits until `check` is called, so that a step and its checkpoint are finished first.

    One that came after the last `check` raises `Stopped` at the end, where nothing else is raised.
    """
    global _patient, _signal
    _patient, _signal = True, None
    try:
        yield
        if _signal is not None:
            raise _stopped(_signal)
    finally:
        _patient, _signal = False, None


def asked() -> Stopped | None:
    """What to raise if a signal waits or DVC is gone; a SIGTERM to DVC alone leaves its stages running without it."""
    if _signal is not None:
        return _stopped(_signal)
    if _parent and os.getppid() != _parent:
        return Stopped("DVC, which started this, is gone", 128 + signal.SIGTERM)
    return None


def check() -> None:
    """Raise `Stopped` if that was asked for."""
    if (stopped := asked()) is not None:
        raise stopped


def _at_once(number: int, frame: FrameType | None) -> None:
    stopped = _stopped(signal.Signals(number))
    with suppress(OSError):  # the terminal may be gone
        os.write(2, f"{stopped}\n".encode())
    os._exit(stopped.code)


def _received(number: int, frame: FrameType | None) -> None:
    global _signal
    _signal = signal.Signals(number)
    if not _patient:
        raise _stopped(_signal)


def _stopped(number: signal.Signals) -> Stopped:
    return Stopped(f"stopped by {number.name}", 128 + number)
