"""asymgan/report: run notebooks/asymgan/asymgan.ipynb and render it to reports/asymgan.html."""

from pipeline.asymgan.pages.items import CONTENTS, NOTEBOOK, PAGE, STAGES
from pipeline.asymgan.paper.measured import METRICS
from pipeline.core import files
from pipeline.report import html, index, notebook
from pipeline.report.html import REPORTS
from pipeline.shell import command


def main() -> None:
    """Write the page; a notebook that fails leaves it as it was."""
    executed = notebook.execute(NOTEBOOK)
    footer = (
        f"The numbers are read from files of {html.code(METRICS.as_posix())} by {html.code(NOTEBOOK.as_posix())}. "
        f"This page is made by {html.code(f'dvc repro {STAGES}:report')}."
    )
    navigation = index.navigation(CONTENTS, PAGE.file)
    text = html.page(notebook.title(executed), navigation, notebook.render(executed), footer)
    with files.replacing(REPORTS / PAGE.file) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    command.run(main)
