"""The page: tables of what differs, in few digits, with the paper's numbers; figures without empty space above."""

import re
from typing import Any

import numpy as np
import pytest

from pipeline.figures import grids as shared
from pipeline.sdit.figures import grids
from pipeline.sdit.pages import findings, measures
from pipeline.sdit.paper import tables
from tests.sdit import made_up

MEASURED = {name for names in measures.MEASURES.values() for name in names}


def row(key: str, **more: Any) -> dict[str, Any]:
    return {**tables.row(made_up.result(key, {})), **more}


def cells(table: str) -> list[list[str]]:
    """The words of each row."""
    lines = re.findall("<tr.*?</tr>", table, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line.replace("<br>", " ")) for line in lines]


def test_every_number_that_is_measured_has_a_column() -> None:
    assert set(tables.COLUMNS) == MEASURED


def test_a_setting_that_all_runs_share_has_no_column() -> None:
    _, heads, *_ = cells(measures.table("table61", [row("sdit"), row("cin-latent", attention=False)], ""))
    assert heads[:2] == ["att.", "seeds"]
    assert "z by" not in heads
    assert "weights" not in heads


def test_numbers_have_three_digits_after_the_point() -> None:
    shown = cells(measures.table("table61", [row("concat", per_input=5.026e-14, kept=0.50373, recovery=None)], ""))[2]
    assert shown[:2] == ["concat", "1"]
    assert {"0.000", "0.504", "–"} <= set(shown)
    assert all(re.fullmatch(r"\d\.\d{3}|–", cell) for cell in shown[2:])


def test_the_papers_number_stands_behind_ours() -> None:
    rows = [row("sdit", over_inputs=0.063, kept=0.493, paper={"lpips": 0.424, "id": 0.06}), row("stargan")]
    _, heads, sdit, stargan = cells(measures.table("table61", rows, ""))
    places = [place for place, words in enumerate(heads, 1) if words == "paper"]
    assert [(sdit[place - 1], sdit[place]) for place in places] == [("0.063", "0.424"), ("0.493", "0.060")]
    assert [stargan[place] for place in places] == ["–", "–"]
    assert len({len(heads) + 1, len(sdit), len(stargan)}) == 1


@pytest.mark.parametrize(("keys", "begins"), [(["sdit"], "Run sdit; "), (["sdit", "ccam"], "Runs sdit, ccam; ")])
def test_a_caption_counts_its_runs(keys: list[str], begins: str) -> None:
    runs = {key: made_up.result(key, {}) for key in keys}
    assert findings.made_by(runs, keys).startswith(begins)


def test_a_figure_keeps_its_pictures_and_loses_what_is_empty_above_them() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (2, 5, 3, 8, 8, 3), dtype=np.uint8)
    figure = grids.variants(pictures[0, 0], pictures, ("yellow", "blue"), "made by")
    titles = [axis.get_title() for axis in figure.axes[:7]]
    assert titles == ["input", "", "yellow", "", "", "blue", ""]
    first, above = figure.axes[0].get_position(original=True), figure.bbox.height
    assert round(first.width * figure.bbox.width) == round(first.height * above) == grids.CELL
    assert shared.LINE < above * (1 - first.y1) < 2 * shared.LINE  # a line of titles and what is around it
    assert figure.texts[0].get_position()[1] * above == pytest.approx(8, abs=1)  # as far from the edge as it was
    assert np.array_equal(np.asarray(figure.axes[1].images[0].get_array()), pictures[0, 0, 0])
