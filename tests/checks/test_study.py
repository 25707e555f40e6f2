"""`make study`: which parameters differ, what the page says of them."""

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from checks import study
from pipeline.sgn.pages import sweep


def numbers(value: float) -> dict[str, Any]:
    losses = dict.fromkeys(("rec", "adv", "per"), value)
    return {"table1": value / 10, "spread": losses, "own": losses, "centre": dict.fromkeys(losses)}


def made_up(*alphas: float) -> dict[str, Any]:
    """Larger alpha, larger numbers; the second seed sees it the other way round."""
    experiments = [
        {
            "name": f"exp-{alpha}",
            "params": {"alpha": alpha},
            "numbers": numbers(alpha),
            "seeds": {"0": numbers(alpha), "1": numbers(10 - alpha)},
            "picture": f"exp-{alpha}.webp",
        }
        for alpha in alphas
    ]
    return {"varied": ["alpha"], "experiments": experiments}


def test_what_differs_is_a_parameter_and_no_number_that_was_measured() -> None:
    rows: list[dict[str, Any]] = [
        {"Experiment": "a", "rev": "1", "Created": "x", "alpha": 0.1, "seeds": [0, 1], "holds": 3, "L_rec": 0.4},
        {"Experiment": "b", "rev": "2", "Created": "y", "alpha": 0.5, "seeds": [0, 1], "holds": 5, "L_rec": 0.5},
    ]
    names = study.settings({"alpha": 0.5, "seeds": [0], "scales": {"small": {"steps": 3}}})
    assert names == {"alpha", "seeds", "scales.small.steps"}
    assert study.differing(rows, names) == ["alpha"]
    one_alone = [{**rows[0], "scales.small.steps": 1}, rows[1]]
    assert study.differing(one_alone, names) == ["alpha"]


def test_the_table_has_a_row_for_each_and_the_spread_of_the_seeds() -> None:
    soup = BeautifulSoup(sweep.table(made_up(0.1, 2.0)), "html.parser")
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in soup.select("tbody tr")]
    assert [row[0] for row in rows] == ["0.1", "2.0"]
    assert rows[1][1:3] == ["0.2000", "2.000 ± 4.243"]  # of 2 and 8
    assert rows[1][-1] == "–"


def test_findings_say_where_the_seeds_disagree() -> None:
    text = BeautifulSoup(sweep.findings(made_up(0.1, 2.0)), "html.parser").get_text()
    assert "spread over six S: best at 2.0 (2.000), for 1 of 2 seeds alone: not decided" in text
    assert "loss at its own corner: best at 0.1" in text
    assert "centre" not in text  # not measured
    assert "nearest to the paper's at 0.1" in text


def test_names_that_are_no_folder_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("", "../x", "a/b"):
        with pytest.raises(ValueError, match="make study NAME"):
            study.main(name)
    assert list(tmp_path.iterdir()) == []


def test_the_figure_is_drawn(tmp_path: Path) -> None:
    sweep.draw(made_up(0.1, 0.5, 2.0), tmp_path / "curves.png")
    assert Image.open(tmp_path / "curves.png").width > 1000
