"""What is built and measured: runs and sizes of params.yaml, read without pydantic, and VGG16's weights.

On a GPU the sizes are scale `paper`'s, on a CPU scale `smoke`'s, which take seconds.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from pipeline.core import yaml12
from pipeline.sgn.model.objectives import LETTERS, Objective
from pipeline.vgg16 import formats
from pipeline.vgg16.known import VGG16

PARAMS = Path(__file__).resolve().parents[2] / "params.yaml"
VGG16_FILE = Path("models/vgg16.safetensors")
PAPER_STEPS = 31_440  # of Model 1: 20 epochs over 6,287 photos in batches of 4
CPU_STEPS = 24  # of the training on a CPU, which only shows that the way there works


@dataclass(frozen=True)
class Sizes:
    """Pixels, channels and counts; `rendered` pictures (train, test) where none are given."""

    crop: int
    width: int
    blocks: int
    batch: int
    learning_rate: float
    train_size: int
    test_size: int
    style_size: int
    rendered: tuple[int, int]
    most_steps: int


@dataclass(frozen=True)
class Model:
    """A run of params.yaml."""

    name: str
    method: str
    conditioning: str
    objectives: tuple[Objective, ...]
    S: tuple[float, ...] | None
    alpha: float | None
    style_weight: float | None


def sizes(device: torch.device) -> Sizes:
    """Scale `paper` on a GPU, `smoke` on a CPU."""
    large = device.type == "cuda"
    params = _params()
    scale = params["scales"]["paper" if large else "smoke"]
    train, images = scale["train"], scale["images"]
    return Sizes(
        train["crop"],
        train["width"],
        train["blocks"],
        train["batch"],
        train["learning_rate"],
        images["train_size"],
        images["test_size"],
        params["images"]["style_size"] if large else images["test_size"],
        rendered=(1200, 100) if large else (12, 6),
        most_steps=PAPER_STEPS if large else CPU_STEPS,
    )


def model(name: str, conditioning: str | None = None) -> Model:
    """The run `name`, with another conditioning if one is given."""
    params = _params()
    run = params["runs"][name]
    return Model(
        name,
        run["method"],
        conditioning or run["conditioning"],
        tuple(Objective(**run[letter]) for letter in LETTERS if run[letter]["loss"] != "none"),
        tuple(run["S"]) if "S" in run else None,
        None if "S" in run else params["alpha"],
        run.get("style_weight"),
    )


def domain(name: str) -> tuple[str, str]:
    """Where CycleGAN's layout has a domain: data set and side."""
    found = _params()["domains"][name]
    return found["dataset"], found["side"]


def style_file(name: str) -> str:
    """The style image's file in the folder style-images."""
    return str(_params()["styles"][name]["file"])


def _params() -> dict[str, Any]:
    values: dict[str, Any] = yaml12.read(PARAMS)
    return values


def vgg16(path: Path | None) -> tuple[dict[str, Tensor], str]:
    """VGG16's weights in float32 by torchvision's names, and what they are.

    A file of float32 weights is read and checked as the stage vgg16 does. Here alone a file of float16 weights (a state
    dict, .pth or .safetensors) is taken too, and widened. Without a file: models/vgg16.safetensors, else random
    weights. ValueError for any other file.
    """
    if path is None and not VGG16_FILE.exists():
        return random_vgg16(), "random"
    path = path or VGG16_FILE
    state = load_file(path) if path.suffix == ".safetensors" else _state_dict(path)
    if state is None or any(tensor.dtype != torch.float16 for tensor in state.values()):
        return formats.read(path, VGG16), "ImageNet, float32"
    shapes = dict(VGG16.shapes())
    if {name: tuple(tensor.shape) for name, tensor in state.items()} != shapes:
        raise ValueError(f"{path} holds other float16 tensors than VGG16's first ten convolutions")
    return {name: state[name].float() for name in shapes}, "ImageNet, float16 widened"


def random_vgg16() -> dict[str, Tensor]:
    """Random weights in VGG16's shape that keep features' size: for times, and where nothing else is there."""
    random = torch.Generator().manual_seed(16)
    weights = {}
    for name, shape in VGG16.shapes():
        fan = 9 * shape[1] if len(shape) > 1 else 1
        weights[name] = torch.randn(shape, generator=random) * ((2 / fan) ** 0.5 if len(shape) > 1 else 0.1)
    return weights


def _state_dict(path: Path) -> dict[str, Tensor] | None:
    """A .pth file's tensors; None for files of other kinds, which the pipeline's own reader knows."""
    if path.suffix != ".pth":
        return None
    state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return state
