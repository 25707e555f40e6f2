"""Where this paper's files lie."""

from pathlib import Path


def pictures(domain: str, split: str) -> Path:
    """Packed pictures of `photo` or `label`, `train` or `test`: uint8 (N, H, W, 3); test pictures are pairs."""
    return Path("data/asymgan/pictures") / domain / f"{split}.npy"


def network(run: str, seed: int, name: str) -> Path:
    """A network of a trained run, by its name in model/method.py."""
    return Path("models/asymgan") / run / str(seed) / f"{name}.safetensors"


SEGMENTER = Path("models/asymgan-segmenter.safetensors")
