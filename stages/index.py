"""index: reports/index.html, the front page of all reports, from reports/metrics, reports/figures and the pages."""

from pipeline.core import files
from pipeline.report import html, index
from pipeline.report.html import REPORTS
from pipeline.sgn.pages import front
from pipeline.sgn.pages.items import CONTENTS
from pipeline.shell import command


def main() -> None:
    """Write reports/index.html; ValueError if a page that it links to is missing or has no such place."""
    footer = f"This page is made by {html.code('dvc repro index')}, from the same files as the pages that it links to."
    text = html.page(front.TITLE, index.navigation(CONTENTS, "index.html"), front.body(), footer)
    pages = {file: REPORTS / file for file, _ in CONTENTS.files}
    index.check_links(text, {name: path.read_text(encoding="utf-8") for name, path in pages.items() if path.is_file()})
    with files.replacing(REPORTS / "index.html") as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    command.run(main)
