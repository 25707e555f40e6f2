"""`make check-repro`: do the committed results belong to the code, and does the code make the same results anywhere?

The whole graph runs at scale smoke, from nothing, in two clones that have nothing in common but the tracked files and
the machine. All that they make must be the same, byte for byte, and the same again when forced.

The first output that differs, in the graph's order, is named with a diff; what differs after it may only follow from
it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from checks import difference, hostile
from checks.clone import CHECKOUT, make_clone

WEIGHTS = CHECKOUT / "models/vgg16.safetensors"
ANOTHER_USER = 65534  # "nobody", by number: the name is not everywhere
# What a user may have set and a clone must not see: it begins as on a fresh machine.
NOT_PASSED_ON = ("DVC_", "GIT_", "SGN_", "LC_", "LANG", "XDG_", "TORCH_", "MPL", "JUPYTER", "IPYTHON", "PYTHON")

Lock = dict[str, dict[str, Any]]  # the stages of a dvc.lock


@dataclass(frozen=True)
class Clone:
    """A copy of the checkout with settings of its own; `home` is empty, `log` is what DVC printed."""

    folder: Path
    home: Path
    log: Path
    environment: Mapping[str, str]
    user: int | None = None
    umask: int = -1  # this process's own

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Run a program of this clone's, as its user; the output goes to the log."""
        groups: dict[str, Any] = {} if self.user is None else {"group": self.user, "extra_groups": []}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                arguments,
                cwd=self.folder,
                env=self.environment,
                user=self.user,
                umask=self.umask,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **groups,
            )


@dataclass
class Compared:
    """How much was compared, and the first difference: nothing, or which output of which stage, and a diff."""

    files: int = 0
    bytes: int = 0
    difference: tuple[str, ...] = ()


def main() -> None:
    """Print a line for each check; SystemExit(1) with the first difference."""
    began = time.monotonic()
    belongs(CHECKOUT)
    base = Path(tempfile.mkdtemp(prefix="check-repro-"))
    base.chmod(0o755)  # the second clone's user must get through
    clones = two_clones(base)
    print(f"clones: {clones[0].folder}, and {clones[1].folder} with {_other(clones[1])}", flush=True)
    repro(clones, "repro")
    total = report(*(clone.folder for clone in clones))

    # A second time in the same place: nothing is resumed, nothing comes from the cache of runs.
    before = (clones[0].folder / "dvc.lock").read_bytes()
    shutil.rmtree(clones[0].folder / "scratch", ignore_errors=True)
    repro(clones[:1], "repro", "--force")
    after = (clones[0].folder / "dvc.lock").read_bytes()
    if before != after:
        difference = lock_difference(*map(stages_of, (before, after))) or ["  the same in another order"]
        fail(["dvc repro --force changes dvc.lock", *difference])
    print("dvc repro --force: dvc.lock unchanged")
    shutil.rmtree(base)
    print(f"check-repro: {total}, {time.monotonic() - began:.0f} s")


def belongs(checkout: Path) -> None:
    """Whether dvc.lock is that of the code and the parameters, with the results or without them; else SystemExit(1)."""
    asked = subprocess.run(
        [sys.executable, "-m", "dvc", "repro", "--dry", "--allow-missing"],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    stages = re.findall(r"Running stage '([^']+)'", asked.stdout)  # DVC ends with 0 all the same
    if asked.returncode != 0 and not stages:
        fail([f"dvc repro --dry ended with {asked.returncode}:", *asked.stdout.splitlines()[-20:]])
    if stages:
        more = f" and {len(stages) - 5} more" if len(stages) > 5 else ""
        fail([f"dvc.lock is not of this code: `dvc repro` would run {', '.join(stages[:5])}{more}"])
    print("dvc.lock: belongs to the code and params.yaml", flush=True)


def two_clones(base: Path) -> tuple[Clone, Clone]:
    """Clones in folders of different names and depths, of different users, in other time zones and locales; the second
    user's home has settings of everything that reads a home."""
    first = a_clone(base / "first", {"TZ": "UTC", "LC_ALL": "C.UTF-8", "USER": "first", "LOGNAME": "first"})
    other = {"TZ": "Pacific/Chatham", "LC_ALL": "C", "USER": "somebody", "LOGNAME": "somebody"}
    second = a_clone(base / "second clone, deeper" / "down" / "it is here", other, another_user(base), furnished=True)
    return first, second


def a_clone(folder: Path, environment: Mapping[str, str], user: int | None = None, *, furnished: bool = False) -> Clone:
    """The tracked files in a repository of their own, at scale smoke, with a home beside it."""
    home = folder.parent / f"home of {folder.name}"
    home.mkdir(parents=True)
    settings = hostile.furnish(home) if furnished else {}
    make_clone(folder)
    if user is not None:
        for path in (folder, home, *folder.rglob("*")):
            os.chown(path, user, user, follow_symlinks=False)
    log = home.parent / f"log of {folder.name}"
    umask = hostile.UMASK if furnished else -1
    return Clone(folder, home, log, {**fresh(os.environ, home), **environment, **settings}, user, umask)


def fresh(environment: Mapping[str, str], home: Path) -> dict[str, str]:
    """The environment of a new user in an empty home folder, with this checkout's programs first in the path."""
    kept = {name: value for name, value in environment.items() if not name.startswith(NOT_PASSED_ON)}
    kept |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}",
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "DVC_SITE_CACHE_DIR": str(home / "dvc"),
        "OMP_NUM_THREADS": "1",
    }
    if WEIGHTS.is_file():  # else both clones fetch 64 MB
        kept["SGN_VGG16"] = str(WEIGHTS)
    return kept


def another_user(base: Path) -> int | None:
    """Another user's number, if this is root and that user can use this checkout's Python and weights; else None."""
    if os.geteuid() != 0:
        return None
    needed = [str(path) for path in (CHECKOUT / "requirements.txt", WEIGHTS) if path.is_file()]
    try:
        tried = subprocess.run(
            [sys.executable, "-c", "import sys, dvc; [open(path) for path in sys.argv[1:]]", *needed],
            cwd=base,
            user=ANOTHER_USER,
            group=ANOTHER_USER,
            extra_groups=[],
            capture_output=True,
        )
    except OSError:  # not even Python may be started
        return None
    return ANOTHER_USER if tried.returncode == 0 else None


def repro(clones: tuple[Clone, ...], *arguments: str) -> None:
    """Run DVC in the clones, side by side; SystemExit(1) with the end of the log of one that fails."""
    running = [clone.start(sys.executable, "-m", "dvc", *arguments) for clone in clones]
    try:
        codes = [process.wait() for process in running]
    finally:
        for process in running:
            process.terminate()
    for clone, code in zip(clones, codes, strict=True):
        if code != 0:
            end = clone.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
            fail([f"dvc {' '.join(arguments)} ended with {code} in {clone.folder}; the end of {clone.log}:", *end])


def report(first: Path, second: Path) -> str:
    """Compare two clones after their run; what was compared, in words. SystemExit(1) with the first difference."""
    a, b = ((folder / "dvc.lock").read_bytes() for folder in (first, second))
    locks = stages_of(a), stages_of(b)
    compared = compare(first, second, locks[0])
    if difference := lock_difference(*locks):
        fail(["dvc.lock differs", *difference, *compared.difference])
    # Written from nothing, it lists stages in the order in which DVC ran them, which hangs on PYTHONHASHSEED.
    what = f"{len(a):,} bytes" if a == b else "stages, paths and hashes, in another order,"
    print(f"dvc.lock: the same {what} in both clones")
    if compared.difference:
        fail(list(compared.difference))
    total = f"{len(locks[0])} stages, {compared.files:,} files, {compared.bytes:,} bytes"
    print(f"outputs: the same in both clones, {total}", flush=True)
    return total


def compare(first: Path, second: Path, lock: Lock) -> Compared:
    """Compare every file of every output, in the graph's order, up to the first that differs."""
    compared = Compared()
    for stage in in_order(lock):
        for out in paths(lock[stage], "outs"):
            for name in sorted({*files_of(first, out), *files_of(second, out)}):
                a, b = first / name, second / name
                if not (a.is_file() and b.is_file()):
                    said = [f"only in the {'first' if a.is_file() else 'second'} clone"]
                else:
                    said = difference.describe(a, b)
                    compared.files += 1
                    compared.bytes += a.stat().st_size
                if said:
                    compared.difference = (f"{stage} makes {name} differently:", *(f"  {line}" for line in said))
                    return compared
    return compared


def files_of(folder: Path, out: str) -> Iterator[str]:
    """The files of an output, which is a file or a folder, by their paths in the clone."""
    path = folder / out
    for file in path.rglob("*") if path.is_dir() else [path]:
        if file.is_file():
            yield file.relative_to(folder).as_posix()


def stages_of(lock: bytes) -> Lock:
    """The stages in a dvc.lock."""
    stages: Lock = yaml.load(lock, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["stages"]
    return stages


def paths(stage: dict[str, Any], kind: str) -> list[str]:
    """A stage's deps or outs."""
    return [entry["path"].rstrip("/") for entry in stage.get(kind, [])]


def in_order(lock: Lock) -> list[str]:
    """The stages, each after those whose outputs it reads."""
    makers = {out: name for name, stage in lock.items() for out in paths(stage, "outs")}

    def before(stage: dict[str, Any]) -> set[str]:
        deps = paths(stage, "deps")
        return {
            maker
            for out, maker in makers.items()
            for d in deps
            if f"{d}/".startswith(f"{out}/") or out.startswith(f"{d}/")
        }

    return list(TopologicalSorter({name: before(stage) for name, stage in lock.items()}).static_order())


def lock_difference(first: Lock, second: Lock) -> list[str]:
    """The first stage in the graph's order that differs, and of it each path or parameter that does, if any."""
    if lines := [f"  {name}: only in one dvc.lock" for name in sorted(first.keys() ^ second.keys())]:
        return lines
    for name in in_order(first):
        lines = []
        for kind in ("deps", "outs"):
            a, b = ({entry["path"]: entry for entry in lock[name].get(kind, [])} for lock in (first, second))
            for path in sorted(a.keys() | b.keys()):
                if a.get(path) != b.get(path):
                    hashes = [entry.get("md5") if entry else "absent" for entry in (a.get(path), b.get(path))]
                    lines.append(f"  {name}: {kind[:-1]} {path} is {hashes[0]} and {hashes[1]}")
        lines += [
            f"  {name}: {key} is {first[name].get(key)!r} and {second[name].get(key)!r}"
            for key in ("cmd", "params")
            if first[name].get(key) != second[name].get(key)
        ]
        if lines:
            return lines
    return []


def fail(lines: list[str]) -> None:
    """Print what is wrong and end; the clones stay, to look at."""
    print("\n".join(["check-repro: FAILED", *lines]), file=sys.stderr)
    raise SystemExit(1)


def _other(clone: Clone) -> str:
    settings = ", ".join(f"{name}={clone.environment[name]}" for name in ("TZ", "LC_ALL", "USER"))
    number = os.geteuid() if clone.user is None else clone.user
    return f"{settings}, user number {number}"


if __name__ == "__main__":
    try:
        main()
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"error: {error}") from None
