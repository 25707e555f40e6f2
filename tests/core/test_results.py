"""Results with a type: what is written comes back equal, and a file of another kind is an error about the file."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.core import results
from pipeline.sgn.results import RunResult
from tests.sgn.paper import made_up

FILE = Path("run.json")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["model1", "model1-w010", "model2-concat"])
def test_a_result_survives_its_file(name: str) -> None:
    results.write(FILE, made_up.typed(made_up.run(name, 2)))
    assert json.loads(FILE.read_text()) == made_up.run(name, 2)
    assert results.read(FILE, RunResult) == made_up.typed(made_up.run(name, 2))


@pytest.mark.parametrize(
    ("key", "value"),
    [("steps", "10"), ("steps", 1.5), ("alpha", True), ("seeds", []), ("seeds", {"0": {"losses": [[1]]}}), ("new", 1)],
)
def test_a_value_of_another_type_is_an_error_about_the_file(key: str, value: object) -> None:
    FILE.write_text(json.dumps({**made_up.run("model1"), key: value}))
    with pytest.raises(ValueError, match=rf"^run.json is no RunResult \(({key}|seeds)"):
        results.read(FILE, RunResult)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"run": NaN}', "\ud800"])
def test_what_is_no_such_json_is_an_error_about_the_file(text: str) -> None:
    FILE.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ValueError, match=r"^run.json is no RunResult"):
        results.read(FILE, RunResult)


def test_nothing_that_json_lacks_is_written() -> None:
    run = made_up.run("model1")
    run["seeds"]["0"]["losses"][0]["L"]["A"] = float("nan")
    with pytest.raises((ValueError, ValidationError)):
        made_up.typed(run)
