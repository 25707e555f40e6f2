"""dvc.yaml against the code: a stage depends on exactly the modules that it imports."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.clone import CHECKOUT

STAGES = {
    name: stage.get("do", stage)
    for file in ("dvc.yaml", "data/dvc.yaml")
    for name, stage in yaml.safe_load((CHECKOUT / file).read_text())["stages"].items()
}
# What a templated dependency can stand for; the modules are imported by name, in the stage.
TEMPLATES = {
    "pipeline/images/${data}": ["scenes", "folder", "cyclegan"],
    "pipeline/${item.method}.py": ["sgn", "singlegan"],
}

# Imports each list of modules in a child of its own; the parent has the slow libraries already.
IMPORT = """
import importlib, json, multiprocessing, sys
import dvclive, matplotlib.pyplot, pandas, safetensors.torch, torch, torchvision, PIL.Image, pydantic

def modules_of(names):
    for name in names:
        importlib.import_module(name)
    loaded = sorted(sys.modules)
    from pipeline.training import scratch
    files = scratch.own_modules()
    if "pipeline.training.scratch" not in loaded:
        del files["pipeline/training/scratch.py"]
    return list(files)

if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        print(json.dumps(pool.map(modules_of, json.load(sys.stdin), chunksize=1)))
"""


def code(path: Path) -> bool:
    """Whether a module holds more than a docstring: an empty __init__.py is nobody's dependency."""
    return any(not isinstance(node, ast.Expr) for node in ast.parse(path.read_text()).body)


@pytest.fixture(scope="module")
def imported() -> dict[tuple[str, ...], set[str]]:
    """For each list of modules that a stage imports: the checkout's modules that this brings in."""
    asked = [(stage["cmd"].split()[2], *by_name) for stage in STAGES.values() for _, by_name in variants(stage["deps"])]
    command = [sys.executable, "-c", IMPORT]
    run = subprocess.run(command, input=json.dumps(asked), cwd=CHECKOUT, capture_output=True, text=True, check=True)
    found = json.loads(run.stdout)
    return {key: {path for path in paths if code(CHECKOUT / path)} for key, paths in zip(asked, found, strict=True)}


def variants(dependencies: list[str]) -> list[tuple[list[str], list[str]]]:
    """The dependencies with each templated module filled in, and the modules that the stage then imports by name."""
    for template, names in TEMPLATES.items():
        if template in dependencies:
            filled = []
            for name in names:
                path = template.split("$")[0] + name + (".py" if template.endswith(".py") else "")
                module = path.removesuffix(".py").replace("/", ".")
                filled.append(([path if d == template else d for d in dependencies], [module]))
            return filled
    methods = [f"pipeline/{name}.py" for name in TEMPLATES["pipeline/${item.method}.py"]]
    if set(methods) <= set(dependencies):
        return [(dependencies, [path.removesuffix(".py").replace("/", ".") for path in methods])]
    if "notebooks/${key}.ipynb" in dependencies:
        return [(dependencies, imported_by(notebook)) for notebook in sorted((CHECKOUT / "notebooks").glob("*.ipynb"))]
    return [(dependencies, [])]


def imported_by(notebook: Path) -> list[str]:
    """The checkout's modules that a notebook's cells import."""
    cells = json.loads(notebook.read_text())["cells"]
    text = "".join("".join(cell["source"]) + "\n" for cell in cells if cell["cell_type"] == "code")
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    names = {f"{node.module}.{alias.name}" for node in imports for alias in node.names}
    return sorted(name for name in names if (CHECKOUT / f"{name.replace('.', '/')}.py").is_file())


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_depends_on_the_modules_that_it_imports(name: str, imported: dict[tuple[str, ...], set[str]]) -> None:
    stage = STAGES[name]
    unused = None  # by any of the variants
    for dependencies, by_name in variants(stage["deps"]):
        listed: set[str] = set()
        for dependency in dependencies:
            if not dependency.startswith(("pipeline/", "stages/")):
                continue
            path = CHECKOUT / dependency
            assert path.exists(), f"{name} depends on {dependency}, which is not there"
            files = path.rglob("*.py") if path.is_dir() else [path]
            listed |= {file.relative_to(CHECKOUT).as_posix() for file in files if code(file)}
        needed = imported[stage["cmd"].split()[2], *by_name]
        assert needed - listed == set(), f"{name}: missing in deps"
        folders = tuple(f"{d}/" for d in dependencies if (CHECKOUT / d).is_dir())
        surplus = {path for path in listed - needed if not path.startswith(folders)}
        unused = surplus if unused is None else unused & surplus
    assert not unused, f"{name}: in deps, but not imported"


@pytest.mark.parametrize("name", STAGES)
def test_no_stage_loses_dvc_its_run_cache(name: str) -> None:
    stage = STAGES[name]
    assert "persist" not in str(stage.get("outs", []))
    # Plain uncached outs switch the run cache off; only HTML pages may be so, DVC cannot draw them as plots.
    for out in stage.get("outs", []):
        assert isinstance(out, str) or next(iter(out)).endswith(".html")
