"""sdit/report: run notebooks/sdit/sdit.ipynb and render it to reports/sdit/sdit.html."""

from pathlib import Path

from pipeline.core import files
from pipeline.report import html, notebook
from pipeline.report.html import Html
from pipeline.sdit.pages.items import PAGE
from pipeline.sdit.results import METRICS
from pipeline.shell import command

SOURCE = Path("notebooks/sdit/sdit.ipynb")
PLACE = Path("reports/sdit")


def main() -> None:
    """Write the page; a notebook that fails leaves it as it was."""
    executed = notebook.execute(SOURCE)
    # A picture's address is one from reports/; the page lies a folder deeper.
    body = notebook.render(executed).replace(f'"{PLACE.name}/', '"')
    footer = (
        f"The numbers are read from files of {html.code(METRICS.as_posix())} by {html.code(SOURCE.as_posix())}. "
        f"This page is made by {html.code('dvc repro stages/sdit/dvc.yaml')}."
    )
    links = Html(f'<a href="../index.html">All results</a>\n<span class="here">{html.text(PAGE.title)}</span>')
    with files.replacing(PLACE / PAGE.file) as temporary:
        temporary.write_text(html.page(notebook.title(executed), links, body, footer), encoding="utf-8")


if __name__ == "__main__":
    command.run(main)
