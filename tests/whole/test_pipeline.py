"""The whole graph at scale smoke, in a temporary clone: what a user does, in seconds instead of minutes."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.clone import CHECKOUT, call, change, dvc, environment, heed_sigint, make
from tests.tracing import compare

# What no figure's code may change.
COMPUTED = ("images@", "styles@", "vgg16", "toy", "train@", "evaluate@", "unseen", "cost")


def stages_of(text: str) -> set[str]:
    """The stages that a dry run would run."""
    return set(re.findall(r"Running stage '([^']+)'", text))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the working tree, at scale smoke, after its first `dvc repro`; its path has a space in it.

    What each stage read is recorded in the folder `trace` beside it (tests/tracing).
    """
    folder = tmp_path_factory.mktemp("clone") / "my clone"
    make(folder)
    trace = folder.parent / "trace"
    trace.mkdir()
    dvc(folder, "repro", PYTHONPATH=str(CHECKOUT / "tests" / "tracing"), SGN_TRACE=str(trace))
    return folder


@pytest.fixture(scope="module")
def reads(clone: Path) -> dict[str, compare.Read]:
    """What each stage of the clone's first run read."""
    return compare.traced(clone.parent / "trace")


@pytest.fixture(scope="module")
def stages(clone: Path) -> dict[str, compare.Declared]:
    """What each stage of the clone declares."""
    return compare.locked(clone)


def test_every_report_is_there_and_stands_alone(clone: Path) -> None:
    for name in ("index", "toy", "translation", "injection", "data"):
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
        assert set(claim) == {"id", "text", "where", "holds", "seeds", "measured", "rule"}
        assert claim["holds"] in (True, False, None)


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
def test_a_change_reruns_what_depends_on_it(clone: Path, old: str, new: str, reruns: set[str], rests: set[str]) -> None:
    change(clone, old, new)
    try:
        would_run = stages_of(dvc(clone, "repro", "--dry"))
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
    assert reads.keys() == stages.keys()


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


def status_after(clone: Path, files: list[Path], line: str) -> set[str]:
    """The stages that `dvc status` calls changed after a line was added to some files, which are then as before."""
    before = {path: path.read_bytes() for path in files}
    try:
        for path, data in before.items():
            path.write_bytes(data + line.encode())
        text = dvc(clone, "status", "--json", "dvc.yaml")
        return set(json.JSONDecoder().raw_decode(text, text.index("{"))[0])
    finally:
        for path, data in before.items():
            path.write_bytes(data)


def test_a_comment_in_the_figures_computes_nothing_again(clone: Path, stages: dict[str, compare.Declared]) -> None:
    changed = status_after(clone, sorted((clone / "pipeline/figures").glob("*.py")), "# a comment\n")
    assert {"toy_figures", "figure@model1", "figure7", "movie"} <= changed
    assert not {name for name in compare.downstream(stages, changed) if name.startswith(COMPUTED)} - {"toy_figures"}


def test_a_line_in_the_losses_retrains_everything_that_uses_them(
    clone: Path, reads: dict[str, compare.Read], stages: dict[str, compare.Declared]
) -> None:
    changed = status_after(clone, [clone / "pipeline/sgn/model/losses.py"], "CHANGED = True\n")
    users = {name for name, read in reads.items() if "pipeline/sgn/model/losses.py" in read.files}
    assert changed == users
    assert users >= {name for name in stages if name.startswith(("train@", "evaluate@"))} | {"unseen", "cost"}
    rests = {name for name in stages if name.startswith(("images@", "styles@"))} | {"toy", "vgg16", "contact_sheet"}
    assert not rests & compare.downstream(stages, changed)


def test_metrics_and_plots_can_be_shown(clone: Path) -> None:
    assert "table3" in dvc(clone, "metrics", "show")
    assert "index.html" in dvc(clone, "plots", "show")


def results(clone: Path) -> dict[str, bytes]:
    """Every file of a result, and every temporary one; live curves grow in their place."""
    places = (clone / "data", clone / "models", clone / "reports")
    paths = (path for place in places for path in sorted(place.rglob("*")) if path.is_file())
    return {str(path): path.read_bytes() for path in paths if "live" not in path.parts}


@pytest.mark.long
@pytest.mark.parametrize(
    "stage",
    [
        "images photo",
        "styles udnie",
        "contact_sheet",
        "toy",
        "toy_figures",
        "train model1",
        "evaluate model1",
        "unseen",
        "cost",
        "figure model1",
        "figure7",
        "figure8",
        "figure10",
        "draws",
        "surfaces",
        "movie",
        "claims",
        "report injection",
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
        time.sleep(moments.uniform(0.1, 0.9) * seconds)
        os.killpg(process.pid, number)
        said = process.communicate()[1]
        assert results(clone) == before
        if process.returncode not in (0, -number):  # it had done its work, and Python was ending
            assert process.returncode == 128 + number, said
            assert said.count("stopped by") == 1
            if name != "report":  # the notebook's kernel, which gets the signal too, may have a word of its own
                assert said == f"stopped by {number.name}\n"


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
