"""SGN's part of the front page: what the paper is, how its claims do here, a picture, and every result with a link."""

from pipeline.report import claims as claim_blocks
from pipeline.report import html, index
from pipeline.report.html import Html
from pipeline.sgn.model import params
from pipeline.sgn.pages import provenance, tables
from pipeline.sgn.pages.items import CONTENTS

TITLE = "SGN: the paper, reproduced"


def body() -> Html:
    """Everything between the front page's navigation and its footer, from reports/metrics and reports/figures."""
    p = params.load()
    runs = {run["run"]: run for page in CONTENTS.pages for run in CONTENTS.runs(page)}
    claims = CONTENTS.metrics("claims.json")
    incomparable = "not comparable" in provenance.comparable(p, list(runs.values()))
    table3 = tables.table3_order(CONTENTS.metrics("table3.json"))
    results = {
        "table1": tables.table1_deviation(CONTENTS.metrics("table1.json")),
        "table3": f"{table3}; sizes are {'not ' if incomparable else ''}comparable",
    }
    return html.join(
        [
            Html(f"<h1>{TITLE}</h1>"),
            Html(
                "<p>Chang, Park, Yang and Kwak, <i>Sym-Parameterized Dynamic Inference for Mixed-Domain Image "
                "Translation</i> (ICCV 2019): one network, trained once, whose loss weights S = (s<sub>1</sub> … "
                "s<sub>k</sub>) are chosen at inference. Here is each table, figure and claim of the paper that has "
                "results, with ours beside it.</p>"
            ),
            provenance.images(p, list(runs.values())),
            claim_blocks.tally(claims),
            index.refuted(CONTENTS, claims),
            _picture(runs["model1"]),
            Html("<h2>Tables, figures and claims</h2>"),
            Html(
                "<p>A claim holds if its rule, which its page states, holds for the mean of the seeds and in more than "
                "half of them. A table or figure has the verdicts of the claims that the paper makes about it. The "
                "paper's Tables 2 and 4 and Figures 2 to 4 describe the method and have no results: its settings are "
                f"in {html.code('params.yaml')}, its networks in {html.code('pipeline/networks')}.</p>"
            ),
            index.table(CONTENTS, results, claims),
        ]
    )


def _picture(run: provenance.Run) -> Html:
    """Figure 1 as a first impression."""
    grid = CONTENTS.item("grid-model1")
    return Html(
        f"<figure>{html.picture(grid.file, grid.title)}<figcaption>Each row is one test picture: the input, then what "
        f"one network makes of it at eight S. {html.text(provenance.run_facts(run, first_seed=True))}. "
        f'Explained <a href="{grid.page}.html#{grid.anchor}">on its page</a>.</figcaption></figure>'
    )
