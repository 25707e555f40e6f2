"""SDIT's section of params.yaml as types: its views (kinds of data), named weights, runs and scales."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.core import params
from pipeline.core.params import Frozen, Name, Positive, PositiveFloat, Shared, SharedScale, Weight

Injection = Literal["none", "cin", "beta", "gamma", "ccam", "cbn", "film", "concat"]


class Weights(Frozen):
    """One assignment of the weights of Equation 6.8; L1 losses are averaged, so these are not the paper's numbers."""

    gan: Weight
    cls: Weight  # of L_FAKE and of L_REAL
    rec: Weight
    lat: Weight


class Run(Frozen):
    """One training: where z enters, whether attention merges and L_LAT is there, and which weights."""

    view: Name
    injection: Injection
    attention: bool
    latent: bool  # L_LAT > 0
    weights: Name
    seeds: Literal["all", "first"]

    @model_validator(mode="after")
    def _codes_enter(self) -> "Run":
        if self.latent and self.injection == "none":
            raise ValueError("latent is true, but with injection none no output depends on z: choose latent: false")
        return self


class View(Frozen):
    """A kind of data: its domains in their order, and whether a picture has exactly one of them."""

    domains: Annotated[tuple[Name, ...], Field(min_length=2)]
    exclusive: bool


class Faces(Frozen):
    """CelebA in a user's folder: pictures and the file of attributes; paths from the repository's top."""

    pictures: str
    attributes: str


class ScaleObjects(Frozen):
    """How many objects are rendered for each domain; pictures of `size` pixels in every view."""

    size: Annotated[int, Field(ge=32, multiple_of=4)]  # LPIPS takes no smaller
    train: Positive
    test: Positive


class ScaleTrain(Frozen):
    """Sizes and length of a training."""

    width: Positive
    blocks: Positive
    code: Positive  # entries of z
    hidden: Positive  # units of M
    batch: Annotated[int, Field(ge=2)]
    steps: Positive
    critic: Positive  # moves of D in a step
    learning_rate: PositiveFloat
    log_every: Positive
    sample_every: Positive


class ScaleEvaluate(Frozen):
    """How much is measured: test pictures, codes for each, translated pictures and steps of a classifier."""

    images: Annotated[int, Field(ge=2)]
    codes: Annotated[int, Field(ge=2)]
    translated: Positive
    classifier_steps: Positive
    batch: Positive


class Scale(Frozen):
    """All sizes at one scale."""

    data: ScaleObjects
    train: ScaleTrain
    evaluate: ScaleEvaluate

    @model_validator(mode="after")
    def _discriminator_fits(self) -> "Scale":
        size = self.data.size
        if size & (size - 1):
            raise ValueError(f"data.size is {size}: halved down to 2 by the discriminator, it must be a power of two")
        return self


class Section(Frozen):
    """The section `sdit`."""

    views: dict[Name, View]
    faces: dict[Name, Faces]
    weights: dict[Name, Weights]
    runs: dict[Name, Run]
    scales: dict[Name, Scale]

    @model_validator(mode="after")
    def _names_fit(self) -> "Section":
        for key in self.faces:
            params.known("view (of faces)", key, self.views)
        for key, run in self.runs.items():
            params.known(f"view (run {key})", run.view, self.views)
            params.known(f"assignment of weights (run {key})", run.weights, self.weights)
        return self


class Params(Shared[SharedScale]):
    """The shared keys and SDIT's section."""

    sdit: Section

    @property
    def sizes(self) -> Scale:
        """SDIT's values at the chosen scale; ValueError if it has none."""
        return params.known("scale of sdit", self.scale, self.sdit.scales)

    def run(self, key: str) -> Run:
        """A run by name; ValueError that lists the known ones."""
        return params.known("run of sdit", key, self.sdit.runs)

    def view(self, key: str) -> View:
        """A view by name; ValueError that lists the known ones."""
        return params.known("view of sdit", key, self.sdit.views)

    def seeds_of(self, key: str) -> tuple[int, ...]:
        """The seeds that a run is trained with."""
        return self.seeds if self.run(key).seeds == "all" else self.seeds[:1]


def load() -> Params:
    """Read and check params.yaml; ValueError with the key's path, the value and what is allowed."""
    return params.read(Params)
