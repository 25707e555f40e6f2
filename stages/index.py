"""index: reports/index.html, the front page of all reports, from reports/metrics, reports/figures and the pages."""

from pathlib import Path

from pipeline import command, files, params
from pipeline.report import claims, html, index, items, scope, tables
from pipeline.report.html import Html

REPORTS = Path("reports")
TITLE = "SGN: the paper, reproduced"


def main() -> None:
    """Write reports/index.html; ValueError if a page that it links to is missing or has no such place."""
    p = params.load()
    run = items.metrics("runs/model1.json")
    found = items.metrics("claims.json")
    table1 = items.metrics("table1.json")
    results = {
        "table1": tables.table1_deviation(table1),
        "table3": "not comparable in size" if "not comparable" in scope.comparable(p, run) else "comparable in size",
    }
    grid = items.item("grid-model1")
    body = html.join(
        [
            Html(f"<h1>{TITLE}</h1>"),
            Html(
                "<p>Chang, Park, Yang and Kwak, <i>Sym-Parameterized Dynamic Inference for Mixed-Domain Image "
                "Translation</i> (ICCV 2019): one network, trained once, whose loss weights S = (s<sub>1</sub> … "
                "s<sub>k</sub>) are chosen at inference. Here is each table, figure and claim of the paper that this "
                "pipeline makes, with our result beside it.</p>"
            ),
            scope.images(p, run),
            claims.tally(found),
            Html(
                f"<figure>{html.picture(grid.file, grid.title)}<figcaption>{html.text(scope.run_facts(run))}. "
                f'Explained <a href="{grid.page}.html#{grid.anchor}">on its page</a>.</figcaption></figure>'
            ),
            Html("<h2>Tables, figures and claims</h2>"),
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
