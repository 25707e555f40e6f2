"""Losses that more than one method uses, one value per sample: the caller weighs and reduces them.

Pictures are (N, 3, H, W) in [-1, 1]; every loss returns float32 (N,), or float64 for float64 pictures. Least squares
for GANs: Mao et al., ICCV 2017; Gram matrices for style: Gatys et al., CVPR 2016.
"""

from typing import Any

import torch
from torch import Tensor

from pipeline.core.precision import wide

PIECE = 2048  # pixels of a product on a GPU


def mean_per_sample(x: Tensor) -> Tensor:
    """Mean over everything but the samples: (N, ...) -> (N,)."""
    return wide(x).flatten(1).mean(1)


def generator_loss(score: Tensor) -> Tensor:
    """The generator's least-squares loss: mean (D(G(x)) - 1)^2; score is D's patches (N, 1, h, w)."""
    return mean_per_sample((wide(score) - 1).square())


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """The discriminator's least-squares loss: 0.5 * [mean (D(y) - 1)^2 + mean D(G(x))^2] (factor: authors' code)."""
    return 0.5 * (mean_per_sample((wide(real) - 1).square()) + mean_per_sample(wide(fake).square()))


def gram(features: Tensor) -> Tensor:
    """Gram matrix F F^T / (C H W): (N, C, H, W) -> (N, C, C)."""
    N, C, H, W = features.shape
    # Pixels before channels: for channels-last features this is a view, and so is its gradient.
    F = wide(features).permute(0, 2, 3, 1).reshape(N, H * W, C)
    return F.transpose(1, 2) @ F / (C * H * W)


def products(F: Tensor, pieces: int) -> Tensor:
    """F^T F of each sample: (N, P, C) -> (N, C, C).

    Summed over about so many pieces of its P pixels, each a product of its own: few channels of many pixels would keep
    few of a GPU's processors busy.
    """
    N, P, C = F.shape
    while P % pieces:
        pieces -= 1
    part = F.reshape(N * pieces, P // pieces, C)
    return (part.transpose(1, 2) @ part).view(N, pieces, C, C).sum(1)


class GramDifference(torch.autograd.Function):
    """mean (Gram(F) - T)^2 per sample, with its gradient 4 F (Gram(F) - T) / (C^2 C H W) written out.

    The same number as from `gram`, with less work: automatic differentiation takes two products with F for what is one,
    Gram matrices being symmetric. The gradient's product has the type of the features, as their gradient has.
    """

    @staticmethod
    def forward(ctx: Any, features: Tensor, target: Tensor) -> Tensor:
        N, C, H, W = features.shape
        F = features.permute(0, 2, 3, 1).reshape(N, H * W, C)
        F_wide = wide(F)
        if F.is_cuda:
            D = products(F_wide, max(1, H * W // PIECE)) / (C * H * W) - target
        else:  # (N, C, C)
            D = torch.baddbmm(target.expand(N, C, C), F_wide.transpose(1, 2), F_wide, beta=-1, alpha=1 / (C * H * W))
        ctx.save_for_backward(F, D)
        ctx.shape = features.shape
        loss: Tensor = torch.linalg.vector_norm(D.flatten(1), dim=1).square() / (C * C)
        return loss

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        F, D = ctx.saved_tensors
        N, C, H, W = ctx.shape
        scale = (4 / (C * C * C * H * W)) * gradient  # (N,)
        dF = F @ (D * scale[:, None, None]).to(F.dtype)  # (N, HW, C)
        return dF.view(N, H, W, C).permute(0, 3, 1, 2), None


class MeanSquare(torch.autograd.Function):
    """mean (F - T)^2 per sample, T a constant: the difference is kept in F's type and squared in at least float32."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, target: Tensor) -> Tensor:
        difference = features - target
        ctx.save_for_backward(difference)
        wide_dtype = torch.promote_types(features.dtype, torch.float32)
        length = torch.linalg.vector_norm(difference, dim=(1, 2, 3), dtype=wide_dtype)  # (N,)
        loss: Tensor = length.square() / difference[0].numel()
        return loss

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (difference,) = ctx.saved_tensors
        scale = (2 / difference[0].numel()) * gradient  # (N,)
        return difference * scale.to(difference.dtype)[:, None, None, None], None
