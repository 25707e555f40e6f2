"""AsymGAN's losses (Section 3), one value per sample; the least-squares terms are pipeline/networks/losses.py's.

Shape legend: N samples. Pictures (N, 3, H, W) in [-1, 1], losses float32 (N,), float64 for float64 pictures.
"""

from torch import Tensor

from pipeline.core.precision import wide
from pipeline.networks.losses import GramDifference, MeanSquare, gram, mean_per_sample
from pipeline.networks.vgg16 import VGG16

CONTENT_LAYER = 2  # relu3_3 of the four maps that VGG16 gives


def distance(x: Tensor, y: Tensor) -> Tensor:
    """||x - y||_1 as a mean over a picture or a code (Equations 8, 10, 11)."""
    return mean_per_sample((wide(x) - wide(y)).abs())


def total_variation(x: Tensor) -> Tensor:
    """The mean squared difference of horizontal neighbours plus that of vertical ones (Equation 18).

    The printed formula has a minus, which no picture would bound; and a mean, for a sum times lambda_9 = 10 would be
    larger than all other terms together.
    """
    x = wide(x)
    across, down = x[..., :, 1:] - x[..., :, :-1], x[..., 1:, :] - x[..., :-1, :]
    return mean_per_sample(across.square()) + mean_per_sample(down.square())


def content_and_style(vgg: VGG16, made: Tensor, label: Tensor, photo: Tensor) -> tuple[Tensor, Tensor]:
    """How far F(y, E(x)) is from the label y in content (Equation 15, at relu3_3) and from the photo x in style
    (Equations 16 and 17, the squared Frobenius norm summed over relu1_2, relu2_2, relu3_3 and relu4_3)."""
    features = vgg(made)
    content = MeanSquare.apply(features[CONTENT_LAYER], vgg(label, CONTENT_LAYER + 1)[CONTENT_LAYER].detach())
    style = [
        GramDifference.apply(own, gram(wanted).detach()) * own.shape[1] ** 2  # a sum instead of its mean
        for own, wanted in zip(features, vgg(photo), strict=True)
    ]
    total: Tensor = sum(style[1:], style[0])
    return content, total
