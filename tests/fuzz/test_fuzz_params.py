"""params.yaml with everything in it that YAML and a keyboard can write: read, or refused in a sentence."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core.params import check, read
from pipeline.sgn.model.params import Params
from tests.fuzz.clean import inputs, result_or_sentence
from tests.fuzz.damage import damaged, mutated, scalars

TEXT = Path("params.yaml").read_text(encoding="utf-8")
VALUES: dict[str, Any] = yaml.safe_load(TEXT)
LINES = TEXT.splitlines()

# What a value may be replaced by, as it is spelled. The first would run code with PyYAML's unsafe loader.
SPELLED = (
    "!!python/object/apply:os.system ['touch attacked']",
    "!!python/name:os.system",
    "!!python/object/new:os.mkdir [attacked]",
    "!Mine {a: 1}",
    "!!int x",
    "!!int ''",
    "!!int [1]",
    "!!float ''",
    "!!float x",
    "!!bool x",
    "!!null x",
    "!!timestamp x",
    "!!binary x",
    "!!binary aGk=",
    "!!set {a, b}",
    "!!omap [a: 1]",
    "!!pairs [a: 1]",
    "2019-99-99",
    "2019-01-01",
    "9" * 5_000,
    "0x" + "f" * 5_000,
    "1e400",
    ".nan",
    "-.inf",
    '"\\ud800"',
    '"a\\nb"',
    '"\\0"',
    "&a [*a]",
    "*a",
    "{? [1] : 2}",
    "{2019-01-01: 1}",
    "{!!binary aGk=: 1}",
    "{1: 2, null: 3, true: 4, 1.5: 6}",
    "{<<: [{a: 1}]}",
    "{<<: 3}",
    "=",
    "<<",
    "[" * 500,
    "[" * 500 + "]" * 500,
    "{a: " * 400 + "}" * 400,
    "- " * 400,
    "|\n  text",
    "%TAG",
    "---",
    "\t",
    "x" * 20_000,
)


def bomb(levels: int, merged: bool) -> str:
    """Nine times as large with every level: "billion laughs"."""
    lines = ["a0: &a0 {x: 1}"]
    for level in range(1, levels):
        nine = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} " + (f"{{<<: [{nine}]}}" if merged else f"[{nine}]"))
    return "\n".join(lines) + "\n"


@st.composite
def spelled(draw: st.DrawFn) -> str:
    """The real file with some lines' values spelled in another way, lines lost, doubled, moved or indented."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(("value", "value", "value", "lose", "double", "move", "indent", "key")))
        line = lines[at]
        if kind == "value":
            new = draw(st.one_of(st.sampled_from(SPELLED), scalars.map(lambda v: yaml.safe_dump(v).strip())))
            lines[at] = f"{line.partition(':')[0]}: {new}"
        elif kind == "lose":
            del lines[at]
        elif kind == "double":
            lines.insert(at, line)
        elif kind == "move":
            lines.insert(draw(st.integers(0, len(lines))), lines.pop(at))
        elif kind == "indent":
            lines[at] = draw(st.sampled_from((" ", "  ", "    ", "- ", "? "))) + line
        elif kind == "key":
            lines[at] = f"{draw(st.sampled_from(SPELLED))}:{line.partition(':')[2]}"
        if not lines:
            return ""
    return "\n".join(lines)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "params.yaml"


def load(path: Path, data: bytes) -> Params | str:
    path.write_bytes(data)
    found = result_or_sentence(lambda: read(Params, path))
    assert not isinstance(found, str) or "params.yaml" in found, "the file is not named"
    return found


@inputs(120)
@example(bomb(12, merged=False))
@example(bomb(12, merged=True))
@given(spelled())
def test_a_file_spelled_in_another_way_is_read_or_refused(path: Path, text: str) -> None:
    load(path, text.encode("utf-8", "surrogatepass"))


@pytest.mark.long
@inputs(3_000)
@given(spelled())
def test_many_files_spelled_in_other_ways_are_read_or_refused(path: Path, text: str) -> None:
    load(path, text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("value", SPELLED, ids=range(len(SPELLED)))
@pytest.mark.parametrize("where", ["data_root", "runs"])
def test_every_spelling_of_a_value_is_read_or_refused(path: Path, where: str, value: str) -> None:
    changed = [f"{where}: {value}" if line.startswith(f"{where}:") else line for line in LINES]
    load(path, "\n".join(changed).encode())


@inputs(60)
@given(damaged(TEXT.encode(), steps=6))
def test_damaged_bytes_are_read_or_refused(path: Path, data: bytes) -> None:
    load(path, data)


@inputs(60)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda t: t.encode("utf-8", "surrogatepass"))))
def test_any_bytes_are_refused(path: Path, data: bytes) -> None:
    assert isinstance(load(path, data), str)


@inputs(200)
@given(mutated(lambda: copy.deepcopy(VALUES)))
def test_values_in_the_wrong_place_are_accepted_or_named(values: Any) -> None:
    result_or_sentence(lambda: check(values, Params))


KEYS = st.one_of(scalars, st.binary(max_size=3), st.tuples(st.integers()), st.dates())


@inputs(100)
@given(KEYS, st.sampled_from((None, "runs", "scales", "images")))
def test_keys_that_are_no_names_are_refused(key: Any, place: str | None) -> None:
    values = copy.deepcopy(VALUES)
    (values[place] if place else values)[key] = 1
    assert isinstance(result_or_sentence(lambda: check(values, Params)), str)
