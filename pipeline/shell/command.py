"""How a stage is started, and how it ends when the user made a mistake.

`python -m stages.NAME [KEY] [--debug]`: a mistake of the user (ValueError, OSError) is one line on stderr and exit
code 1; `--debug` shows the traceback. SIGINT and SIGTERM are one line too, with exit code 130 and 143. Anything else
is our bug and keeps its traceback.
"""

import inspect
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pipeline.shell import apart, machine, stopping


def invocation_root() -> Path:
    """The repository in which the user typed the command.

    Queued and temporary experiments run in a copy; DVC_ROOT then still names the original repository, where the
    user's relative paths and the resume state live.
    """
    return Path(os.environ.get("DVC_ROOT") or Path.cwd()).absolute()


def expanded(path: str) -> Path:
    """A path that a user wrote, with `~` and `~NAME` made a home; ValueError where there is no such home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ValueError(f"{path}: there is no home for {path.split('/')[0]}: write the whole path") from None


def run(main: Callable[..., None]) -> None:
    """Call a stage's `main` with the command line's key and turn the user's mistakes into one line.

    Raises SystemExit(1) for ValueError and OSError, SystemExit(2) for a wrong number of arguments, SystemExit(130) for
    SIGINT, SystemExit(143) for SIGTERM and where DVC is gone.
    """
    for stream in (sys.stdout, sys.stderr):  # a name that the terminal cannot show is no reason to fail
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    debug = "--debug" in sys.argv[1:]
    arguments = [a for a in sys.argv[1:] if a != "--debug"]
    expected = [name.upper() for name in inspect.signature(main).parameters]
    if len(arguments) != len(expected):
        given = " ".join(arguments) or "nothing"
        print(f"error: expected arguments: {' '.join(expected) or 'none'}; given: {given}", file=sys.stderr)
        raise SystemExit(2)
    try:
        stopping.listen()
        machine.check_threads(Path("params.yaml"), os.environ)
        apart.check_settings(Path("params.yaml"), (Path.cwd(), invocation_root()))
        main(*arguments)
    except (ValueError, OSError) as error:
        if debug:
            raise
        print(f"error: {one_line(error)}", file=sys.stderr)
        raise SystemExit(1) from None
    except stopping.Stopped as stopped:
        with suppress(OSError):  # the terminal may be gone with DVC
            print(stopped, file=sys.stderr, flush=True)
        raise SystemExit(stopped.code) from None


def one_line(error: BaseException) -> str:
    """The error's sentence on one line; an OSError without a sentence of ours gets its file and reason."""
    if isinstance(error, OSError) and error.strerror is not None:
        where = f"{error.filename}: " if error.filename is not None else ""
        return f"{where}{error.strerror}"
    return " ".join(str(error).split()) or type(error).__name__
