"""The front page: every table, figure and claim with a verdict, and no claim lost or kinder than it is."""

from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

from pipeline.core import artifacts
from pipeline.report import index
from pipeline.sgn.pages.items import CONTENTS
from tests.clone import CHECKOUT

CLAIM: dict[str, Any] = {
    "id": "table3-a",
    "text": "L_rec is smallest.",
    "where": "Section 5.2, Table 3",
    "holds": True,
    "seeds": {"holds": 2, "of": 3},
    "measured": {},
    "rule": "a rule",
}


def soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def rows(table: BeautifulSoup) -> dict[str, str]:
    """The text of each row by its link."""
    return {str(row.a["href"]): row.get_text(" ", strip=True) for row in table.select("tr:has(td)") if row.a}


def test_the_contents_link_every_item_and_claim_with_its_command() -> None:
    claims = [CLAIM, {**CLAIM, "id": "toy-b", "holds": False}, {**CLAIM, "id": "figure10-c", "holds": None}]
    table = soup(index.table(CONTENTS, {"table1": "close"}, claims))
    expected = [f"{item.page}.html#{item.anchor}" for item in CONTENTS.items]
    claimed = ["translation.html#table3-a", "toy.html#toy-b", "injection.html#figure10-c"]
    links = [str(a["href"]) for a in table.select("td a")]
    assert sorted(links) == sorted([*expected, *claimed])
    assert [link for link in links if link in expected] == expected
    shown = rows(table)
    assert "✗ does not hold rule met in 2 of 3 seeds dvc repro claims" in shown["toy.html#toy-b"]
    assert "– not measurable here" in shown["injection.html#figure10-c"]
    assert "shown close dvc repro claims" in shown["toy.html#table1"]
    assert "Figure 7 SGN beside SingleGAN shown dvc repro translation_figures" in shown["translation.html#figure7"]


@pytest.mark.parametrize(
    ("verdicts", "shown"),
    [
        ([True, True], "✓ 2 of 2 claims hold"),
        ([True, False, True], "✗ 2 of 3 claims hold"),
        ([True, None], "– 1 of 2 claims hold, 1 not measurable"),
        ([False, None], "✗ 0 of 2 claims hold, 1 not measurable"),
        ([True], "✓ its claim holds"),
        ([False], "✗ its claim does not hold"),
        ([None], "– not measurable here"),
        ([], "shown"),
    ],
)
def test_a_figure_has_the_verdicts_of_its_claims(verdicts: list[bool | None], shown: str) -> None:
    claims = [
        {**CLAIM, "id": f"figure10-{i}", "where": "Figure 10", "holds": holds} for i, holds in enumerate(verdicts)
    ]
    row = rows(soup(index.table(CONTENTS, {}, claims)))["injection.html#figure10"]
    assert shown in row


@pytest.mark.parametrize(
    ("where", "anchors"),
    [
        ("Section 5.3, Figures 8 and 11", {"figure8"}),
        ("Supplement B.1, Figure 9; Table 1", {"figure9", "table1"}),
        ("Section 5.2, Figure 1", {"grid-model1"}),
        ("Section 5.2, Figure 6", {"grid-model3"}),
        ("Supplement, Figure 14", {"grid-model3"}),
        ("v1's Figure 6", {"draws"}),
        ("Section 5.2, video", {"movie-model1"}),
        ("Figure 10", {"figure10"}),
        ("Section 4, Table 4", set()),
        ("Sections 3 and 5.2", set()),
    ],
)
def test_a_claim_belongs_to_what_its_place_names(where: str, anchors: set[str]) -> None:
    claims = [{**CLAIM, "where": where}]
    assert {item.anchor for item in CONTENTS.items if item.claims(claims)} == anchors


def test_the_claims_that_do_not_hold_are_named_with_links() -> None:
    claims = [CLAIM, {**CLAIM, "id": "figure10-c", "where": "Figure 10", "text": "Few & open.", "holds": False}]
    paragraph = soup(index.refuted(CONTENTS, claims))
    assert paragraph.get_text() == "1 claim does not hold here: Few & open (Figure 10)."
    assert [a["href"] for a in paragraph.find_all("a")] == ["injection.html#figure10-c"]
    claims[0] = {**CLAIM, "holds": None}
    assert "1 claim was not measurable here: Lrec is smallest" in soup(index.refuted(CONTENTS, claims)).get_text()
    assert "Every claim that was measurable holds here" in index.refuted(CONTENTS, [CLAIM])
    assert "Every claim" not in index.refuted(CONTENTS, claims)


def test_a_claim_without_a_page_is_not_lost() -> None:
    for show in (lambda claims: index.table(CONTENTS, {}, claims), lambda claims: index.refuted(CONTENTS, claims)):
        with pytest.raises(ValueError, match=r"'figure3-x' of .* belongs to 0 pages"):
            show([{**CLAIM, "id": "figure3-x", "holds": False}])


def test_a_link_that_leads_nowhere_is_refused() -> None:
    front = '<a href="toy.html#table1">Table 1</a>'
    index.check_links(front, {"toy.html": '<table id="table1">'})
    with pytest.raises(ValueError, match=r"reports/toy\.html has no place #table1"):
        index.check_links(front, {"toy.html": '<table id="table2">'})
    with pytest.raises(ValueError, match=r"reports/toy\.html is missing"):
        index.check_links(front, {})


def test_every_item_names_the_stage_that_makes_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    made = {item.anchor: artifacts.maker(item.file) for item in CONTENTS.items}
    assert made == {item.anchor: item.stage for item in CONTENTS.items}


def test_every_run_is_on_a_page() -> None:
    shown = {name for page in CONTENTS.pages for name in page.runs}
    runs = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))["runs"]
    assert shown == set(runs), "a run that no page shows, or a page with a run that is not trained"
