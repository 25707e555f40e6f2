"""Resume state of trainings: a folder under the user's repository that belongs to one exact computation.

Its name is the hash of everything that decides the result (parameters, input files, code), so that a training never
continues another's checkpoint. DVC and Git ignore it. One process at a time has it; it is removed when its result is
in place. `make clean-scratch` removes what broken-off trainings left.
"""

import fcntl
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from pipeline.core import files
from pipeline.shell import command, stopping

# Variables that choose other kernels in PyTorch's libraries, and with them other roundings.
NUMERIC = ("MKL_CBWR", "MKL_ENABLE_", "ONEDNN_", "DNNL_", "ATEN_", "NVIDIA_TF32", "TORCH_ALLOW_TF32", "CUBLAS_")
# How a stage is started and stopped: no result depends on it, and no stage in dvc.yaml (tests/tracing/compare.py).
SHELL = ("pipeline/shell/", "stages/__init__.py")


@dataclass(frozen=True, order=True)
class Place:
    """A computation's folder, scratch/STAGE-HASH, and the whole hash."""

    folder: Path
    identity: str


def place(stage: str, values: dict[str, Any], inputs: list[Path]) -> Place:
    """Where a computation keeps its resume state, under the repository in which the user typed the command.

    `values` are the resolved parameters (JSON); `inputs` are read and hashed, and so is every module of ours that is
    imported at this moment. PyTorch and NumPy count by their versions.
    """
    described = {
        "values": values,
        "inputs": [files.sha256(path) for path in inputs],
        "code": {name: files.sha256(path) for name, path in own_modules().items()},
        "libraries": {name: version(name) for name in ("torch", "numpy")},
        "environment": {name: value for name, value in os.environ.items() if name.startswith(NUMERIC)},
    }
    text = json.dumps(described, sort_keys=True, allow_nan=False)
    identity = hashlib.sha256(text.encode()).hexdigest()
    return Place(command.invocation_root() / "scratch" / f"{stage}-{identity[:16]}", identity)


def own_modules() -> dict[str, Path]:
    """The imported modules of this checkout but the shell's, by their path in it."""
    checkout = Path(__file__).resolve().parents[2]
    modules = {}
    for name, module in list(sys.modules.items()):
        origin = getattr(module, "__file__", None)
        ours = name.split(".")[0] in ("pipeline", "stages", "__main__")
        if ours and origin and Path(origin).resolve().is_relative_to(checkout):
            path = Path(origin).resolve()
            relative = path.relative_to(checkout).as_posix()
            if relative.startswith(("pipeline/", "stages/")) and not relative.startswith(SHELL):
                modules[relative] = path
    return dict(sorted(modules.items()))


@contextmanager
def held(places: list[Place]) -> Iterator[None]:
    """Have these folders alone, and remove them at success; while another process has one, wait for it.

    Of two equal computations the second so finds what the first left, instead of both writing there. An error leaves
    the folders for the next try.
    """
    with ExitStack() as stack:
        for one in sorted(places):  # always in one order, or two processes could wait for each other
            stack.enter_context(_lock(one.folder))
        yield
        for one in places:
            _clean(one.folder)


def _lock(folder: Path) -> IO[str]:
    """An open file; closing it gives the folder back, and the system closes it when a process dies."""
    told = False
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock, waiting = (folder / "lock").open("w"), (folder / "waiting").open("w")
        except FileNotFoundError:  # removed at this moment
            continue
        with waiting:
            fcntl.flock(waiting, fcntl.LOCK_SH)  # so that the holder leaves its result here
            while not _try(lock, fcntl.LOCK_EX):
                if not told:
                    print(f"waiting: another process is at the same computation, in {folder}", flush=True)
                    told = True
                stopping.check()
                time.sleep(0.2)
        # The holder may have removed the folder, and what we locked with it.
        if (folder / "lock").exists() and os.path.samestat(os.fstat(lock.fileno()), (folder / "lock").stat()):
            return lock
        lock.close()


def _clean(folder: Path) -> None:
    """Remove the folder, unless another process waits for it: that one takes the result and removes the folder."""
    with (folder / "waiting").open("w") as waiting:
        if _try(waiting, fcntl.LOCK_EX):
            # Renamed first: who opens a file in it at this moment finds a folder or none, not half of one.
            gone = folder.with_name(f".{folder.name}.{os.getpid()}.gone")
            folder.rename(gone)
            files.remove(gone)


def _try(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
