"""When a tensor of the pipeline agrees with an array of the reading, and how tensors become arrays."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.equivalence.reading import Array

TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5}  # relative to the largest magnitude of the array
both_types = pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])


def array(x: Tensor) -> Array:
    """The same values in float64."""
    return x.detach().double().numpy()


def arrays(network: nn.Module) -> dict[str, Array]:
    """A network's weights by name."""
    return {name: array(value) for name, value in network.state_dict().items()}


def agree(ours: Tensor, expected: object, dtype: torch.dtype) -> None:
    """Same type, same shape, and equal within the type's tolerance."""
    wanted = np.asarray(expected, dtype=np.float64)
    assert ours.dtype == dtype
    assert tuple(ours.shape) == wanted.shape
    largest = np.abs(wanted).max()
    assert np.isfinite(wanted).all()
    assert largest > 1e-6, "an array of zeros shows nothing"
    error = np.abs(array(ours) - wanted).max() / largest
    assert error <= TOLERANCE[dtype], f"relative error {error:.1e}"
