"""A run's networks, and test pairs, as evaluation and figures need them."""

import io

import numpy as np
import numpy.typing as npt
from torch import Tensor

from pipeline.asymgan.evaluation.segmenter import Segmenter
from pipeline.asymgan.model import method, places
from pipeline.asymgan.model.params import Params
from pipeline.asymgan.world import palette
from pipeline.core import artifacts, tensors
from pipeline.core.artifacts import read_packed
from pipeline.core.pictures import to_tensor


def initial(p: Params, key: str, seed: int) -> method.Networks:
    """The untrained networks of a run, without gradients."""
    run, scale = p.run(key), p.sizes.train
    nets = method.build(
        scale.width,
        scale.blocks,
        scale.into,
        injection=run.injection,
        code=p.asymgan.code,
        encoder_width=scale.encoder_width,
        seed=seed,
    )
    for module in nets.modules().values():
        module.eval().requires_grad_(False)
    return nets


def networks(p: Params, key: str, seed: int) -> tuple[method.Networks, str]:
    """The trained networks G, F and E of a run, and the number format of their training; ValueError if they are
    missing, damaged, or of other settings."""
    nets, number_format = initial(p, key, seed), ""
    for name, module in nets.modules().items():
        if name in ("G", "F", "E"):
            path = places.network(key, seed, name)
            found, about = tensors.read(path)
            tensors.check(path, about, {"scale": p.sizes.train.model_dump(mode="json"), "seed": seed})
            tensors.fill(module, found, path)
            number_format = str(about["precision"])
    return nets, number_format


def segmenter(p: Params) -> Segmenter:
    """The trained segmenter."""
    found, _ = tensors.read(places.SEGMENTER)
    net = Segmenter(p.sizes.segmenter.width, len(found["last.bias"]))
    tensors.fill(net, found, places.SEGMENTER)
    return net.eval().requires_grad_(False)


def colours() -> npt.NDArray[np.uint8]:
    """The labels' palette, uint8 (K, 3); ValueError if it is missing or damaged."""
    data = artifacts.read(palette.PATH)
    try:
        held: npt.NDArray[np.uint8] = np.load(io.BytesIO(data), allow_pickle=False)
    except Exception as error:  # NumPy and tokenize each have their own for damaged bytes
        raise artifacts.unusable(palette.PATH, f"is damaged ({error})") from None
    return held


def pairs(count: int) -> tuple[Tensor, Tensor]:
    """The first test pairs: photos and labels (N, 3, H, W)."""
    x, y = (read_packed(places.pictures(domain, "test"))[:count] for domain in ("photo", "label"))
    return to_tensor(x), to_tensor(y)


def steps(p: Params) -> int:
    """How long a training at this scale is."""
    scale = p.sizes
    return scale.train.steps or 200 * -(-scale.images.train // scale.train.batch)
