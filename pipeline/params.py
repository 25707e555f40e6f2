"""params.yaml as types: read once per stage, checked whole, frozen.

DVC reads YAML 1.2 (`1e-05` is a number, `on` is a word); PyYAML alone follows YAML 1.1. The loader below gives
PyYAML the 1.2 rules, so that a stage and DVC always see the same values.
"""

import json
import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

Positive = Annotated[int, Field(gt=0)]
PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _inside(path: str) -> str:
    if not path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or "\0" in path:
        raise ValueError(f"{path!r} must be a path inside the source's folder: not absolute, without ..")
    return path


Inside = Annotated[str, AfterValidator(_inside)]

MAX_VALUES = 100_000  # the file in Git has about 500
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


class Objective(Frozen):
    """A loss kind and what it is about: reconstruction of photo, adversarial to vangogh, perceptual to udnie."""

    loss: Literal["reconstruction", "adversarial", "perceptual"]
    about: Name


class Run(Frozen):
    """One training (Table 2). `S` is null where S is drawn, constant in a hyper-parameter model.

    `conditioning`: a name in pipeline/networks/conditioning.py, which says what is known.
    `judge`: the run whose discriminators measure this run's adversarial losses, so that runs can be compared.
    """

    method: Literal["sgn", "singlegan"]
    conditioning: Name
    draw: Literal["alpha", "seeds"]
    judge: Name
    A: Objective
    B: Objective
    C: Objective
    epochs: Positive
    style_weight: PositiveFloat | None = None
    S: tuple[Weight, Weight, Weight] | None = None

    @property
    def objectives(self) -> tuple[Objective, Objective, Objective]:
        """The k objectives in the order of S."""
        return self.A, self.B, self.C

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
        losses = [o.loss for o in self.objectives]
        if self.method == "sgn" and (losses[0] != "reconstruction" or "reconstruction" in losses[1:]):
            raise ValueError("objective A, and no other, must be a reconstruction: its domain is the input")
        if self.method == "sgn" and (self.draw == "seeds") != (self.S is not None):
            raise ValueError("a run with a constant S has draw: seeds, a run that draws S has draw: alpha and no S")
        if self.method == "singlegan" and (set(losses) != {"adversarial"} or self.draw != "seeds" or self.S):
            raise ValueError("method singlegan takes three adversarial objectives, draw: seeds and no S")
        if (self.style_weight is not None) != ("perceptual" in losses):
            raise ValueError("style_weight belongs to a run with a perceptual objective, and only to such a run")
        if self.S is not None and abs(sum(self.S) - 1) > 1e-6:
            raise ValueError(f"S is {list(self.S)}, its weights must sum to 1")
        return self


class Toy(Frozen):
    """The toy problem's settings (Section 5.1, Supplement A.1)."""

    samples: Annotated[int, Field(ge=2)]
    hidden: Positive
    batch: Positive
    learning_rates: tuple[PositiveFloat, PositiveFloat, PositiveFloat]


class ScaleImages(Frozen):
    """Sizes in pixels, and how many scenes to render per domain."""

    train_size: Annotated[int, Field(ge=16)]
    test_size: Annotated[int, Field(ge=16, multiple_of=4)]
    scenes_train: Positive
    scenes_test: Positive


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
        # Test pictures are compared with the centres of training pictures (stages/evaluate.py).
        if self.images.test_size > self.images.train_size:
            raise ValueError(f"images.test_size {self.images.test_size} is larger than images.train_size")
        return self


class Params(Frozen):
    """The whole of params.yaml."""

    alpha: PositiveFloat
    seeds: Annotated[tuple[Seed, ...], Field(min_length=1)]
    data: Literal["scenes", "folder", "cyclegan"]
    data_root: str | None
    scale: str
    precision: Literal["auto", "bf16", "fp32"]
    threads: Positive
    checkpoint_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    images: Images
    domains: dict[Name, Domain]
    styles: dict[Name, Style]
    runs: dict[Name, Run]
    toy: Toy
    scales: dict[Name, Scale]

    @model_validator(mode="after")
    def _names_exist(self) -> "Params":
        if self.scale not in self.scales:
            raise ValueError(f"scale is {self.scale!r}, known are {', '.join(self.scales)}")
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError(f"seeds is {list(self.seeds)}: each seed may stand there once")
        for name in sorted({"sources", "translations"} & {*self.domains, *self.styles}):
            raise ValueError(f"{name} is no name for a domain or a style: data/{name} is taken")
        for name in set(self.domains) & set(self.styles):
            raise ValueError(f"{name} is a domain and a style: both would be data/{name}, rename one")
        for key, run in self.runs.items():
            self._judge_fits(key, run)
            for letter, objective in zip("ABC", run.objectives, strict=True):
                known = self.styles if objective.loss == "perceptual" else self.domains
                if objective.about not in known:
                    kind = "style" if objective.loss == "perceptual" else "domain"
                    where = f"runs.{key}.{letter}.about"
                    raise ValueError(f"{where} is {objective.about!r}, no such {kind}; known are {', '.join(known)}")
            abouts = [objective.about for objective in run.objectives]
            for letter, about in zip("ABC", abouts, strict=True):
                if abouts.count(about) > 1:
                    raise ValueError(
                        f"runs.{key}.{letter}.about is {about!r}, as another objective's: each needs its own"
                    )
        return self

    def _judge_fits(self, key: str, run: Run) -> None:
        if run.judge not in self.runs:
            raise ValueError(f"runs.{key}.judge is {run.judge!r}, no such run; known are {', '.join(self.runs)}")
        judge = self.runs[run.judge]
        if judge.S is not None:
            raise ValueError(f"runs.{key}.judge is {run.judge!r}, whose S is constant: it may lack a discriminator")
        judged = {o.about for o in judge.objectives if o.loss == "adversarial"}
        for o in run.objectives:
            if o.loss == "adversarial" and o.about not in judged:
                raise ValueError(f"runs.{key}.judge is {run.judge!r}, which has no discriminator of {o.about}")

    @property
    def scale_params(self) -> Scale:
        """The chosen scale's values."""
        return self.scales[self.scale]

    def run(self, key: str) -> Run:
        """A run by name; ValueError that lists the known ones."""
        return _known("run", key, self.runs)

    def domain(self, key: str) -> Domain:
        """A domain by name; ValueError that lists the known ones."""
        return _known("domain", key, self.domains)

    def style(self, key: str) -> Style:
        """A style by name; ValueError that lists the known ones."""
        return _known("style", key, self.styles)


def load(path: Path = Path("params.yaml")) -> Params:
    """Read and check params.yaml; ValueError with the key's path, the value and what is allowed."""
    if not path.is_file():
        raise ValueError(f"{path} is missing: run the command in the checkout's top folder")
    try:
        values = _parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a UTF-8 text: {error}") from None
    except RecursionError:
        raise ValueError(f"{path} is not YAML: its values are nested too deeply") from None
    except (OSError, MemoryError):
        raise
    except Exception as error:  # PyYAML answers wrong tags also with IndexError, KeyError and AttributeError
        raise ValueError(f"{path} is not YAML: {_short(' '.join(str(error).split()))}") from None
    return check(values, str(path))


def _parse(text: str) -> Any:
    """The text's values; ValueError if its aliases (`*name`) repeat each other to an endless length."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if _size(node, {}) > MAX_VALUES:
            raise ValueError(f"with its aliases written out it has more than {MAX_VALUES:,} values")
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _size(node: yaml.Node, known: dict[int, float]) -> float:
    """How many values a node has with its aliases written out; infinity for one that holds itself."""
    if id(node) not in known:
        known[id(node)] = float("inf")  # while it is counted
        parts = node.value if isinstance(node, yaml.CollectionNode) else []
        children = [child for part in parts for child in (part if isinstance(part, tuple) else (part,))]
        known[id(node)] = 1 + sum(_size(child, known) for child in children)
    return known[id(node)]


def check(values: Any, name: str = "params.yaml") -> Params:
    """Check values read from `name` against the types above; ValueError says each mistake."""
    if not isinstance(values, dict):
        raise ValueError(f"{name}: no keys in it, it must be a mapping as the one in Git")
    # Through JSON, because pydantic's strict mode takes a list for a tuple only there.
    # A value that JSON does not have, such as YAML's dates, becomes one that no key allows.
    try:
        text = json.dumps(values, default=lambda value: {type(value).__name__: str(value)})
    except (TypeError, ValueError, RecursionError) as error:  # a date as a key; a number of thousands of digits
        raise ValueError(f"{name}: {_short(str(error))}") from None
    try:
        return Params.model_validate_json(text)
    except ValidationError as error:
        errors = error.errors()
        # A list whose items are wrong is also called too short; the items' own sentences say it.
        nested = {e["loc"][:-1] for e in errors}
        told = [e for e in errors if not (e["type"] == "too_short" and e["loc"] in nested)]
        raise ValueError(_short(f"{name}: " + "; ".join(_sentence(e) for e in told), 2000)) from None


def _short(text: str, length: int = 300) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _sentence(error: Any) -> str:
    parts = [str(part) for part in error["loc"]]
    key = _short(".".join(part if part.isprintable() and part else repr(part) for part in parts))
    if error["type"] == "value_error":  # a sentence of our own
        message = str(error["ctx"]["error"])
        return f"{key}: {message}" if key else message
    if error["type"] == "extra_forbidden":
        return f"{key} is not a known key"
    if error["type"] == "missing":
        return f"{key} is missing"
    if error["type"] == "json_invalid":  # half a character; a number that is too large
        return str(error["ctx"]["error"])
    return f"{key} is {_short(repr(error['input']))}: {error['msg'][0].lower()}{error['msg'][1:]}"


def _known(kind: str, key: str, known: dict[str, _T]) -> _T:
    if key not in known:
        raise ValueError(f"params.yaml has no {kind} {key!r}; known are {', '.join(known)}")
    return known[key]


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader with YAML 1.2's rules for booleans and numbers."""


_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in ("bool", "int", "float")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", _FLOAT, "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def _integer(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)  # 010 is ten in YAML 1.2


_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
