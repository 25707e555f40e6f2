"""Time and memory of packing a domain of the paper's size: python -m benchmarks.packing [--pictures 6287] [--size 286].

Renders as many JPEGs of 256 pixels and of a photo's file size into a temporary folder, packs them with `data: folder`
twice in a fresh process, and prints the time of the first, the peak memory of its whole process tree and whether both
gave the same bytes. Linux only (reads /proc). Memory is given in two ways: the sum of the processes' resident sets,
which counts pages that they share once for each, and the sum of their proportional sets, which counts them once.
"""

import argparse
import multiprocessing
import os
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline import files
from pipeline.images import folder, packing
from pipeline.images.source import Request

MOST_SECONDS, MOST_MB = 180, 600


def main() -> None:
    """Render, pack, report; exit code 1 if a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=6287)
    parser.add_argument("--size", type=int, default=286)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        started = time.perf_counter()
        mean_bytes = render(root / "vangogh2photo", arguments.pictures)
        print(
            f"{arguments.pictures} JPEGs of {mean_bytes / 1e3:.0f} kB rendered in {time.perf_counter() - started:.0f} s"
        )
        seconds, resident, proportional = measure(root, root / "a.npy", arguments.size, arguments.workers)
        print(
            f"packed at {arguments.size} px by {arguments.workers} processes in {seconds:.1f} s, at most {MOST_SECONDS}"
        )
        print(f"peak memory {resident:.0f} MB summed resident, at most {MOST_MB}; {proportional:.0f} MB proportional")
        print(f"array of {(root / 'a.npy').stat().st_size / 1e9:.2f} GB")
        measure(root, root / "b.npy", arguments.size, arguments.workers)
        same = files.sha256(root / "a.npy") == files.sha256(root / "b.npy")
        print(f"a second run gives {'the same bytes' if same else 'OTHER BYTES'}")
    if not same or seconds > MOST_SECONDS or resident > MOST_MB:
        raise SystemExit(1)


def render(dataset: Path, count: int) -> float:
    """Write `count` training photos and one test photo, with detail at all scales; their mean size in bytes."""
    (dataset / "trainB").mkdir(parents=True)
    (dataset / "testB").mkdir()
    with multiprocessing.Pool(2) as pool:
        paths = [dataset / "trainB" / f"{i:05d}.jpg" for i in range(count)]
        sizes = pool.starmap(render_one, [(i, path) for i, path in enumerate(paths)], chunksize=32)
    render_one(count, dataset / "testB" / "0.jpg")
    return float(np.mean(sizes))


def render_one(seed: int, path: Path) -> int:
    """One picture of noise in octaves, as a JPEG; its size in bytes."""
    rng = np.random.default_rng(seed)
    total = np.zeros((256, 256, 3), dtype=np.float32)  # H W C
    for side in (4, 16, 64, 256):
        octave = Image.fromarray(rng.integers(0, 256, (side, side, 3), dtype=np.uint8))
        total += (np.asarray(octave.resize((256, 256), Image.Resampling.BICUBIC), dtype=np.float32) - 128) * side**-0.3
    Image.fromarray(np.clip(total + 128, 0, 255).astype(np.uint8)).save(path, "JPEG", quality=90)
    return path.stat().st_size


def measure(root: Path, path: Path, size: int, workers: int) -> tuple[float, float, float]:
    """Pack in a fresh process: seconds, and the peaks of its tree's resident and proportional memory in MB."""
    process = multiprocessing.get_context("spawn").Process(target=pack, args=(root, path, size, workers))
    peaks = [0.0, 0.0]
    started = time.perf_counter()
    process.start()
    assert process.pid is not None
    watcher = threading.Thread(target=partial(watch, process.pid, peaks))
    watcher.start()
    process.join()
    seconds = time.perf_counter() - started
    watcher.join()
    if process.exitcode != 0:
        raise SystemExit("packing failed")
    return seconds, peaks[0], peaks[1]


def pack(root: Path, path: Path, size: int, workers: int) -> None:
    """What the stage does with a domain's training photos."""
    images = folder.find(Request("photo", "vangogh2photo", "B", size, size, 1, 1, root, 0))
    packing.pack(images.train, size, path, what="train pictures of domain photo", workers=workers)


def watch(pid: int, peaks: list[float]) -> None:
    """Raise `peaks` (resident, proportional, MB) with what the tree of `pid` uses, until it ends."""
    while os.path.exists(f"/proc/{pid}/smaps_rollup"):
        resident = proportional = 0.0
        for member in tree(pid):
            try:
                lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
            except OSError:  # it ended just now
                continue
            values = {line.split(":")[0]: int(line.split()[1]) / 1e3 for line in lines if line.endswith("kB")}
            resident += values.get("Rss", 0.0)
            proportional += values.get("Pss", 0.0)
        peaks[0], peaks[1] = max(peaks[0], resident), max(peaks[1], proportional)
        if resident == 0:  # a process that ended and waits to be joined has no memory
            return
        time.sleep(0.1)


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(descendant for child in children for descendant in tree(int(child)))]


if __name__ == "__main__":
    main()
