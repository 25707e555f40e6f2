"""How a stage ends: the user's mistakes in one line, ours with their traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.shell import command
from tests.clone import CHECKOUT, call, make


def start(monkeypatch: pytest.MonkeyPatch, main: Callable[..., None], *arguments: str) -> int:
    """The exit code of `python -m stages.NAME arguments`."""
    monkeypatch.setattr(sys, "argv", ["stages/name.py", *arguments])
    try:
        command.run(main)
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def raising(error: BaseException) -> Callable[[], None]:
    def main() -> None:
        raise error

    return main


def missing_file() -> None:
    Path("data/photo/no such.npy").read_bytes()


def test_main_gets_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def main(key: str) -> None:
        seen.append(key)

    assert start(monkeypatch, main, "model1") == 0
    assert start(monkeypatch, main, "--debug", "model2") == 0
    assert start(monkeypatch, main, "model3", "--debug") == 0
    assert seen == ["model1", "model2", "model3"]


@pytest.mark.parametrize(
    ("main", "line"),
    [
        (raising(ValueError("alpha is 0: must be\n   positive")), "error: alpha is 0: must be positive\n"),
        (raising(ValueError()), "error: ValueError\n"),
        (raising(OSError("a sentence of ours")), "error: a sentence of ours\n"),
        (missing_file, "error: data/photo/no such.npy: No such file or directory\n"),
        (raising(PermissionError(13, "Permission denied", "models/x")), "error: models/x: Permission denied\n"),
        (raising(OSError(28, "No space left on device")), "error: No space left on device\n"),
    ],
)
def test_a_users_mistake_is_one_line(
    main: Callable[[], None], line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(monkeypatch, main) == 1
    out, err = capsys.readouterr()
    assert err == line
    assert out == ""


@pytest.mark.parametrize("error", [ValueError("wrong"), FileNotFoundError(2, "No such file", "x")])
def test_debug_keeps_the_traceback(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(type(error)):
        start(monkeypatch, raising(error), "--debug")


@pytest.mark.parametrize("error", [KeyError("x"), AssertionError("ours"), RuntimeError("shape"), TypeError("x")])
def test_a_bug_keeps_its_traceback(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(type(error)):
        start(monkeypatch, raising(error))


@pytest.mark.parametrize("arguments", [(), ("a", "b")])
def test_a_wrong_number_of_arguments_is_said(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def main(key: str) -> None:
        raise AssertionError("must not be called")

    assert start(monkeypatch, main, *arguments) == 2
    given = " ".join(arguments) or "nothing"
    assert capsys.readouterr().err == f"error: expected arguments: KEY; given: {given}\n"


def test_a_stage_without_a_key_takes_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert start(monkeypatch, lambda: None, "x") == 2
    assert capsys.readouterr().err == "error: expected arguments: none; given: x\n"


def test_a_process_ends_as_dvc_sees_it(tmp_path: Path) -> None:
    """Two modules as DVC starts them: exit code and stderr of a user's mistake, and of a bug."""
    for name, error in (("mistake", "ValueError('what, where')"), ("bug", "KeyError('what')")):
        text = f"from pipeline.shell import command\ndef main():\n    raise {error}\ncommand.run(main)\n"
        (tmp_path / f"{name}.py").write_text(text)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={"PYTHONPATH": str(CHECKOUT)},
        )

    mistake, debug, bug = run("-m", "mistake"), run("-m", "mistake", "--debug"), run("-m", "bug")
    assert (mistake.returncode, mistake.stdout, mistake.stderr) == (1, "", "error: what, where\n")
    assert debug.returncode == 1
    assert debug.stderr.startswith("Traceback")
    assert debug.stderr.endswith("ValueError: what, where\n")
    assert bug.returncode == 1
    assert bug.stderr.startswith("Traceback")
    assert bug.stderr.endswith("KeyError: 'what'\n")


def test_the_invocation_root_is_dvcs_or_the_current_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    assert command.invocation_root() == tmp_path
    monkeypatch.setenv("DVC_ROOT", "/somewhere/else")
    assert command.invocation_root() == Path("/somewhere/else")
    monkeypatch.setenv("DVC_ROOT", "")
    assert command.invocation_root() == tmp_path


def test_dvc_called_by_its_path_finds_the_checkouts_environment(tmp_path: Path) -> None:
    """`.venv/bin/dvc repro`: `python` is then the first of PATH, which has none of the packages."""
    bare = Path(sys.base_prefix) / "bin/python3"
    if subprocess.run([bare, "-c", "import torch"], capture_output=True).returncode == 0:
        pytest.skip("the Python below this environment has PyTorch too")
    make(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").symlink_to(bare)
    path = f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"
    by_path = [str(Path(sys.prefix) / "bin/dvc"), "repro", "data/dvc.yaml:source"]
    said = call(tmp_path, *by_path, check=False, PATH=path)
    assert "error: " in said
    assert "has no PyTorch: activate the environment" in said
    assert "Traceback" not in said
    (tmp_path / ".venv").symlink_to(sys.prefix)
    call(tmp_path, *by_path, PATH=path)
    assert (tmp_path / "data/sources/source.json").is_file()
