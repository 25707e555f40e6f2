"""report@NOTEBOOK: run notebooks/NOTEBOOK.ipynb, which reads reports/metrics and reports/figures, and render it to
reports/NOTEBOOK.html, with links to the pages of the same paper."""

from importlib import import_module
from pathlib import Path

from pipeline.core import files
from pipeline.core.artifacts import METRICS
from pipeline.report import html, index, notebook
from pipeline.report.contents import Contents
from pipeline.report.html import REPORTS
from pipeline.shell import command


def main(paper: str, key: str) -> None:
    """Write reports/KEY.html, a page of PAPER; a notebook that fails leaves the page as it was."""
    contents = _contents(paper)
    page = contents.page(key)
    source = Path("notebooks") / f"{key}.ipynb"
    executed = notebook.execute(source)
    footer = (
        f"The numbers are read from files of {html.code(METRICS.as_posix())} by {html.code(source.as_posix())}. "
        f"This page is made by {html.code(f'dvc repro report@{key}')}."
    )
    text = html.page(notebook.title(executed), index.navigation(contents, page.file), notebook.render(executed), footer)
    with files.replacing(REPORTS / page.file) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _contents(paper: str) -> Contents:
    """What pipeline/PAPER/pages/items.py lists."""
    if not (Path("pipeline") / paper / "pages/items.py").is_file():
        raise ValueError(f"there is no paper {paper!r} with pages: pipeline/{paper}/pages/items.py is missing")
    contents = import_module(f"pipeline.{paper}.pages.items").CONTENTS
    assert isinstance(contents, Contents)
    return contents


if __name__ == "__main__":
    command.run(main)
