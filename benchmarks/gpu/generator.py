"""A generator in float16, as safetensors files under 16 MiB each, and back: `python -m benchmarks.gpu.generator`.

    python -m benchmarks.gpu.generator DIR FILE.safetensors

joins the parts in DIR to one file in float32, which `python -m pipeline.translate --weights` reads.
"""

import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pipeline.core import tensors

PART_BYTES = 15 * 2**20  # tensors in a part; the header is a few kilobytes
NAME = "generator-{}-of-{}.safetensors"


def write(folder: Path, generator: nn.Module, about: dict[str, Any]) -> list[str]:
    """Write the parts, each a whole file that says what it belongs to; their names."""
    half = {name: tensor.detach().to(torch.float16) for name, tensor in generator.state_dict().items()}
    groups: list[dict[str, Tensor]] = [{}]
    room = PART_BYTES
    for name, tensor in half.items():
        size = tensor.numel() * tensor.element_size()
        if size > room and groups[-1]:
            groups.append({})
            room = PART_BYTES
        groups[-1][name] = tensor
        room -= size
    names = [NAME.format(number, len(groups)) for number in range(1, len(groups) + 1)]
    for name, group in zip(names, groups, strict=True):
        tensors.write(folder / name, group, about)
    return names


def join(folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """All parts of a folder as float32 tensors, and what is known about them; ValueError if they are not of one."""
    paths = sorted(folder.glob(NAME.format("*", "*")))
    if not paths or len(paths) != int(paths[0].stem.split("-")[-1]):
        raise ValueError(f"{folder} holds {len(paths)} parts of a generator, which are not all")
    joined: dict[str, Tensor] = {}
    abouts = []
    for path in paths:
        part, about = tensors.read(path)
        joined.update({name: tensor.float() for name, tensor in part.items()})
        abouts.append(about)
    if any(about != abouts[0] for about in abouts):
        raise ValueError(f"the parts in {folder} belong to different generators")
    return joined, abouts[0]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    tensors.write(Path(sys.argv[2]), *join(Path(sys.argv[1])))
