"""The whole graph of AsymGAN at scale smoke in a clone, traced: its stages declare what they read, and repeat."""

from pathlib import Path

import pytest

from tests.clone import CHECKOUT, dvc, make
from tests.tracing import compare
from tests.whole.smoke import stages_of

STAGES = "stages/asymgan/dvc.yaml"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which everything of this paper ran; the trace lies beside it."""
    place = tmp_path_factory.mktemp("asymgan")
    folder, trace = place / "clone", place / "trace"
    trace.mkdir()
    make(folder)
    (folder / "stages/asymgan/dvc.lock").unlink(missing_ok=True)
    tracing = {"PYTHONPATH": str(CHECKOUT / "tests/tracing"), "SGN_TRACE": str(trace)}
    dvc(folder, "repro", STAGES, **tracing)
    return folder


@pytest.mark.long
def test_its_stages_declare_what_they_read(trained: Path) -> None:
    reads = compare.traced(trained.parent / "trace")
    paper = {name: stage for name, stage in compare.locked(trained).items() if name.startswith(STAGES)}
    assert paper.keys() == {name for name in reads if name.startswith(STAGES)}
    for mistakes in (compare.unread_deps, compare.undeclared_params):
        assert compare.by_stage(reads, paper, mistakes) == {}
    # Where the user's pairs lie: rendered scenes need neither.
    assert compare.by_stage(reads, paper, compare.unread_params) in (
        {},
        {f"{STAGES}:pictures": ["asymgan.label", "asymgan.photo"]},
    )
    assert compare.by_stage(reads, paper, lambda r, d: compare.undeclared_files(r, d, trained)) == {}


@pytest.mark.long
def test_a_second_time_it_runs_nothing_and_a_third_by_force_makes_the_same_bytes(trained: Path) -> None:
    assert stages_of(dvc(trained, "repro", STAGES)) == set()
    before = (trained / "stages/asymgan/dvc.lock").read_bytes()
    for stage in ("train@asymgan", "evaluate@asymgan", "claims", "figures", "report"):
        dvc(trained, "repro", "--force", "--single-item", f"{STAGES}:{stage}")
    assert (trained / "stages/asymgan/dvc.lock").read_bytes() == before


@pytest.mark.long
def test_a_caption_and_a_claim_retrain_and_measure_nothing(trained: Path) -> None:
    for path in ("pipeline/asymgan/paper/claims.py", "pipeline/asymgan/pages/tables.py"):
        text = (trained / path).read_text()
        (trained / path).write_text(text + "\n# changed\n")
        said = dvc(trained, "status", STAGES)
        (trained / path).write_text(text)
        assert "train@" not in said
        assert "evaluate@" not in said
        assert "report" in said
