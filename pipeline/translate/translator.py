"""Pictures of any size through a generator: padded to multiples of 4, several at a time, in bands where memory asks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import psutil
import torch
from torch import Tensor
from torch.nn.functional import pad

from pipeline.core import precision
from pipeline.core.pictures import to_pictures, to_tensor
from pipeline.networks.generator import Generator
from pipeline.shell import machine
from pipeline.translate import bands

Pictures = npt.NDArray[np.uint8]  # (N, H, W, 3)

# Bytes at the peak. The whole at once: so many maps as wide as the generator, of its
# numbers. In bands: maps that are kept, a pixel's inputs and outputs, and work on each pixel and channel of a band.
WHOLE, KEPT, IN_AND_OUT, WORK = 6.0, 1.0, 60.0, 40.0
OF_AVAILABLE = 0.6  # of the memory that is free, so much is taken
MOST_AT_ONCE = 8
MOST_ROWS, FEWEST_ROWS = 256, 16


@dataclass(frozen=True)
class Translator:
    """G on a device, in a number format, within so many bytes of memory."""

    generator: Generator
    device: torch.device
    precision: str
    memory: float

    @staticmethod
    def of(generator: Generator, device: str, number_format: str, gibibytes: float | None) -> "Translator":
        """For options as a user gives them: `auto`, `cpu`, `cuda`; `auto`, `bf16`, `fp32`; None: of what is free."""
        chosen = precision.device(device)
        free = OF_AVAILABLE * _available(chosen) if gibibytes is None else gibibytes * 2**30
        return Translator(generator.to(chosen).eval(), chosen, precision.resolve(number_format, chosen), free)

    def at_once(self, height: int, width: int) -> int:
        """How many pictures of that size memory holds at the same time, at most 8; 0: it takes bands."""
        pixels = _up4(height) * _up4(width)
        return min(MOST_AT_ONCE, int(self.memory / (pixels * (WHOLE * self._map_bytes + IN_AND_OUT))))

    def rows(self, height: int, width: int) -> int:
        """How many rows to compute at a time in bands; ValueError for a picture that bands do not fit either."""
        kept = _up4(height) * _up4(width) * (KEPT * self._map_bytes + IN_AND_OUT)
        a_row = _up4(width) * self.generator.last.in_channels * WORK
        rows = int((self.memory - kept) / a_row) // 4 * 4
        if rows < FEWEST_ROWS:
            raise ValueError(
                f"{width}x{height} pixels need {(kept + FEWEST_ROWS * a_row) / 2**30:.3g} GiB even in bands, and "
                f"{self.memory / 2**30:.3g} GiB are to be had: make the picture smaller, or give more with --memory"
            )
        return min(rows, MOST_ROWS)

    @torch.inference_mode()
    def __call__(self, pictures: Pictures, sets: Sequence[tuple[float, ...]]) -> Pictures:
        """Each picture at its S: uint8 (N, H, W, 3) and N sets to the same; one picture and many S is each S of it."""
        N, (H, W) = len(sets), pictures.shape[1:3]
        S = torch.tensor(sets, dtype=torch.float32, device=self.device)  # (N, k)
        x = to_tensor(pictures).to(self.device)
        x = pad(x, (0, _up4(W) - W, 0, _up4(H) - H), mode="reflect").expand(N, -1, -1, -1)
        with precision.autocast(self.precision, self.device):
            at_once = self.at_once(H, W)
            parts = [self._part(x, S, i, at_once) for i in range(0, N, max(1, at_once))]
        return np.concatenate(parts)[:, :H, :W]

    def _part(self, x: Tensor, S: Tensor, i: int, at_once: int) -> Pictures:
        if at_once == 0:
            rows = self.rows(*x.shape[2:])
            return to_pictures(bands.generate(self.generator, x[i : i + 1], S[i : i + 1], rows))
        return to_pictures(self.generator(x[i : i + at_once], S[i : i + at_once]))

    @property
    def _map_bytes(self) -> float:
        """Of a pixel in a map as wide as the generator."""
        return self.generator.last.in_channels * (2.0 if self.precision == "bf16" else 4.0)


def _up4(length: int) -> int:
    """The next multiple of 4."""
    return -(-length // 4) * 4


def _available(device: torch.device) -> float:
    if device.type == "cuda":
        return float(torch.cuda.mem_get_info()[0])
    return min(float(psutil.virtual_memory().available), machine.memory())
