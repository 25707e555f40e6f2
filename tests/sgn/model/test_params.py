"""SGN's part of params.yaml: what is refused and with which words, and that it is the paper's."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.core.params import check, read
from pipeline.sgn.model import simplex
from pipeline.sgn.model.params import Params, load
from tests.clone import CHECKOUT
from tests.core import values
from tests.core.values import VALUES, changed, spelled, without

MODEL1 = VALUES["runs"]["model1"]
HYPER = {**MODEL1, "reads": "seeds", "S": [0.5, 0, 0.5]}
SEEDS = {"reads": "seeds"}


@pytest.fixture(scope="module")
def p() -> Params:
    return read(Params, CHECKOUT / "params.yaml")


def sentence(wrong: Any) -> str:
    return values.sentence(wrong, Params)


# What is allowed


def test_the_stage_reads_the_file_of_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spelled("alpha", "0.125", tmp_path)
    monkeypatch.chdir(tmp_path)
    p = load()
    assert p.alpha == 0.125
    assert p.run("model1").input_domain == "photo"
    assert [o.about for o in p.run("model1").objectives] == ["photo", "vangogh", "udnie"]


def test_the_paper_scale_has_the_papers_values(p: Params) -> None:
    paper, model1 = p.scales["paper"], p.run("model1")
    assert (paper.images.train_size, paper.images.test_size, paper.train.crop) == (286, 256, 256)
    assert (paper.train.width, paper.train.blocks, paper.train.batch) == (64, 9, 4)
    assert (paper.train.learning_rate, paper.train.steps, model1.epochs) == (2e-4, None, 20)
    assert (p.alpha, model1.style_weight) == (0.5, 200)
    assert p.toy.hidden == 64
    assert p.toy.batch == 16
    assert p.toy.learning_rates == (0.01, 0.001, 0.0001)
    assert paper.toy.epochs == (200, 200, 100)


def test_nothing_can_be_changed_after_reading(p: Params) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        p.alpha = 1.0
    with pytest.raises(ValidationError, match="frozen"):
        p.scales["small"].train.crop = 8


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("alpha", 1),  # `-S alpha=1`
        ("alpha", 1e-5),
        ("runs.model1-a50", HYPER),
        ("runs.model1-a50", {**HYPER, "S": [0.2, 0.3, 0.5]}),
        ("runs.model1-a50", {**HYPER, "S": [0.333333, 0.333333, 0.333334]}),
        ("scales.small.train.steps", None),
        ("scales.small.train.crop", 72),
    ],
)
def test_what_is_allowed(path: str, value: Any) -> None:
    check(changed(path, value), Params)


def test_the_runs_are_the_papers(p: Params) -> None:
    assert len(p.runs) == 17
    abouts = {key: tuple(o.about for o in run.objectives) for key, run in p.runs.items()}
    assert abouts["model2"] == ("photo", "ukiyoe", "rain")
    assert abouts["model3"] == ("summer", "winter", "monet")
    assert (p.runs["model2"].style_weight, p.runs["model3"].epochs) == (100, 60)
    hyper = [run for key, run in p.runs.items() if key.startswith("model1-w")]
    assert [run.S for run in hyper] == list(simplex.TABLE3)
    free: dict[str, Any] = {"reads": None, "S": None, "seeds": None}
    assert {run.model_copy(update=free) for run in hyper} == {p.runs["model1"].model_copy(update=free)}
    combinations = [tuple(o for o in p.runs[k].objectives) for k in ("model1", "model2", "model3")]
    assert tuple(o for o in p.runs["additional"].objectives) not in combinations


# What is refused

BAD: list[tuple[str, Any, str]] = [
    # path, value, what is allowed
    ("runs.model1.reads", "steps", "'alpha' or 'seeds'"),
    ("alpha", "x", "a valid number"),
    ("alpha", True, "a valid number"),
    ("alpha", None, "a valid number"),
    ("alpha", [0.5], "a valid number"),
    ("alpha", 0, "greater than 0"),
    ("alpha", -0.5, "greater than 0"),
    ("alpha", float("nan"), "finite"),
    ("alpha", float("inf"), "finite"),
    ("toy.samples", 1, "greater than or equal to 2"),
    ("toy.learning_rates", [0.1, 0.1], ""),
    ("runs.model1.method", "gan", "'sgn'"),
    ("runs.model1.conditioning", 7, "a valid string"),
    ("runs.model1.style_weight", 0, "greater than 0"),
    ("runs.model1.epochs", 2.5, "a valid integer"),
    ("runs.model1.B.loss", "gan", "'reconstruction', 'adversarial', 'perceptual' or 'none'"),
    ("runs.model1.B.about", "venus", "photo, vangogh, ukiyoe, monet, summer, winter"),
    ("runs.model1.C.about", "vangogh", "udnie, rain"),
    ("scales.small.train.crop", 66, "multiple of 4"),
    ("scales.small.train.crop", "64", "a valid integer"),
    ("scales.small.train.crop", 16, "greater than or equal to 32"),
    ("scales.small.train.steps", 0, "greater than 0"),
    ("scales.small.train.learning_rate", 0.0, "greater than 0"),
    ("scales.smoke.evaluate.batch", 0, "greater than 0"),
    ("scales.small.toy.epochs", [1, 2], ""),
    ("scales.small.toy.widths", [2, 0], "greater than 0"),
]


@pytest.mark.parametrize(("path", "value", "allowed"), BAD)
def test_a_bad_value_is_one_sentence_with_path_value_and_what_is_allowed(path: str, value: Any, allowed: str) -> None:
    text = sentence(changed(path, value))
    assert path in text
    assert allowed in text
    if not isinstance(value, list):
        assert repr(value) in text


@pytest.mark.parametrize(
    ("S", "words"),
    [
        ([0.5, 0.5, 0.5], r"S is \[0.5, 0.5, 0.5\], its weights must sum to 1"),
        ([0.33, 0.33, 0.33], "sum to 1"),
        ([0, 0, 0], "sum to 1"),
        ([1.5, -0.5, 0], r"S.1 is -0.5: .*greater than or equal to 0"),
        ([0.5, 0.5], "a weight for each of the 3 objectives"),
        ([0.5, float("nan"), 0.5], "S.1 is nan: .*finite"),
        ("corner", "S is 'corner'"),
    ],
)
def test_a_constant_S_is_a_point_of_the_simplex(S: Any, words: str) -> None:
    text = sentence(changed("runs.fixed", {**HYPER, "S": S}))
    assert "runs.fixed" in text
    assert re.search(words, text)


@pytest.mark.parametrize(
    ("key", "other", "words"),
    [
        ("model2-cbn", "venus", "no such run"),
        ("model1-w010", "model1-w100", "whose S is constant"),
        ("model2-cbn", "model1", "no discriminator of ukiyoe"),
    ],
)
def test_what_measures_a_run_has_each_of_its_discriminators(key: str, other: str, words: str) -> None:
    text = sentence(changed(f"runs.{key}.measured_by", other))
    assert f"runs.{key}.measured_by is {other!r}" in text
    assert words in text


def test_a_style_weight_belongs_to_a_perceptual_objective() -> None:
    for wrong in (changed("runs.model1.style_weight", None), changed("runs.model3.style_weight", 100)):
        assert "style_weight belongs to a run with a perceptual objective" in sentence(wrong)


@pytest.mark.parametrize("run", [{**MODEL1, "reads": "seeds"}, {**MODEL1, "S": [1, 0, 0]}])
def test_reads_and_S_belong_together(run: Any) -> None:
    assert re.search(r"runs.fixed: .*constant S.*reads: seeds.*reads: alpha", sentence(changed("runs.fixed", run)))


def test_an_sgn_run_translates_exactly_one_domain() -> None:
    for wrong in (
        changed("runs.model1.A.loss", "adversarial"),
        changed("runs.model1.B.loss", "reconstruction"),
    ):
        assert "runs.model1: " in sentence(wrong)
        assert "objective A, and no other, must be a reconstruction" in sentence(wrong)


FOUR = {**MODEL1, "measured_by": "fixed", "D": {"loss": "adversarial", "about": "winter"}}


def test_a_run_has_two_to_four_objectives() -> None:
    none = {"loss": "none", "about": MODEL1["A"]["about"]}
    two = {**{key: value for key, value in MODEL1.items() if key != "style_weight"}, "C": none}
    for run, k in ((two, 2), (MODEL1, 3), (FOUR, 4)):
        fixed = check(changed("runs.fixed", {**run, "measured_by": "fixed"}), Params).run("fixed")
        assert (fixed.k, len(fixed.objectives)) == (k, k)
    assert "needs a weight for each of the 4" in sentence(changed("runs.fixed", {**FOUR, **SEEDS, "S": [1, 0, 0]}))
    assert "at least the objectives A and B" in sentence(changed("runs.fixed", {**two, "B": none}))
    assert "those that are none come last" in sentence(changed("runs.fixed", {**FOUR, **two, "D": FOUR["D"]}))
    assert "repeat A's" in sentence(changed("runs.fixed", {**MODEL1, "D": {"loss": "none", "about": "monet"}}))


def test_a_runs_own_seeds_come_before_those_that_all_share(p: Params) -> None:
    changed_seeds = check(changed("runs.comparison.seeds", [p.seeds[0]]), Params)
    assert changed_seeds.seeds_of("comparison") == (p.seeds[0],)
    assert changed_seeds.seeds_of("model1") == p.seeds
    assert "each seed may stand there once" in sentence(changed("runs.model1.seeds", [0, 0]))
    assert "not trained with all the seeds of model1-w010" in sentence(changed("runs.model1-w010.seeds", [77]))


def test_a_domain_has_one_discriminator() -> None:
    """Two adversarial objectives about one domain would share a discriminator and a replay buffer."""
    text = sentence(changed("runs.comparison.C", {"loss": "adversarial", "about": "ukiyoe"}))
    assert "runs.comparison" in text
    assert "ukiyoe" in text


def test_a_crop_larger_than_its_pictures_is_refused() -> None:
    text = sentence(changed("scales.small.train.crop", 80))
    assert re.search(r"scales.small: .*crop 80 .*train_size 72", text)


@pytest.mark.parametrize("path", ["scales.small.train.stepps", "runs.model1.A.abuot", "runs.model1.judge"])
def test_an_unknown_key_is_named(path: str) -> None:
    assert sentence(changed(path, 1)) == f"{path} is not a known key"


@pytest.mark.parametrize("path", ["alpha", "scales.small.train.crop", "runs.model1.A.about", "runs.model1.measured_by"])
def test_a_missing_key_is_named(path: str) -> None:
    assert f"{path} is missing" in sentence(without(path))


@pytest.mark.parametrize("name", ["Model1", "../x", "model_1", "", "x\n", "x/y"])
def test_a_runs_name_is_a_plain_folder_name(name: str) -> None:
    assert repr(name) in sentence({**VALUES, "runs": {**VALUES["runs"], name: MODEL1}})


def test_an_unknown_run_on_the_command_line_lists_the_known_ones(p: Params) -> None:
    assert all(p.run(key) is p.runs[key] for key in p.runs)
    with pytest.raises(ValueError, match=rf"no run 'nowhere'; known are {', '.join(p.runs)}"):
        p.run("nowhere")


@pytest.mark.parametrize("text", ["on", "yes", "1_000", "12:30", "0b11", "1e"])
def test_a_word_where_a_number_belongs_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"alpha is '{text}': input should be a valid number"):
        read(Params, spelled("alpha", text, tmp_path))


def test_all_values_of_the_checkout_are_dvcs(p: Params) -> None:
    ours = json.loads(p.model_dump_json())
    for run in ours["runs"].values():
        for name in ("S", "seeds", "style_weight"):  # may be left out
            if run[name] is None:
                del run[name]
    assert ours == json.loads(json.dumps(VALUES))
