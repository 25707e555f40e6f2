"""What a training costs, counted: floating-point operations of one step, forward and backward (Section 5.2, claim 5).

Counted on PyTorch's fake tensors, which know shapes but compute nothing, so the paper's sizes cost no more than small
ones. A multiplication and an addition are two operations; only convolutions and matrix products are counted.
The optimisers, norms and random crops are left out.
"""

from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.flop_counter import FlopCounterMode

from pipeline.networks.vgg16 import VGG16
from pipeline.sgn.model import losses, methods, networks, objectives
from pipeline.sgn.model.params import Run, ScaleTrain
from pipeline.vgg16 import known


def step(run: Run, scale: ScaleTrain, style_size: int) -> dict[str, Any]:
    """Operations of one step of a run at a scale, and its networks' parameters."""
    with FakeTensorMode():
        nets = networks.build(
            objectives.discriminated(run.objectives, run.S), run.conditioning, scale.width, scale.blocks, k=run.k
        )
        perceptual = {}
        for o in run.active:
            if o.loss == "perceptual":
                assert run.style_weight is not None
                vgg = VGG16({name: torch.empty(shape) for name, shape in known.VGG16.shapes()})
                style = torch.empty(1, 3, style_size, style_size)
                perceptual[o.about] = losses.Perceptual(vgg, style, run.style_weight)
        method = methods.build(
            run.method,
            nets,
            run.objectives,
            perceptual,
            alpha=0.5,
            constant_S=run.S,
            seed=0,
            learning_rate=scale.learning_rate,
        )
        batch = {domain: torch.empty(scale.batch, 3, scale.crop, scale.crop) for domain in method.sources}
        batch["S"] = torch.empty(scale.batch, len(run.objectives))
        batch |= {f"replay {domain}": torch.zeros(2, scale.batch, dtype=torch.int64) for domain in method.memory}
        with FlopCounterMode(display=False) as counter:
            for update in method.updates(batch):
                update.loss.mean().backward()
    return {
        "flop_step": counter.get_total_flops(),
        "parameters": {
            "generator": sum(p.numel() for p in nets.generator.parameters()),
            "discriminators": sum(p.numel() for p in nets.discriminators.parameters()),
        },
    }
