"""Clones that tests make leave the user's repository alone, whatever Git's variables say."""

import os
import subprocess
from pathlib import Path

import pytest

from checks import hostile
from tests.clone import call, contents


def test_a_repository_that_gits_variables_name_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, canary, linked, folder = (tmp_path / name for name in ("home", "canary", "linked", "clone"))
    for place in (home, canary, folder):
        place.mkdir()
    (canary / "file").write_text("the user's")
    for arguments in (
        ("init", "-q"),
        ("add", "-A"),
        ("commit", "-q", "-m", "first"),
        ("worktree", "add", "-q", linked),
    ):
        call(canary, "git", *map(str, arguments))
    before = contents(canary)
    # As in a hook of a linked worktree, and with a configuration that asks for hooks and signatures.
    hostile.furnish(home)
    git = canary / ".git"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", str(git / "worktrees/linked"))
    monkeypatch.setenv("GIT_WORK_TREE", str(linked))
    monkeypatch.setenv("GIT_INDEX_FILE", str(git / "worktrees/linked/index"))
    assert subprocess.run(["git", "rev-parse", "--git-dir"], cwd=folder, capture_output=True, env=os.environ).stdout
    (folder / "other").write_text("the clone's")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "smoke")):
        call(folder, "git", *arguments)
    assert contents(canary) == before
    assert call(folder, "git", "ls-files").split() == ["other"]
