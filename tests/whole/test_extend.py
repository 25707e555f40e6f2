"""docs/extend.md is true: its recipes are followed, block by block, in a clone at scale smoke."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clone import CHECKOUT, call, dvc

RECIPES = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", (CHECKOUT / "docs/extend.md").read_text(), re.M | re.S))


def follow(recipe: str, clone: Path) -> list[str]:
    """Write a recipe's blocks into the clone; returns its commands."""
    for block in re.findall(r"^```\w+\n(.*?)^```", recipe, re.M | re.S):
        head, _, text = block.partition("\n")
        if place := re.fullmatch(r"# \+ params.yaml (\w+)", head):
            change(clone / "params.yaml", f"\n{place[1]}:\n", f"\n{place[1]}:\n{text}")
        elif place := re.fullmatch(r"# \+ (\S+)", head):
            (clone / place[1]).write_text((clone / place[1]).read_text() + "\n" + text)
        elif place := re.fullmatch(r'# in (\S+) before "(.+)"', head):
            change(clone / place[1], place[2], text + place[2])
        else:
            (clone / head.removeprefix("# ")).write_text(text)
    return re.findall(r"^    (dvc .+)$", re.sub(r"^```.*?^```", "", recipe, flags=re.M | re.S), re.M)


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new))


@pytest.fixture
def restored(clone: Path) -> Iterator[Path]:
    """The clone of the whole graph, as it was before, without what a recipe changes in tracked files."""
    yield clone
    call(clone, "git", "checkout", "-q", "--", "params.yaml", "pipeline", "stages")
    call(clone, "git", "clean", "-q", "-f", "pipeline", "stages")


def run(commands: list[str], clone: Path) -> None:
    assert commands
    for command in commands:
        dvc(clone, *command.split()[1:])


def test_a_run(restored: Path) -> None:
    run(follow(RECIPES["A run"], restored), restored)
    result = json.loads((restored / "data/measured/runs/model1-film.json").read_text())
    assert (result["conditioning"], result["measured_by"]) == ("film", "model1")
    assert (restored / "data/translations/model1-film.npz").is_file()


def test_a_conditioning(restored: Path) -> None:
    run(follow(RECIPES["A conditioning"], restored), restored)
    result = json.loads((restored / "data/measured/runs/model2-shift.json").read_text())
    assert result["conditioning"] == "shift"
    assert len({row["L"]["A"] for row in result["seeds"]["0"]["losses"]}) > 1  # S has an effect


def test_an_objective(restored: Path) -> None:
    run(follow(RECIPES["An objective"], restored), restored)
    result = json.loads((restored / "data/measured/runs/model1-palette.json").read_text())
    assert [o["loss"] for o in result["objectives"]] == ["reconstruction", "palette"]
    rows = {tuple(row["S"]): row["L"] for row in result["seeds"]["0"]["losses"]}
    assert rows[(0.0, 1.0)]["B"] != rows[(1.0, 0.0)]["B"]


def test_a_method(restored: Path) -> None:
    run(follow(RECIPES["A method"], restored), restored)
    result = json.loads((restored / "data/measured/runs/model1-corners.json").read_text())
    assert result["method"] == "corners"
    assert result["seeds"]["0"]["study"] is not None


def test_a_claim(restored: Path) -> None:
    run(follow(RECIPES["A claim, a table, a figure, a page"], restored), restored)
    claims = json.loads((restored / "reports/metrics/claims.json").read_text())
    # It would hold of a network blind to S too.
    assert [claim["verdict"] for claim in claims if claim["id"] == "sgn-measured"] == ["passed by anything"]
