"""What somebody who gets a generator must know to use and to trust it; it stands in the header of the file."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pipeline.core import artifacts
from pipeline.sgn.model import params
from pipeline.translate.weights import Model

INPUT = "RGB in [-1, 1], N 3 H W, H and W multiples of 4; S is N k, a weight for each objective in order"


def facts(model: Model, held: Mapping[str, Tensor], data: str | None = None) -> dict[str, Any]:
    """Objectives in the order of S, sizes, data, and the hash of the parameters `held`, as JSON's values.

    A training's own file does not say its data: they are those of this checkout, as params.yaml and data/ have them, or
    what the user says. A file that was exported before says them itself.
    """
    told = {name: value for name, value in model.facts.items() if name not in ("device", "threads")}
    if "data" not in told and model.objectives:
        told |= _of_checkout(model)
    if data is not None:
        told = {name: value for name, value in told.items() if name != "pictures"} | {"data": data}
    return {
        **told,
        "format": {torch.float16: "float16", torch.float32: "float32"}[next(iter(held.values())).dtype],
        "input": INPUT,
        "parameters": sum(value.numel() for value in held.values()),
        "sha256": sha256(held),
    }


def sha256(held: Mapping[str, Tensor]) -> str:
    """SHA-256 over the parameters in the order of their names: name, shape, little-endian float32 values.

    The same for the same numbers, whatever file or number format they lie in.
    """
    digest = hashlib.sha256()
    for name, value in sorted(held.items()):
        array = np.ascontiguousarray(value.detach().cpu().float().numpy(), dtype="<f4")
        digest.update(f"{name} {list(array.shape)}\n".encode() + array.tobytes())
    return digest.hexdigest()


def _of_checkout(model: Model) -> dict[str, Any]:
    """The scale's name, where the data came from, and how many pictures of each domain there are to train with."""
    p = params.load()
    scale = dict(model.facts["scale"])
    names = [name for name, other in p.scales.items() if other.train.model_dump(mode="json") == scale]
    domains = [o.about for o in model.objectives if o.loss != "perceptual"]
    cards = {domain: Path("data") / domain / "card.json" for domain in domains}
    told: dict[str, Any] = {"scale": {"name": names[0] if names else None, **scale}, "data": p.data}
    if all(path.is_file() for path in cards.values()):
        read = {domain: artifacts.read_json(path) for domain, path in cards.items()}
        told["data"] = ", ".join(sorted({card["source"] for card in read.values()}))
        told["pictures"] = {domain: card["train"]["packed"] for domain, card in read.items()}
    return told
