"""What a paper's pages show: each page, table and figure once, with its name in the paper and the stage that makes it.

A paper lists its own in its `pages/items.py`; notebooks and front page read them from there.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core import artifacts
from pipeline.core.artifacts import METRICS

Claim = Mapping[str, Any]

CLAIMS = METRICS / "claims.json"


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

    def claims(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims that the paper makes about the table or figure: those whose `where` names it."""
        return [claim for claim in claims if self.claimed and _names(self.paper or "") & _names(claim["where"])]


@dataclass(frozen=True)
class Contents:
    """A paper's pages in their order, the tables and figures on them, the stage that decides about its claims, the
    file that lists all this, which an error names, and the pages that are no notebook: file name and title."""

    pages: tuple[Page, ...]
    items: tuple[Item, ...]
    claims_stage: str
    listed_in: Path
    others: tuple[tuple[str, str], ...] = ()

    @property
    def files(self) -> list[tuple[str, str]]:
        """Every page but the front page: file name and title."""
        return [*((page.file, page.title) for page in self.pages), *self.others]

    def metrics(self, name: str) -> Any:
        """What a file of reports/metrics holds; ValueError that names its stage if it is missing or not JSON."""
        path = METRICS / name
        lists = {CLAIMS, *(item.file for item in self.items if item.stage == self.claims_stage)}
        return artifacts.read_json(path, list if path in lists else dict)

    def page(self, name: str) -> Page:
        """A page by its notebook's name; ValueError that lists the known ones."""
        for page in self.pages:
            if page.name == name:
                return page
        raise ValueError(f"there is no report {name!r}; known are {', '.join(page.name for page in self.pages)}")

    def item(self, anchor: str) -> Item:
        """A table or figure by its place in a page."""
        same = [item for item in self.items if item.anchor == anchor]
        assert len(same) == 1, f"{anchor} stands {len(same)} times in {self.listed_in}"
        return same[0]

    def runs(self, page: Page) -> list[Mapping[str, Any]]:
        """What reports/metrics/runs has about the image runs of a page, in its order."""
        return [self.metrics(f"runs/{name}.json") for name in page.runs]

    def claims_of(self, page: Page, claims: Sequence[Claim]) -> list[Claim]:
        """The claims that belong to a page, in the order of claims.json."""
        return [claim for claim in claims if self.page_of(claim) == page]

    def beside(self, page: Page, claims: Sequence[Claim]) -> tuple[dict[str, list[Claim]], list[Claim]]:
        """A page's claims by the table or figure that they stand beside, the first that they name, and the rest."""
        rest = self.claims_of(page, claims)
        placed: dict[str, list[Claim]] = {}
        for item in (item for item in self.items if item.page == page.name):
            placed[item.anchor] = item.claims(rest)
            rest = [claim for claim in rest if claim not in placed[item.anchor]]
        return placed, rest

    def page_of(self, claim: Claim) -> Page:
        """The page that shows a claim; ValueError if there is not exactly one: it would be lost without a word."""
        showing = [page for page in self.pages if claim["id"].startswith(page.claims)]
        if len(showing) != 1:
            raise ValueError(
                f"claim {claim['id']!r} of {CLAIMS} belongs to {len(showing)} pages: "
                f"give its page the beginning of its id in {self.listed_in}"
            )
        return showing[0]


def _names(text: str) -> set[str]:
    """What a text names, each by itself: "Figures 6 and 13" names Figure 6 and Figure 13."""
    return {"video" for _ in re.findall("[Vv]ideo", text)} | {
        f"{version}{kind} {number}"
        for version, kind, numbers in re.findall(r"(v1's )?(Table|Figure)s? ((?:\d+(?:, | and )?)+)", text)
        for number in re.findall(r"\d+", numbers)
    }
