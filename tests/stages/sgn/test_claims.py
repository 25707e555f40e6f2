"""The stage claims from small files: what it writes, the same each time, and what it says of a missing file."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.core import files
from pipeline.shell import command
from stages.sgn import claims
from tests.sgn.paper import made_up

METRICS = Path("reports/metrics")
OUTS = ("table1", "table3", "claims", "conditionings", "controllability", "summary")


def write(runs: dict[str, dict[str, Any]], seeds: int) -> None:
    toy = made_up.toy({2: 0.02, 8: 0.01, 16: 0.005, 64: 0.002})
    for row in toy["losses"]:
        row["L"] = row["weights"][0] * row["L_r"] + row["weights"][1] * row["L_c"]
    toy["losses"] += [{**row, "model": "sin"} for row in toy["losses"] if row["model"] == "hyper"]
    files.write_json(METRICS / "toy.json", toy)
    files.write_json(METRICS / "cost.json", made_up.cost())
    files.write_json(METRICS / "figure7.json", made_up.figure7(seeds))
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

    found = read("claims")
    assert [claim["id"] for claim in found if claim["holds"] is not True] == []
    assert len({claim["id"] for claim in found}) == len(found) == 23
    assert {claim["id"].split("-")[0] for claim in found} == {"toy", "table3", "sgn", "figure7", "figure8", "figure10"}
    assert all(claim["seeds"]["holds"] == claim["seeds"]["of"] for claim in found)
    assert {claim["seeds"]["of"] for claim in found if not claim["id"].startswith("toy")} == {2}

    assert len(read("table1")) == 15
    assert len(read("table3")) == 12
    assert [row["run"] for row in read("conditionings")] == list(claims.CONDITIONING_RUNS)
    assert [row["run"] for row in read("controllability")] == list(claims.SYM_RUNS)


def test_the_summary_has_both_halves_of_table3() -> None:
    write(made_up.runs(), seeds=1)
    claims.main()
    summary = read("summary")
    assert set(summary) == {"claims", "table1", "table3"}
    assert summary["claims"] == {"hold": 23}
    assert len(summary["table3"]) == 12
    assert summary["table3"]["sgn 0.5 0.5 0"] == {"L_G": 0.305, "L_rec": 0.285, "L_adv": 0.323, "L_per": 0.253}
    assert summary["table3"]["hyper 1 0 0"] == {"L_G": 0.159, "L_rec": 0.159, "L_adv": 2.54, "L_per": 0.252}


def test_runs_without_a_study_are_not_measurable_and_no_error() -> None:
    runs = made_up.runs()
    for run in runs.values():
        run["seeds"]["0"]["study"] = None
    write(runs, seeds=1)
    claims.main()
    verdicts = {claim["id"]: claim["holds"] for claim in read("claims")}
    assert {name for name, holds in verdicts.items() if holds} == {
        *(name for name in verdicts if name.startswith(("toy-", "table3-"))),
        *("sgn-one-training", "figure7-reconstructs"),
    }
    assert [name for name, holds in verdicts.items() if holds is False] == []
    assert read("conditionings") == read("controllability") == []
    assert read("summary")["claims"] == {"hold": 12, "not measurable": 11}


def test_the_same_files_make_the_same_bytes() -> None:
    write(made_up.runs(3), seeds=3)
    contents = []
    for _ in range(2):
        claims.main()
        contents.append([(METRICS / f"{name}.json").read_bytes() for name in OUTS])
    assert contents[0] == contents[1]


@pytest.mark.parametrize("missing", ["cost.json", "figure7.json", "runs/model1-w011.json", "runs/model2-film.json"])
def test_a_missing_file_is_one_line_and_nothing_is_written(missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(made_up.runs(), seeds=1)
    (METRICS / missing).unlink()
    with pytest.raises(SystemExit) as stopped:
        command.run(claims.main)
    assert stopped.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert missing in line
    assert not any((METRICS / f"{name}.json").exists() for name in OUTS)
