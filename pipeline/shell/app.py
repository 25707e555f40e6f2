"""How a command with options (typer's) ends: whatever a user can do wrong is one line, as with a stage (command.py)."""

import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import typer
from typer.core import TyperCommand
from typer.exceptions import TyperException

from pipeline.shell import command, stopping


class OneLine(TyperCommand):
    """A command whose mistakes are one line on stderr: exit code 2 for its options, 1 for what they name.

    SIGINT and SIGTERM are one line too, with exit code 130 and 143; anything else is our bug and keeps its traceback.
    """

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *more: Any, **options: Any) -> Any:
        """Run, and raise SystemExit."""
        for stream in (sys.stdout, sys.stderr):  # a name that the terminal cannot show is no reason to fail
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            stopping.listen()
            code = super().main(args, prog_name, standalone_mode=False)
        except TyperException as error:
            message = error.format_message() if hasattr(error, "format_message") else str(error)
            _end(f"error: {' '.join(message.split())} (--help shows what there is)", 2)
        except (ValueError, OSError) as error:
            _end(f"error: {command.one_line(error)}", 1)
        except stopping.Stopped as stopped:
            _end(str(stopped), stopped.code)
        raise SystemExit(code if isinstance(code, int) else 0)


def app(main: Any) -> typer.Typer:
    """A command line of one command."""
    made = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
    made.command(cls=OneLine)(main)
    return made


def _end(told: str, code: int) -> None:
    with suppress(OSError):  # the terminal may be gone
        print(told, file=sys.stderr, flush=True)
    raise SystemExit(code) from None
