"""A clone of the working tree at scale smoke, in which a test does what a user does."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from checks.clone import CHECKOUT, make_clone, without_git


def graph(folder: Path) -> None:
    """Copy the checkout's graph to a folder: there an error about a file names the stage that makes it."""
    for name in ("dvc.yaml", "data/dvc.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, folder / name)


def environment(**more: str) -> dict[str, str]:
    """This environment's programs first in the path, no trace of a DVC or a Git above this process."""
    kept = {name: value for name, value in without_git(os.environ).items() if not name.startswith("DVC_")}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", **more}


def heed_sigint() -> None:
    """For Popen's `preexec_fn`: a shell that starts the tests in the background has them ignore SIGINT."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def call(folder: Path, *command: str, check: bool = True, **more: str) -> str:
    """Run a command in a folder, with `more` in its environment; its stdout and stderr."""
    run = subprocess.run(
        command, cwd=folder, env=environment(**more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if check:
        assert run.returncode == 0, f"{' '.join(command)} ended with {run.returncode}:\n{run.stdout}"
    return run.stdout


def dvc(folder: Path, *arguments: str, check: bool = True, **more: str) -> str:
    """Run DVC in a folder."""
    return call(folder, sys.executable, "-m", "dvc", *arguments, check=check, **more)


def contents(folder: Path) -> dict[str, str]:
    """The hash of each file below a folder, and where each link leads: equal where nothing was written."""
    return {
        str(path.relative_to(folder)): os.readlink(path)
        if path.is_symlink()
        else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def change(folder: Path, old: str, new: str) -> None:
    """Change params.yaml at one place."""
    text = (folder / "params.yaml").read_text()
    assert old in text
    (folder / "params.yaml").write_text(text.replace(old, new, 1))


def make(folder: Path, scale: str = "smoke") -> None:
    """Copy the working tree to a new folder, without results, in Git."""
    make_clone(folder, scale, untracked=True)
