"""The whole graph at scale smoke, in a temporary clone: what a user does, in seconds instead of minutes."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.claims.verdict import VERDICTS
from tests.clone import call, change, dvc, environment, heed_sigint
from tests.tracing import compare
from tests.whole.smoke import changed_stages, changed_with, stages_of

# What a claim says (reports/metrics/claims.json).
CLAIM = {
    "id",
    "text",
    "where",
    "verdict",
    "seeds",
    "counted",
    "margin",
    "spread",
    "nulls",
    "measured",
    "rule",
    "changed",
}
# What no figure, claim or page may change.
COMPUTED = ("images@", "styles@", "vgg16", "toy", "train@", "evaluate@", "samples@", "figure7", "nulls", "cost")
TOLD = [
    "pipeline/sgn/figures/surfaces.py",
    "pipeline/figures/style.py",
    "stages/sgn/translation_figures.py",
    "pipeline/sgn/paper/table3_claims.py",
    "pipeline/claims/verdict.py",
    "pipeline/sgn/pages/items.py",
    "pipeline/report/html.py",
    "pipeline/report/page.css",
    "notebooks/translation.ipynb",
]


@pytest.fixture(scope="module")
def reads(clone: Path) -> dict[str, compare.Read]:
    """What each stage of the clone's first run read."""
    return compare.traced(clone.parent / "trace")


@pytest.fixture(scope="module")
def stages(clone: Path) -> dict[str, compare.Declared]:
    """What each stage of the clone declares."""
    return compare.locked(clone)


def test_every_report_is_there_and_stands_alone(clone: Path) -> None:
    for name in ("index", "toy", "translation", "injection", "data", "models", "explorer"):
        page = (clone / "reports" / f"{name}.html").read_text()
        assert "smoke" in page
        assert not re.search(r"""(src|href)=["']https?://[^"']+\.(js|css)""", page)


def test_the_outputs_keep_their_contracts(clone: Path) -> None:
    metrics = clone / "reports" / "metrics"
    table1 = json.loads((metrics / "table1.json").read_text())
    assert len(table1) == 15
    assert {row["model"] for row in table1} == {"sym", "hyper", "sin"}
    assert set(table1[0]) == {"weights", "model", "L", "L_r", "L_c", "seeds", "paper"}
    table3 = json.loads((metrics / "table3.json").read_text())
    assert next(row["S"] for row in table3 if row["model"] == "sgn") == [1.0, 0.0, 0.0]
    assert [row["model"] for row in table3] == ["sgn", "hyper"] * 6
    assert all({"L_G", "L_rec", "L_adv", "L_per", "paper"} <= set(row) for row in table3)
    for claim in json.loads((metrics / "claims.json").read_text()):
        assert set(claim) == CLAIM
        assert set(claim["nulls"]) == {"untrained", "blind", "flat", "identity"}
        assert claim["verdict"] in VERDICTS


def test_a_second_repro_runs_nothing(clone: Path) -> None:
    text = dvc(clone, "repro")
    assert stages_of(text) == set()
    assert "up to date" in text


def test_the_working_tree_holds_nothing_but_results(clone: Path) -> None:
    changed = call(clone, "git", "status", "--porcelain", "--untracked-files=all").splitlines()
    unexpected = [line for line in changed if not re.match(r".. (reports/|dvc\.lock|(data|models)/\.gitignore)", line)]
    assert unexpected == []


@pytest.mark.parametrize(
    ("old", "new", "reruns", "rests"),
    [
        (
            "alpha: 0.5 ",
            "alpha: 1.0 ",
            {"toy", "train@model1", "train@model2-film"},
            {"images@photo", "vgg16", "styles@udnie", "train@model1-w100", "train@singlegan"},
        ),
        ("threads: 1 ", "threads: 2 ", {"train@model1"}, {"images@photo", "toy"}),
        ("    style_weight: 200", "    style_weight: 300", {"train@model1"}, {"train@model2", "toy"}),
        ("seed: 0  ", "seed: 1  ", {"images@photo", "styles@udnie"}, {"toy", "vgg16"}),
        ("steps: 10000", "steps: 20000", set(), {"toy", "train@model1", "evaluate@model1"}),
        ("hidden: 64", "hidden: 32", {"toy"}, {"train@model1", "images@photo", "vgg16"}),
    ],
)
def test_a_change_reruns_what_depends_on_it(
    clone: Path, stages: dict[str, compare.Declared], old: str, new: str, reruns: set[str], rests: set[str]
) -> None:
    change(clone, old, new)
    try:
        would_run = compare.downstream(stages, changed_stages(clone))
    finally:
        change(clone, new, old)
    assert reruns <= would_run
    assert not rests & would_run


def test_a_mistake_in_params_stops_the_stage_with_one_line(clone: Path) -> None:
    change(clone, "alpha: 0.5 ", "alpha: -1 ")
    try:
        text = dvc(clone, "repro", "toy", check=False)
    finally:
        change(clone, "alpha: -1 ", "alpha: 0.5 ")
    assert "error: params.yaml: alpha is -1" in text
    assert "Traceback" not in text
    # DVC had removed the stage's outs; with the old value they come back without being computed again.
    assert "is cached" in dvc(clone, "repro", "toy")


def test_every_stage_was_traced(reads: dict[str, compare.Read], stages: dict[str, compare.Declared]) -> None:
    assert reads.keys() == {*stages, "data/dvc.yaml:source"}  # which data/dvc.lock has


def test_stages_read_no_file_that_they_do_not_declare(
    clone: Path, reads: dict[str, compare.Read], stages: dict[str, compare.Declared]
) -> None:
    assert compare.by_stage(reads, stages, lambda r, s: compare.undeclared_files(r, s, clone)) == {}


def test_stages_declare_no_file_that_they_do_not_read(
    reads: dict[str, compare.Read], stages: dict[str, compare.Declared]
) -> None:
    assert compare.by_stage(reads, stages, compare.unread_deps) == {}


def test_stages_read_no_parameter_that_they_do_not_declare(
    reads: dict[str, compare.Read], stages: dict[str, compare.Declared]
) -> None:
    assert compare.by_stage(reads, stages, compare.undeclared_params) == {}


def test_stages_declare_no_parameter_that_they_do_not_read(
    reads: dict[str, compare.Read], stages: dict[str, compare.Declared]
) -> None:
    assert compare.by_stage(reads, stages, compare.unread_params) == {}


def test_a_figure_a_claim_a_caption_and_a_page_compute_nothing_again(
    clone: Path, stages: dict[str, compare.Declared]
) -> None:
    changed = changed_with(clone, [clone / path for path in TOLD], "\n")
    assert {"toy_figures", "translation_figures", "claims", "report@translation", "index"} <= changed
    assert not {name for name in compare.downstream(stages, changed) if name.startswith(COMPUTED)} - {"toy_figures"}


def test_how_a_stage_is_started_changes_nothing(clone: Path) -> None:
    shell = [*sorted((clone / "pipeline/shell").glob("*.py")), clone / "stages/__init__.py"]
    assert changed_with(clone, shell, "# a comment\n") == set()


@pytest.mark.parametrize(
    ("path", "changes", "rests"),
    [
        (
            "pipeline/sgn/model/losses.py",
            {"train@model1", "evaluate@model1"},
            {"images@photo", "vgg16", "contact_sheet"},
        ),
        ("pipeline/networks/layers.py", {"train@singlegan", "samples@model3"}, {"toy", "images@photo", "claims"}),
        ("pipeline/training/loop.py", {"train@model2-film"}, {"evaluate@model1", "samples@model1", "figure7", "toy"}),
        ("pipeline/sgn/evaluation/measures.py", {"evaluate@model1", "figure7"}, {"train@model1", "toy"}),
    ],
)
def test_a_line_of_what_computes_changes_the_stages_whose_packages_hold_it(
    clone: Path, stages: dict[str, compare.Declared], path: str, changes: set[str], rests: set[str]
) -> None:
    changed = changed_with(clone, [clone / path], "CHANGED = True\n")
    holders = {name for name, stage in stages.items() if any(compare.covers(dep, path, "/") for dep in stage.deps)}
    assert changed == holders
    assert changes <= changed
    assert not rests & changed


def test_metrics_and_plots_can_be_shown(clone: Path) -> None:
    shown = dvc(clone, "metrics", "show")
    assert "x.rec" in shown
    assert len(shown.splitlines()) == 2  # a head and one row
    plotted = dvc(clone, "plots", "show")
    assert "index.html" in plotted
    assert "WARNING" not in shown + plotted
    page = (clone / "dvc_plots/index.html").read_text()
    assert all(title in page for title in ("L_G of SGN's runs while they train", "Table 3", "Verdicts"))
    experiments = dvc(clone, "exp", "show", "--csv")
    assert "WARNING" not in experiments
    assert "L_rec" in experiments.splitlines()[0]


def results(clone: Path) -> dict[str, bytes]:
    """Every file of a result, and every temporary one; live curves grow in their place."""
    places = (clone / "data", clone / "models", clone / "reports")
    paths = (path for place in places for path in sorted(place.rglob("*")) if path.is_file())
    return {str(path): path.read_bytes() for path in paths if "live" not in path.parts}


def listens(process: int) -> bool:
    """Has Python come as far as the stage, which catches SIGTERM first of all? Before, a signal is Python's own."""
    with suppress(OSError):  # it has ended
        caught = re.search(r"^SigCgt:\s*(\w+)", Path(f"/proc/{process}/status").read_text(), re.M)
        return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)
    return False


@pytest.mark.long
@pytest.mark.parametrize(
    "stage",
    [
        "images photo",
        "styles udnie",
        "contact_sheet",
        "sgn.toy",
        "sgn.toy_figures",
        "sgn.train model1",
        "sgn.evaluate model1",
        "sgn.samples model1",
        "sgn.figure7",
        "sgn.nulls",
        "sgn.cost",
        "sgn.collect",
        "sgn.lattice",
        "sgn.explorer",
        "sgn.summary",
        "sgn.translation_figures",
        "sgn.injection_figures",
        "sgn.claims",
        "report sgn injection",
        "index",
    ],
)
def test_a_signal_at_any_moment_is_one_line_and_leaves_results_as_they_are(clone: Path, stage: str) -> None:
    name, *key = stage.split()
    command = [sys.executable, "-m", f"stages.{name}", *key]
    began = time.monotonic()
    call(clone, *command)
    seconds, before, moments = time.monotonic() - began, results(clone), random.Random(0)
    for number in (signal.SIGINT, signal.SIGTERM) * 2:
        process = subprocess.Popen(
            command,
            cwd=clone,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=heed_sigint,
        )
        while process.poll() is None and not listens(process.pid):
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.9) * seconds)
        os.killpg(process.pid, number)
        said = process.communicate()[1]
        assert results(clone) == before
        if process.returncode not in (0, -number):  # it had done its work, and Python was ending
            assert process.returncode == 128 + number, said
            assert said.count("stopped by") == 1
            if name != "report":  # the notebook's kernel, which gets the signal too, may have a word of its own
                assert re.fullmatch(rf"stopped by {number.name}( after step .*)?\n", said)  # a training says its step
    call(clone, *command)  # a training that was broken off has its live curves again
    assert results(clone) == before


@pytest.mark.long
def test_the_same_work_twice_gives_the_same_lock(clone: Path) -> None:
    before = (clone / "dvc.lock").read_bytes()
    dvc(clone, "repro", "--force")
    assert (clone / "dvc.lock").read_bytes() == before


@pytest.mark.long
def test_queued_experiments_run(clone: Path) -> None:
    call(clone, "git", "add", "-A")
    call(clone, "git", "commit", "-q", "-m", "results")
    dvc(clone, "exp", "run", "--queue", "-S", "alpha=0.25,1")
    dvc(clone, "exp", "run", "--run-all")
    shown = dvc(clone, "exp", "show", "--json")
    assert "0.25" in shown
    assert '"state": "Failed"' not in shown


@pytest.mark.long
def test_a_sweep_of_the_toy_and_model1_alone_becomes_a_page(clone: Path) -> None:
    call(clone, "git", "add", "-A")
    call(clone, "git", "commit", "-q", "--allow-empty", "-m", "before the sweep")
    alone = ("toy", "train@model1", "evaluate@model1", "summary")
    dvc(clone, "exp", "run", "--queue", "-s", "-S", "alpha=0.25,1", *alone)
    dvc(clone, "exp", "run", "--run-all")
    call(clone, "python", "-m", "checks.study", "alpha")
    place = clone / "results/alpha"
    found = json.loads((place / "study.json").read_text())["experiments"]
    assert [one["params"] for one in found] == [{"alpha": 0.25}, {"alpha": 1}]
    assert found[0]["numbers"] != found[1]["numbers"]
    page = (place / "index.html").read_text()
    named = re.findall(r'<img [^>]*src="([^"]+)"', page)
    assert len(named) == 3  # a grid of each, and the curves
    assert all((place / name).is_file() for name in named)
    # What a sweep of Model 1 alone did not judge is null in its summary, not the number of the run that it began with.
    for row in json.loads(dvc(clone, "exp", "show", "--json"))[1]["experiments"] or []:
        metrics = row["revs"][0]["data"]["metrics"]["reports/metrics/summary.json"]["data"]
        assert metrics["holds"] is None
        assert metrics["L_rec"] is not None
