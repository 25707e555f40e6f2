"""What tests of trainings share: checkpoints by the step, and how two results are compared."""

from pathlib import Path

import torch
from torch import Tensor

from pipeline.training.checkpoints import Checkpoints


class EverySteps(Checkpoints):
    """Checkpoints by the number of steps instead of the clock."""

    def __init__(self, folder: Path, every: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, "this training", seconds=0)
        self.every, self.steps = every, 0

    def due(self) -> bool:
        """Whether so many steps went by."""
        self.steps += 1
        return self.steps % self.every == 0


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    """Whether all tensors have the same names and bits."""
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def snapshot(name: str) -> dict[str, bytes]:
    """A folder's files by their paths."""
    return {str(p.relative_to(name)): p.read_bytes() for p in sorted(Path(name).rglob("*")) if p.is_file()}


def curve(name: str, loss: str) -> dict[int, float]:
    """A loss's curve of seed 0 as value by step."""
    lines = Path(name, f"plots/metrics/seed0/{loss}.tsv").read_text().splitlines()
    assert lines[0].split("\t") == ["step", loss]
    return {int(step): float(value) for step, value in (line.split("\t") for line in lines[1:])}
