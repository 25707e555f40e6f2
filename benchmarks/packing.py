"""Time and memory of packing a domain of the paper's size: python -m benchmarks.packing [--pictures 6287] [--size 286].

Renders as many different pictures of the fastest rendered domain, ukiyoe, as JPEGs of 256 pixels into a temporary
folder ($TMPDIR; it needs room for one array, 1.6 GB at the paper's size), runs the stage images@ukiyoe with
`data: folder` on them twice, and prints the time of each, the peak memory of the whole process tree and whether both
gave the same bytes. Linux only (reads /proc).

Memory is given in three ways: the sum of the resident sets of all processes at the worst moment seen, which counts
pages that they share once for each; the sum of every process's own peak as the kernel kept it, which no moment can
exceed; and the sum of the proportional sets, which counts shared pages once.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from pipeline.core import files
from pipeline.images import scenes

CHECKOUT = Path(__file__).resolve().parents[1]
DOMAIN, DATASET = "ukiyoe", "ukiyoe2photo"
PIXELS, QUALITY = 256, 95  # about 28 kB a picture; those of CycleGAN's zips have 39 kB
MOST_SECONDS, MOST_MB = 180, 600


@dataclass
class Memory:
    """Peaks in MB: summed resident, summed proportional, and each process's own peak by its id."""

    resident: float = 0.0
    proportional: float = 0.0
    own: dict[int, float] = field(default_factory=dict)


def main() -> None:
    """Render, pack, report; exit code 1 if a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=6287)
    parser.add_argument("--size", type=int, default=286)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        print(f"rendering {arguments.pictures} pictures", flush=True)
        started = time.perf_counter()
        mean_bytes = render(root / DATASET, arguments.pictures)
        print(f"JPEGs of {mean_bytes / 1e3:.0f} kB on average in {time.perf_counter() - started:.0f} s", flush=True)
        write_params(root, arguments.size)
        seconds, memory, card, size = pack(root)
        seconds_again, _, card_again, _ = pack(root)
    upper = sum(memory.own.values())
    train = card["train"]
    different = train["packed"] - sum(len(names) - 1 for names in card["duplicates"]["train"])
    print(
        f"{train['packed']} pictures, {different} of them different, packed at {train['size']} px on "
        f"{len(os.sched_getaffinity(0))} cores in {seconds:.1f} s, again in {seconds_again:.1f} s; "
        f"allowed {MOST_SECONDS}"
    )
    print(f"array of {size / 1e9:.2f} GB, SHA-256 {train['sha256']}")
    print(
        f"peak memory: {memory.resident:.0f} MB summed resident, never more than {upper:.0f} MB (sum of the peaks of "
        f"{len(memory.own)} processes), allowed {MOST_MB}; {memory.proportional:.0f} MB proportional"
    )
    print(f"the second run gave {'the same bytes' if card == card_again else 'OTHER BYTES'}")
    if card != card_again or different != arguments.pictures or seconds > MOST_SECONDS or upper > MOST_MB:
        raise SystemExit(1)


def render(dataset: Path, count: int) -> float:
    """Write `count` training pictures and one test picture; the mean size of a file in bytes."""
    for split in ("train", "test"):
        (dataset / f"{split}A").mkdir(parents=True)
    with multiprocessing.Pool(2) as pool:
        jobs = [("train", i, dataset / "trainA" / f"{i:05d}.jpg") for i in range(count)]
        sizes = pool.starmap(render_one, [*jobs, ("test", 0, dataset / "testA" / "00000.jpg")], chunksize=16)
    return float(np.mean(sizes[:-1]))


def render_one(split: str, index: int, path: Path) -> int:
    """One picture as a JPEG; its size in bytes."""
    scenes.render(DOMAIN, split, index, PIXELS, seed=0).save(path, "JPEG", quality=QUALITY)
    return path.stat().st_size


def write_params(root: Path, size: int) -> None:
    """The checkout's params.yaml with the folder as the source and another train size."""
    values = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    values |= {"data": "folder", "data_root": ".", "scale": "paper"}
    values["scales"]["paper"]["images"]["train_size"] = size
    values["scales"]["paper"]["train"]["crop"] = 32  # not used here; it must not exceed the train size
    (root / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")


def pack(root: Path) -> tuple[float, Memory, dict[str, Any], int]:
    """Run the stage: its seconds from start to end, its tree's peaks, the card, the array's bytes.

    The card's SHA-256 is compared with the file's, and the file is removed.
    """
    environment = {name: value for name, value in os.environ.items() if name != "DVC_ROOT"}
    memory = Memory()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "stages.images", DOMAIN], cwd=root, env={**environment, "PYTHONPATH": str(CHECKOUT)}
    )
    watcher = threading.Thread(target=watch, args=(process.pid, memory))
    watcher.start()
    watcher.join()
    if process.wait() != 0:
        raise SystemExit("packing failed")
    seconds = time.perf_counter() - started
    array = root / "data" / DOMAIN / "train.npy"
    card: dict[str, Any] = files.read_json(array.with_name("card.json"))
    assert files.sha256(array) == card["train"]["sha256"]
    size = array.stat().st_size
    array.unlink()
    return seconds, memory, card, size


def watch(pid: int, memory: Memory) -> None:
    """Raise the peaks with what the tree of `pid` uses, until it ends."""
    while os.path.exists(f"/proc/{pid}/smaps_rollup"):
        resident = proportional = 0.0
        for member in tree(pid):
            try:
                now = {**kilobytes(f"/proc/{member}/smaps_rollup"), **kilobytes(f"/proc/{member}/status")}
            except OSError:  # it ended just now
                continue
            resident += now.get("Rss", 0.0) / 1e3
            proportional += now.get("Pss", 0.0) / 1e3
            memory.own[member] = max(memory.own.get(member, 0.0), now.get("VmHWM", 0.0) / 1e3)
        memory.resident = max(memory.resident, resident)
        memory.proportional = max(memory.proportional, proportional)
        if resident == 0:  # a process that ended and waits to be joined has no memory
            return
        time.sleep(0.1)


def kilobytes(path: str) -> dict[str, float]:
    """The sizes that a file of /proc states."""
    lines = Path(path).read_text().splitlines()
    return {line.split(":")[0]: float(line.split()[1]) for line in lines if line.endswith(" kB")}


def tree(pid: int) -> list[int]:
    """A process and its descendants, whichever of its threads started them."""
    family = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        family += [descendant for child in children for descendant in tree(int(child))]
    return family


if __name__ == "__main__":
    main()
