"""SDIT's losses, one value per sample (Equations 6.1 to 6.7); least squares in the place of 6.1's logarithms.

Shape legend: N samples, d domains, k entries of z. Labels (N, d), one-hot where a picture has one domain; losses (N,).
"""

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from pipeline.core.precision import wide
from pipeline.networks.losses import mean_per_sample


def classification(logits: Tensor, label: Tensor, exclusive: bool) -> Tensor:
    """L_FAKE and L_REAL (6.3, 6.4): cross-entropy of one domain, or a binary one for each attribute, summed."""
    if exclusive:
        return cross_entropy(wide(logits), label, reduction="none")
    return binary_cross_entropy_with_logits(wide(logits), label, reduction="none").sum(1)


def latent(recovered: Tensor, z: Tensor) -> Tensor:
    """L_LAT (6.6): |F_rec(y) - z|, mean over the entries; y is the translation, not the printed x."""
    return mean_per_sample((wide(recovered) - z).abs())


def reconstruction(back: Tensor, x: Tensor) -> Tensor:
    """L_REC (6.7): |x - x'|, mean over the pixels."""
    return mean_per_sample((wide(back) - x).abs())
