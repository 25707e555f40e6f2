"""The rules of dvc.yaml and of imports that hold without a run; what stages read, a run tells (test_pipeline.py)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.clone import CHECKOUT

FILES = [Path("dvc.yaml"), Path("data/dvc.yaml")]
STAGES = {
    name: stage.get("do", stage)
    for file in FILES
    for name, stage in yaml.safe_load((CHECKOUT / file).read_text())["stages"].items()
}
# What a templated path can stand for.
TEMPLATES = {
    "${data}": ["scenes", "folder", "cyclegan"],
    "notebooks/${key}.ipynb": ["notebooks/data.ipynb", "notebooks/toy.ipynb", "notebooks/injection.ipynb"],
}
QUICK = ("contact_sheet", "collect", "claims")
CODE = ("pipeline/", "stages/", "notebooks/", "data/sources/")

# A package imports itself and those before it, and nothing after it; packages on one line may know each other: a
# generator builds its conditioning, and a conditioning uses the layers.
ORDER = [
    *(["shell"], ["core"], ["images"], ["vgg16"], ["networks", "conditionings"]),
    *(["training"], ["metrics"], ["claims"], ["figures"], ["report"]),
]
SHARED = [package for level in ORDER for package in level]
# What a user calls when everything is there: each may import SGN and those before it, and nothing else imports them.
COMMANDS = ["translate", "export", "demo"]
PAPERS = sorted(path.parent.name for path in (CHECKOUT / "pipeline").glob("*/model"))


def paths(entries: list[str | dict[str, object]]) -> list[str]:
    """The paths of dependencies or outputs, which can have options."""
    return [next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries]


def filled(path: str) -> list[str]:
    """A path with its template filled in by everything that it can stand for."""
    for template, values in TEMPLATES.items():
        if template in path:
            return [path.replace(template, value) for value in values]
    return [path]


def imports(path: Path) -> Iterator[str]:
    """The checkout's modules that a file imports, anywhere in it: pipeline.core.files, stages.sgn.train."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out in full"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from (name for name in names if name.split(".")[0] in ("pipeline", "stages", "checks", "tests"))


def files_of(folder: str) -> list[Path]:
    """The modules in a folder of the checkout and below it."""
    return sorted((CHECKOUT / folder).rglob("*.py"))


@pytest.mark.parametrize("name", STAGES)
def test_the_code_that_a_stage_depends_on_is_there(name: str) -> None:
    for dependency in paths(STAGES[name]["deps"]):
        for path in filled(dependency) if dependency.startswith(CODE) else ():
            # Manifests but the scenes' are made when their source is chosen, its name by a stage.
            assert (CHECKOUT / path).exists() or re.fullmatch(r"data/sources/(folder|cyclegan|source).json", path), path


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_depends_on_its_own_file_and_not_on_the_shell(name: str) -> None:
    dependencies = paths(STAGES[name]["deps"])
    assert STAGES[name]["cmd"].split()[2].replace(".", "/") + ".py" in dependencies
    assert not [path for path in dependencies if path.startswith("pipeline/shell")]
    assert not {"pipeline", "stages", "pipeline/sgn"} & set(dependencies), "all of it: then captions retrain"


@pytest.mark.parametrize("name", STAGES)
def test_no_stage_loses_dvc_its_run_cache(name: str) -> None:
    stage = STAGES[name]
    # A folder is kept from DVC, which would remove it with a file of the user's, and is made again in seconds; a
    # training's is not, and comes after a stage that looks (tests/shell/test_apart.py).
    for out in [*stage.get("outs", []), *stage.get("plots", [])]:
        folder = not Path(paths([out])[0].replace("${", "")).suffix
        assert ("persist" in str(out)) == (folder and name != "train"), out
    # Plain uncached outs switch the run cache off: only pages and films, which DVC cannot draw as plots, and the small
    # files of stages that take a second may be so.
    for out in stage.get("outs", []):
        assert "'cache': False" not in str(out) or next(iter(out)).endswith((".html", ".mp4")) or name in QUICK


def test_the_graph_and_its_lock_stay_readable() -> None:
    assert len((CHECKOUT / "dvc.yaml").read_text().splitlines()) <= 380
    assert len((CHECKOUT / "dvc.lock").read_text().splitlines()) <= 7900  # DVC reads and writes it at every stage


def test_every_package_has_its_place() -> None:
    found = {path.parent.name for path in (CHECKOUT / "pipeline").glob("*/__init__.py")}
    assert found == {*SHARED, *PAPERS, *COMMANDS}
    assert "sgn" in PAPERS


@pytest.mark.parametrize("number", range(len(ORDER)), ids=map("-".join, ORDER))
def test_a_shared_package_imports_only_what_comes_before_it_and_no_paper(number: int) -> None:
    allowed = [["pipeline", package] for level in ORDER[: number + 1] for package in level]
    for path in (path for package in ORDER[number] for path in files_of(f"pipeline/{package}")):
        for module in imports(path):
            assert module.split(".")[:2] in allowed, f"{path} imports {module}"


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_imports_shared_packages_and_itself(paper: str) -> None:
    own = [["pipeline", name] for name in (*SHARED, paper)]
    for path in files_of(f"pipeline/{paper}"):
        for module in imports(path):
            assert module.split(".")[:2] in own, f"{path} imports {module}"
    for path in files_of(f"stages/{paper}"):
        for module in imports(path):
            assert module.split(".")[:2] in [*own, ["stages", paper]], f"{path} imports {module}"


@pytest.mark.parametrize("number", range(len(COMMANDS)), ids=COMMANDS)
def test_a_command_imports_shared_packages_sgn_and_the_commands_before_it(number: int) -> None:
    allowed = [["pipeline", package] for package in (*SHARED, "sgn", *COMMANDS[: number + 1])]
    for path in files_of(f"pipeline/{COMMANDS[number]}"):
        for module in imports(path):
            assert module.split(".")[:2] in allowed, f"{path} imports {module}"


def test_no_stage_imports_a_command() -> None:
    for path in files_of("stages"):
        assert not [module for module in imports(path) if module.split(".")[1] in COMMANDS], path


def test_nothing_of_what_trains_and_measures_imports_what_tells() -> None:
    for folder in ("pipeline/sgn/model", "pipeline/sgn/evaluation"):
        for path in files_of(folder):
            for module in imports(path):
                told = ("pipeline.claims", "pipeline.figures", "pipeline.report")
                told += ("pipeline.sgn.paper", "pipeline.sgn.figures", "pipeline.sgn.pages")
                assert not module.startswith(told), f"{path} imports {module}"
