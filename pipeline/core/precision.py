"""Which device, number format and threads a computation uses, and that it can be repeated."""

import os

import torch
from torch import Tensor


def device(name: str) -> torch.device:
    """The device for `auto` (the GPU if there is one), `cpu` or `cuda`; ValueError for a GPU that is not there."""
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise ValueError("device is cuda, but PyTorch finds no GPU here: choose device=auto or device=cpu")
    return torch.device("cuda" if there and name != "cpu" else "cpu")


def resolve(precision: str, device: torch.device) -> str:
    """`bf16` or `fp32` for `auto`, `bf16` or `fp32`: auto takes bf16 where it is computed natively, not emulated."""
    if precision != "auto":
        return precision
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    return "bf16" if torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported() else "fp32"


def dtype(precision: str) -> torch.dtype:
    """The type of convolutions and products; parameters, losses and Gram matrices stay float32."""
    return {"bf16": torch.bfloat16, "fp32": torch.float32}[precision]


def wide(x: Tensor) -> Tensor:
    """float32, in which bf16's values are compared and summed; float64 stays."""
    return x if x.dtype == torch.float64 else x.float()


def autocast(precision: str, device: torch.device) -> torch.autocast:
    """Autocast for a resolved precision; does nothing for fp32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16")


def deterministic(device: torch.device, threads: int) -> None:
    """Refuse every kernel whose result could differ from one call to the next, and fix the number of CPU threads.

    Sums are split among the threads, so their number is a setting and not the machine's. On a CPU the kernels that we
    use are deterministic as they are (tests/stages/test_train.py repeats a training), and the switch costs seconds of
    imports.
    """
    torch.set_num_threads(threads)
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
        # Its companion writes NaN into every new tensor, to make reads of unwritten memory show, at a cost.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        torch.backends.cudnn.benchmark = False
        # float32 is float32: by itself PyTorch lets convolutions round their inputs to TF32.
        torch.backends.cudnn.allow_tf32 = False
