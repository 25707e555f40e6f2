"""What `make check-repro` says of two made-up clones, whose graph is b, then a and c."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from checks import repro
from checks.clone import at_scale

GRAPH = {
    "a": (["data/b"], ["reports/a.json"]),
    "b": ([], ["data/b"]),
    "c": (["data/b/one.json", "reports"], ["reports2/c.json"]),
}
FILES = {"data/b/one.json": "1\n", "data/b/two.json": "2\n", "reports/a.json": "3\n", "reports2/c.json": "4\n"}


def clone(folder: Path, changed: dict[str, str] | None = None, **hashes: str) -> Path:
    """Files, and a dvc.lock in which each path has the hash `same`, or the one given by its stage."""
    for name, text in {**FILES, **(changed or {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    stages = {
        name: {
            "cmd": name,
            "deps": [{"path": path, "md5": "same"} for path in deps],
            "outs": [{"path": path, "md5": hashes.get(name, "same")} for path in outs],
        }
        for name, (deps, outs) in GRAPH.items()
    }
    (folder / "dvc.lock").write_text(yaml.safe_dump({"schema": "2.0", "stages": stages}))
    return folder


def said(capsys: pytest.CaptureFixture[str], first: Path, second: Path) -> str:
    with pytest.raises(SystemExit) as ended:
        repro.report(first, second)
    assert ended.value.code == 1
    return capsys.readouterr().err


def test_equal_clones_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert repro.report(clone(tmp_path / "1"), clone(tmp_path / "2")) == "3 stages, 4 files, 8 bytes"
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_stages_come_in_the_graphs_order(tmp_path: Path) -> None:
    lock = repro.stages_of((clone(tmp_path) / "dvc.lock").read_bytes())
    assert repro.in_order(lock) == ["b", "a", "c"]


def test_the_earliest_difference_is_named_with_its_diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = {"reports/a.json": "30\n", "data/b/two.json": "20\n", "reports2/c.json": "40\n"}
    text = said(capsys, clone(tmp_path / "1"), clone(tmp_path / "2", changed))
    assert "b makes data/b/two.json differently:" in text
    assert "-2\n" in text
    assert "+20\n" in text
    assert "30" not in text


def test_a_file_that_only_one_clone_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, clone(tmp_path / "1"), clone(tmp_path / "2", {"data/b/three.json": ""}))
    assert "b makes data/b/three.json differently:\n  only in the second clone" in text


def test_another_lock_names_stage_path_and_both_hashes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, clone(tmp_path / "1"), clone(tmp_path / "2", {"reports/a.json": "30\n"}, a="other", c="third"))
    assert "a: out reports/a.json is same and other" in text
    assert "+30" in text
    assert "third" not in text


def test_the_order_of_the_stages_in_a_lock_is_dvcs_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = clone(tmp_path / "1"), clone(tmp_path / "2")
    lock = yaml.safe_load((second / "dvc.lock").read_text())
    lock["stages"] = dict(reversed(lock["stages"].items()))
    (second / "dvc.lock").write_text(yaml.safe_dump(lock, sort_keys=False))
    repro.report(first, second)
    assert "in another order" in capsys.readouterr().out


def test_a_stage_that_only_one_lock_has() -> None:
    stage: dict[str, Any] = {"cmd": "x"}
    assert repro.lock_difference({"x": stage}, {}) == ["  x: only in one dvc.lock"]


def test_params_of_another_value_are_named() -> None:
    first, second = ({"x": {"params": {"params.yaml": {"alpha": alpha}}}} for alpha in (0.5, 1.0))
    (line,) = repro.lock_difference(first, second)
    assert line.startswith("  x: params is ")
    assert "1.0" in line


def test_only_scale_and_threads_change_in_params() -> None:
    before = (repro.CHECKOUT / "params.yaml").read_text(encoding="utf-8")
    after = at_scale(before, "smoke")
    values = yaml.safe_load(after)
    assert (values["scale"], values["threads"]) == ("smoke", 1)
    assert {**yaml.safe_load(before), "scale": "smoke", "threads": 1} == values


def test_a_clone_sees_nothing_of_the_users_settings(tmp_path: Path) -> None:
    users = {"PATH": "/bin", "HOME": "/root", "LC_TIME": "de_DE", "DVC_ROOT": "/x", "SGN_CACHE": "/y", "PIP_PROXY": "p"}
    found = repro.fresh(users, tmp_path)
    assert not {"LC_TIME", "DVC_ROOT", "SGN_CACHE"} & found.keys()
    assert found["HOME"] == str(tmp_path)
    assert found["PIP_PROXY"] == "p"
    assert found["PATH"].endswith(":/bin")


def test_a_run_that_fails_shows_the_end_of_its_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clones = tuple(
        repro.Clone(tmp_path, tmp_path, tmp_path / name, {"PATH": "/bin", "DVC_SITE_CACHE_DIR": str(tmp_path)})
        for name in ("log 1", "log 2")
    )
    with pytest.raises(SystemExit):
        repro.repro(clones, "repro")  # no project of DVC's
    text = capsys.readouterr().err
    assert "dvc repro ended with" in text
    assert "DVC" in text
    assert str(tmp_path / "log 1") in text


def test_a_lock_of_other_code_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "code.txt").write_text("1")
    (tmp_path / "dvc.yaml").write_text("stages: {copy: {cmd: cp code.txt out.txt, deps: [code.txt], outs: [out.txt]}}")
    for arguments in (["init", "-q", "--no-scm"], ["repro", "-q"]):
        subprocess.run([sys.executable, "-m", "dvc", *arguments], cwd=tmp_path, check=True)
    repro.belongs(tmp_path)
    assert "belongs" in capsys.readouterr().out
    (tmp_path / "code.txt").write_text("2")
    with pytest.raises(SystemExit):
        repro.belongs(tmp_path)
    assert "would run copy" in capsys.readouterr().err
