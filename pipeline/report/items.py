"""What the pages show: each page, table and figure once, with the paper's name for it and the stage that makes it.

A further report is one entry in PAGES, a further table or figure one in ITEMS; notebooks and front page read both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import files

METRICS = Path("reports/metrics")
FIGURES = Path("reports/figures")
CLAIMS_STAGE = "claims"


@dataclass(frozen=True)
class Page:
    """A report: its notebook's name, a title, the part of the paper, and how the ids of its claims begin."""

    name: str
    title: str
    about: str
    claims: tuple[str, ...]

    @property
    def file(self) -> str:
        """The page's file name in reports/."""
        return f"{self.name}.html"


@dataclass(frozen=True)
class Item:
    """A table or figure: its place in its page, its name in the paper (None for what the paper does not have), a title,
    and the stage that makes its file."""

    anchor: str
    page: str
    paper: str | None
    title: str
    stage: str
    file: Path


PAGES = (
    Page("data", "The data", "Section 5.2", ()),
    Page("toy", "The toy problem", "Section 5.1, Supplement A.1 and B.1", ("toy-",)),
    Page("translation", "Image translation", "Section 5.2 and Supplement", ("table3-",)),
)

ITEMS = (
    Item(
        "domains",
        "data",
        None,
        "A card and a contact sheet for every domain and style image",
        "contact_sheet",
        METRICS / "cards.json",
    ),
    Item(
        "table1",
        "toy",
        "Table 1",
        "Losses of one Sym model and of five Hyper models",
        CLAIMS_STAGE,
        METRICS / "table1.json",
    ),
    Item(
        "figure5",
        "toy",
        "Figure 5",
        "The function, the classes, and what each model outputs",
        "toy_figures",
        FIGURES / "figure5.png",
    ),
    Item(
        "figure9",
        "toy",
        "Figure 9",
        "Losses against the hidden width",
        "toy_figures",
        FIGURES / "figure9.png",
    ),
    Item(
        "table3",
        "translation",
        "Table 3",
        "Losses of Model 1 on the test set at six S",
        CLAIMS_STAGE,
        METRICS / "table3.json",
    ),
    Item(
        "grid-model1",
        "translation",
        "Figures 1 and 12",
        "Model 1: inputs and their translations along S",
        "figure@model1",
        FIGURES / "grid-model1.png",
    ),
    Item(
        "curves-model1",
        "translation",
        None,
        "The losses of Model 1 while it trains",
        "figure@model1",
        FIGURES / "curves-model1.png",
    ),
    Item(
        "contact-sheet",
        "translation",
        None,
        "The images that the models are trained on",
        "contact_sheet",
        FIGURES / "contact-sheet.png",
    ),
)


def metrics(name: str) -> Any:
    """What a file of reports/metrics holds; ValueError that names the file if it is missing or not JSON."""
    path = METRICS / name
    try:
        return files.read_json(path)
    except FileNotFoundError:
        raise ValueError(f"{path.as_posix()} is missing: run `dvc repro` to measure it") from None
    except ValueError as error:
        raise ValueError(f"{path.as_posix()} is not JSON ({error}): run `dvc repro` to measure it again") from None


def page(name: str) -> Page:
    """A page by its notebook's name; ValueError that lists the known ones."""
    for entry in PAGES:
        if entry.name == name:
            return entry
    raise ValueError(f"there is no report {name!r}; known are {', '.join(entry.name for entry in PAGES)}")


def item(anchor: str) -> Item:
    """A table or figure by its place in a page."""
    found = [entry for entry in ITEMS if entry.anchor == anchor]
    assert len(found) == 1, f"{anchor} stands {len(found)} times in ITEMS"
    return found[0]


def claims_of(entry: Page, claims: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The claims that belong to a page, in the order of claims.json."""
    return [claim for claim in claims if claim["id"].startswith(entry.claims)]


def check_claims(claims: Sequence[Mapping[str, Any]]) -> None:
    """Raise ValueError for a claim that no page shows: it would be lost without a word."""
    for claim in claims:
        pages = [entry.name for entry in PAGES if claim["id"].startswith(entry.claims)]
        if len(pages) != 1:
            raise ValueError(
                f"claim {claim['id']!r} of {METRICS / 'claims.json'} belongs to {len(pages)} pages: "
                "give its page the beginning of its id in pipeline/report/items.py"
            )
