"""The authors' own checkpoints (Model1.pth and others): their key names, and this project's for the same layers.

Their file is a plain state dict; one that was passed on may be wrapped in a dictionary or carry `module.` before its
names. Their fourth gate is there and unused.
"""

import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pipeline.networks.generator import Generator

# Their modules and ours; each has a weight and a bias.
_LAYERS = [
    (r"model0\.1", r"first"),
    (r"gate([012])\.l_c", r"conditioning.ccam.\1.embed.0"),
    (r"gate([012])\.fc\.([02])", r"conditioning.ccam.\1.mix.\2"),
    (r"model1\.0", r"down.0"),
    (r"model1\.3", r"down.1"),
    (r"model2\.(\d+)\.conv_block\.1", r"blocks.\1.conv1"),
    (r"model2\.(\d+)\.conv_block\.5", r"blocks.\1.conv2"),
    (r"model3\.0", r"up.0"),
    (r"model3\.3", r"up.1"),
    (r"model4\.1", r"last"),
]
_UNUSED = re.compile(r"gate3\.(l_c|fc\.[02])\.(weight|bias)")
# What a missing layer, one of another shape, or one too many gives; PyTorch's RuntimeError has a line for each.
_MISFITS = (KeyError, IndexError, TypeError, ValueError, RuntimeError)
_DEEPEST = 4  # dictionaries in dictionaries are looked into so far


def read(path: Path) -> Generator:
    """The generator of a checkpoint with the authors' names, of any width, blocks and k.

    ValueError, in one sentence, for a file that holds more than tensors, lacks a layer or has one that theirs has not.
    Nothing in the file is run: it is read with weights_only.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch's remarks on how the file was pickled
            held = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception:  # unpickling has many errors, and long ones
        raise ValueError(
            f"{path}: not read: it is damaged, no PyTorch file, or holds more than tensors, which could be code"
        ) from None
    found = [names for candidate in _dictionaries(held, _DEEPEST) if "model0.1.weight" in (names := _bare(candidate))]
    if not found:
        raise ValueError(f"{path}: no layers by the names of the authors' checkpoints in it, such as model0.1.weight")
    if len(found) > 1:
        raise ValueError(f"{path}: {len(found)} networks by the names of the authors' checkpoints in it, not one")
    return _generator(path, found[0])


def _dictionaries(held: Any, deepest: int) -> Iterator[Mapping[str, Any]]:
    """The dictionary that a file holds and those in it."""
    if isinstance(held, Mapping) and all(isinstance(name, str) for name in held):
        yield held
        if deepest > 0:
            for value in held.values():
                yield from _dictionaries(value, deepest - 1)


def _bare(held: Mapping[str, Any]) -> dict[str, Any]:
    """Names without what wrappers put before all of them: `module.` and the like."""
    prefix = next((name.removesuffix("model0.1.weight") for name in held if name.endswith("model0.1.weight")), "")
    return {name.removeprefix(prefix): value for name, value in held.items()} if prefix.endswith(".") else dict(held)


def _generator(path: Path, theirs: Mapping[str, Any]) -> Generator:
    ours: dict[str, Tensor] = {}
    for name, value in theirs.items():
        if _UNUSED.fullmatch(name):
            continue
        own = _own_name(name)
        if own is None or not isinstance(value, Tensor) or not value.is_floating_point():
            raise ValueError(f"{path}: {name!r} is no part of the authors' generator, so the file is not read")
        ours[own] = value.float()
    try:
        width, k = len(ours["first.bias"]), ours["conditioning.ccam.0.embed.0.weight"].shape[1]
        blocks = sum(name.endswith("conv1.bias") for name in ours)
        generator = Generator(width, blocks, "ccam", k)
        generator.load_state_dict(ours)
    except _MISFITS:
        raise ValueError(f"{path}: layers are missing or of other shapes than the authors' generator has") from None
    if not all(bool(value.isfinite().all()) for value in ours.values()):
        raise ValueError(f"{path}: weights that are not finite in it")
    return generator.eval()


def _own_name(name: str) -> str | None:
    module, _, kind = name.rpartition(".")
    if kind in ("weight", "bias"):
        for theirs, ours in _LAYERS:
            if re.fullmatch(theirs, module):
                return f"{re.sub(theirs, ours, module)}.{kind}"
    return None
