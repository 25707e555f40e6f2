"""A repository with the checkout's files, which sees nothing of the user's Git: tests and checks work in such ones.

In a hook or a `git rebase -x`, Git's variables name the user's repository, and a clone would write into that one; the
user's own configuration may ask for signatures and hooks.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
_PEOPLE = {f"GIT_{role}_{what}": "test@localhost" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **_PEOPLE}


def without_git(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with no repository and no configuration of the user's, and with a name for commits."""
    return {**{name: value for name, value in environment.items() if not name.startswith("GIT_")}, **GIT}


def make_clone(folder: Path, scale: str = "smoke", *, untracked: bool = False) -> None:
    """Copy the tracked files as they are now to a new folder, at a scale, without locks and results, and commit them.

    The lock of data/ stays: what it tells of is the same at every scale.
    `untracked`: also files that Git neither tracks nor ignores, as they are while somebody works.
    """
    environment = without_git(os.environ)
    more = ("--cached", "--others", "--exclude-standard") if untracked else ()
    asked = ("git", "ls-files", "-z", *more)
    listed = subprocess.run(asked, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (CHECKOUT / name).is_file() and (name == "data/dvc.lock" or Path(name).name != "dvc.lock"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, folder / name)
    params = folder / "params.yaml"
    params.write_text(at_scale(params.read_text(encoding="utf-8"), scale), encoding="utf-8")
    for arguments in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", scale)):
        subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True)


def at_scale(params: str, scale: str) -> str:
    """params.yaml's text with a scale and one thread, whatever the user works with: clones run side by side."""
    for name, value in (("scale", scale), ("threads", "1")):
        params, count = re.subn(rf"^{name}: \w+", f"{name}: {value}", params, flags=re.MULTILINE)
        assert count == 1, f"params.yaml has {count} lines `{name}: ...`"
    return params
