"""SGN's part of params.yaml as types: runs, the toy problem, sizes and lengths of trainings."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.core import params
from pipeline.core.params import Frozen, Name, Positive, PositiveFloat, ScaleImages, Seeds, Shared, Weight
from pipeline.sgn.model.objectives import Objective, by_letter


class Run(Frozen):
    """One training (Table 2) with k = 2 to 4 objectives; letters after the k-th have `loss: none`.

    `S` is null where S is drawn, constant in a hyper-parameter model. `seeds`: this run's own instead of those that all
    share, or `first`: the first of those that all share.

    Every run names four objectives, because DVC's templates name them all; what is `none` is about what A is about,
    so that no stage depends on more for it.
    `conditioning`: a name in pipeline/conditionings, which says what is known.
    `measured_by`: the run whose discriminators measure this run's adversarial losses, so that runs can be compared.
    """

    method: Literal["sgn", "singlegan"]
    conditioning: Name
    reads: Literal["alpha", "seeds"]
    measured_by: Name
    A: Objective
    B: Objective
    C: Objective
    D: Objective
    epochs: Positive
    style_weight: PositiveFloat | None = None
    S: tuple[Weight, ...] | None = None
    seeds: Seeds | Literal["first"] | None = None

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """The k objectives in the order of S."""
        return tuple(o for o in (self.A, self.B, self.C, self.D) if o.loss != "none")

    @property
    def k(self) -> int:
        """How many objectives there are."""
        return len(self.objectives)

    @property
    def active(self) -> tuple[Objective, ...]:
        """The objectives that a training computes: a weight that is constantly 0 leaves its loss out."""
        return tuple(o for i, o in enumerate(self.objectives) if self.S is None or self.S[i] > 0)

    @property
    def input_domain(self) -> str:
        """The domain that is translated: what the first objective is about."""
        return self.A.about

    @model_validator(mode="after")
    def _consistent(self) -> "Run":
        named = {"A": self.A, "B": self.B, "C": self.C, "D": self.D}
        used = [letter for letter, o in named.items() if o.loss != "none"]
        if len(used) < 2 or used != list(named)[: len(used)]:
            raise ValueError("a run has at least the objectives A and B; those that are none come last")
        for letter, o in named.items():
            if o.loss == "none" and o.about != self.A.about:
                raise ValueError(f"{letter} is none, so its about must repeat A's, {self.A.about}")
        losses = [o.loss for o in self.objectives]
        if self.method == "sgn" and (losses[0] != "reconstruction" or "reconstruction" in losses[1:]):
            raise ValueError("objective A, and no other, must be a reconstruction: its domain is the input")
        if self.method == "sgn" and (self.reads == "seeds") != (self.S is not None):
            raise ValueError("a run with a constant S has reads: seeds, a run that draws S has reads: alpha and no S")
        if self.method == "singlegan" and (set(losses) != {"adversarial"} or self.reads != "seeds" or self.S):
            raise ValueError("method singlegan takes adversarial objectives only, reads: seeds and no S")
        if (self.style_weight is not None) != ("perceptual" in losses):
            raise ValueError("style_weight belongs to a run with a perceptual objective, and only to such a run")
        if self.S is not None and len(self.S) != self.k:
            raise ValueError(f"S is {list(self.S)}, it needs a weight for each of the {self.k} objectives")
        if self.S is not None and abs(sum(self.S) - 1) > 1e-6:
            raise ValueError(f"S is {list(self.S)}, its weights must sum to 1")
        return self


class Toy(Frozen):
    """The toy problem's settings (Section 5.1, Supplement A.1)."""

    samples: Annotated[int, Field(ge=2)]
    hidden: Positive
    batch: Positive
    learning_rates: tuple[PositiveFloat, PositiveFloat, PositiveFloat]


class ScaleTrain(Frozen):
    """Size and length of a training. `steps` null: the run's epochs over the larger domain."""

    crop: Annotated[int, Field(ge=32, multiple_of=4)]
    width: Annotated[int, Field(ge=4, multiple_of=4)]
    blocks: Positive
    batch: Positive
    steps: Positive | None
    learning_rate: PositiveFloat
    log_every: Positive
    sample_every: Positive


class ScaleEvaluate(Frozen):
    """How many test images are measured, how many of them at all points of the lattice of S, and how many at a time."""

    images: Annotated[int, Field(ge=2)]
    lattice_images: Positive
    batch: Positive


class ScaleToy(Frozen):
    """Length of the toy's three learning-rate phases in epochs, seeds, and Figure 9's hidden widths."""

    epochs: tuple[Positive, Positive, Positive]
    seeds: Positive
    widths: tuple[Positive, ...]
    width_seeds: Positive


class Scale(Frozen):
    """Sizes and lengths of everything."""

    images: ScaleImages
    train: ScaleTrain
    evaluate: ScaleEvaluate
    toy: ScaleToy

    @model_validator(mode="after")
    def _crop_fits(self) -> "Scale":
        if self.train.crop > self.images.train_size:
            raise ValueError(f"train.crop {self.train.crop} is larger than images.train_size {self.images.train_size}")
        return self


class Params(Shared[Scale]):
    """The whole of params.yaml but for further papers' sections."""

    alpha: PositiveFloat
    runs: dict[Name, Run]
    toy: Toy

    @model_validator(mode="after")
    def _runs_fit(self) -> "Params":
        for key, run in self.runs.items():
            self._measured_by_fits(key, run)
            for letter, objective in by_letter(run.objectives).items():
                known = self.styles if objective.loss == "perceptual" else self.domains
                if objective.about not in known:
                    kind = "style" if objective.loss == "perceptual" else "domain"
                    where = f"runs.{key}.{letter}.about"
                    raise ValueError(f"{where} is {objective.about!r}, no such {kind}; known are {', '.join(known)}")
            abouts = [objective.about for objective in run.objectives]
            for letter, about in zip(by_letter(run.objectives), abouts, strict=True):
                if abouts.count(about) > 1:
                    raise ValueError(
                        f"runs.{key}.{letter}.about is {about!r}, as another objective's: each needs its own"
                    )
        return self

    def _measured_by_fits(self, key: str, run: Run) -> None:
        told = f"runs.{key}.measured_by is {run.measured_by!r}"
        if run.measured_by not in self.runs:
            raise ValueError(f"{told}, no such run; known are {', '.join(self.runs)}")
        other = self.runs[run.measured_by]
        if other.S is not None:
            raise ValueError(f"{told}, whose S is constant: it may lack a discriminator")
        if not set(self.seeds_of(key)) <= set(self.seeds_of(run.measured_by)):
            raise ValueError(f"{told}, which is not trained with all the seeds of {key}, {list(self.seeds_of(key))}")
        has = {o.about for o in other.objectives if o.loss == "adversarial"}
        for o in run.objectives:
            if o.loss == "adversarial" and o.about not in has:
                raise ValueError(f"{told}, which has no discriminator of {o.about}")

    def run(self, key: str) -> Run:
        """A run by name; ValueError that lists the known ones."""
        return params.known("run", key, self.runs)

    def seeds_of(self, key: str) -> tuple[int, ...]:
        """The seeds that a run is trained with: its own, else those that all share."""
        own = self.run(key).seeds
        return self.seeds[:1] if own == "first" else own or self.seeds


def load() -> Params:
    """Read and check params.yaml; ValueError with the key's path, the value and what is allowed."""
    return params.read(Params)
