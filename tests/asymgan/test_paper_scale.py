"""Two steps at the paper's sizes: 128 pixels, width 64, six blocks, all extension losses."""

import pytest
import torch
import yaml

from pipeline.asymgan.model import method
from pipeline.training import loop
from tests.asymgan.test_method import vgg
from tests.clone import CHECKOUT


@pytest.mark.long
@pytest.mark.parametrize(("injection", "extended"), [("cin", True), ("concat-map", False), ("none", False)])
def test_two_steps_at_the_papers_sizes_are_finite(injection: str, extended: bool) -> None:
    section = yaml.safe_load((CHECKOUT / "params.yaml").read_text())["asymgan"]
    train, code = section["scales"]["paper"]["train"], section["code"]
    side, into = train["crop"], tuple(train["into"])
    nets = method.build(train["width"], train["blocks"], into, injection=injection, code=code, encoder_width=32, seed=0)
    asymgan = method.AsymGAN(
        nets,
        code=method.code_shape(injection, code, side),
        side=side,
        dropout=False,
        extension=vgg() if extended else None,
        weights=method.Weights(),
        encoder_follows=True,
        seed=0,
        learning_rate=train["learning_rate"],
    )
    optimizers = loop.optimizers_of(asymgan)
    for step in range(2):
        random = torch.Generator().manual_seed(step)
        pictures = {name: torch.rand(1, 3, side, side, generator=random) * 2 - 1 for name in asymgan.sources}
        batch = {**pictures, **asymgan.draw(step, 1)}
        played = loop.play(asymgan, batch, optimizers, "fp32", torch.device("cpu"))
        assert not bool(played.spoilt)
        assert all(bool(loss.isfinite().all()) for loss in played.losses.values())
