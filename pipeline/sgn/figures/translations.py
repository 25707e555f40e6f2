"""A run's grid of translations (Figures 1, 6 and 12 to 15). Pictures are uint8, N H W C."""

from matplotlib.figure import Figure

from pipeline.figures import grids
from pipeline.figures.grids import Pictures
from pipeline.sgn.model import simplex


def grid(
    inputs: Pictures, outputs: Pictures, sets: list[tuple[float, ...]], names: tuple[str, ...], caption: str
) -> Figure:
    """One row per input: the input, then its translation at each S (Figure 1).

    `inputs` (N, H, W, C); `outputs` (S, N, H, W, C); `names` says what A, B and C are about.
    """
    return grids.titled_columns([inputs, *outputs], ["input", *(title(S, names) for S in sets)], caption)


def title(S: tuple[float, ...], names: tuple[str, ...]) -> str:
    """S, and in words what it asks for."""
    asked = [name for s, name in zip(S, names, strict=True) if s > 0]
    words = "all" if len(asked) == len(names) else "\n+ ".join(asked)
    return f"{simplex.label(S)}\n{words}"
