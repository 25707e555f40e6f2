"""collect and summary: what was measured, in Git byte for byte; few numbers, and null for what an experiment lacks."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from pipeline.claims import verdict
from pipeline.core import files
from pipeline.sgn.model import params, simplex
from pipeline.sgn.paper.runs import SYM_RUNS
from pipeline.sgn.results import MEASURED
from stages.sgn import claims, collect, summary
from tests.clone import CHECKOUT, graph
from tests.sgn.paper import made_up
from tests.stages.sgn import test_claims
from tests.stages.sgn.test_drawing_stages import write_curves

METRICS = Path("reports/metrics")


@pytest.fixture(autouse=True)
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that was measured, and nothing collected yet; two seeds."""
    graph(tmp_path)
    shutil.copy(CHECKOUT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["stages.sgn.collect"])
    test_claims.write(made_up.runs(2), seeds=2)
    for key in set(params.load().runs) - set(made_up.runs()):
        files.write_json(METRICS / "runs" / f"{key}.json", made_up.run(key, 2))
    MEASURED.parent.mkdir(exist_ok=True)
    METRICS.rename(MEASURED)
    for run in SYM_RUNS:
        write_curves(run, "0")


def judged() -> None:
    collect.main()
    claims.main()


def found() -> Any:
    summary.main()
    return json.loads((METRICS / "summary.json").read_text())


def test_collected_files_are_the_measured_ones_byte_for_byte() -> None:
    (METRICS / "runs").mkdir(parents=True)
    (METRICS / "runs" / "gone.json").write_text("a run that params.yaml no longer has")
    collect.main()
    names = {path.relative_to(MEASURED) for path in MEASURED.rglob("*.json")}
    assert {path.relative_to(METRICS) for path in METRICS.rglob("*.json")} == names
    assert all((METRICS / name).read_bytes() == (MEASURED / name).read_bytes() for name in names)


def test_curves_stand_side_by_side() -> None:
    Path("reports/live/model3/plots/metrics/seed0/L_G.tsv").write_text("step\tL_G\n4\t9.5\n8\t9.25\n")
    collect.main()
    rows = list(csv.DictReader(collect.CURVES.open(), delimiter="\t"))
    assert [row["step"] for row in rows] == ["2", "4", "6", "8"]
    assert [row["model1"] for row in rows] == ["1.5", "0.5", "0.25", ""]
    assert [row["model3"] for row in rows] == ["", "9.5", "", "9.25"]


def test_the_summary_is_short_and_says_what_matters() -> None:
    judged()
    numbers = found()
    assert {name: numbers[name] for name in verdict.VERDICTS} == {**dict.fromkeys(verdict.VERDICTS, 0), "holds": 30}
    of_seeds = json.loads((MEASURED / "runs/model1.json").read_text())["seeds"].values()
    at = [{tuple(row["S"]): list(row["L"].values()) for row in of_seed["losses"]} for of_seed in of_seeds]
    means = {S: [(one + other) / 2 for one, other in zip(at[0][S], at[1][S], strict=True)] for S in simplex.TABLE3}
    own = [means[(1.0, 0.0, 0.0)][0], means[(0.0, 1.0, 0.0)][1], means[(0.0, 0.0, 1.0)][2]]
    assert [numbers[name] for name in ("L_rec", "L_adv", "L_per")] == pytest.approx(own, abs=5e-4)
    columns = np.array(list(means.values()))
    assert list(numbers["x"].values()) == pytest.approx(list(columns.max(0) / columns.min(0)), abs=5e-4)
    table = json.loads((METRICS / "table1.json").read_text())
    cells = [abs(row[c]["mean"] - row["paper"][c]) for row in table if row["paper"] for c in ("L", "L_r", "L_c")]
    assert numbers["table1"] == pytest.approx(sum(cells) / len(cells), abs=1e-4)


@pytest.mark.parametrize("changed", ["runs/model1.json", "toy.json"])
def test_claims_of_another_experiment_are_null(changed: str) -> None:
    judged()
    path = MEASURED / changed
    path.write_text(path.read_text() + " ")
    numbers = found()
    assert {numbers[name] for name in verdict.VERDICTS} == {None}
    assert numbers["x"]["rec"] is not None


def test_a_run_without_a_study_has_no_centre() -> None:
    judged()
    run = json.loads((MEASURED / "runs/model1.json").read_text())
    for of_seed in run["seeds"].values():
        of_seed["study"] = None
    files.write_json(MEASURED / "runs/model1.json", run)
    assert set(found()["centre"].values()) == {None}


def test_summary_is_the_only_metric() -> None:
    stages = yaml.safe_load((CHECKOUT / "dvc.yaml").read_text())["stages"].values()
    metrics = [metric for stage in stages for metric in stage.get("do", stage).get("metrics", [])]
    assert [next(iter(metric)) for metric in metrics] == ["reports/metrics/summary.json"]
