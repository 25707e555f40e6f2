"""What the stages of a traced run read (sitecustomize.py), against what dvc.lock says that they depend on."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from pipeline.training.scratch import SHELL

# Read, and not declared.
NO_RESULT_DEPENDS_ON_IT = {"checkpoint_seconds"}  # only when a training saves its state
# Declared, and not read: each source of pictures has a manifest, and DVC has no dependency only where it is read.
# The scenes need none, their code is a dependency of its own; source.json is there to be made first.
MANIFEST_OF_SCENES = {"data/sources/scenes.json", "data/sources/source.json"}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Read:
    """What a stage read: files and listed folders of the checkout, and paths in params.yaml."""

    files: set[str]
    folders: set[str]
    params: set[str]


@dataclass(frozen=True)
class Declared:
    """What dvc.lock says of a stage: paths without a slash at their end, and paths in params.yaml."""

    deps: set[str]
    outs: set[str]
    params: set[str]


def traced(logs: Path) -> dict[str, Read]:
    """The stages that ran, by DVC's names: train@model1, stages/toypaper/dvc.yaml:train@one."""
    found = {}
    for log in sorted(path for path in logs.rglob("*") if path.is_file()):
        lines = [line.split("\t") for line in log.read_text(encoding="utf-8").splitlines()]
        files, folders, params = ({what for kind, what in lines if kind == k} for k in ("file", "folder", "param"))
        found[log.relative_to(logs).as_posix()] = Read(files, folders, params)
    return found


def locked(checkout: Path) -> dict[str, Declared]:
    """The stages in dvc.lock, in which all templates are filled in, and those of further papers, by DVC's names.

    Their paths too count from the checkout: `wdir` in stages/PAPER/dvc.yaml is ../..
    """
    found = {}
    for lock in (checkout / "dvc.lock", *sorted(checkout.glob("stages/*/dvc.lock"))):
        file = lock.relative_to(checkout).with_suffix(".yaml").as_posix()
        paper = "" if file == "dvc.yaml" else f"{file}:"
        for name, stage in yaml.load(lock.read_bytes(), Loader=LOADER)["stages"].items():
            found[paper + name] = Declared(
                deps={path_of(entry) for entry in stage.get("deps", [])},
                outs={path_of(entry) for entry in stage.get("outs", [])},
                params=set(stage.get("params", {}).get("params.yaml", {})),
            )
    return found


def path_of(entry: dict[str, str]) -> str:
    """The path of a dependency or an output, without a slash at its end."""
    return entry["path"].rstrip("/")


def covers(declared: str, path: str, separator: str) -> bool:
    """Whether `path` is `declared` or lies under it: models/model1 covers models/model1/0/generator.safetensors."""
    return path == declared or path.startswith(declared + separator)


def undeclared(read: Iterable[str], declared: Iterable[str], separator: str) -> set[str]:
    """What was read and lies under nothing that is declared."""
    return {path for path in read if not any(covers(d, path, separator) for d in declared)}


def unread(read: Iterable[str], declared: Iterable[str], separator: str) -> set[str]:
    """What is declared and has nothing under it that was read."""
    return {d for d in declared if not any(covers(d, path, separator) for path in read)}


def undeclared_files(read: Read, declared: Declared, checkout: Path) -> set[str]:
    """Files and listed folders, without empty modules and the shell; params.yaml is declared by its values, and the
    shell looks in it where the user's files lie."""
    files = {path for path in read.files if not (path.endswith(".py") and empty(checkout / path))}
    files = {path for path in files if not path.startswith(SHELL)}
    files -= {"params.yaml"}
    # Python lists a folder to find a module in it; which module it found is a file that it reads.
    folders = {path for path in read.folders if path.split("/")[0] not in (".", "pipeline", "stages")}
    # A folder of nothing but its own outs, such as reports/live/model1.
    folders -= {path for path in folders if only_holds(checkout / path, {checkout / out for out in declared.outs})}
    # Beside an out, files.replacing looks for what killed processes left of it.
    folders -= {Path(out).parent.as_posix() for out in declared.outs}
    return undeclared(files | folders, declared.deps | declared.outs, "/")


def unread_deps(read: Read, declared: Declared) -> set[str]:
    """Dependencies of which no file was read."""
    return unread(read.files, declared.deps, "/") - MANIFEST_OF_SCENES


def undeclared_params(read: Read, declared: Declared) -> set[str]:
    """Values read of params.yaml on which the stage does not depend."""
    return undeclared(read.params, declared.params, ".") - NO_RESULT_DEPENDS_ON_IT


def unread_params(read: Read, declared: Declared) -> set[str]:
    """Parameters of which no value was read. A run's own seeds replace those that all share, and DVC's template of a
    stage names both for every run."""
    own_seeds = {"seeds"} if any(path.endswith(".seeds") for path in read.params) else set()
    return unread(read.params, declared.params, ".") - own_seeds


def by_stage(
    reads: dict[str, Read], stages: dict[str, Declared], mistakes: Callable[[Read, Declared], set[str]]
) -> dict[str, list[str]]:
    """The mistakes of each stage that has any."""
    found = {name: sorted(mistakes(reads[name], declared)) for name, declared in stages.items()}
    return {name: paths for name, paths in found.items() if paths}


def downstream(stages: dict[str, Declared], changed: set[str]) -> set[str]:
    """The changed stages and all that read, directly or not, what these make."""
    reached = set(changed)
    while True:
        outs = {out for name in reached for out in stages[name].outs}
        more = {
            name
            for name, stage in stages.items()
            if any(covers(dep, out, "/") or covers(out, dep, "/") for dep in stage.deps for out in outs)
        }
        if more <= reached:
            return reached
        reached |= more


def only_holds(folder: Path, outs: set[Path]) -> bool:
    """Whether every file in a folder is, or lies in, one of `outs`; DVC keeps a .gitignore beside them."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".gitignore"]
    return all(outs & {path, *path.parents} for path in files)


def empty(path: Path) -> bool:
    """Whether a module holds at most a docstring."""
    return all(isinstance(node, ast.Expr) for node in ast.parse(path.read_text(encoding="utf-8")).body)
