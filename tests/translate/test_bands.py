"""In bands equals the whole: for every conditioning, size and number of rows, and without a seam."""

import pytest
import torch

from pipeline.conditionings import CONDITIONINGS
from pipeline.translate import bands
from tests.translate import made_up

S = torch.tensor([[0.2, 0.5, 0.3]])


def picture(height: int, width: int) -> torch.Tensor:
    """Brighter below than above, so that a band's own statistics would not be the whole's: (1, 3, H, W)."""
    x = torch.randn(1, 3, height, width) * 0.2
    return (x + torch.linspace(-0.8, 0.8, height)[:, None]).clamp(-1, 1)


@torch.no_grad()
@pytest.mark.parametrize("conditioning", CONDITIONINGS)
@pytest.mark.parametrize(("height", "width", "rows"), [(64, 40, 16), (36, 20, 8), (52, 16, 4), (24, 32, 64)])
def test_bands_equal_the_whole(conditioning: str, height: int, width: int, rows: int) -> None:
    G, x = made_up.generator(conditioning, width=8, blocks=2), picture(height, width)
    whole = G(x, S)
    assert whole.std() > 0.05
    assert (bands.generate(G, x, S, rows) - whole).abs().max() <= 2e-5  # of values in (-1, 1)


@torch.no_grad()
def test_bands_in_bf16_are_as_near_to_the_whole_as_bf16_is_exact() -> None:
    G, x = made_up.generator(width=8, blocks=2), picture(64, 40)
    exact = G(x, S)
    with torch.autocast("cpu", torch.bfloat16):
        whole, banded = G(x, S), bands.generate(G, x, S, 16)
    assert (banded - exact).abs().mean() <= 1.5 * (whole - exact).abs().mean()


@torch.no_grad()
def test_bands_each_with_its_own_statistics_would_not_pass() -> None:
    """What the tests above compare can fail: cut into bands of its own, a picture's translation is another one."""
    G, x = made_up.generator(width=8, blocks=2), picture(64, 40)
    apart = torch.cat([G(part, S) for part in x.split(32, 2)], 2)
    assert (apart - G(x, S)).abs().max() > 0.1


@torch.no_grad()
def test_less_memory_is_taken_in_bands() -> None:
    """No tensor in bands is larger than half of a map at full resolution, which the whole makes many of."""
    G, x = made_up.generator(width=16), picture(512, 16)

    def largest(run: object) -> int:
        class Watch(torch.utils._python_dispatch.TorchDispatchMode):
            most = 0

            def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
                out = func(*args, **(kwargs or {}))
                if isinstance(out, torch.Tensor):
                    self.most = max(self.most, out.numel())
                return out

        with Watch() as watch:
            run()  # type: ignore[operator]
        return watch.most

    whole = largest(lambda: G(x, S))
    assert whole >= 16 * 512 * 16  # a map as wide as the generator at full resolution
    assert largest(lambda: bands.generate(G, x, S, 16)) <= whole / 2
