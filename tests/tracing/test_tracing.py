"""The tracer finds what a stage reads: a made-up stage that reads, lists, writes and loads in known ways."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clone import CHECKOUT
from tests.tracing import compare

STAGE = """
import os, subprocess, sys
from pathlib import Path
from pipeline.core import params as core
from pipeline.sgn.model import params
from stages import helper

Path("read.txt").read_text()
Path("out").mkdir()
Path("out/own.txt").write_text("1")
Path("out/own.txt").read_text()
os.replace("out", "moved")
Path("moved/own.txt").read_text()
list(Path("data").iterdir())
with open("both.txt", "r+") as stream:
    stream.write("1")
subprocess.run([sys.executable, "-c", "open('by-a-child.txt').close()"], check=True)
if os.fork() == 0:
    Path("by-a-fork.txt").read_text()
    os._exit(0)
os.wait()
p = params.load()
p.alpha, p.seeds, p.scale_params.train.batch, p.run("model1").A.about, p.seeds
core.load().scale_params.images.test_size, p.domain("photo").side
p.run("model2").model_dump(exclude={"measured_by", "seeds", "B", "C", "D"})
dict(p.scale_params.toy)
list(p.styles)
"""


def trace(folder: Path, stage: str | None, *command: str) -> dict[str, compare.Read]:
    """What was read so far, after a command that DVC starts for a stage, or that somebody else starts."""
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    places = [Path(__file__).parent, CHECKOUT]  # the made-up checkout has no pipeline of its own
    environment = {name: value for name, value in os.environ.items() if name != "DVC_STAGE"}
    environment |= {"PYTHONPATH": os.pathsep.join(map(str, places)), "SGN_TRACE": str(logs)}
    environment |= {"DVC_STAGE": stage} if stage else {}
    subprocess.run([sys.executable, *command], cwd=folder / "checkout", env=environment, check=True)
    return compare.traced(logs)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("traced")
    for name in ("read.txt", "both.txt", "by-a-child.txt", "by-a-fork.txt", "data/listed.txt", "unread.txt"):
        (folder / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "checkout" / name).write_text("text")
    (folder / "checkout" / "stages").mkdir()
    (folder / "checkout" / "stages" / "__init__.py").touch()
    (folder / "checkout" / "stages" / "made_up.py").write_text(STAGE)
    (folder / "checkout" / "stages" / "helper.py").write_text("VALUE = 1\n")
    (folder / "checkout" / "params.yaml").write_text((CHECKOUT / "params.yaml").read_text())
    return folder


@pytest.fixture(scope="module")
def read(checkout: Path) -> compare.Read:
    reads = trace(checkout, "made_up", "-m", "stages.made_up")
    assert set(reads) == {"made_up"}
    return reads["made_up"]


def test_files_are_those_that_were_there_before(read: compare.Read) -> None:
    code = {"stages/__init__.py", "stages/made_up.py", "stages/helper.py"}
    assert read.files == {"read.txt", "both.txt", "by-a-child.txt", "by-a-fork.txt", "params.yaml", *code}


def test_listed_folders_count_too(read: compare.Read) -> None:
    assert "data" in read.folders
    assert "moved" not in read.folders


def test_params_are_the_leaves_that_were_read(checkout: Path, read: compare.Read) -> None:
    toy = {f"scales.small.toy.{name}" for name in ("epochs", "seeds", "widths", "width_seeds")}
    dumped = {f"runs.model2.{name}" for name in ("method", "conditioning", "reads", "epochs", "style_weight", "S")}
    dumped |= {f"runs.model2.A.{name}" for name in ("loss", "about")}
    single = {"alpha", "seeds", "scales.small.train.batch", "runs.model1.A", "styles"}
    single |= {"scales.small.images.test_size", "domains.photo.side"}
    assert read.params == single | dumped | toy


def test_stages_have_dvcs_names_and_other_programs_are_no_stages(checkout: Path) -> None:
    (checkout / "checkout" / "stages" / "keyed.py").write_text("open('read.txt').close()\n")
    names = ("train@model1-w100", "stages/toypaper/dvc.yaml:train@one")
    for name in names:
        reads = trace(checkout, name, "-m", "stages.keyed")
        assert reads[name].files == {"stages/__init__.py", "stages/keyed.py", "read.txt"}
    assert set(trace(checkout, None, "-c", "open('unread.txt').close()")) == {*names, *reads}


def test_the_comparison_goes_both_ways() -> None:
    read = compare.Read(
        {"data/photo/train.npy", "pipeline/core/files.py", "pipeline/shell/command.py", "stages/__init__.py"},
        set(),
        {"alpha", "runs.model1.S", "checkpoint_seconds"},
    )
    right = compare.Declared({"data/photo", "pipeline/core"}, set(), {"alpha", "runs.model1"})
    wrong = compare.Declared(
        {"data/pho", "pipeline/core/files.py", "models"}, set(), {"alph", "runs.model1-w100", "seeds"}
    )
    assert not compare.undeclared_files(read, right, CHECKOUT)
    assert not compare.unread_deps(read, right)
    assert not compare.undeclared_params(read, right)
    assert not compare.unread_params(read, right)
    assert compare.undeclared_files(read, wrong, CHECKOUT) == {"data/photo/train.npy"}
    assert compare.unread_deps(read, wrong) == {"data/pho", "models"}
    assert compare.undeclared_params(read, wrong) == {"alpha", "runs.model1.S"}
    assert compare.unread_params(read, wrong) == {"alph", "runs.model1-w100", "seeds"}


def test_what_follows_from_a_change_is_followed_to_the_end() -> None:
    stages = {
        "images": compare.Declared(set(), {"data/photo"}, set()),
        "train": compare.Declared({"data/photo"}, {"models/a"}, set()),
        "evaluate": compare.Declared({"models/a/0"}, {"reports/a.json"}, set()),
        "page": compare.Declared({"reports"}, {"page.html"}, set()),
        "toy": compare.Declared({"data/photos"}, {"toy.npz"}, set()),
    }
    assert compare.downstream(stages, {"images"}) == {"images", "train", "evaluate", "page"}
    assert compare.downstream(stages, {"evaluate"}) == {"evaluate", "page"}
