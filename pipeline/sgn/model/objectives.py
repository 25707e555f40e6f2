"""What a model is asked for: objectives, each a loss kind and what it is about (Section 5.2, Table 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

LETTERS = "ABCD"  # of the objectives, in the order of S; a model has the first k of them


@dataclass(frozen=True)
class Objective:
    """Reconstruction of photo, adversarial to vangogh, perceptual to udnie; `none` where a model has fewer than 4."""

    loss: Literal["reconstruction", "adversarial", "perceptual", "none"]
    about: str

    # How strictly params.yaml is read; written out here, so that this module needs no pydantic.
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}


def by_letter(objectives: Sequence[Objective]) -> dict[str, Objective]:
    """The k objectives by their letters, in the order of S."""
    return dict(zip(LETTERS, objectives, strict=False))


def discriminated(objectives: tuple[Objective, ...], constant_S: tuple[float, ...] | None) -> list[str]:
    """The domains that need a discriminator: those of the adversarial objectives, but one whose weight is always 0."""
    return [
        o.about for i, o in enumerate(objectives) if o.loss == "adversarial" and (constant_S is None or constant_S[i])
    ]
