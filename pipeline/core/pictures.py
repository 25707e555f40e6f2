"""Pictures as bytes and as tensors: uint8 (N, H, W, C) in 0..255 on disk, float (N, C, H, W) in [-1, 1] in networks."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor


def to_tensor(pictures: npt.NDArray[np.uint8]) -> Tensor:
    """uint8 (N, H, W, C) in 0..255 to float32 (N, C, H, W) in [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float() / 127.5 - 1


def to_pictures(x: Tensor) -> npt.NDArray[np.uint8]:
    """float (N, C, H, W) in [-1, 1] to uint8 (N, H, W, C)."""
    pixels = ((x.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    array: npt.NDArray[np.uint8] = pixels.permute(0, 2, 3, 1).cpu().numpy()
    return array


def centre(pictures: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.uint8]:
    """The centre squares of packed pictures: (N, H, W, C) -> (N, size, size, C), size at most H and W."""
    _, H, W, _ = pictures.shape
    assert size <= min(H, W), f"no square of {size} in {H} x {W} pixels"
    top, left = (H - size) // 2, (W - size) // 2
    return pictures[:, top : top + size, left : left + size]
