"""A second, plain reading of AsymGAN's equations, written from the paper alone with loops and no shared code."""

import numpy as np


def adversarial(scores, wanted):
    """Least squares: the mean of (D - wanted)^2 over patches, per sample."""
    return np.array([np.mean([(value - wanted) ** 2 for value in sample.ravel()]) for sample in scores])


def distance(a, b):
    """|a - b|_1 as a mean over a sample's numbers (Equations 8, 10, 11)."""
    return np.array(
        [np.mean([abs(u - v) for u, v in zip(x.ravel(), y.ravel(), strict=True)]) for x, y in zip(a, b, strict=True)]
    )


def total_variation(pictures):
    """Equation 18 with plus, each direction as the mean over its differences."""
    found = []
    for picture in pictures:
        C, H, W = picture.shape
        across = [
            (picture[c, h, w + 1] - picture[c, h, w]) ** 2 for c in range(C) for h in range(H) for w in range(W - 1)
        ]
        down = [
            (picture[c, h + 1, w] - picture[c, h, w]) ** 2 for c in range(C) for h in range(H - 1) for w in range(W)
        ]
        found.append(np.mean(across) + np.mean(down))
    return np.array(found)


def gram(features):
    """Equation 17: P(x)_{c, c'} = sum over h, w of phi_c phi_c' / (C H W)."""
    C, H, W = features.shape
    P = np.zeros((C, C))
    for c in range(C):
        for d in range(C):
            P[c, d] = sum(features[c, h, w] * features[d, h, w] for h in range(H) for w in range(W)) / (C * H * W)
    return P


def style(made, photo):
    """Equation 16, summed over the layers: the squared Frobenius norm."""
    return np.array(
        [
            sum(((gram(layer[n]) - gram(other[n])) ** 2).sum() for layer, other in zip(made, photo, strict=True))
            for n in range(len(made[0]))
        ]
    )


def content(made, label):
    """Equation 15: the squared difference over C H W."""
    return np.array([((a - b) ** 2).sum() / a.size for a, b in zip(made, label, strict=True)])
