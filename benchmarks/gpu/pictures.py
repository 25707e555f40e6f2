"""The training's pictures, packed in the background while the GPU is measured.

`python -m benchmarks.gpu.pictures FOLDER ...` packs them; `Packing` starts that as a process of its own, on a lower
priority, and waits for it later. Pictures are the user's, in CycleGAN's layout, or rendered scenes. The last file
written is done.json, so that what is there is whole.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from pipeline.core import files
from pipeline.images import packing, source

MAX_PIXELS = 89_478_485
CHECKOUT = Path(__file__).resolve().parents[2]


class Packing:
    """The pictures on their way."""

    def __init__(self, folder: Path, pictures: Path | None, given: dict[str, Any]) -> None:
        """`given`: the sizes and domains, as `arguments` below."""
        self.folder = folder
        command = [sys.executable, "-m", "benchmarks.gpu.pictures", str(folder)]
        command += [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
        command += [f"--pictures={pictures.resolve()}"] if pictures else []
        self._log = (folder / "log.txt").open("w+")
        self._process = subprocess.Popen(
            command, cwd=CHECKOUT, stdout=self._log, stderr=self._log, stdin=subprocess.DEVNULL
        )

    def wait(self, seconds: float) -> dict[str, Any]:
        """What was packed, after at most so many seconds. OSError with the process's own words if it failed."""
        try:
            code = self._process.wait(max(0.1, seconds))
        except subprocess.TimeoutExpired:
            raise OSError(f"the pictures were not packed within {seconds:.0f} more seconds") from None
        if code != 0:
            self._log.seek(0)
            raise OSError(f"the pictures could not be packed: {self._log.read()[-2000:]}")
        done: dict[str, Any] = files.read_json(self.folder / "done.json")
        return done

    def end(self) -> None:
        """Stop it if it still runs."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
        self._log.close()


def main() -> None:
    """Pack the domains and the style image."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--domains", required=True, help="NAME:DATASET:SIDE, by commas")
    parser.add_argument("--style", required=True, help="NAME:FILE")
    for name in ("train-size", "test-size", "style-size", "train", "test"):
        parser.add_argument(f"--{name}", type=int, required=True)
    a = parser.parse_args()
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    os.nice(5)
    kind = "folder" if a.pictures else "scenes"
    pictures_of = source.load(kind)
    workers = max(1, len(os.sched_getaffinity(0)) - 2)
    packed: dict[str, Any] = {"source": kind, "seconds": 0.0}
    began = time.monotonic()
    for domain, dataset, side in (entry.split(":") for entry in a.domains.split(",")):
        request = source.Request(
            domain, dataset, side, a.train_size, a.test_size, a.train, a.test, a.pictures, 0, MAX_PIXELS
        )
        images = pictures_of.find(request)
        for split, pictures, size in (("train", images.train, a.train_size), ("test", images.test, a.test_size)):
            path = a.folder / domain / f"{split}.npy"
            what = f"{split} pictures of domain {domain}"
            done = packing.pack(pictures, size, path, what=what, max_unreadable=0.5, workers=workers)
            packed[f"{domain}/{split}"] = {"pictures": len(done.names), "size": size, "sha256": done.sha256}
    name, file = a.style.split(":")
    style = pictures_of.find_style(source.StyleRequest(name, file, a.style_size, a.pictures, 0, MAX_PIXELS))
    done = packing.pack_one(style.picture, a.style_size, a.folder / name / "style.npy", what=f"style {name}")
    packed[f"{name}/style"] = {"size": a.style_size, "sha256": done.sha256}
    packed["seconds"] = round(time.monotonic() - began, 1)
    files.write_json(a.folder / "done.json", packed)


def _follow(parent: int) -> None:
    """End when the process that asked for the pictures has ended: nobody else would."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    main()
