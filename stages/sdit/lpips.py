"""Stage lpips: the weights of the paper's perceptual distance, from whichever source has them."""

import os

from pipeline.core import tensors
from pipeline.sdit.evaluation.lpips import WEIGHTS
from pipeline.sdit.weights import find
from pipeline.shell import command


def main() -> None:
    """Write models/sdit/lpips.safetensors; the same bytes whatever the source. The log says which one served."""
    state, source = find(os.environ)
    tensors.write(WEIGHTS, state)
    print(f"lpips: weights from {source}")


if __name__ == "__main__":
    command.run(main)
