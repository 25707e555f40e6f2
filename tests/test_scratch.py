"""Resume state belongs to one exact computation: anything that decides the result changes the folder's name."""

import os
from pathlib import Path
from typing import Any

import pytest

from pipeline import params, scratch

CHECKOUT = Path(__file__).parents[1]
VALUES: dict[str, Any] = {"scale": {"steps": 6, "learning_rate": 1e-3}, "seed": 0, "alpha": 0.5, "S": None}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    module = Path(params.__file__)  # instead of all imported ones: looking for them takes a while
    monkeypatch.setattr(scratch, "own_modules", lambda: {"pipeline/params.py": module})
    (tmp_path / "a.npy").write_bytes(b"a")
    (tmp_path / "b.npy").write_bytes(b"b")
    return tmp_path


own_modules = scratch.own_modules


def name(values: dict[str, Any] = VALUES, inputs: tuple[str, ...] = ("a.npy", "b.npy")) -> str:
    return scratch.folder("train-model1", values, [Path(path) for path in inputs]).name


def test_it_lies_under_the_users_repository(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scratch.folder("train-model1", VALUES, []).parent == elsewhere / "scratch"
    monkeypatch.setenv("DVC_ROOT", "/the/repository")
    found = scratch.folder("train-model1", VALUES, [])
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
    monkeypatch.setattr(scratch, "own_modules", lambda: {"pipeline/losses.py": module})
    before = name()
    module.write_text("x = 2\n")
    changed = name()
    module.write_text("x = 1\n")
    assert changed != before
    assert name() == before


def test_stages_do_not_share_a_folder() -> None:
    assert scratch.folder("train-model1-0", VALUES, []) != scratch.folder("train-model1-1", VALUES, [])


def test_own_modules_are_the_imported_ones_of_the_checkout_alone() -> None:
    found = own_modules()
    assert found["pipeline/params.py"] == Path(params.__file__).resolve() == CHECKOUT / "pipeline/params.py"
    assert list(found) == sorted(found)
    assert all(key.startswith(("pipeline/", "stages/")) and path.is_file() for key, path in found.items())


def test_a_value_that_is_not_finite_has_no_name() -> None:
    with pytest.raises(ValueError, match="JSON"):
        name({**VALUES, "alpha": float("nan")})
