"""The page: numbers of one seed have no deviation, every run has a column, sentences follow the numbers."""

import re
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.asymgan.evaluation import model
from pipeline.asymgan.figures import strips
from pipeline.asymgan.model import params
from pipeline.asymgan.pages import findings, measures, tables
from pipeline.asymgan.paper.numbers import NAMES, SCORES


def row(run: str, **more: float) -> dict[str, Any]:
    return {"run": run, "seeds": 1, **dict.fromkeys(measures.MEASURES, 1.0), **more}


def cells(table: str) -> list[list[str]]:
    """The words of each row."""
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in re.findall("<tr.*?</tr>", table, re.DOTALL)]


@pytest.mark.parametrize(("seeds", "shown"), [(1, 0), (2, 3)])
def test_a_deviation_is_shown_of_several_seeds_alone(seeds: int, shown: int) -> None:
    score = {"mean": 50.0, "std": 0.25}
    rows = [{"run": "asymgan", "name": "Ours", "seeds": seeds, **dict.fromkeys(SCORES, score), "paper": None}]
    assert tables.scores("table1", rows).count("±") == shown


def test_every_run_has_a_column_in_one_of_the_two_tables() -> None:
    columns = [run for groups in (measures.ARMS, measures.FORMS) for runs in groups.values() for run in runs]
    assert set(columns) == set(NAMES)
    assert [run for run in set(columns) if columns.count(run) > 1] == ["asymgan"]  # beside the other ways for z


def test_a_column_has_its_runs_numbers_and_a_run_that_is_not_there_none() -> None:
    told = [row("no-perception", crop=0.25), row("asymgan", crop=0.5), row("cyclegan", crop=0.75)]
    table = cells(measures.table("further-forms", told, measures.FORMS))
    assert table[:2] == [["measure", "z enters by", "without"], ["CIN", "perception"]]
    assert ["R, crop", "0.500", "0.250"] in table
    assert {len(line) for line in table[2:]} == {3}


def test_every_row_is_explained() -> None:
    for words in measures.MEASURES.values():
        assert words.startswith(("…", *measures.MEANINGS)), words


def test_the_sentence_about_hiding_names_what_spoils_the_way_back() -> None:
    told = findings.hiding([row("cyclegan", clean=0.3, crop=1.25, resize=1.09), row("asymgan", clean=0.2)])
    assert "ends 0.300 from the photo, AsymGAN's 0.200" in told
    assert "by a crop (R = 1.25), AsymGAN's by nothing that was tried" in told
    told = findings.hiding([row("cyclegan"), row("asymgan", noise_1=1.2, resize=2.0)])
    assert "by nothing that was tried, AsymGAN's by noise of 1 (R = 1.20), a resize (R = 2.00)" in told


def test_a_caption_names_its_runs() -> None:
    p = params.load()
    assert findings.made_by(p, "asymgan").startswith("Run asymgan; seed 0, ")
    assert findings.made_by(p, "asymgan", "no-perception").startswith("Runs asymgan, no-perception; ")


def test_each_column_of_a_comparison_says_whose_it_is() -> None:
    x = torch.zeros(1, 3, 8, 8)
    names = ("asymgan", "cyclegan", "cyclegan-dropout")
    models, random = dict.fromkeys(names, model.identity()), np.random.default_rng(0)
    for columns, own in (
        (strips.translations(models, x, x, random), ("AsymGAN\n", "CycleGAN\n", "+ dropout\n")),
        (strips.without(models, x, x, random), tuple(f"{name}\n" for name in names)),
    ):
        titles = [title for title, _ in columns]
        assert titles[:2] == ["x", "y"]
        assert len(titles) > 2
        assert all(title.startswith(own) for title in titles[2:])
