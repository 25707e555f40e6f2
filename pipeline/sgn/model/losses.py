"""SGN's losses (Section 4, Equations 2 to 4), one value per sample: the caller weighs each with its own S.

    L_rec = 2 |G(x, S) - x|
    L_adv = (D(G(x, S)) - 1)^2 + 5 |G(y, S) - y|      least squares (networks/losses.py), and the identity term
    L_per = 0.001 content + style

Pictures are (N, 3, H, W) in [-1, 1]; every loss returns float32 (N,), or float64 for float64 pictures.
"""

import torch
from torch import Tensor

from pipeline.core.precision import wide
from pipeline.networks.losses import GramDifference, MeanSquare, gram, mean_per_sample
from pipeline.networks.vgg16 import VGG16

LAYER_WEIGHTS = (0.1, 1.0, 10.0, 5.0)  # of relu1_2, relu2_2, relu3_3, relu4_3 in the style loss


def reconstruction(output: Tensor, target: Tensor) -> Tensor:
    """L_rec = 2 * mean |G(x, S) - x|."""
    return 2.0 * mean_per_sample((wide(output) - wide(target)).abs())


def identity(output: Tensor, target: Tensor) -> Tensor:
    """The identity term of L_adv: 5 * mean |G(y, S) - y| for y of the target domain, with the sample's own S."""
    return 5.0 * mean_per_sample((wide(output) - wide(target)).abs())


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
