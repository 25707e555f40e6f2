"""Stage vgg16: the ImageNet weights that the perceptual loss needs, from whichever source has them."""

import os
from pathlib import Path

import torch
from torchvision.models import VGG16_Weights

from pipeline.shell import command
from pipeline.vgg16.known import VGG16, write
from pipeline.vgg16.sources import find


def main() -> None:
    """Write models/vgg16.safetensors; the same bytes whatever the source. The log says which one served."""
    url = str(VGG16_Weights.IMAGENET1K_V1.url)
    state, source = find(os.environ, VGG16, Path(torch.hub.get_dir()), url)
    write(Path("models/vgg16.safetensors"), state)
    print(f"vgg16: weights from {source}")


if __name__ == "__main__":
    command.run(main)
