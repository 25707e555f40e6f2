"""explorer: reports/explorer.html, on which a reader moves S and looks, from the pictures of the lattice stage."""

from pipeline.core import files
from pipeline.report.html import REPORTS
from pipeline.sgn.explorer import lattice, page
from pipeline.sgn.pages.items import EXPLORER
from pipeline.shell import command


def main() -> None:
    """Write reports/explorer.html."""
    with files.replacing(REPORTS / EXPLORER) as temporary:
        temporary.write_text(page.page(lattice.read()), encoding="utf-8")


if __name__ == "__main__":
    command.run(main)
