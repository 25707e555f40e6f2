"""A training beside other programs: `python -m benchmarks.neighbours [STEPS]`.

Says why `threads: 1` is the default. Model 1 at scale small trains alone, beside one busy program per core, and as
several trainings side by side, with one thread and with one per core. The times are those of the loop; a thread that
waits for a core makes all others of its training wait at every operation. Needs the pictures and VGG16's weights of
this checkout: `make repro`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.shell import machine, progress

CHECKOUT = Path(__file__).resolve().parent.parent
NEEDED = ("data/photo", "data/vangogh", "data/udnie", "models/vgg16.safetensors")


@dataclass(frozen=True)
class Run:
    """What trainings took: seconds of the slowest one's loop, bytes of the largest one's memory at its peak."""

    seconds: float
    memory: int


def place(folder: Path, steps: int, threads: int) -> Path:
    """A folder in which Model 1 can train: the code, the settings, links to the pictures."""
    for name in ("pipeline", "stages"):
        shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in NEEDED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(CHECKOUT / name)
    text = (CHECKOUT / "params.yaml").read_text(encoding="utf-8")
    small = text.index("  small:")
    text = text[:small] + re.sub(r"steps: \d+", f"steps: {steps}", text[small:], count=1)
    for name, value in (("scale", "small"), ("threads", str(threads)), ("device", "cpu")):
        text = re.sub(rf"^{name}: \w+", f"{name}: {value}", text, flags=re.MULTILINE)
    (folder / "params.yaml").write_text(text, encoding="utf-8")
    return folder


def train(steps: int, threads: int, count: int = 1) -> Run:
    """Train Model 1 `count` times at the same time, each in a folder of its own."""
    with tempfile.TemporaryDirectory() as base:
        folders = [place(Path(base) / str(number), steps, threads) for number in range(count)]
        environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "stages.sgn.train", "model1"],
                cwd=folder,
                env={**environment, progress.VARIABLE: str(folder / "step")},  # no lines of it here
                stdout=subprocess.DEVNULL,
            )
            for folder in folders
        ]
        seconds, memory = 0.0, 0
        for folder, process in zip(folders, running, strict=True):
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                raise SystemExit(f"a training ended with {process.returncode}")
            times = json.loads((folder / "scratch/times/train-model1-0.json").read_text(encoding="utf-8"))
            seconds = max(seconds, times["seconds"])
            memory = max(memory, used.ru_maxrss * 1024)
        return Run(seconds, memory)


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many programs that never rest."""
    programs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def main(steps: int) -> None:
    """Print the table."""
    if missing := [name for name in NEEDED if not (CHECKOUT / name).exists()]:
        raise SystemExit(f"error: {', '.join(missing)} is not here: make repro")
    cores = machine.cores()
    print(f"Model 1 at small, {steps} steps, {cores} cores; ms a step")
    print("| threads | alone | beside a busy program per core | so many times its time alone | memory |")
    print("|---|---|---|---|---|")
    for threads in sorted({1, cores}):
        alone = train(steps, threads)
        fewer = steps if threads == 1 else max(10, steps // 20)  # such a step takes seconds
        with busy(cores):
            beside = train(fewer, threads)
        a, b = 1000 * alone.seconds / steps, 1000 * beside.seconds / fewer
        print(f"| {threads} | {a:.0f} | {b:.0f} | {b / a:.1f} | {alone.memory / 1e9:.2f} GB |", flush=True)
    together = train(steps, 1, cores)
    print(f"\n{cores} trainings side by side, one thread each: {1000 * together.seconds / steps:.0f} ms a step of each")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
