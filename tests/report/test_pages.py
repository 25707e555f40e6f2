"""Tables, claims and sentences of the reports: what a reader sees is what the files say."""

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup, Tag
from PIL import Image

from pipeline.claims.verdict import VERDICTS
from pipeline.core import params as core_params
from pipeline.core.artifacts import METRICS
from pipeline.report import claims, figures, html
from pipeline.sgn.model import params
from pipeline.sgn.pages import provenance, tables
from pipeline.sgn.pages.items import CONTENTS
from tests.clone import CHECKOUT
from tests.report.made_up import values

RUN: dict[str, Any] = {
    "run": "model1",
    "data": "scenes",
    "scale": "small",
    "alpha": 0.5,
    "precision": "bf16",
    "steps": 1000,
    "S": None,
    "objectives": [
        {"letter": "A", "loss": "reconstruction", "about": "photo"},
        {"letter": "B", "loss": "adversarial", "about": "vangogh"},
        {"letter": "C", "loss": "perceptual", "about": "udnie"},
    ],
    "pictures": {"photo": 50, "vangogh": 40, "measured": 30, "lattice": 20},
    "seeds": {"0": {"losses": []}},
}
CLAIM: dict[str, Any] = {
    "id": "table3-a",
    "text": "L_rec < L_adv & more",
    "where": "Section 5.2",
    "verdict": "holds",
    "seeds": {"holds": 2, "of": 3},
    "measured": {"L_rec": [0.5, -1.25, 1e-05], "pairs": 24, "broken": ["one", "two"], "S": [[1.0, 0.0], [0.0, 1.0]]},
    "rule": "s_i is < 1",
    "nulls": {"blind": None, "flat": True},
    "counted": False,
    "margin": 0.125,
    "spread": 0.5,
    "changed": "It was L_rec before.",
}


def soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def grid(table: Tag) -> list[list[str]]:
    """The body's cells as text, without the cells that reach down from a row above."""
    rows = table.select("tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in rows]


def table1_rows() -> list[dict[str, Any]]:
    def ours(*means: float) -> dict[str, Any]:
        return {c: {"mean": m, "std": 0.00125} for c, m in zip(("L", "L_r", "L_c"), means, strict=True)}

    paper = {"L": 0.2, "L_r": 0.3, "L_c": 0.4}
    return [
        {"weights": [1.0, 0.0], "model": "sym", **ours(0.2001, 0.2, 0.4), "seeds": 5, "paper": paper},
        {"weights": [1.0, 0.0], "model": "sin", **ours(0.9, 0.9, 0.9), "seeds": 5, "paper": None},
    ]


def png(path: Path, width: int = 3, height: int = 2) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + content)


# --- pieces ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "plain", "signed"),
    [(None, "–", "–"), (0.12345, "0.123", "+0.123"), (-0.12345, "−0.123", "−0.123"), (-0.0001, "0.000", "0.000")],
)
def test_numbers_have_a_fixed_count_of_decimals_and_no_negative_zero(
    value: float | None, plain: str, signed: str
) -> None:
    assert html.number(value, 3) == plain
    assert html.signed(value, 3) == signed


def test_text_is_escaped_once() -> None:
    assert html.text(html.text("<b> & co")) == "&lt;b&gt; &amp; co"


def test_losses_get_their_index() -> None:
    assert html.prose("L_rec where s_i = 1, train_size") == (
        "<i>L</i><sub>rec</sub> where <i>s</i><sub>i</sub> = 1, train_size"
    )
    assert html.prose("sum_i s_i L_i") == "∑<sub>i</sub> <i>s</i><sub>i</sub> <i>L</i><sub>i</sub>"


def test_a_verdict_is_worded_and_not_only_coloured() -> None:
    words = [soup(html.badge(name)).get_text() for name in VERDICTS]
    assert words == ["✓ holds", "✗ does not hold", "? undecided", "○ passed by anything", "– not measurable here"]


def test_a_picture_lies_beside_the_page_and_has_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    png(Path("reports/figures/toy/a b.png"), 30, 20)
    link = soup(html.picture(Path("reports/figures/toy/a b.png"), 'it says "a"')).a
    assert link is not None
    assert link["href"] == "figures/toy/a%20b.png"  # in full size
    image = link.img
    assert image is not None
    assert image["src"] == "figures/toy/a%20b.png"
    assert (image["width"], image["height"], image["alt"]) == ("30", "20", 'it says "a"')
    assert image["loading"] == "lazy"


def test_a_missing_or_broken_picture_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    picture = Path("reports/a.png")
    with pytest.raises(ValueError, match=r"a\.png is missing: run `dvc repro`"):
        html.picture(picture, "")
    picture.parent.mkdir()
    for broken in (b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"):
        picture.write_bytes(broken)
        with pytest.raises(ValueError, match=r"a\.png is no PNG and no GIF"):
            html.picture(picture, "")


def test_a_moving_picture_has_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("reports").mkdir()
    frames = [Image.new("RGB", (300, 20), colour) for colour in ("red", "blue")]
    frames[0].save("reports/a.gif", save_all=True, append_images=frames[1:])
    image = soup(html.picture(Path("reports/a.gif"), "S travels")).img
    assert image is not None
    assert (image["src"], image["width"], image["height"]) == ("a.gif", "300", "20")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        *((None, "–"), (0.12345, "0.123"), (-0.00012345, "−0.000123"), (2.0, "2"), (123456.7, "123,457"), (-0.0, "0")),
        *((9.308e12, "9.31 × 10¹²"), (-2.5e10, "−2.50 × 10¹⁰")),
    ],
)
def test_significant_digits(value: float | None, shown: str) -> None:
    assert html.significant(value, 3) == shown


def test_a_figure_says_what_made_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    png(CONTENTS.item("grid-model1").file)
    figure = soup(figures.figure(CONTENTS.item("grid-model1"), "Seen here.", provenance.run_facts(RUN))).figure
    assert figure is not None
    assert figure["id"] == "grid-model1"
    caption = figure.figcaption.get_text(" ", strip=True) if figure.figcaption else ""
    assert "Seen here." in caption
    assert "Run model1, data scenes, scale small, 1,000 steps, alpha 0.5, bf16, seed 0" in caption
    assert "dvc repro translation_figures" in caption


# --- tables ----------------------------------------------------------------------------------------------------------


def test_table1_has_ours_the_papers_and_the_difference() -> None:
    first, second = grid(soup(tables.table1(table1_rows())))
    mean, spread = "0.2001", "± 0.0013"
    assert first == [
        *("(1, 0)", "Sym"),
        *(f"{mean} {spread}", "0.2000", "+0.0001"),
        *(f"0.2000 {spread}", "0.3000", "−0.1000"),
        *(f"0.4000 {spread}", "0.4000", "0.0000"),
    ]
    assert second[0] == "Sin"
    assert second[1:4] == [f"0.9000 {spread}", "–", "–"]


def test_a_difference_can_be_checked_from_the_numbers_beside_it() -> None:
    rows = table1_rows()[:1]
    rows[0]["L"] = {"mean": 0.20006, "std": None}  # rounded 0.2001
    rows[0]["paper"] = {"L": 0.2, "L_r": 0.3, "L_c": 0.4}
    assert grid(soup(tables.table1(rows)))[0][2:5] == ["0.2001", "0.2000", "+0.0001"]


def test_table1_deviation_finds_the_largest_cell() -> None:
    sentence = tables.table1_deviation(table1_rows())
    assert "over 3 cells 0.0334" in sentence  # (0.0001 + 0.1 + 0) / 3
    assert "largest 0.1000 (Sym L_r at (1, 0))" in sentence


def test_table3_shades_the_cells_of_the_own_weight() -> None:
    losses = {"L_G": 1.0, "L_rec": 2.0, "L_adv": 3.0, "L_per": 4.0}
    rows = [
        {"S": [0.5, 0.0, 0.5], "model": "sgn", **losses, "std": dict.fromkeys(losses, 0.25), "paper": losses},
        {"S": [0.0, 1.0, 0.0], "model": "hyper", **{**losses, "L_adv": None}, "paper": losses},
    ]
    table = soup(tables.table3(rows))
    half, full = table.select("tbody tr")
    assert [cell.get_text(" ") for cell in half.select("td.half.ours")] == ["2.000 ± 0.250", "4.000 ± 0.250"]
    assert [cell.get_text() for cell in full.select("td.full")] == ["–", "3.000"]
    assert "standard deviation over the seeds" in table.get_text()
    assert "standard deviation" not in tables.table3(rows[1:])


def test_table3_has_both_halves_and_the_own_discriminator_s_value_below() -> None:
    losses = {"L_G": 1.0, "L_rec": 2.0, "L_adv": 3.0, "L_per": 4.0}
    S = {"S": [0.5, 0.5, 0.0]}
    rows = [
        {**S, "model": "sgn", **losses, "paper": losses},
        {**S, "model": "hyper", **losses, "L_adv_own": 2.75, "paper": losses},
        {"S": [1.0, 0.0, 0.0], "model": "hyper", **losses, "L_adv_own": None, "paper": losses},
    ]
    table = soup(tables.table3(rows))
    sgn, hyper, without = grid(table)
    assert sgn[:2] == ["(0.5, 0.5, 0)", "SGN"]
    assert hyper[0] == "Hyper"
    assert [cell for cell in hyper if "own" in cell] == ["3.000 own 2.750"]
    assert [cell for cell in without if "own" in cell] == ["3.000 own –"]
    assert "measured with SGN's discriminator" in table.get_text()
    assert "discriminator" not in tables.table3(rows[:1])


# --- claims ----------------------------------------------------------------------------------------------------------


def test_a_claim_shows_verdict_rule_seeds_and_every_measured_number() -> None:
    card = soup(claims.cards([CLAIM])).section
    assert card is not None
    assert card["id"] == "table3-a"
    text = card.get_text(" ", strip=True)
    assert "✓ holds" in text
    assert "rule met in 2 of 3 seeds" in text
    assert "L rec < L adv & more" in text
    assert "margin +0.12 (seeds differ by 0.5)" in text
    assert "blind: not asked; flat: passes" in text
    assert "It was L rec before." in text
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in card.select("tr")]
    assert rows == [
        ["L rec", "0.5", "−1.25", "0.00001"],
        ["pairs", "24"],
        ["broken", "one; two"],
        ["S", "(1, 0)", "(0, 1)"],
    ]


def test_a_claim_that_was_not_measured_says_so() -> None:
    unmeasured = {"seeds": {"holds": 0, "of": 0}, "measured": {}, "margin": None, "spread": None, "changed": None}
    claim = {**CLAIM, "verdict": "not measurable", **unmeasured}
    text = soup(claims.cards([claim])).get_text(" ", strip=True)
    assert "not measurable here" in text
    assert "measured in no seed" in text
    assert "Measured nothing" in text


def test_what_holds_by_construction_says_so_and_what_fails_does_not() -> None:
    claim = {**CLAIM, "rule": "s_i is < 1. Holds by construction: it cancels."}
    assert "✓ holds by construction" in soup(claims.cards([claim])).get_text()
    badge = soup(claims.verdict({**claim, "verdict": "fails"})).get_text()
    assert badge == "✗ does not hold"


def test_the_tally_counts_each_verdict() -> None:
    several = [{**CLAIM, "verdict": name} for name in ("holds", "fails", "holds", "not measurable", "undecided")]
    text = " ".join(soup(claims.tally(several)).get_text(" ").split())
    assert "5 claims" in text
    assert "? undecided 1" in text
    assert "✓ holds 2" in text
    assert "✗ does not hold 1" in text
    assert "not measurable here 1" in text


def test_a_verdict_of_a_single_seed_is_said_to_be_one() -> None:
    one, three = ({**CLAIM, "seeds": {"holds": 1, "of": of}} for of in (1, 3))
    text = " ".join(soup(claims.tally([one, three])).get_text(" ").split())
    assert "1 of them is measured with one seed" in text
    assert "one seed" not in claims.tally([three])


# --- provenance ------------------------------------------------------------------------------------------------------


def sentence(text: str) -> str:
    (paragraph,) = soup(text).select("p.provenance")
    return paragraph.get_text()


def test_the_sentence_of_a_small_run_names_data_and_scale_and_refuses_the_comparison() -> None:
    text = sentence(provenance.images(values(), [RUN]))
    assert text.count(". ") == 0, "one sentence"
    assert text.startswith("Data scenes, scale small: rendered landscapes")
    assert "64 × 64 pixels: 50 photo, 40 vangogh; 30 measured" in text
    assert "generator width 16 (paper 64)" in text
    assert "batch 2 (paper 4), learning rate 0.002 (paper 0.0002); 1 run of 1,000 steps; alpha 0.5; seed 0;" in text
    assert "absolute image losses of small runs on other images are not comparable with the paper's" in text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"data": "cyclegan", "scale": "paper"}, "are comparable with the paper's"),
        ({"data": "folder", "scale": "paper"}, "of runs on other images are not comparable"),
        ({"data": "cyclegan", "scale": "small"}, "of small runs are not comparable"),
        ({"data": "cyclegan", "scale": "paper", "alpha": 1.0}, "of runs with another alpha are not comparable"),
    ],
)
def test_only_the_papers_data_and_settings_are_comparable(changes: dict[str, Any], expected: str) -> None:
    assert expected in sentence(provenance.images(values(**changes), [{**RUN, **changes}]))


def test_paper_width_with_other_steps_is_not_comparable() -> None:
    changed = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    changed["scales"]["paper"]["train"]["steps"] = 10
    changed.update(data="cyclegan", scale="paper")
    text = sentence(
        provenance.images(core_params.check(changed, params.Params), [{**RUN, "data": "cyclegan", "scale": "paper"}])
    )
    assert "of runs with other settings are not comparable" in text


def test_the_sentence_of_several_runs_names_what_differs() -> None:
    runs: list[dict[str, Any]] = [
        {**RUN, "run": "a"},
        {**RUN, "run": "b", "steps": 600, "alpha": None, "S": [1, 0, 0], "pictures": {"monet": 7, "measured": 30}},
    ]
    text = sentence(provenance.images(values(), runs))
    assert "50 photo, 40 vangogh, 7 monet; 30 measured" in text
    assert "2 runs of 1,000 steps (a), 600 steps (b); alpha 0.5 (a), S constant (b); seed 0" in text
    many = [*runs, *({**RUN, "run": name} for name in "cdef")]
    assert "6 runs of 600 steps (b), 1,000 steps (the others)" in sentence(provenance.images(values(), many))
    assert provenance.run_facts(*runs).startswith("Runs a, b, data scenes, scale small, 1,000 steps (a), 600 steps (b)")


def test_several_seeds_are_named_and_said_to_be_averaged() -> None:
    run = {**RUN, "seeds": {"0": {}, "7": {}}}
    assert "seeds 0, 7: tables show mean ± standard deviation" in sentence(provenance.images(values(), [run]))
    both = sentence(provenance.images(values(), [run, {**RUN, "run": "b"}]))
    assert "seeds 0, 7 (model1), seed 0 (b): tables show mean" in both
    assert provenance.run_facts(run).endswith("seeds 0, 7")
    assert provenance.run_facts(run, first_seed=True).endswith("seed 0")


def test_objectives_are_listed_for_each_run() -> None:
    assert grid(soup(provenance.objectives([RUN]))) == [
        ["model1", "reconstruction of photo", "adversarial to vangogh", "perceptual to udnie"]
    ]


def test_numbers_of_another_scale_are_refused() -> None:
    with pytest.raises(ValueError, match=r"model1\.json was made with scale smoke"):
        provenance.images(values(), [RUN, {**RUN, "scale": "smoke"}])


def test_the_toys_sentence_knows_the_papers_settings() -> None:
    settings = {
        "alpha": 0.5,
        "hidden": 64,
        "samples": 100,
        "batch": 16,
        "epochs": [200, 200, 100],
        "learning_rates": [0.01, 0.001, 0.0001],
        "seeds": 5,
    }
    text = sentence(provenance.toy(values(), settings))
    assert "scale small" in text
    assert "500 epochs, hidden width 64, alpha 0.5, 5 seeds" in text
    assert "these losses are comparable with the paper's, unlike absolute image losses of a small run" in text
    short = sentence(provenance.toy(values(), {**settings, "epochs": [4, 4, 2], "alpha": 1.0, "seeds": 1}))
    assert "10 epochs, hidden width 64, alpha 1 (paper 0.5), 1 seed)" in short
    assert "these losses are not comparable with the paper's" in short


# --- files -----------------------------------------------------------------------------------------------------------


def test_metrics_that_are_missing_or_cut_off_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"reports/metrics/toy\.json is missing"):
        CONTENTS.metrics("toy.json")
    METRICS.mkdir(parents=True)
    (METRICS / "toy.json").write_text('{"a": [1,', encoding="utf-8")
    with pytest.raises(ValueError, match=r"reports/metrics/toy\.json is not JSON"):
        CONTENTS.metrics("toy.json")
