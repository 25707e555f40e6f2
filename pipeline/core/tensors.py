"""Named tensors in safetensors files, which hold numbers and texts and never code."""

import json
from pathlib import Path
from typing import Any

from safetensors.torch import load, save
from torch import Tensor, nn

from pipeline.core import artifacts, files


def write(path: Path, tensors: dict[str, Tensor], about: dict[str, Any] | None = None) -> None:
    """Write tensors and, if given, what is to be known `about` them (JSON); the same bytes for the same of both."""
    # One key of metadata: safetensors writes several in a different order each time.
    metadata = None if about is None else {"training": json.dumps(about, sort_keys=True, allow_nan=False)}
    data = save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, metadata)
    with files.replacing(path) as temporary:
        # Not save_file: it makes files that nobody but their owner can read, and its errors do not name the file.
        temporary.write_bytes(data)


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors by name, and what is known about them; ValueError that names the stage if missing or damaged."""
    data = artifacts.read(path)
    try:
        tensors = load(data)
    except Exception as error:  # its own SafetensorError, and what PyTorch raises for what it lets through
        raise artifacts.unusable(path, f"is damaged ({error})") from None
    length = int.from_bytes(data[:8], "little")  # of the header, which is JSON: `load` does not return its texts
    texts = json.loads(data[8 : 8 + length]).get("__metadata__") or {}
    return tensors, artifacts.parsed(path, texts.get("training", "{}"))


def fill(net: nn.Module, tensors: dict[str, Tensor], path: Path) -> None:
    """Give a network the tensors that were read from `path`; ValueError if they are of another network."""
    try:
        net.load_state_dict(tensors)
    except RuntimeError:
        raise artifacts.unusable(path, "holds a network of other sizes than params.yaml asks for") from None


def check(path: Path, trained: dict[str, Any], wanted: dict[str, Any]) -> None:
    """ValueError unless the settings of the training that made `path` are those of params.yaml."""
    for name, value in wanted.items():
        if trained[name] != value:
            raise artifacts.unusable(path, f"was trained with {name} {trained[name]}, params.yaml says {value}")
