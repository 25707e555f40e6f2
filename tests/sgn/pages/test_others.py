"""The front page names what other papers keep in results/."""

import json
from pathlib import Path

import pytest

from pipeline.sgn.pages import others


def test_a_further_paper_is_named_with_its_verdicts_and_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "RESULTS", tmp_path)
    assert others.papers() == ""
    (tmp_path / "toypaper").mkdir()
    told = {
        "title": "Toy & more",
        "page": "toy/x.html",
        "sentences": ["L_G is 3."],
        "verdicts": {"holds": 3, "fails": 1},
    }
    (tmp_path / "toypaper/front.json").write_text(json.dumps(told))
    page = others.papers()
    assert "Toy &amp; more" in page
    assert 'href="toy/x.html"' in page
    assert "<i>L</i><sub>G</sub> is 3." in page
    assert page.count("badge") == 2
