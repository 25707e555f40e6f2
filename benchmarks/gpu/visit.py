"""What the parts of a visit share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.gpu.clock import Deadline
from benchmarks.gpu.pictures import Packing
from benchmarks.gpu.settings import Sizes
from pipeline.core import files

FILES = {"record": "record.json", "correct": "correctness.json", "speed": "speed.json", "training": "training.json"}


@dataclass(frozen=True)
class Visit:
    """The machine, the time, where results go, and what is computed on."""

    device: torch.device
    deadline: Deadline
    out: Path
    sizes: Sizes
    weights: dict[str, Tensor]
    vgg16_note: str
    packing: Packing

    def found(self, part: str) -> dict[str, Any]:
        """What an earlier part found; nothing if it was left out."""
        path = self.out / FILES[part]
        found: dict[str, Any] = files.read_json(path) if path.exists() else {}
        return found
