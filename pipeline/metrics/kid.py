"""The kernel distance of two sets of pictures, from VGG16's features (metrics/features.py).

SGN measures its translations with the losses that trained them. This distance was no part of the training, so it can
also compare runs whose discriminators differ.
"""

from torch import Tensor


def kid(a: Tensor, b: Tensor) -> float:
    """Kernel distance of two sets of features (N, d) and (M, d), N and M at least 2: the unbiased squared MMD.

    Kernel (a . b / d + 1)^3 as in "Demystifying MMD GANs" (Binkowski et al., ICLR 2018), there for Inception's
    features. Near 0 for two samples of one distribution, where it may be negative.
    """
    n, m, d = len(a), len(b), a.shape[1]
    k_aa, k_bb, k_ab = ((p @ q.T / d + 1) ** 3 for p, q in ((a, a), (b, b), (a, b)))
    within_a = (k_aa.sum() - k_aa.diagonal().sum()) / (n * (n - 1))
    within_b = (k_bb.sum() - k_bb.diagonal().sum()) / (m * (m - 1))
    return float(within_a + within_b - 2 * k_ab.mean())
