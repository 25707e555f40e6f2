"""A clone of the working tree at scale smoke, in which a test does what a user does."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


def graph(folder: Path) -> None:
    """Copy the checkout's graph to a folder: there an error about a file names the stage that makes it."""
    for name in ("dvc.yaml", "data/dvc.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, folder / name)


def environment(**more: str) -> dict[str, str]:
    """This environment's programs first in the path, a name for Git, no trace of a DVC or a Git above this process.

    In a hook or a `git rebase -x`, Git's variables name the user's repository, and a clone would write into that one;
    the user's own configuration may ask for signatures and hooks.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DVC_", "GIT_"))}
    people = {f"GIT_{role}_{what}": "test@localhost" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    nobodys = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return {
        **kept,
        **people,
        **nobodys,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        **more,
    }


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
    listed = call(CHECKOUT, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, listed):
        if (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, folder / name)
    change(folder, "scale: small", f"scale: {scale}")
    for lock in (folder / "dvc.lock", *folder.glob("stages/*/dvc.lock")):
        lock.unlink()
    call(folder, "git", "init", "-q")
    call(folder, "git", "add", "-A")
    call(folder, "git", "commit", "-q", "-m", "smoke")
