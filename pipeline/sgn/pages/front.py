"""SGN's part of the front page: an answer, a picture, the settings, every claim in every result, and what is where."""

from collections.abc import Sequence
from typing import Any

from pipeline.claims.verdict import HOLDS
from pipeline.report import claims as claim_blocks
from pipeline.report import html, index, matrix
from pipeline.report.contents import Claim
from pipeline.report.html import Html
from pipeline.sgn.model import params
from pipeline.sgn.pages import findings, kept, others, provenance, tables
from pipeline.sgn.pages.items import CONTENTS, EXPLORER
from pipeline.sgn.paper.runs import HYPER_RUNS
from pipeline.sgn.results import read_run

TITLE = "SGN, held against its paper"


def body() -> Html:
    """Everything between the front page's navigation and its footer, from reports/metrics, reports/figures and
    results/."""
    p = params.load()
    runs = {run["run"]: run for page in CONTENTS.pages for run in CONTENTS.runs(page)}
    claims = CONTENTS.metrics("claims.json")
    cost = CONTENTS.metrics("cost.json")["runs"]
    columns, refuted = kept.columns(claims, read_run("model1")), index.refuted(CONTENTS, claims)
    return html.join(
        [
            Html(f"<h1>{TITLE}</h1>"),
            answer(claims, runs["model1"], CONTENTS.metrics("table1.json"), CONTENTS.metrics("table3.json")),
            claim_blocks.tally(claims),
            Html(f"<details><summary>Which do not hold, or are not decided</summary>{refuted}</details>"),
            _picture(p, runs["model1"]),
            Html(f'<p>Choose S yourself: <a href="{EXPLORER}">{dict(CONTENTS.others)[EXPLORER]}</a>.</p>'),
            Html(
                "<p>The paper: Chang, Park, Yang and Kwak, <i>Sym-Parameterized Dynamic Inference for Mixed-Domain "
                "Image Translation</i>, ICCV 2019 (arXiv 1811.12362). One network is trained once, and its loss "
                "weights S = (s<sub>1</sub> … s<sub>k</sub>) are chosen when it is used.</p>"
            ),
            provenance.settings(p, runs["model1"], cost["model1"]["parameters"]["generator"]),
            Html(f'<p class="note">{provenance.comparable(p, list(runs.values()), begins=True)}.</p>'),
            Html("<h2>Every claim, in every result</h2>"),
            Html(
                "<p>A claim holds if its rule, which its page states, is met in every seed and for their mean by at "
                "least the spread between seeds; it fails if no seed meets it. Where the seeds disagree, or one seed "
                "is all there is, it is undecided. A rule that a network which does nothing passes supports nothing. "
                f"Results by other names are kept in {html.code('results/')} and judged here by the same rules, from "
                "their own files.</p>"
            ),
            matrix.table(CONTENTS, columns),
            Html("<h2>Beyond the paper</h2>"),
            beyond(runs, cost),
            Html("<h2>Tables and figures</h2>"),
            Html(
                "<p>The paper's Tables 2 and 4 and Figures 2 to 4 describe the method and have no results: its "
                f"settings are in {html.code('params.yaml')}, its networks in {html.code('pipeline/networks')}.</p>"
            ),
            index.places(CONTENTS),
            others.papers(),
        ]
    )


def answer(
    claims: Sequence[Claim], model1: provenance.Run, table1: list[dict[str, Any]], table3: list[dict[str, Any]]
) -> Html:
    """What was found, in three sentences of numbers: the toy problem, Model 1, the claims."""
    about_toy = CONTENTS.claims_of(CONTENTS.page("toy"), claims)
    toy = f"The toy problem: {_held(about_toy)}, and against the paper's Table 1 the {tables.table1_deviation(table1)}."
    images = f"Model 1 on images. {findings.spread(table3)} {findings.reconstructs(model1)}"
    all_claims = f"All: {_held(claims)}, by rules that a network which does nothing does not pass."
    return Html("".join(f'<p class="answer">{html.prose(sentence)}</p>' for sentence in (toy, images, all_claims)))


def _held(claims: Sequence[Claim]) -> str:
    held = sum(claim["verdict"] == HOLDS for claim in claims)
    return f"{held} of {html.count(len(claims), 'claim')} hold{'s' if held == 1 else ''}"


def beyond(runs: dict[str, provenance.Run], cost: dict[str, Any]) -> Html:
    """What measures that the paper does not have say, in a sentence each."""
    nearer = total = 0
    for key in ("model1", "model2", "model3", "comparison"):
        for of_seed in runs[key]["seeds"].values():
            for o in runs[key]["objectives"]:
                if o["loss"] == "adversarial":
                    distance = of_seed["study"]["distance"][o["letter"]]
                    nearer += distance["corner"] < distance["inputs"]
                    total += 1
    sentences = [
        f"By KID, a kernel distance in VGG16's features, {nearer} of {total} adversarial corners (each seed of Models "
        "1 to 3 and of Figure 7's SGN) are nearer to their domain than the untouched inputs are.",
        findings.corners(runs["model1"]),
        findings.cost(cost, "model1", HYPER_RUNS),
    ]
    entries = "".join(f"<li>{html.prose(sentence)}</li>" for sentence in sentences if sentence)
    return Html(f"<ul>{entries}</ul>")


def _picture(p: params.Params, run: provenance.Run) -> Html:
    """Input, SGN and hyper-parameter models, as a first impression."""
    item = CONTENTS.item("hyper")
    alt = f"{item.title}. {findings.corners(run)}"
    return Html(
        f"<figure>{html.picture(item.file, alt)}<figcaption>Rows are test pictures: the input, then above what one "
        "network makes of it at six S, below what six networks make of it that were each trained for one of them. "
        f"{html.text(provenance.run_facts(run, first_seed=True))}. "
        f'<a href="{item.page}.html#{item.anchor}">More on its page</a>.</figcaption></figure>'
    )
