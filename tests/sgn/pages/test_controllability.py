"""The tables of how far S steers a run: every number of the files, each beside what it is about."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from pipeline.sgn.pages import controllability
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, SYM_RUNS
from tests.report import made_up


def rows_of(text: str) -> list[list[str]]:
    """The body's cells as text, one space for all white space."""
    body = BeautifulSoup(text, "html.parser").select("tbody tr")
    return [[" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])] for row in body]


def conditionings(seeds: int = 1) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of conditionings.json and the runs that they come from."""
    metrics = made_up.metrics(seeds)
    return metrics["conditionings.json"], [metrics[f"runs/{name}.json"] for name in CONDITIONING_RUNS]


def test_a_row_has_each_objective_with_its_numbers_and_the_run_s_once() -> None:
    rows, runs = conditionings()
    shown = rows_of(controllability.table("conditionings", "conditioning", rows, runs))
    assert len(shown) == 3 * len(CONDITIONING_RUNS)
    first, second, third = shown[:3]
    assert first[:3] == ["ccam", "A: reconstruction of photo", "−0.600"]
    assert first[3:] == ["1.000", "1.600", "0.600", "KID", "2", "1.4", "0.610", "0.410"]
    assert second == ["B: adversarial to ukiyoe", "−0.600", "1.000", "1.600", "0.610", "KID", "2", "1.4"]
    assert third[:2] == ["C: perceptual to rain", "−0.600"]
    assert third[5] == "Gram"
    assert [row[0] for row in shown[::3]] == ["ccam", "concat", "concat-features", "cbn", "film"]


def test_what_was_not_measurable_is_a_dash() -> None:
    rows, runs = conditionings()
    rows[1]["rank"]["B"] = None
    concat = rows_of(controllability.table("conditionings", "conditioning", rows, runs))[3:6]
    assert concat[0][-1] == "–"  # leakage where the corners' pictures are the same
    assert concat[1][1] == "–"


def test_several_seeds_have_their_spread() -> None:
    rows, runs = conditionings(2)
    rows[0]["std"]["range"]["A"]["largest"] = 0.25
    text = controllability.table("conditionings", "conditioning", rows, runs)
    assert rows_of(text)[0][4] == "1.600 ± 0.250"
    assert "standard deviation over the seeds" in text
    assert "±" not in controllability.table("conditionings", "conditioning", *conditionings())


def test_the_note_says_how_it_was_measured() -> None:
    text = controllability.table("conditionings", "conditioning", *conditionings())
    assert BeautifulSoup(text, "html.parser").find(id="conditionings")
    assert "rank correlation over 28 S" in text
    assert "first 20 test pictures" in text
    assert "measured with the discriminator of model2." in text
    for protocol in ("gram_vgg16", "kid_vgg16_relu4_3_test50_train300"):
        assert protocol in text
    assert "reports/metrics/conditionings.json" in text
    metrics = made_up.metrics()
    own = [metrics[f"runs/{name}.json"] for name in SYM_RUNS]
    text = controllability.table("controllability", "run", metrics["controllability.json"], own)
    assert "with the run's own discriminator" in BeautifulSoup(text, "html.parser").get_text()


def test_a_row_without_its_run_is_not_shown_half() -> None:
    rows, runs = conditionings()
    with pytest.raises(KeyError, match="film"):
        controllability.table("conditionings", "conditioning", rows, runs[:-1])
