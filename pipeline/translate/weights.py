"""Which generator a name means: a run that was trained here, else one that stands in Git under results/.

models/RUN/SEED/generator.safetensors is what a training writes. results/*/generators/RUN.safetensors is what
`python -m pipeline.export RUN --half` writes: half the bytes, and all that a user must know in its header.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core import artifacts, tensors
from pipeline.networks.generator import Generator
from pipeline.sgn.model.objectives import LETTERS, Objective
from pipeline.sgn.model.translation import load_generator
from pipeline.translate import authors

TRAINED, KEPT = "models/*/*/generator.safetensors", "results/*/generators/*.safetensors"


@dataclass(frozen=True)
class Model:
    """A generator and what its file says about it; the authors' files do not say what their objectives are."""

    generator: Generator
    path: Path
    objectives: tuple[Objective, ...]
    facts: dict[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        """What each weight of S asks for, in order; the paper's letters where the file does not say."""
        k = len(self.objectives) or self.facts["k"]
        return tuple(o.about for o in self.objectives) or tuple(LETTERS[:k])


def known(root: Path = Path()) -> dict[str, Path]:
    """The models by name: `model1`, and `real-gpu/model1` for a particular one of results/.

    Of a run's seeds the first is meant; of several folders in results/ that have the name, the first.
    """
    found: dict[str, Path] = {}
    for path in sorted(root.glob(TRAINED), key=_seed_order):
        found.setdefault(path.parent.parent.name, path)
    for path in sorted(root.glob(KEPT)):
        found.setdefault(path.stem, path)
        found[f"{path.parent.parent.name}/{path.stem}"] = path
    return found


def named(name: str, seed: int | None = None, root: Path = Path()) -> Model:
    """The model of that name, or a seed of a run that was trained here; ValueError that lists the known ones."""
    if seed is not None:
        return read(root / artifacts.network(name, seed, "generator"))
    models = known(root)
    if name not in models:
        listed = ", ".join(models) or "none: `make repro` trains them"
        raise ValueError(f"there is no model {name!r}; known are {listed}")
    return read(models[name])


def read(path: Path) -> Model:
    """A model's file: .safetensors of this project, or a checkpoint of the authors'; ValueError if it is neither."""
    if not path.is_file():
        raise artifacts.missing(path)
    if path.suffix != ".safetensors":
        generator = authors.read(path)
        scale = {"width": generator.last.in_channels, "blocks": len(generator.blocks)}
        k = int(generator.state_dict()["conditioning.ccam.0.embed.0.weight"].shape[1])
        told = {"run": path.stem, "conditioning": "ccam", "k": k, "objectives": [], "scale": scale}
        return Model(generator, path, (), told)
    _, about = tensors.read(path)
    facts = facts_of(path, about)
    generator, _ = load_generator(
        path, facts["scale"]["width"], facts["scale"]["blocks"], facts["conditioning"], facts["k"]
    )
    return Model(generator, path, tuple(Objective(o["loss"], o["about"]) for o in facts["objectives"]), facts)


def facts_of(path: Path, about: dict[str, Any]) -> dict[str, Any]:
    """What a file says about its generator, in the words of an exported one; a training's has its run's settings."""
    facts = dict(about)
    run = about["run"]
    if isinstance(run, dict):  # a training's own file
        objectives = [run[letter] for letter in LETTERS if letter in run and run[letter]["loss"] != "none"]
        facts |= {"run": path.parent.parent.name, "conditioning": run["conditioning"], "k": len(objectives)}
        facts |= {"method": run["method"], "objectives": objectives, "style_weight": run["style_weight"], "S": run["S"]}
    return artifacts.Held(path, facts)


def _seed_order(path: Path) -> tuple[str, int, str]:
    seed = path.parent.name
    return (path.parent.parent.name, int(seed) if seed.isdecimal() else 1 << 32, seed)
