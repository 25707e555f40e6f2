"""The page that compares how a vector enters: orders within a paper, never numbers of two papers."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.core import artifacts
from pipeline.sgn.pages import vectors
from tests.clone import CHECKOUT


def row(conditioning: str, change: float, rank: float | None) -> dict[str, Any]:
    return {
        "conditioning": conditioning,
        "run": f"model2-{conditioning}",
        "seeds": 2,
        "change": {"mean": change},
        "rank": {"A": rank, "B": rank},
    }


CONDITIONINGS = [row("ccam", 0.25, -0.9), row("concat", 0.001, None), row("film", 0.5, -0.95)]
OTHER = {
    **{"paper": "Other", "page": "other.html", "vector": "z", "change": "how far", "follows": "how well"},
    "rows": [
        {"injection": "cin", "run": "a", "seeds": 1, "change": 2.0, "follows": 0.9},
        {"injection": "ccam", "run": "b", "seeds": 1, "change": 1.0, "follows": 0.1},
    ],
}


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/injections.json").write_text(json.dumps(OTHER))
    monkeypatch.setattr(vectors, "RESULTS", tmp_path)
    return list(vectors.papers(CONDITIONINGS))


def test_what_falls_with_its_weight_follows(told: list[Any]) -> None:
    assert {row["injection"]: row["follows"] for row in told[0]["rows"]} == {"ccam": 0.9, "concat": None, "film": 0.95}


def test_every_sentence_says_its_own_papers_order(told: list[Any]) -> None:
    said = vectors.sentences(told)
    assert said[0] == "In SGN the output follows best with film (0.95), then ccam (0.90) and concat (–)."
    assert said[1] == "In Other the output follows best with cin (0.90), then ccam (0.10)."
    assert "CCAM, which was made for S, is number 2 of 3 in SGN and 2 of 2 in Other" in said[2]
    assert said[3].endswith("a vector in the input's channels makes 0 % in SGN.")


def test_the_table_has_each_injection_in_the_row_of_its_kind(told: list[Any]) -> None:
    table = str(vectors.table(told))
    lines = {kind: line for kind in vectors.KINDS for line in table.splitlines() if f">{kind}<" in line}
    assert "film (2 seeds)" in lines["a factor and a shift after each norm: CIN, FiLM"]
    assert "cin (1 seed)" in lines["a factor and a shift after each norm: CIN, FiLM"]
    assert lines["a shift after each norm: CBN"].count("not tried") == 2


def test_every_injection_that_is_kept_has_a_kind() -> None:
    known = {name for names in vectors.KINDS.values() for name in names}
    for path in (CHECKOUT / "results").glob("*/injections.json"):
        found = {row["injection"] for row in artifacts.read_json(path)["rows"]}
        assert found
        assert found <= known
    kept = artifacts.read_json(CHECKOUT / "reports/metrics/conditionings.json", list)
    assert {row["conditioning"] for row in kept} <= known
