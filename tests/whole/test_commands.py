"""Every command that README and docs name is one: make, DVC and our own programs take it as it is written.

DVC's are run with --dry in a clone; what takes minutes is run by `make test-long` and by the tests of its own part.
"""

import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
from dvc.cli import parser
from dvc.utils.hydra import apply_overrides, get_hydra_sweeps

from pipeline.core.params import read
from pipeline.export.__main__ import export
from pipeline.sgn.model import params
from pipeline.shell.app import app
from pipeline.translate.__main__ import translate
from tests.clone import CHECKOUT, call, dvc

PAGES = ["README.md", *sorted(path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "docs").glob("*.md"))]
BEGIN = re.compile(r"(make|dvc|python -m)\b(?! sure)")
# What stands for something of the reader's own.
STANDS_FOR = {
    **{"DIR": "data", "PICTURES": "data", "FILE": "params.yaml", "STAGE": "toy", "RUN": "model1", "KEY": "toy"},
    **{"NAME": "sgn", "...": "name", "BRANCH": "HEAD", '"$stage"': "toy", "$stage": "toy"},
}
# Made by recipes of the page itself (tests/whole/test_extend.py follows them), or of the user's own.
OTHERS = re.compile(
    r"stages\.NAME|model1-(film|palette|corners)|model2-shift|model4|stages/NAME/dvc\.yaml|\ba b\b|stages/sgn/dvc\.yaml"
)


def commands() -> dict[str, str]:
    """Each command with the page that names it first."""
    found: dict[str, str] = {}
    for page in PAGES:
        text = (CHECKOUT / page).read_text(encoding="utf-8")
        fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
        prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
        lines = [line for block in fenced for line in block.splitlines()]
        lines += re.findall(r"`([^`\n]+)`", prose) + re.findall(r"^    (\S.*)$", prose, re.M)
        for line in lines:
            command = line.split("  #")[0].split(" | ")[0].strip()
            if BEGIN.match(command) and not OTHERS.search(command) and "*" not in command.partition("-S")[0]:
                found.setdefault(re.sub(r" ?\[--[^]]*\]", "", command), page)
    return found


COMMANDS = commands()


def of(kind: str) -> list[list[str]]:
    """The commands that begin so, as arguments, with what stands for something else replaced."""
    chosen = [command for command in COMMANDS if command.startswith(kind + " ")]
    return [[STANDS_FOR.get(word, word) for word in shlex.split(command)] for command in chosen]


def test_there_are_some_of_every_kind() -> None:
    assert len(of("make")) > 8
    assert len(of("dvc")) > 20
    assert len(of("python -m pipeline.translate")) > 3


@pytest.mark.parametrize("command", of("make"), ids=" ".join)
def test_make_knows_what_it_is_told_to_make(command: list[str]) -> None:
    if command[1:] == ["-j"]:  # told in passing
        return
    call(CHECKOUT, *command, "--dry-run", "--old-file", ".venv/installed", "--old-file", ".venv-demo/installed")


@pytest.mark.parametrize("command", of("dvc"), ids=" ".join)
def test_dvc_takes_a_command_as_it_is_written(command: list[str]) -> None:
    words = [word for word in command[1:] if word not in (">", "scratch/trainings.txt")]
    parser.get_main_parser().parse_args(words)


def stages() -> set[str]:
    """Every stage that a command may name."""
    listed = dvc(CHECKOUT, "stage", "list", "--name-only").split()
    for file in sorted(path.relative_to(CHECKOUT).as_posix() for path in CHECKOUT.glob("stages/*/dvc.yaml")):
        listed += [file, *dvc(CHECKOUT, "stage", "list", file, "--name-only").split()]
    return {*listed, *(name.partition("@")[0] for name in listed)}


def test_every_stage_that_a_command_names_is_there() -> None:
    known = stages()
    for command in [command for command in of("dvc") if {"repro", "run"} & set(command[:3])]:
        words, i = command[3 if command[1] == "exp" else 2 :], 0
        while i < len(words):
            word = words[i]
            i += 2 if word in ("-S", "-n") else 1
            if not word.startswith("-") and word not in ("repro",):
                assert word.replace("RUN", "model1") in known, " ".join(command)


def overrides() -> list[str]:
    """Every -S of a command, once."""
    found = {}
    for command in of("dvc"):
        found |= {command[i + 1]: None for i, word in enumerate(command) if word == "-S"}
    return list(found)


@pytest.mark.parametrize("override", overrides())
def test_an_override_names_a_setting_and_a_value_that_are_allowed(override: str, tmp_path: Path) -> None:
    copy = shutil.copy(CHECKOUT / "params.yaml", tmp_path)
    for sweep in get_hydra_sweeps({str(copy): [override]}):
        apply_overrides(copy, sweep[str(copy)])
        read(params.Params, Path(copy))


@pytest.mark.parametrize("command", of("python -m pipeline.translate") + of("python -m pipeline.export"), ids=" ".join)
def test_our_programs_know_the_options(command: list[str]) -> None:
    main = {"pipeline.translate": translate, "pipeline.export": export}[command[2]]
    program = typer.main.get_command(app(main))
    if "--help" not in command:
        program.make_context("program", command[3:], resilient_parsing=False)


@pytest.mark.parametrize("command", [c for c in of("python -m") if not c[2].startswith("pipeline.")], ids=" ".join)
def test_a_program_is_a_module_and_has_the_options(command: list[str]) -> None:
    place = CHECKOUT / command[2].replace(".", "/")
    file = place / "__main__.py" if place.is_dir() else place.with_suffix(".py")
    text = file.read_text(encoding="utf-8")
    for word in command[3:]:
        assert not word.startswith("--") or f'"{word}"' in text, word
