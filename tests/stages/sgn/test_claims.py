"""The stage claims from small files: what it writes, the same each time, and what it says of a missing file."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.core import files
from pipeline.sgn.paper import verdicts
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, SYM_RUNS
from pipeline.shell import command
from stages.sgn import claims
from tests.sgn.paper import made_up

METRICS = Path("reports/metrics")
NULLS = ("untrained", "blind", "flat", "identity")
FIGURE8 = ("concat-constant", "ccam-separates", "ccam-leaks-least", "cbn-leaks", "cbn-biased")
KEYS = {
    *("id", "text", "where", "verdict", "seeds", "counted", "margin", "spread", "nulls"),
    *("measured", "rule", "changed"),
}
OUTS = ("table1", "table3", "claims", "conditionings", "controllability")


def write(runs: dict[str, dict[str, Any]], seeds: int) -> None:
    toy = made_up.toy({2: 0.02, 8: 0.01, 16: 0.005, 64: 0.002})
    for row in toy["losses"]:
        row["L"] = row["weights"][0] * row["L_r"] + row["weights"][1] * row["L_c"]
    toy["losses"] += [{**row, "model": "sin"} for row in toy["losses"] if row["model"] == "hyper"]
    files.write_json(METRICS / "toy.json", toy)
    files.write_json(METRICS / "cost.json", made_up.cost())
    files.write_json(METRICS / "figure7.json", made_up.figure7(seeds))
    files.write_json(METRICS / "nulls.json", made_up.nulls(seeds))
    for name, run in runs.items():
        files.write_json(METRICS / "runs" / f"{name}.json", run)


def read(name: str) -> Any:
    return json.loads((METRICS / f"{name}.json").read_text())


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["stages.sgn.claims"])


def test_the_paper_s_numbers_make_every_claim_hold() -> None:
    write(made_up.runs(2), seeds=2)
    before = set(METRICS.rglob("*"))
    claims.main()
    assert set(METRICS.rglob("*")) - before == {METRICS / f"{name}.json" for name in OUTS}

    found = {claim["id"]: claim for claim in read("claims")}
    assert {name: claim["verdict"] for name, claim in found.items() if claim["verdict"] != "holds"} == {}
    assert len(found) == 30
    assert {name.split("-")[0] for name in found} == {"toy", "table3", "sgn", "figure7", "figure8", "figure10"}
    assert set(found["toy-sin-stays"]) == KEYS
    for name, claim in found.items():
        assert claim["seeds"]["holds"] == claim["seeds"]["of"]
        assert claim["counted"] == (name == "sgn-one-training")
        assert claim["seeds"]["of"] == (3 if name.startswith("toy") else 1 if claim["counted"] else 2)
        assert claim["margin"] > 0
        assert list(claim["nulls"]) == ["untrained", "blind", "flat", "identity"]
        assert True not in claim["nulls"].values()
    # Asked of every null that has numbers for it; where nothing changes with S there is no mixture to compare.
    assert {name for name, claim in found.items() if set(claim["nulls"].values()) == {None}} == {
        *("sgn-one-training", "toy-sin-stays"),
        *("figure8-ccam-leaks-least", "figure8-cbn-biased"),
    }
    assert found["table3-minimum-at-own-weight"]["nulls"] == dict.fromkeys(NULLS, False)

    assert len(read("table1")) == 15
    assert len(read("table3")) == 12
    assert [row["run"] for row in read("conditionings")] == list(CONDITIONING_RUNS)
    assert [row["run"] for row in read("controllability")] == list(SYM_RUNS)


def test_what_plots_show_are_bars_of_numbers() -> None:
    write(made_up.runs(), seeds=1)
    claims.main()
    tables = {path.stem: list(csv.DictReader(path.open(), delimiter="\t")) for path in Path("reports/plots").iterdir()}
    assert {row["verdict"]: int(row["claims"]) for row in tables["claims"]} == {
        **dict.fromkeys(("fails", "passed by anything", "not measurable"), 0),
        **{"holds": 7, "undecided": 23},  # one seed decides nothing; the toy has its own, and a cost has none
    }
    of_model = {row["model"]: {name: float(row[name]) for name in ("L_G", "L_rec")} for row in tables["table3"]}
    assert len(of_model) == 12
    assert of_model["sgn (.5, .5, 0)"] == {"L_G": 0.305, "L_rec": 0.285}
    assert of_model["hyper (1, 0, 0)"] == {"L_G": 0.159, "L_rec": 0.159}


def test_runs_without_a_study_are_not_measurable_and_no_error() -> None:
    runs = made_up.runs()
    for run in runs.values():
        run["seeds"]["0"]["study"] = None
    write(runs, seeds=1)
    claims.main()
    verdicts = {claim["id"]: claim["verdict"] for claim in read("claims")}
    assert {name for name, verdict in verdicts.items() if verdict != "not measurable"} == {
        *(name for name in verdicts if name.startswith(("toy-", "table3-", "figure7-"))),
        "sgn-one-training",
    }
    assert "fails" not in verdicts.values()
    assert read("conditionings") == read("controllability") == []


def test_a_rule_that_a_null_passes_is_passed_by_anything_with_one_seed_too() -> None:
    write(made_up.runs(), seeds=1)
    passing = made_up.nulls()
    passing["nulls"]["untrained"] = {**passing["nulls"]["untrained"], "runs": made_up.runs()}  # it does what SGN does
    files.write_json(METRICS / "nulls.json", passing)
    claims.main()
    found = {claim["id"]: claim for claim in read("claims")}
    for name in ("table3-minimum-at-own-weight", "sgn-seamless", "figure8-ccam-separates", "figure10-grows"):
        assert (found[name]["verdict"], found[name]["nulls"]["untrained"]) == ("passed by anything", True)
    assert found["figure7-reconstructs"]["verdict"] == "undecided"


def test_the_same_files_make_the_same_bytes() -> None:
    write(made_up.runs(3), seeds=3)
    contents = []
    for _ in range(2):
        claims.main()
        contents.append([(METRICS / f"{name}.json").read_bytes() for name in OUTS])
    assert contents[0] == contents[1]


@pytest.mark.parametrize(
    ("missing", "unmeasurable"),
    [
        ("cost.json", {"sgn-one-training"}),
        ("figure7.json", {"figure7-reconstructs", "figure7-singlegan-transfers"}),
        ("nulls.json", set()),
        ("runs/model1-w011.json", {"table3-close-to-hyper", "table3-zero-weight"}),
        ("runs/model2-film.json", set()),
        ("runs/comparison.json", set()),
        ("runs/model2-cbn.json", {f"figure8-{name}" for name in FIGURE8}),
    ],
)
def test_what_needs_a_missing_file_is_not_measurable(missing: str, unmeasurable: set[str]) -> None:
    write(made_up.runs(2), seeds=2)
    (METRICS / missing).unlink()
    claims.main()
    assert {claim["id"] for claim in read("claims") if claim["verdict"] == "not measurable"} == unmeasurable
    nothing = {(tuple(row["S"]), row["model"]) for row in read("table3") if row["L_G"] is None}
    assert nothing == ({((0.0, 0.5, 0.5), "hyper")} if "w011" in missing else set())
    assert len(read("table3")) == 12


def test_without_anything_there_is_no_toy_and_nothing_measurable() -> None:
    claims.main()
    assert {claim["verdict"] for claim in read("claims")} == {"not measurable"}
    assert read("table1") == []


def test_claims_of_an_archive_are_todays_and_other_schemas_are_not_measurable(tmp_path: Path) -> None:
    write(made_up.runs(2), seeds=2)
    claims.main()
    METRICS.rename(tmp_path / "archive")
    assert verdicts.claims_of(tmp_path / "archive") == json.loads((tmp_path / "archive/claims.json").read_text())
    older = made_up.run("model3", 2)
    del older["measured_by"]
    files.write_json(tmp_path / "archive/runs/model3.json", older)
    found = {claim["id"]: claim["verdict"] for claim in verdicts.claims_of(tmp_path / "archive", archived=True)}
    assert (found["sgn-mixes-two-domains"], found["sgn-extrapolates"]) == ("not measurable", "holds")
    with pytest.raises(ValueError, match="measured_by: Field required"):
        verdicts.claims_of(tmp_path / "archive")


@pytest.mark.parametrize("damaged", ["cost.json", "figure7.json", "nulls.json", "toy.json", "runs/model1-w011.json"])
def test_a_damaged_file_is_one_line_and_nothing_is_written(damaged: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(made_up.runs(), seeds=1)
    (METRICS / damaged).write_text("{")
    with pytest.raises(SystemExit) as stopped:
        command.run(claims.main)
    assert stopped.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert damaged in line
    assert not any((METRICS / f"{name}.json").exists() for name in OUTS)
