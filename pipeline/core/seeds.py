"""One root seed, many named and independent streams of random numbers.

A stream's name, not its order of creation, decides its numbers: a new model, a new domain or one draw more in one
stream moves no number of another. NumPy pads short names with zeros, so ("a",) and ("a", 0) are one stream: the names
of one purpose have one length.
"""

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


def sequence(root: int, *names: str | int) -> np.random.SeedSequence:
    """The seed sequence of a named stream: the root seed and the CRC-32 of each name."""
    words = [zlib.crc32(name.encode()) if isinstance(name, str) else name for name in names]
    return np.random.SeedSequence([root, *words])


def numpy_generator(root: int, *names: str | int) -> np.random.Generator:
    """NumPy generator of a named stream."""
    return np.random.default_rng(sequence(root, *names))


def torch_generator(root: int, *names: str | int) -> "torch.Generator":
    """CPU generator of PyTorch for a named stream."""
    import torch  # seconds to import, and most stages need only NumPy

    return torch.Generator().manual_seed(int(sequence(root, *names).generate_state(1, np.uint64)[0] >> np.uint64(1)))
