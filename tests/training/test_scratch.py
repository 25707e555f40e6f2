"""Resume state belongs to one exact computation: anything that decides the result changes the folder's name."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.sgn.model import params
from pipeline.training import scratch
from tests.clone import CHECKOUT

VALUES: dict[str, Any] = {"scale": {"steps": 6, "learning_rate": 1e-3}, "seed": 0, "alpha": 0.5, "S": None}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    module = Path(params.__file__)  # instead of all imported ones: looking for them takes a while
    monkeypatch.setattr(scratch, "own_modules", lambda: {"pipeline/sgn/model/params.py": module})
    (tmp_path / "a.npy").write_bytes(b"a")
    (tmp_path / "b.npy").write_bytes(b"b")
    return tmp_path


own_modules = scratch.own_modules


def name(values: dict[str, Any] = VALUES, inputs: tuple[str, ...] = ("a.npy", "b.npy")) -> str:
    return scratch.place("train-model1", values, [Path(path) for path in inputs]).folder.name


def test_it_lies_under_the_users_repository(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scratch.place("train-model1", VALUES, []).folder.parent == elsewhere / "scratch"
    monkeypatch.setenv("DVC_ROOT", "/the/repository")
    found = scratch.place("train-model1", VALUES, []).folder
    assert found.parent == Path("/the/repository/scratch")
    assert found.name.startswith("train-model1-")
    assert not (elsewhere / "scratch").exists()  # a name only


def test_the_same_computation_has_the_same_name() -> None:
    before = name()
    os.utime("a.npy", (0, 0))
    Path("a.npy").rename("c.npy")
    reordered = dict(reversed(VALUES.items()))
    assert name(reordered, ("c.npy", "b.npy")) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 1},
        {"alpha": 0.5000001},
        {"S": [1.0, 0.0, 0.0]},
        {"scale": {"steps": 7, "learning_rate": 1e-3}},
        {"scale": {"steps": 6, "learning_rate": 2e-3}},
        {"precision": "bf16"},
    ],
)
def test_every_value_counts(changed: dict[str, Any]) -> None:
    assert name({**VALUES, **changed}) != name()


def test_every_input_counts_by_its_bytes_and_its_role() -> None:
    names = {name(), name(inputs=("a.npy",)), name(inputs=("b.npy", "a.npy"))}
    Path("b.npy").write_bytes(b"B")
    names.add(name())
    assert len(names) == 4


def test_every_module_counts(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = elsewhere / "losses.py"
    module.write_text("x = 1\n")
    monkeypatch.setattr(scratch, "own_modules", lambda: {"pipeline/sgn/model/losses.py": module})
    before = name()
    module.write_text("x = 2\n")
    changed = name()
    module.write_text("x = 1\n")
    assert changed != before
    assert name() == before


@pytest.mark.parametrize("variable", ["MKL_CBWR", "ONEDNN_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY"])
def test_variables_that_choose_other_kernels_count(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = name()
    monkeypatch.setenv(variable, "AVX2")
    assert name() != before
    monkeypatch.delenv(variable)
    assert name() == before


def test_stages_do_not_share_a_folder() -> None:
    assert scratch.place("train-model1-0", VALUES, []).folder != scratch.place("train-model1-1", VALUES, []).folder


def test_own_modules_are_the_imported_ones_of_the_checkout_alone() -> None:
    found = own_modules()
    assert (
        found["pipeline/sgn/model/params.py"]
        == Path(params.__file__).resolve()
        == CHECKOUT / "pipeline/sgn/model/params.py"
    )
    assert list(found) == sorted(found)
    assert all(key.startswith(("pipeline/", "stages/")) and path.is_file() for key, path in found.items())


def test_a_value_that_is_not_finite_has_no_name() -> None:
    with pytest.raises(ValueError, match="JSON"):
        name({**VALUES, "alpha": float("nan")})


# One process at a time

HOLDER = """
import sys, time
from pathlib import Path
from pipeline.training import scratch
folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
with scratch.held([scratch.Place(folder, "")]):
    found = (folder / "result").exists()
    print("reused" if found else "computed", flush=True)
    if not found:
        time.sleep(seconds)
        (folder / "result").write_text("done")
"""


def hold(folder: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER, str(folder), str(seconds)]
    return subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_the_second_waits_and_reuses_and_the_last_cleans(elsewhere: Path) -> None:
    folder = elsewhere / "scratch/train-model1-0"
    first = hold(folder, 1.5)
    assert line(first) == "computed"
    others = [hold(folder, 1.5) for _ in range(2)]
    for other in others:
        assert line(other).startswith("waiting: another process is at the same computation")
    assert [line(other) for other in others] == ["reused", "reused"]
    assert [process.wait() for process in (first, *others)] == [0, 0, 0]
    assert os.listdir(elsewhere / "scratch") == []


def test_many_at_once_compute_it_rarely_and_never_together(elsewhere: Path) -> None:
    folder = elsewhere / "scratch/train-model1-0"
    processes = [hold(folder, 0.3) for _ in range(6)]
    out = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0] * 6, out
    assert sum("reused" in text for text, _ in out) >= 3
    assert os.listdir(elsewhere / "scratch") == []


def test_a_killed_process_gives_its_folder_back_and_leaves_it(elsewhere: Path) -> None:
    folder = elsewhere / "scratch/train-model1-0"
    first = hold(folder, 60)
    assert line(first) == "computed"
    first.kill()
    first.wait()
    assert folder.exists()
    second = hold(folder, 0)
    assert line(second) == "computed"
    assert second.wait() == 0
    assert not folder.exists()


def test_an_error_leaves_the_folder_for_the_next_try(elsewhere: Path) -> None:
    one = scratch.place("train-model1", VALUES, [])

    def diverge() -> None:
        with scratch.held([one]):
            (one.folder / "step-1.pt").write_text("a checkpoint")
            raise ValueError("diverged")

    with pytest.raises(ValueError, match="diverged"):
        diverge()
    assert (one.folder / "step-1.pt").exists()
    with scratch.held([one]):
        assert (one.folder / "step-1.pt").exists()
    assert not one.folder.exists()


def test_the_whole_hash_is_the_identity() -> None:
    one = scratch.place("train-model1", VALUES, [])
    assert len(one.identity) == 64
    assert one.folder.name == f"train-model1-{one.identity[:16]}"
