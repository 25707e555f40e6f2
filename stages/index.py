"""index: reports/index.html, the front page of all reports, from reports/metrics, reports/figures and the pages."""

from pathlib import Path

from pipeline.core import files
from pipeline.report import claims, html, index
from pipeline.report.html import Html
from pipeline.sgn.model import params
from pipeline.sgn.pages import items, provenance, tables
from pipeline.shell import command

REPORTS = Path("reports")
TITLE = "SGN: the paper, reproduced"


def main() -> None:
    """Write reports/index.html; ValueError if a page that it links to is missing or has no such place."""
    p = params.load()
    runs = {run["run"]: run for page in items.PAGES for run in items.runs(page)}
    found = items.metrics("claims.json")
    table3 = items.metrics("table3.json")
    incomparable = "not comparable" in provenance.comparable(p, list(runs.values()))
    results = {
        "table1": tables.table1_deviation(items.metrics("table1.json")),
        "table3": f"{tables.table3_order(table3)}; sizes are {'not ' if incomparable else ''}comparable",
    }
    grid = items.item("grid-model1")
    body = html.join(
        [
            Html(f"<h1>{TITLE}</h1>"),
            Html(
                "<p>Chang, Park, Yang and Kwak, <i>Sym-Parameterized Dynamic Inference for Mixed-Domain Image "
                "Translation</i> (ICCV 2019): one network, trained once, whose loss weights S = (s<sub>1</sub> … "
                "s<sub>k</sub>) are chosen at inference. Here is each table, figure and claim of the paper that has "
                "results, with ours beside it.</p>"
            ),
            provenance.images(p, list(runs.values())),
            claims.tally(found),
            index.refuted(found),
            Html(
                f"<figure>{html.picture(grid.file, grid.title)}<figcaption>Each row is one test picture: the input, "
                "then what one network makes of it at eight S. "
                f"{html.text(provenance.run_facts(runs['model1'], first_seed=True))}. "
                f'Explained <a href="{grid.page}.html#{grid.anchor}">on its page</a>.</figcaption></figure>'
            ),
            Html("<h2>Tables, figures and claims</h2>"),
            Html(
                "<p>A claim holds if its rule, which its page states, holds for the mean of the seeds and in more than "
                "half of them. A table or figure has the verdicts of the claims that the paper makes about it. The "
                "paper's Tables 2 and 4 and Figures 2 to 4 describe the method and have no results: its settings are "
                f"in {html.code('params.yaml')}, its networks in {html.code('pipeline/networks')}.</p>"
            ),
            index.contents(results, found),
        ]
    )
    footer = f"This page is made by {html.code('dvc repro index')}, from the same files as the pages that it links to."
    text = html.page(TITLE, index.navigation("index.html"), body, footer)
    pages = {page.file: REPORTS / page.file for page in items.PAGES}
    index.check_links(text, {name: path.read_text(encoding="utf-8") for name, path in pages.items() if path.is_file()})
    with files.replacing(REPORTS / "index.html") as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    command.run(main)
