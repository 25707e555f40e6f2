"""Live curves and sample grids of a training, as files that `dvc plots show` and editors read (DVCLive).

plots/metrics/seedN/NAME.tsv holds step and value; plots/images/seedN/STEP.png a grid. There is no time in them, so a
repeated training writes the same bytes.
"""

import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
from dvclive import Live
from PIL import Image

from pipeline import files


class LiveLog:
    """The live folder of one run, all of its seeds."""

    def __init__(self, folder: Path) -> None:
        """Start with an empty folder; DVC removes a stage's outs before it starts anyway."""
        files.remove(folder)
        self.folder = folder
        self._live = Live(str(folder), dvcyaml=None, save_dvc_exp=False, report=None)

    def metrics(self, seed: int, step: int, values: dict[str, float]) -> None:
        """Append one row to each curve."""
        self._live.step = step
        for name, value in values.items():
            self._live.log_metric(f"seed{seed}/{name}", value, timestamp=False)

    def picture(self, seed: int, step: int, grid: npt.NDArray[np.uint8]) -> None:
        """Write a sample grid, uint8 (H, W, C)."""
        self._live.log_image(f"seed{seed}/{step:06d}.png", Image.fromarray(grid))

    def save(self, seed: int, folder: Path) -> None:
        """Copy a seed's curves and grids into a checkpoint."""
        for kind in ("metrics", "images"):
            shutil.copytree(self._of(seed, kind), folder / kind)

    def restore(self, seed: int, folder: Path) -> None:
        """Go back to a seed's curves and grids of a checkpoint: rows written after it would stand there twice."""
        for kind in ("metrics", "images"):
            files.remove(self._of(seed, kind))
            shutil.copytree(folder / kind, self._of(seed, kind))

    def _of(self, seed: int, kind: str) -> Path:
        return self.folder / "plots" / kind / f"seed{seed}"

    def end(self) -> None:
        """Close; DVCLive's own summary repeats the last rows and is not kept."""
        self._live.end()
        files.remove(self.folder / "metrics.json")
