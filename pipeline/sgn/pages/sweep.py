"""The page of a sweep: what a parameter does to the toy problem and to Model 1, from results/NAME/study.json.

`study`: {"varied": names of parameters, "experiments": [{"name", "params", "numbers", "seeds", "picture"}, …]}, where
`numbers` are those of summary.json over all seeds and `seeds` has them for each.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from pipeline.core import files
from pipeline.figures import style
from pipeline.report import html
from pipeline.report.html import Html

VARIABLE = "SGN_STUDY"  # in the environment of the notebook: the study's folder
STUDY, CURVES = "study.json", "curves.png"
Study = Mapping[str, Any]

# Columns of the table and panels of the figure: how they are named, where they stand in summary.json, what is better.
GROUPS = {
    "spread over six S": ("spread", "larger is better"),
    "loss at its own corner": ("own", "smaller is better"),
    "loss at the centre": ("centre", "smaller is better"),
}
LOSSES = {"rec": "L_rec", "adv": "L_adv", "per": "L_per"}


def read() -> Study:
    """The study that the notebook is run for."""
    study: Study = files.read_json(Path(os.environ[VARIABLE]) / STUDY)
    return study


def label(study: Study, experiment: Mapping[str, Any]) -> str:
    """An experiment by its parameters: "0.5", or "alpha 0.5, steps 100" where several differ."""
    values = experiment["params"]
    short = {name: name.rpartition(".")[2] for name in values}
    return ", ".join(str(v) if len(values) == 1 else f"{short[name]} {v}" for name, v in values.items())


def draw(study: Study, path: Path) -> None:
    """A panel each for Table 1's difference, spread, corners and centre: means as lines, seeds as points."""
    experiments = study["experiments"]
    names = [label(study, one) for one in experiments]
    places = np.arange(len(names))
    figure = Figure(figsize=(13, 3.6), layout="constrained")
    axes = figure.subplots(1, 1 + len(GROUPS))
    axes[0].plot(places, [one["numbers"]["table1"] for one in experiments], "o-", color=style.COLOURS[6])
    axes[0].set_title("Table 1: mean |difference|")
    axes[0].set_ylim(bottom=0)
    for panel, (title, (group, better)) in zip(axes[1:], GROUPS.items(), strict=True):
        for colour, (key, loss) in zip(style.COLOURS, LOSSES.items(), strict=False):
            panel.plot(places, [one["numbers"][group][key] for one in experiments], "-", color=colour, label=loss)
            for place, one in zip(places, experiments, strict=True):
                points = [of_seed[group][key] for of_seed in one["seeds"].values()]
                panel.plot([place] * len(points), points, "o", color=colour, markersize=4)
        panel.set_title(f"{title}\n({better})")
    axes[1].legend(frameon=False)
    for panel in axes:
        panel.set_xticks(places, names, rotation=0 if max(map(len, names)) < 6 else 30)
        panel.set_xlabel(", ".join(study["varied"]))
    style.save(figure, path)


def table(study: Study) -> Html:
    """Every number of every experiment, mean and standard deviation over its seeds."""
    head = "".join(f'<th colspan="{len(LOSSES)}" scope="colgroup">{title}</th>' for title in GROUPS)
    under = "".join(f'<th class="sub">{html.prose(loss)}</th>' for _ in GROUPS for loss in LOSSES.values())
    body = []
    for one in study["experiments"]:
        cells = [html.number(one["numbers"]["table1"], 4)]
        for group, _ in GROUPS.values():
            for key in LOSSES:
                of_seeds = [of_seed[group][key] for of_seed in one["seeds"].values()]
                mean = html.number(one["numbers"][group][key], 3)
                std = (
                    f" <small>± {html.number(float(np.std(of_seeds, ddof=1)), 3)}</small>" if _several(of_seeds) else ""
                )
                cells.append(mean + std)
        row = "".join(f'<td class="value">{cell}</td>' for cell in cells)
        body.append(f'<tr><th scope="row">{html.text(label(study, one))}</th>{row}</tr>')
    named = html.text(", ".join(study["varied"]))
    return Html(
        f'<div class="wide"><table class="study"><thead><tr><th rowspan="2">{named}</th>'
        f'<th rowspan="2">Table 1, mean |difference|</th>{head}</tr><tr>{under}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _several(values: list[float | None]) -> bool:
    return len(values) > 1 and None not in values


def findings(study: Study) -> Html:
    """Where each number is best, and whether the seeds agree about it."""
    experiments = study["experiments"]
    entries = []
    for title, (group, better) in GROUPS.items():
        pick = max if better.startswith("larger") else min
        for key, loss in LOSSES.items():
            if any(one["numbers"][group][key] is None for one in experiments):
                continue
            best = pick(experiments, key=lambda one: one["numbers"][group][key])
            seeds = sorted(set.intersection(*(set(one["seeds"]) for one in experiments)))
            agree = [
                seed for seed in seeds if pick(experiments, key=lambda one: one["seeds"][seed][group][key]) is best
            ]
            entries.append(
                f"<li>{html.prose(loss)}, {title}: best at {html.text(label(study, best))} "
                f"({html.number(best['numbers'][group][key], 3)}), {_agreement(len(agree), len(seeds))}.</li>"
            )
    nearest = min(experiments, key=lambda one: one["numbers"]["table1"])
    entries.append(
        f"<li>Table 1 is nearest to the paper's at {html.text(label(study, nearest))} "
        f"({html.number(nearest['numbers']['table1'], 4)}).</li>"
    )
    return Html(f"<ul>{''.join(entries)}</ul>")


def _agreement(agree: int, seeds: int) -> str:
    if seeds < 2:
        return "with one seed"
    return "for every seed" if agree == seeds else f"for {agree} of {seeds} seeds alone: not decided"


def pictures(study: Study) -> Html:
    """Model 1's last sample grid of every experiment, side by side."""
    shown = "".join(
        f'<figure><img src="{html.text(one["picture"])}" alt="Model 1 at {html.text(label(study, one))}">'
        f"<figcaption>{html.text(', '.join(study['varied']))} = {html.text(label(study, one))}</figcaption></figure>"
        for one in study["experiments"]
        if "picture" in one
    )
    return Html(f"<div>{shown}</div>")


def curves() -> Html:
    """The figure of `draw`."""
    return Html(f'<figure><img src="{CURVES}" alt="The numbers of the table, as curves; points are seeds"></figure>')
