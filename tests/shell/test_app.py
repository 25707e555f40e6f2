"""How a command with options ends: one line for what a user can do wrong, a traceback for what is our mistake."""

import pytest
from typer.testing import CliRunner

from pipeline.shell import stopping
from pipeline.shell.app import app


def command(count: int = 1, *, kind: str = "nothing") -> None:
    """Something that ends in many ways."""
    raised: dict[str, BaseException] = {
        "value": ValueError("two\nlines"),
        "system": FileNotFoundError(2, "No such file or directory", "a.png"),
        "stopped": stopping.Stopped("stopped by SIGTERM", 143),
        "ours": KeyError("a"),
    }
    if kind in raised:
        raise raised[kind]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--kind", "value"], 1, "error: two lines\n"),
        (["--kind", "system"], 1, "error: a.png: No such file or directory\n"),
        (["--kind", "stopped"], 143, "stopped by SIGTERM\n"),
        ([], 0, ""),
    ],
)
def test_ends(arguments: list[str], code: int, said: str) -> None:
    result = CliRunner().invoke(app(command), arguments)
    assert (result.exit_code, result.stderr) == (code, said)


@pytest.mark.parametrize("arguments", [["--nonsense"], ["--count", "many"], ["--kind"], ["extra"]])
def test_a_wrong_command_line_is_one_line_and_code_2(arguments: list[str]) -> None:
    result = CliRunner().invoke(app(command), arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


def test_our_own_mistake_keeps_its_traceback() -> None:
    assert isinstance(CliRunner().invoke(app(command), ["--kind", "ours"]).exception, KeyError)
