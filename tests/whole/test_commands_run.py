"""The commands of README and docs are run as they are written, in a clone at scale smoke (`make test-long`).

Experiments on the whole graph are run for Model 1 alone, what asks the internet with --dry. What starts a server, tests
or another environment, and benchmarks that take hours, are not run here: tests of their own do that.
"""

import shlex
import sys
from pathlib import Path

import numpy as np
import pytest
from dvc.utils.hydra import apply_overrides
from PIL import Image

from tests.clone import call
from tests.whole.test_commands import COMMANDS, STANDS_FOR

pytestmark = pytest.mark.long

BEGUN_ELSEWHERE = (
    *("make test", "make check-repro", "make demo", "make lock", "make -j", "make repro PYTHON"),
    "python -m benchmarks",
)
# What the docs name to say what it does not do: each complains of what the further papers' trainings left elsewhere.
NAMED_ONLY = {"dvc checkout", "dvc pull --run-cache"}
# DVC warns by itself: of the reader's own files, which Git does not have; and of what it is about to remove.
WARNS = ("dvc exp run ", "dvc gc ")
# What others need, or what changes the clone for good, in this order.
FIRST = ["dvc remote add -d shared /shared/sgn-remote", "dvc push", "dvc push --run-cache"]
LAST = [
    *("dvc queue start -j 2", "make study NAME=alpha", "dvc gc --workspace", "dvc config --local cache.shared group"),
    *("dvc cache dir --local /shared/sgn-cache", "make clean-scratch"),
]
TARGETS = ["train@model1", "evaluate@model1"]


def ordered() -> list[str]:
    """The commands that are run: neither another's nor a word that only begins like one."""
    names = ("dvc.lock", "dvc.yaml", "dvc", "make archive", "make study", "make study NAME=...")
    rest = [c for c in COMMANDS if not c.startswith(BEGUN_ELSEWHERE) and c not in {*FIRST, *LAST, *NAMED_ONLY, *names}]
    return [*FIRST, *(c for c in rest if "--queue" not in c), *(c for c in rest if "--queue" in c), *LAST]


def words(command: str, folder: Path) -> list[str]:
    """The arguments, with what stands for something of the reader's own filled in."""
    filled = [STANDS_FOR.get(word, word) for word in shlex.split(command)]
    filled = [word.replace("/shared", str(folder.parent)).replace("RUN", "model1") for word in filled]
    filled = [word.replace('"DIR"', '"pictures"').replace("NAME=...", "NAME=mine") for word in filled]
    if filled[:3] == ["dvc", "exp", "run"]:
        stages = [word for word in filled[3:] if "@" in word or word in ("toy", "summary")]
        filled = [*filled[:3], "-f", *filled[3:]] if not stages and "--queue" not in filled else filled
        filled += [] if stages else TARGETS
    return [*filled, "-f"] if filled[:2] == ["dvc", "gc"] else filled


def test_the_commands_that_are_run_are_most_of_them() -> None:
    assert len(ordered()) > 60
    assert set(FIRST + LAST) <= set(COMMANDS)


@pytest.fixture(scope="module")
def readers(clone: Path) -> Path:
    """The clone as a reader has it who typed `make repro`: with an environment, a commit, own pictures."""
    (clone / ".venv").symlink_to(sys.prefix)
    photo = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    Image.fromarray(photo).save(clone / "photo.jpg")
    sets = ("vangogh2photo", "ukiyoe2photo", "monet2photo", "summer2winter_yosemite", "facades", "style-images")
    for name in sets:
        for split in ("trainA", "trainB", "testA", "testB"):
            (clone / "pictures" / name / split).mkdir(parents=True)
            for number in range(4):
                other = np.random.default_rng([number, *split.encode()]).integers(0, 256, (48, 48, 3), dtype=np.uint8)
                Image.fromarray(other).save(clone / "pictures" / name / split / f"{name} {number}.jpg")
    for style in ("udnie.jpg", "rain-princess.jpg", "rain_princess.jpg"):
        Image.fromarray(photo).save(clone / "pictures/style-images" / style)
    call(clone, "git", "add", "-A")
    call(clone, "git", "commit", "-q", "-m", "results")
    return clone


@pytest.mark.parametrize("command", ordered())
def test_a_command_does_what_it_is_there_for(command: str, readers: Path) -> None:
    if "data=cyclegan" in command:  # DVC's dry run of an experiment misses what only a stage before it makes
        before = (readers / "params.yaml").read_bytes()
        apply_overrides(readers / "params.yaml", ["data=cyclegan"])
        assert "stages.images photo" in call(readers, sys.executable, "-m", "dvc", "repro", "--dry", "images@photo")
        (readers / "params.yaml").write_bytes(before)
        return
    (readers / "out.png").unlink(missing_ok=True)  # the pages write to this name more than once
    said = call(readers, *words(command, readers))
    assert "Traceback" not in said
    assert "WARNING" not in said or command.startswith(WARNS)
