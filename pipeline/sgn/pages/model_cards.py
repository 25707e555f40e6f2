"""A card for every model: what it is, what it was trained on, how it was measured, what it is not.

The kinds of facts are those of Mitchell and others, "Model Cards for Model Reporting" (2019). All are filled from
reports/metrics.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.claims.verdict import FAILS, UNDECIDED
from pipeline.report import html
from pipeline.report.cards import SOURCES
from pipeline.report.contents import Claim
from pipeline.report.html import Html
from pipeline.sgn.model.params import Params
from pipeline.sgn.pages.provenance import objective

Run = Mapping[str, Any]
Cost = Mapping[str, Any]


def cards(p: Params, runs: Sequence[Run], cost: Mapping[str, Cost]) -> Html:
    """The card of each run, in order; a place in the page for each."""
    return html.join([_card(p, run, cost[run["run"]]) for run in runs])


def limits(runs: Sequence[Run], claims: Sequence[Claim]) -> Html:
    """What no model here should be used for, from what was measured of them."""
    run = runs[0]
    unsure = sum(claim["verdict"] in (FAILS, UNDECIDED) for claim in claims)
    entries = [
        f"They were trained at scale {html.code(run['scale'])} on {SOURCES[run['data']]}: pictures of another kind or "
        "size come out worse, and nobody has measured how much.",
        f"Of {html.count(len(claims), 'claim')} about this pipeline's models {unsure} fail or are undecided: the front "
        "page says which.",
        "They change how a picture looks, faces included. They find nothing out about it.",
        "S outside the simplex, weights below 0 or a sum other than 1, was never drawn in training.",
    ]
    return Html(f"<ul>{''.join(f'<li>{entry}</li>' for entry in entries)}</ul>")


def _card(p: Params, run: Run, cost: Cost) -> Html:
    train = p.scale_params.train
    rows = [
        ("asked for", Html("<br>".join(html.text(objective(o)) for o in run["objectives"]))),
        ("S", html.text("constant " + _numbers(run["S"]) if run["S"] else _drawn(run))),
        ("how S enters", html.code(run["conditioning"])),
        (
            "network",
            html.text(
                f"width {train.width}, {train.blocks} residual blocks, {cost['parameters']['generator']:,} parameters; "
                f"discriminators {cost['parameters']['discriminators']:,}"
            ),
        ),
        (
            "training",
            html.text(
                f"{run['steps']:,} steps of batch {train.batch} on {train.crop}-pixel crops, {run['precision']}, "
                f"{html.count(len(run['seeds']), 'seed')} ({', '.join(run['seeds'])}); {cost['flop'] / 1e12:.1f} TFLOP"
            ),
        ),
        ("trained on", Html(f"{SOURCES[run['data']]}: {_domains(run)}")),
        ("measured", html.prose(_losses(run))),
        ("to use it", html.code(f"python -m pipeline.translate photo.jpg --model {run['run']} --s … -o out.png")),
    ]
    body = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    name = html.text(run["run"])
    return Html(f'<div class="claim" id="card-{name}"><h3>{name}</h3>\n<dl>{body}</dl></div>')


def _drawn(run: Run) -> str:
    if run["alpha"] is None:
        return "a one-hot domain code"
    return f"drawn from Dirichlet({run['alpha']:g}, …, {run['alpha']:g}) in training; any S of the simplex afterwards"


def _domains(run: Run) -> Html:
    names = dict.fromkeys(o["about"] for o in run["objectives"])
    return html.join([Html(f'<a href="data.html">{html.text(name)}</a>') for name in names], ", ")


def _losses(run: Run) -> str:
    """Each loss at its own corner, or at the constant S, mean over the seeds."""
    told = []
    for i, o in enumerate(run["objectives"]):
        corner = [float(i == j) for j in range(len(run["objectives"]))]
        at = run["S"] or corner
        rows = [row for of_seed in run["seeds"].values() for row in of_seed["losses"] if row["S"] == at]
        if rows:
            mean = float(np.mean([row["L"][o["letter"]] for row in rows]))
            told.append(f"L_{o['letter']} {html.number(mean, 3)} at S = {_numbers(at)}")
    images = html.count(run["pictures"]["measured"], "test picture")
    return f"{'; '.join(told)} ({images})" if told else "not at a corner of S"


def _numbers(S: Sequence[float]) -> str:
    return "(" + ", ".join(f"{s:g}" for s in S) + ")"
