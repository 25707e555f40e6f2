"""A made-up checkout: a tiny generator of random weights as a training leaves it, pictures, params.yaml."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from pipeline.core import tensors
from pipeline.networks.generator import Generator
from pipeline.sgn.model import params
from tests.clone import CHECKOUT

NAMES = ("photo", "vangogh", "udnie")


def generator(conditioning: str = "ccam", k: int = 3, width: int = 4, blocks: int = 1, seed: int = 0) -> Generator:
    """A generator whose every parameter matters: no bias is zero, no gain is one, and S shows in its pictures."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        made = Generator(width, blocks, conditioning, k).eval()
        for name, parameter in made.named_parameters():
            parameter.add_((1.5 if "conditioning" in name else 0.1) * torch.randn_like(parameter))
    return made


def settings(run: str = "model1", width: int = 4, blocks: int = 1) -> dict[str, Any]:
    """What a training writes about itself."""
    p = params.load()
    scale = p.scales["smoke"].train.model_copy(update={"width": width, "blocks": blocks})
    return {
        "run": p.run(run).model_dump(mode="json", exclude={"measured_by", "seeds"}),
        "scale": scale.model_dump(mode="json"),
        **{"seed": 0, "alpha": 0.5, "precision": "fp32", "device": "cpu", "threads": 1, "steps": 7},
    }


def checkout(folder: Path) -> None:
    """params.yaml, and in models/model1/0 a generator; call it in `folder`."""
    shutil.copy(CHECKOUT / "params.yaml", folder / "params.yaml")
    tensors.write(folder / "models/model1/0/generator.safetensors", generator().state_dict(), settings())


def pixels(height: int, width: int, seed: int = 0) -> npt.NDArray[np.uint8]:
    """A smooth picture with some noise, (H, W, 3)."""
    y, x = np.mgrid[:height, :width] / 20
    waves = np.stack([np.sin(3 * x + y), np.cos(2 * y - x), np.sin(x * y)], -1)
    noise = np.random.default_rng(seed).normal(0, 8, waves.shape)
    return np.clip(128 + 90 * waves + noise, 0, 255).astype(np.uint8)


def picture(height: int = 24, width: int = 32, seed: int = 0) -> Image.Image:
    """The same as a picture of Pillow's."""
    return Image.fromarray(pixels(height, width, seed))
