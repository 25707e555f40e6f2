"""What the pages show: each page, table and figure once, with the paper's name for it and the stage that makes it.

A further report is one entry in PAGES, a further table or figure one in ITEMS; notebooks and front page read both.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core import artifacts
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, HYPER_RUNS, SYM_RUNS

METRICS = Path("reports/metrics")
FIGURES = Path("reports/figures")
CLAIMS_STAGE = "claims"


@dataclass(frozen=True)
class Page:
    """A report: its notebook's name, a title, the part of the paper, how the ids of its claims begin, and the image
    runs whose numbers it shows."""

    name: str
    title: str
    about: str
    claims: tuple[str, ...]
    runs: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The page's file name in reports/."""
        return f"{self.name}.html"


@dataclass(frozen=True)
class Item:
    """A table or figure: its place in its page, its name in the paper (None for what the paper does not have), a title,
    the stage that makes its file, and whether the claims that name it are about it."""

    anchor: str
    page: str
    paper: str | None
    title: str
    stage: str
    file: Path
    claimed: bool = True


def _table(anchor: str, page: str, paper: str | None, title: str) -> Item:
    """A table of the claims stage, in the file of its name."""
    return Item(anchor, page, paper, title, CLAIMS_STAGE, METRICS / f"{anchor}.json")


def _figure(anchor: str, page: str, paper: str | None, title: str, kind: str = "png", claimed: bool = True) -> Item:
    """A picture of the page's stage of figures, in the file of its name."""
    return Item(anchor, page, paper, title, f"{page}_figures", FIGURES / page / f"{anchor}.{kind}", claimed)


PAGES = (
    Page("data", "The data", "Section 5.2", ()),
    Page("toy", "The toy problem", "Section 5.1, Supplement A.1 and B.1", ("toy-",)),
    Page(
        "translation",
        "Image translation",
        "Section 5.2 and Supplement",
        ("table3-", "sgn-", "figure7-"),
        (*SYM_RUNS, *HYPER_RUNS, "singlegan"),
    ),
    Page(
        "injection",
        "Injecting S",
        "Section 5.2 and Supplement",
        ("figure8-", "figure10-"),
        (*CONDITIONING_RUNS, "model1"),
    ),
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
    _table("table1", "toy", "Table 1", "Losses of one Sym model and of five Hyper models"),
    _figure("figure5", "toy", "Figure 5", "The function, the classes, and what each model outputs"),
    _figure("figure9", "toy", "Figure 9", "Losses against the hidden width"),
    _table("table3", "translation", "Table 3", "Test losses at six S: one SGN and six hyper-parameter models"),
    _figure("grid-model1", "translation", "Figures 1 and 12", "Model 1 at eight S"),
    # The paper's claim about Figure 6 is one about Model 3.
    _figure("grid-model2", "translation", "Figures 6, 13 and 14", "Model 2 at eight S", claimed=False),
    _figure("grid-model3", "translation", "Figures 6, 13 and 14", "Model 3 at eight S"),
    _figure("grid-additional", "translation", "Figure 15", "A further model at eight S"),
    _figure("draws", "translation", "v1's Figure 6", "One picture at many S, drawn from a Dirichlet distribution"),
    _figure("movie-model1", "translation", "Video", "One picture while S travels from corner to corner", "gif"),
    _figure("figure7", "translation", "Figure 7", "SGN beside SingleGAN"),
    _figure("surfaces", "translation", None, "The three losses of Model 1 over all S"),
    _table("controllability", "translation", None, "How far S steers each run"),
    *(_figure(f"curves-{run}", "translation", None, f"The losses of {run} while it trains") for run in SYM_RUNS),
    Item(
        "contact-sheet",
        "translation",
        None,
        "The images that the models are trained on",
        "contact_sheet",
        FIGURES / "contact-sheet.png",
    ),
    _figure("figure8", "injection", "Figures 8 and 11", "Model 2 with each way to inject S"),
    _table("conditionings", "injection", None, "How far S steers Model 2 with each conditioning"),
    _figure("figure10", "injection", "Figure 10", "What the three CCAMs let through"),
)


def metrics(name: str) -> Any:
    """What a file of reports/metrics holds; ValueError that names its stage if it is missing or not JSON."""
    lists = {entry.file.name for entry in ITEMS} | {"claims.json"}
    return artifacts.read_json(METRICS / name, list if name in lists else dict)


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


def runs(entry: Page) -> list[Mapping[str, Any]]:
    """What reports/metrics/runs has about the image runs of a page, in its order."""
    return [metrics(f"runs/{name}.json") for name in entry.runs]


def claims_of(entry: Page, claims: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The claims that belong to a page, in the order of claims.json."""
    return [claim for claim in claims if page_of(claim) == entry]


def claims_about(entry: Item, claims: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The claims that the paper makes about a table or figure: those whose `where` names it."""
    return [claim for claim in claims if entry.claimed and _names(entry.paper or "") & _names(claim["where"])]


def _names(text: str) -> set[str]:
    """What a text names, each by itself: "Figures 6 and 13" names Figure 6 and Figure 13."""
    return {"video" for _ in re.findall("[Vv]ideo", text)} | {
        f"{version}{kind} {number}"
        for version, kind, numbers in re.findall(r"(v1's )?(Table|Figure)s? ((?:\d+(?:, | and )?)+)", text)
        for number in re.findall(r"\d+", numbers)
    }


def page_of(claim: Mapping[str, Any]) -> Page:
    """The page that shows a claim; ValueError if there is not exactly one: it would be lost without a word."""
    found = [entry for entry in PAGES if claim["id"].startswith(entry.claims)]
    if len(found) != 1:
        raise ValueError(
            f"claim {claim['id']!r} of {METRICS / 'claims.json'} belongs to {len(found)} pages: "
            "give its page the beginning of its id in pipeline/sgn/pages/items.py"
        )
    return found[0]
