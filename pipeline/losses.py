"""The paper's losses (Section 4, Equations 2 to 4), one value per sample: the caller weighs each with its own S.

Pictures are (N, 3, H, W) in [-1, 1]; every loss returns float32 (N,), or float64 for float64 pictures.
"""

from typing import Any

import torch
from torch import Tensor

from pipeline.networks.vgg16 import VGG16
from pipeline.precision import wide

LAYER_WEIGHTS = (0.1, 1.0, 10.0, 5.0)  # of relu1_2, relu2_2, relu3_3, relu4_3 in the style loss


def mean_per_sample(x: Tensor) -> Tensor:
    """Mean over everything but the samples: (N, ...) -> (N,)."""
    return wide(x).flatten(1).mean(1)


def reconstruction(output: Tensor, target: Tensor) -> Tensor:
    """L_rec = 2 * mean |G(x, S) - x|."""
    return 2.0 * mean_per_sample((wide(output) - wide(target)).abs())


def adversarial(score: Tensor) -> Tensor:
    """The least-squares term of L_adv: mean (D(G(x, S)) - 1)^2; score is D's patches (N, 1, h, w)."""
    return mean_per_sample((wide(score) - 1).square())


def identity(output: Tensor, target: Tensor) -> Tensor:
    """The identity term of L_adv: 5 * mean |G(y, S) - y| for y of the target domain, with the sample's own S."""
    return 5.0 * mean_per_sample((wide(output) - wide(target)).abs())


def discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """0.5 * [mean (D(y) - 1)^2 + mean D(G(x, S))^2], to be weighed with s_B of the fake (Equation 4; authors' code)."""
    return 0.5 * (mean_per_sample((wide(real) - 1).square()) + mean_per_sample(wide(fake).square()))


def gram(features: Tensor) -> Tensor:
    """Gram matrix F F^T / (C H W): (N, C, H, W) -> (N, C, C)."""
    N, C, H, W = features.shape
    # Pixels before channels: for channels-last features this is a view, and so is its gradient.
    F = wide(features).permute(0, 2, 3, 1).reshape(N, H * W, C)
    return F.transpose(1, 2) @ F / (C * H * W)


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
        # (N, C, C)
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


class Perceptual:
    """L_per = 0.001 * content + style, to one style image.

    Content: mean squared difference at relu2_2 between G(x, S) and x. Style: mean squared difference of Gram matrices
    at four layers, with weights (0.1, 1, 10, 5) * style_weight (200 for Model 1, 100 for the others).
    """

    def __init__(self, vgg: VGG16, style: Tensor, style_weight: float) -> None:
        """`style` is the style image, (1, 3, H, W) in [-1, 1]."""
        self.vgg = vgg
        self.weights = [style_weight * weight for weight in LAYER_WEIGHTS]
        with torch.no_grad():
            self.targets = [gram(features) for features in vgg(style)]  # (1, C, C) each

    def __call__(self, output: Tensor, content: Tensor) -> Tensor:
        """L_per of output (N, 3, H, W) for the input picture `content`: (N,)."""
        # The convolutions take VGG16's own type; Gram matrices and differences are float32 also under autocast.
        with torch.autocast(output.device.type, enabled=False):
            features = self.vgg(output)
            with torch.no_grad():
                wanted = self.vgg(content, depth=2)[1]  # relu2_2
            loss: Tensor = 0.001 * MeanSquare.apply(features[1], wanted)
            for weight, F, target in zip(self.weights, features, self.targets, strict=True):
                loss = loss + weight * GramDifference.apply(F, target)
        return loss
