"""The front page: every table and figure with a link, every claim in every result, and no claim lost."""

from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

from pipeline.core import artifacts
from pipeline.report import index, matrix
from pipeline.report.contents import Item
from pipeline.sgn.pages.items import CONTENTS
from tests.clone import CHECKOUT

CLAIM: dict[str, Any] = {
    "id": "table3-a",
    "text": "L_rec is smallest.",
    "where": "Section 5.2, Table 3",
    "verdict": "holds",
    "seeds": {"holds": 2, "of": 3},
    "measured": {},
    "nulls": {"blind": False},
    "counted": False,
    "margin": 0.25,
    "spread": 0.1,
    "changed": None,
    "rule": "a rule",
}


def soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def test_every_item_is_linked_once_by_its_page() -> None:
    listed = soup(index.places(CONTENTS))
    links = [str(a["href"]) for a in listed.select("li a")]
    assert links == [f"{item.page}.html#{item.anchor}" for page in CONTENTS.pages for item in on(page.name)]
    assert "SGN beside SingleGAN Figure 7" in listed.get_text(" ", strip=True)


def on(page: str) -> list[Item]:
    return [item for item in CONTENTS.items if item.page == page]


def test_the_matrix_has_each_claim_once_and_each_result_s_own_verdict() -> None:
    here = [CLAIM, {**CLAIM, "id": "toy-b", "verdict": "fails", "margin": -0.5}, {**CLAIM, "id": "figure10-c"}]
    there = [{**CLAIM, "verdict": "undecided"}, {**CLAIM, "id": "figure10-c", "verdict": "not measurable"}]
    table = soup(matrix.table(CONTENTS, [matrix.Column("this run", "a", here), matrix.Column("kept", "b", there)]))
    shown = {str(row.a["href"]): row.select("td") for row in table.select("tr:has(td)") if row.a}
    assert list(shown) == ["toy.html#toy-b", "translation.html#table3-a", "injection.html#figure10-c"]
    assert all([cell["data-result"] for cell in cells] == ["this run", "kept"] for cells in shown.values())
    text = {link: [cell.get_text(" ", strip=True) for cell in cells] for link, cells in shown.items()}
    assert text["translation.html#table3-a"][0].startswith("✓ holds margin +0.25 (seeds differ by 0.1); met in 2 of 3")
    assert text["translation.html#table3-a"][1].startswith("? undecided")
    assert "margin −0.5" in text["toy.html#toy-b"][0]
    assert text["toy.html#toy-b"][1] == text["injection.html#figure10-c"][1] == "– not measurable"


@pytest.mark.parametrize(
    ("where", "anchors"),
    [
        ("Section 5.3, Figures 8 and 11", {"figure8", "figure11"}),
        ("Supplement B.1, Figure 9; Table 1", {"figure9", "table1"}),
        ("Section 5.2, Figure 1", {"grid-model1"}),
        ("Section 5.2, Figure 6", {"grid-model3"}),
        ("Supplement, Figure 14", {"further-model3"}),
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
    claims = [CLAIM, {**CLAIM, "id": "figure10-c", "where": "Figure 10", "text": "Few & open.", "verdict": "fails"}]
    paragraph = soup(index.refuted(CONTENTS, claims))
    assert paragraph.get_text() == "1 claim does not hold here: Few & open (Figure 10)."
    assert [a["href"] for a in paragraph.find_all("a")] == ["injection.html#figure10-c"]
    claims[0] = {**CLAIM, "verdict": "not measurable"}
    assert "1 claim was not measurable here: Lrec is smallest" in soup(index.refuted(CONTENTS, claims)).get_text()
    assert "Every claim holds here" in index.refuted(CONTENTS, [CLAIM])
    assert "Every claim" not in index.refuted(CONTENTS, claims)


def test_a_claim_without_a_page_is_not_lost() -> None:
    def shown(claims: list[dict[str, Any]]) -> str:
        return matrix.table(CONTENTS, [matrix.Column("this run", "", claims)])

    for show in (shown, lambda claims: index.refuted(CONTENTS, claims)):
        with pytest.raises(ValueError, match=r"'figure3-x' of .* belongs to 0 pages"):
            show([{**CLAIM, "id": "figure3-x", "verdict": "fails"}])


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
