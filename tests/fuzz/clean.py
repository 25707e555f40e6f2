"""What a fuzz test allows: a result, or an error that is a sentence, in bounded time."""

import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TypeVar

from hypothesis import HealthCheck, configuration, settings

# Hypothesis keeps tables of characters between runs, by default in the checkout.
configuration.set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "sgn-hypothesis")

T = TypeVar("T")

SECONDS = 5.0  # of this process's work: other programs beside it do not count


class TooLongError(BaseException):
    """An input that takes longer than `SECONDS`; no `except Exception` hides it."""


def inputs(count: int) -> settings:
    """So many inputs, the same each time, and nothing left in the tree."""
    return settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[*HealthCheck],
    )


def result_or_sentence(call: Callable[[], T]) -> T | str:
    """The call's result, or the sentence of its ValueError or OSError; anything else is a bug and passes through."""
    try:
        with bounded():
            return call()
    except TooLongError:
        raise AssertionError(f"longer than {SECONDS:g} seconds") from None
    except (ValueError, OSError) as caught:
        text = str(caught)
    assert text.strip(), "the error says nothing"
    assert "\n" not in text, f"more than one line: {text!r}"
    assert len(text) < 10_000, "the error is as long as a file"
    return text


@contextmanager
def bounded() -> Iterator[None]:
    """Raise TooLongError after `SECONDS`."""

    def late(signum: int, frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
