"""The segmenter that scores photos: trained on real photos and their labels, and on nothing that a network made.

It stands in for the paper's FCN. Shape legend: N pictures, H W pixels (multiples of 4), w width, K classes.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, interpolate, relu

from pipeline.core import seeds
from pipeline.core.pictures import to_tensor


class Segmenter(nn.Module):
    """(N, 3, H, W) in [-1, 1] to a score for each class and pixel (N, K, H, W); a small U with two skips."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        w = width
        self.full = nn.ModuleList([nn.Conv2d(3, w, 3, padding=1), nn.Conv2d(w, w, 3, padding=1)])
        self.middle = nn.ModuleList(
            [nn.Conv2d(w, 2 * w, 3, stride=2, padding=1), nn.Conv2d(2 * w, 2 * w, 3, padding=1)]
        )
        self.quarter = nn.ModuleList(
            [nn.Conv2d(2 * w, 4 * w, 3, stride=2, padding=1), nn.Conv2d(4 * w, 4 * w, 3, padding=1)]
        )
        self.up = nn.ModuleList([nn.Conv2d(6 * w, 2 * w, 3, padding=1), nn.Conv2d(3 * w, w, 3, padding=1)])
        self.last = nn.Conv2d(w, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        seen = []  # (N, w, H, W), (N, 2w, H/2, W/2), (N, 4w, H/4, W/4)
        for level in (self.full, self.middle, self.quarter):
            for conv in level:
                x = relu(conv(x))
            seen.append(x)
        for conv, skip in zip(self.up, reversed(seen[:-1]), strict=True):
            x = relu(conv(torch.cat([interpolate(x, scale_factor=2, mode="nearest"), skip], 1)))
        scores: Tensor = self.last(x)
        return scores


def trained(
    photos: npt.NDArray[np.uint8],
    classes: npt.NDArray[np.int64],
    *,
    side: int,
    width: int,
    steps: int,
    batch: int,
    seed: int,
) -> Segmenter:
    """A segmenter of random crops of photos, uint8 (N, H, W, 3), with their classes (N, H, W), flipped with probability
    1/2; Adam at 0.003."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(seeds.sequence(seed, "segmenter").generate_state(1)[0]))
        net = Segmenter(width, 1 + int(classes.max()))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.003)
    random = seeds.numpy_generator(seed, "segmenter")
    slack = photos.shape[1] - side
    for _ in range(steps):
        xs, ys = [], []
        for index in random.integers(len(photos), size=batch):
            top, left, flip = random.integers(slack + 1), random.integers(slack + 1), 1 - 2 * int(random.integers(2))
            window = (slice(top, top + side), slice(left, left + side))
            xs.append(photos[index][window][:, ::flip])
            ys.append(classes[index][window][:, ::flip])
        loss = cross_entropy(net(to_tensor(np.stack(xs))), torch.from_numpy(np.stack(ys)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net.eval().requires_grad_(False)


@torch.no_grad()
def segmented(net: Segmenter, photos: Tensor) -> npt.NDArray[np.int64]:
    """The class of each pixel: (N, 3, H, W) -> (N, H, W)."""
    classes: npt.NDArray[np.int64] = net(photos).argmax(1).numpy()
    return classes
