"""report@NOTEBOOK: run notebooks/NOTEBOOK.ipynb, which reads reports/metrics and reports/figures, and render it to
reports/NOTEBOOK.html."""

from pathlib import Path

from pipeline.core import files
from pipeline.report import html, index, notebook
from pipeline.sgn.pages import items
from pipeline.shell import command


def main(key: str) -> None:
    """Write reports/KEY.html; a notebook that fails leaves the page as it was."""
    page = items.page(key)
    source = Path("notebooks") / f"{key}.ipynb"
    executed = notebook.execute(source)
    footer = (
        f"The numbers are read from files of {html.code(items.METRICS.as_posix())} by "
        f"{html.code(source.as_posix())}. This page is made by {html.code(f'dvc repro report@{key}')}."
    )
    text = html.page(notebook.title(executed), index.navigation(page.file), notebook.render(executed), footer)
    with files.replacing(Path("reports") / page.file) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    command.run(main)
