"""CycleGAN's 70 x 70 PatchGAN (Section 4): real or not, for each overlapping patch of a picture.

Shape legend: N samples, H W pixels, w width (64 in the paper).
"""

from torch import Tensor, nn
from torch.nn.functional import leaky_relu_

from pipeline.networks.layers import arranged, instance_norm


class Discriminator(nn.Module):
    """D(x): (N, 3, H, W) in [-1, 1] -> (N, 1, H/8 - 2, W/8 - 2), unbounded (least-squares GAN, no sigmoid).

    Width 64 is the paper's (2,764,737 parameters). Convolutions start from N(0, 0.02) (authors' code). The smallest
    picture is 32 x 32.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        w = width
        convs = [
            nn.Conv2d(3, w, 4, stride=2, padding=1),
            nn.Conv2d(w, 2 * w, 4, stride=2, padding=1),
            nn.Conv2d(2 * w, 4 * w, 4, stride=2, padding=1),
            nn.Conv2d(4 * w, 8 * w, 4, stride=1, padding=1),
            nn.Conv2d(8 * w, 1, 4, stride=1, padding=1),
        ]
        for conv in convs:
            assert conv.bias is not None
            nn.init.normal_(conv.weight, 0.0, 0.02)
            nn.init.zeros_(conv.bias)
        self.convs = nn.ModuleList(convs)

    def forward(self, x: Tensor) -> Tensor:
        first, *middle, last = self.convs
        x = leaky_relu_(first(arranged(x)), 0.2)  # (N, w, H/2, W/2)
        for conv in middle:
            x = leaky_relu_(instance_norm(conv(x)), 0.2)  # 2w at H/4, 4w at H/8, 8w at H/8 - 1
        patches: Tensor = last(x)  # (N, 1, H/8 - 2, W/8 - 2)
        return patches
