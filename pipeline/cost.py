"""What a training costs, counted: floating-point operations of one step, forward and backward (Section 5.2, claim 5).

Counted on PyTorch's fake tensors, which know shapes but compute nothing, so the paper's sizes cost no more than small
ones. A multiplication and an addition are two operations; only convolutions and matrix products are counted.
The optimisers, norms and random crops are left out.
"""

from types import ModuleType
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.flop_counter import FlopCounterMode

from pipeline import losses
from pipeline.networks.vgg16 import VGG16
from pipeline.params import Run, ScaleTrain
from pipeline.weights import known


def step(method_module: ModuleType, run: Run, scale: ScaleTrain, style_size: int) -> dict[str, Any]:
    """Operations of one step of a run at a scale, and its networks' parameters."""
    with FakeTensorMode():
        networks = method_module.networks(run.objectives, run.conditioning, scale.width, scale.blocks, run.S)
        perceptual = {}
        for o in run.active:
            if o.loss == "perceptual":
                assert run.style_weight is not None
                vgg = VGG16({name: torch.empty(shape) for name, shape in known.VGG16.shapes()})
                style = torch.empty(1, 3, style_size, style_size)
                perceptual[o.about] = losses.Perceptual(vgg, style, run.style_weight)
        method = method_module.Method(networks, run.objectives, perceptual, alpha=0.5, constant_S=run.S, seed=0)
        batch = {domain: torch.empty(scale.batch, 3, scale.crop, scale.crop) for domain in method.domains}
        S = torch.empty(scale.batch, len(run.objectives))
        with FlopCounterMode(display=False) as counter:
            networks.discriminators.requires_grad_(False)
            L_G, _, G_x = method.generator_loss(batch, S)
            L_G.mean().backward()
            networks.discriminators.requires_grad_(True)
            for L_D in method.discriminator_loss(batch, S, G_x.detach(), 0).values():
                L_D.mean().backward()
    return {
        "flop_step": counter.get_total_flops(),
        "parameters": {
            "generator": sum(p.numel() for p in networks.generator.parameters()),
            "discriminators": sum(p.numel() for p in networks.discriminators.parameters()),
        },
    }
