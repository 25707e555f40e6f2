"""`make study NAME=...`: what a sweep of experiments found, as a page: results/NAME/index.html.

It reads the experiments that start from the present commit, or from FROM=REV: the parameters in which they differ,
what they measured of the toy problem and of Model 1, and Model 1's last sample grid. The page is that of
notebooks/studies/sweep.ipynb, for any parameter. What an experiment did not measure is left out.
"""

import io
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dvc.api
from PIL import Image

from pipeline.core import files, yaml12
from pipeline.report import html, notebook
from pipeline.sgn.pages import sweep
from pipeline.sgn.results import MEASURED, RunResult
from stages.sgn.summary import NAMES, OF_MODEL1, OF_TOY, summary

RESULTS = Path("results")
NOTEBOOK = Path("notebooks/studies/sweep.ipynb")
GRIDS = "reports/live/model1/plots/images/seed{seed}"


def main(name: str, base: str = "HEAD") -> None:
    """Write results/NAME; ValueError if there are no two experiments that measured the same things."""
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise ValueError(f"say which, a name for a folder: make study NAME=..., not {name!r}")
    place = RESULTS / name
    rows = [row for row in dvc.api.exp_show(revs=[base], param_deps=True) if row.get("Experiment")]
    varied = differing(rows, settings(yaml12.read(Path("params.yaml"))))
    if not varied:
        raise ValueError("no two experiments differ in a parameter: queue some with `dvc exp run --queue -S ...` first")
    with files.replacing(place) as folder:
        folder.mkdir(parents=True)
        found = [_experiment(row, varied, folder) for row in sorted(rows, key=lambda row: _order(row, varied))]
        measured = [one for one in found if "numbers" in one]
        if len(measured) < 2:
            raise ValueError("fewer than two experiments have measured Model 1: run the queue with `dvc queue start`")
        study = {"varied": varied, "experiments": measured}
        files.write_json(folder / sweep.STUDY, study)
        sweep.draw(study, folder / sweep.CURVES)
        with _told(folder):
            executed = notebook.execute(NOTEBOOK)
        footer = f"This page is made by {html.code(f'make study NAME={name}')}, from DVC's experiments."
        text = html.page(notebook.title(executed), html.Html(""), notebook.render(executed), footer)
        (folder / "index.html").write_text(text, encoding="utf-8")
    print(f"{place / 'index.html'}: {len(measured)} experiments, {', '.join(varied)} differ")


def differing(rows: list[dict[str, Any]], names: set[str]) -> list[str]:
    """Those of the settings in which experiments differ, of what every one of them depends on."""
    shared = [name for name in names if all(name in row for row in rows)]
    return sorted(name for name in shared if len({json.dumps(row[name]) for row in rows}) > 1)


def settings(values: Mapping[str, Any], above: str = "") -> set[str]:
    """The names of all settings in params.yaml, as DVC writes them: scales.small.train.steps."""
    found = set[str]()
    for key, value in values.items():
        found |= settings(value, f"{above}{key}.") if isinstance(value, dict) else {f"{above}{key}"}
    return found


def _order(row: Mapping[str, Any], varied: list[str]) -> list[tuple[bool, float, str]]:
    """Numbers by size, texts by alphabet."""
    keys = [row[name] for name in varied]
    return [(isinstance(key, str), key if isinstance(key, int | float) else 0.0, str(key)) for key in keys]


def _experiment(row: Mapping[str, Any], varied: list[str], folder: Path) -> dict[str, Any]:
    """An experiment's parameters, its numbers over all seeds and for each, and its picture, which is written."""
    found: dict[str, Any] = {"name": row["Experiment"], "params": {name: row[name] for name in varied}}
    there = dvc.api.DVCFileSystem(rev=row["rev"])
    try:
        toy = json.loads(there.read_bytes(str(MEASURED / OF_TOY)))
        model1 = RunResult.model_validate_json(there.read_bytes(str(MEASURED / OF_MODEL1)))
    except (OSError, ValueError):  # it was queued and has not run, or it measured something else
        return found
    found["numbers"] = _numbers(toy, model1)
    found["seeds"] = {
        seed: _numbers(toy, model1.model_copy(update={"seeds": {seed: model1.seeds[seed]}})) for seed in model1.seeds
    }
    grids = GRIDS.format(seed=next(iter(model1.seeds)))
    last = max(there.ls(grids, detail=False), default=None) if there.exists(grids) else None
    if last is not None:
        found["picture"] = f"{row['Experiment']}.webp"
        picture = Image.open(io.BytesIO(there.read_bytes(last))).convert("RGB")
        picture.save(folder / found["picture"], "WEBP", quality=90)
    return found


def _numbers(toy: dict[str, Any], model1: RunResult) -> dict[str, Any]:
    found = summary(toy, model1, None)
    own = {name: found[f"L_{name}"] for name in NAMES}
    return {"table1": found["table1"], "spread": found["x"], "own": own, "centre": found["centre"]}


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Within, the notebook finds the study's folder in an environment variable: a parameter of papermill's would add a
    cell with a random id."""
    os.environ[sweep.VARIABLE] = str(folder.absolute())
    try:
        yield
    finally:
        del os.environ[sweep.VARIABLE]


if __name__ == "__main__":
    try:
        main(*[sys.argv[1] if len(sys.argv) > 1 else "", *filter(None, sys.argv[2:3])])
    except (ValueError, OSError) as error:
        raise SystemExit(f"error: {error}") from None
