"""Live curves and sample grids of a training, as files that `dvc plots show` and editors read (DVCLive).

plots/metrics/seedN/NAME.tsv holds step and value; plots/images/seedN/STEP.png a grid. There is no time in them, so a
repeated training writes the same bytes.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from dvclive import Live
from PIL import Image
from torch import Tensor

from pipeline.core import files


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

    def save(self, seed: int) -> dict[str, Tensor]:
        """A seed's curves and grids for a checkpoint: the bytes of each file by its path."""
        paths = [path for kind in ("metrics", "images") for path in sorted(self._of(seed, kind).rglob("*.*"))]
        return {str(path.relative_to(self.folder)): _tensor(path.read_bytes()) for path in paths}

    def restore(self, seed: int, saved: dict[str, Tensor]) -> None:
        """Go back to a seed's curves and grids of a checkpoint: rows written after it would stand there twice."""
        for kind in ("metrics", "images"):
            files.remove(self._of(seed, kind))
        for name, content in saved.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.cpu().numpy().tobytes())

    def _of(self, seed: int, kind: str) -> Path:
        return self.folder / "plots" / kind / f"seed{seed}"

    def end(self) -> None:
        """Close; DVCLive's own summary repeats the last rows and is not kept."""
        self._live.end()
        files.remove(self.folder / "metrics.json")


def _tensor(data: bytes) -> Tensor:
    """Bytes in the form that a checkpoint can hold without pickled code: uint8 (len,)."""
    return torch.frombuffer(bytearray(data), dtype=torch.uint8) if data else torch.empty(0, dtype=torch.uint8)
