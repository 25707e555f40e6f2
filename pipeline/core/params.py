"""params.yaml as types: the reader, and the keys that every paper shares. Read once per stage, checked, frozen.

A paper's own keys are types in its room, pipeline/PAPER/model/params.py, which extends `Shared`. Every further paper
has one section named as its room; SGN came first and has keys at the top.
"""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.core import yaml12
from pipeline.core.yaml12 import short

SGN_KEYS = ("alpha", "runs", "toy")
PAPERS = Path(__file__).resolve().parent.parent  # where the rooms are

Positive = Annotated[int, Field(gt=0)]
PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _once(seeds: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(seeds)) != len(seeds):
        raise ValueError(f"{list(seeds)}: each seed may stand there once")
    return seeds


Seeds = Annotated[tuple[Seed, ...], Field(min_length=1), AfterValidator(_once)]


def _inside(path: str) -> str:
    if not path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or "\0" in path:
        raise ValueError(f"{path!r} must be a path inside the source's folder: not absolute, without ..")
    return path


Inside = Annotated[str, AfterValidator(_inside)]

_T = TypeVar("_T")


class Frozen(BaseModel):
    """No unknown keys, no silent conversion, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Images(Frozen):
    """Settings of every source of images."""

    seed: Seed
    style_size: Annotated[int, Field(ge=16)]
    max_unreadable: Annotated[float, Field(ge=0, le=1)]
    max_pixels: Positive


class Domain(Frozen):
    """Where a domain lies in CycleGAN's layout: a data set's A or B side."""

    dataset: Inside
    side: Literal["A", "B"]


class Style(Frozen):
    """A style image's file name."""

    file: Inside


class ScaleImages(Frozen):
    """Sizes in pixels, and how many scenes to render per domain."""

    train_size: Annotated[int, Field(ge=16)]
    test_size: Annotated[int, Field(ge=16, multiple_of=4)]
    scenes_train: Positive
    scenes_test: Positive

    @model_validator(mode="after")
    def _test_fits(self) -> "ScaleImages":
        # Test pictures are compared with the centres of training pictures.
        if self.test_size > self.train_size:
            raise ValueError(f"test_size {self.test_size} is larger than train_size {self.train_size}")
        return self


class SharedScale(BaseModel):
    """A scale's sizes of pictures; what a paper adds is the paper's to check."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    images: ScaleImages


ScaleT = TypeVar("ScaleT", bound=BaseModel)


class Shared(Frozen, Generic[ScaleT]):
    """The keys that every paper shares. `ScaleT`: the type of a scale."""

    seeds: Seeds
    data: Literal["scenes", "folder", "cyclegan"]
    data_root: str | None
    scale: str
    precision: Literal["auto", "bf16", "fp32"]
    device: Literal["auto", "cpu", "cuda"]
    threads: Positive
    checkpoint_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    images: Images
    domains: dict[Name, Domain]
    styles: dict[Name, Style]
    scales: dict[Name, ScaleT]

    @model_validator(mode="after")
    def _names_fit(self) -> "Shared[ScaleT]":
        if self.scale not in self.scales:
            raise ValueError(f"scale is {self.scale!r}, known are {', '.join(self.scales)}")
        for name in sorted({"sources", "translations"} & {*self.domains, *self.styles}):
            raise ValueError(f"{name} is no name for a domain or a style: data/{name} is taken")
        for name in set(self.domains) & set(self.styles):
            raise ValueError(f"{name} is a domain and a style: both would be data/{name}, rename one")
        return self

    @property
    def scale_params(self) -> ScaleT:
        """The chosen scale's values."""
        return self.scales[self.scale]

    def domain(self, key: str) -> Domain:
        """A domain by name; ValueError that lists the known ones."""
        return known("domain", key, self.domains)

    def style(self, key: str) -> Style:
        """A style by name; ValueError that lists the known ones."""
        return known("style", key, self.styles)


ParamsT = TypeVar("ParamsT", bound=BaseModel)


def load() -> Shared[SharedScale]:
    """The shared keys of params.yaml; ValueError with the key's path, the value and what is allowed."""
    return read(Shared[SharedScale])


def read(schema: type[ParamsT], path: Path = Path("params.yaml")) -> ParamsT:
    """Read params.yaml and check it against a schema; ValueError with the key's path, the value, what is allowed."""
    return check(yaml12.read(path), schema, str(path))


def check(values: Any, schema: type[ParamsT], name: str = "params.yaml") -> ParamsT:
    """Check values read from `name` against a schema; ValueError says each mistake.

    Keys at the top that belong to another paper are left out; a key that is nobody's is a mistake.
    """
    if not isinstance(values, dict):
        raise ValueError(f"{name}: no keys in it, it must be a mapping as the one in Git")
    others = {key for key in values if key not in schema.model_fields and _another_papers(key)}
    # Through JSON, because pydantic's strict mode takes a list for a tuple only there.
    # A value that JSON does not have, such as YAML's dates, becomes one that no key allows.
    try:
        ours = {key: value for key, value in values.items() if key not in others}
        text = json.dumps(ours, default=lambda value: {type(value).__name__: str(value)})
    except (TypeError, ValueError, RecursionError) as error:  # a date as a key; a number of thousands of digits
        raise ValueError(f"{name}: {short(str(error))}") from None
    try:
        return schema.model_validate_json(text)
    except ValidationError as error:
        errors = error.errors()
        # A list whose items are wrong is also called too short; the items' own sentences say it.
        nested = {e["loc"][:-1] for e in errors}
        told = [e for e in errors if not (e["type"] == "too_short" and e["loc"] in nested)]
        raise ValueError(short(f"{name}: " + "; ".join(_sentence(e) for e in told), 2000)) from None


def _another_papers(key: Any) -> bool:
    return key in SGN_KEYS or (isinstance(key, str) and key.isidentifier() and (PAPERS / key / "model").is_dir())


def known(kind: str, key: str, among: Mapping[str, _T]) -> _T:
    """What has this name; ValueError that lists the known ones."""
    if key not in among:
        raise ValueError(f"params.yaml has no {kind} {key!r}; known are {', '.join(among)}")
    return among[key]


def _sentence(error: Any) -> str:
    parts = [str(part) for part in error["loc"]]
    key = short(".".join(part if part.isprintable() and part else repr(part) for part in parts))
    if error["type"] == "value_error":  # a sentence of our own
        message = str(error["ctx"]["error"])
        return f"{key}: {message}" if key else message
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{key} is not a known key"
    if error["type"] == "missing":
        return f"{key} is missing"
    if error["type"] == "json_invalid":  # half a character; a number that is too large
        return str(error["ctx"]["error"])
    return f"{key} is {short(repr(error['input']))}: {error['msg'][0].lower()}{error['msg'][1:]}"
