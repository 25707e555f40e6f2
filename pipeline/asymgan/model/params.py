"""AsymGAN's section of params.yaml as types: runs, sizes and lengths."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.core import params
from pipeline.core.params import Domain, Frozen, Name, Positive, PositiveFloat, Seed, Seeds, Shared, SharedScale


class Run(Frozen):
    """One training. `injection`: how z enters F, a name in model/injections.py; `none` is CycleGAN.

    `extension`: with the losses of Equation 19, of which `leaves_out` names a kind (the paper's Figure 10).
    `encoder_follows`: whether the code's cycle loss moves E besides F, as Equation 12 is printed.
    `seeds`: this run's own instead of those that all share, or `first`, the first of those that all share.
    """

    injection: Literal["none", "concat-map", "concat-all", "cin", "ccam"]
    extension: bool
    dropout: bool
    leaves_out: Literal["nothing", "adversarial", "perception", "smoothness"]
    encoder_follows: bool
    seeds: Seeds | Literal["first"] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "Run":
        if self.injection == "none" and self.extension:
            raise ValueError("the extension losses need a code: choose an injection")
        if self.injection == "none" and self.encoder_follows:
            raise ValueError("encoder_follows needs a code: choose an injection")
        if self.injection != "none" and self.dropout:
            raise ValueError("dropout belongs to CycleGAN, injection none")
        if not self.extension and self.leaves_out != "nothing":
            raise ValueError("leaves_out names extension losses, and extension is false")
        return self


class ScaleImages(Frozen):
    """Pixels of training pictures, from which crops are cut, and of test pictures; how many scenes there are."""

    train_size: Positive
    test_size: Annotated[int, Field(ge=32, multiple_of=8)]
    train: Annotated[int, Field(ge=2)]
    test: Annotated[int, Field(ge=2)]


class ScaleTrain(Frozen):
    """Size and length of a training. `steps` null: 200 epochs, as in the paper. `into`: the residual blocks that z
    enters, counted from 1."""

    crop: Annotated[int, Field(ge=32, multiple_of=8)]
    width: Annotated[int, Field(ge=4, multiple_of=4)]
    blocks: Positive
    into: Annotated[tuple[Positive, ...], Field(min_length=1)]
    encoder_width: Positive
    batch: Positive
    steps: Positive | None
    learning_rate: PositiveFloat
    log_every: Positive
    sample_every: Positive

    @model_validator(mode="after")
    def _into_fits(self) -> "ScaleTrain":
        if max(self.into) > self.blocks or len(set(self.into)) < len(self.into):
            raise ValueError(f"into is {list(self.into)}, it must name some of the {self.blocks} blocks once each")
        return self


class ScaleSegmenter(Frozen):
    """Size and length of the segmenter's training."""

    width: Positive
    steps: Positive
    batch: Positive


class ScaleEvaluate(Frozen):
    """How many test pictures are measured, how many at a time, and how many codes for each label."""

    pictures: Annotated[int, Field(ge=4)]
    batch: Positive
    codes: Annotated[int, Field(ge=2)]


class Scale(Frozen):
    """Sizes and lengths of everything."""

    images: ScaleImages
    train: ScaleTrain
    segmenter: ScaleSegmenter
    evaluate: ScaleEvaluate

    @model_validator(mode="after")
    def _sizes_fit(self) -> "Scale":
        if self.train.crop > self.images.train_size:
            raise ValueError(f"train.crop {self.train.crop} is larger than images.train_size {self.images.train_size}")
        if self.evaluate.pictures > self.images.test:
            raise ValueError(f"evaluate.pictures {self.evaluate.pictures} is more than images.test {self.images.test}")
        return self


class Section(Frozen):
    """The section `asymgan`. `seed`: of the rendered scenes. `code`: numbers of a code, or channels of a code map.

    `photo` and `label`: where the rich and the poor domain lie in CycleGAN's layout, for `data: folder` and `cyclegan`.
    """

    seed: Seed
    photo: Domain
    label: Domain
    code: Positive
    runs: dict[Name, Run]
    scales: dict[Name, Scale]


class Params(Shared[SharedScale]):
    """The shared keys and this paper's section; other papers' keys are left out."""

    asymgan: Section

    @model_validator(mode="after")
    def _scale_is_there(self) -> "Params":
        if self.scale not in self.asymgan.scales:
            raise ValueError(f"scale is {self.scale!r}, asymgan.scales has {', '.join(self.asymgan.scales)}")
        return self

    @property
    def sizes(self) -> Scale:
        """The chosen scale's values of this paper."""
        return self.asymgan.scales[self.scale]

    def run(self, key: str) -> Run:
        """A run by name; ValueError that lists the known ones."""
        return params.known("run", key, self.asymgan.runs)

    def seeds_of(self, key: str) -> tuple[int, ...]:
        """The seeds that a run is trained with: its own, else those that all share."""
        own = self.run(key).seeds
        return self.seeds[:1] if own == "first" else own or self.seeds


def load() -> Params:
    """Read and check params.yaml; ValueError with the key's path, the value and what is allowed."""
    return params.read(Params)
