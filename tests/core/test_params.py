"""params.yaml: what is refused and with which words, and that a stage reads the values that DVC reads."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from dvc.utils.hydra import apply_overrides
from dvc.utils.serialize import load_yaml
from pydantic import ValidationError

from pipeline.sgn.model import params, simplex
from tests.clone import CHECKOUT

VALUES = load_yaml(CHECKOUT / "params.yaml")
MODEL1 = VALUES["runs"]["model1"]


def changed(path: str, value: Any) -> Any:
    """The checkout's values with one changed or added, its path written with dots."""
    values = copy.deepcopy(VALUES)
    *parents, last = path.split(".")
    place = values
    for key in parents:
        place = place[key]
    place[last] = value
    return values


def sentence(values: Any) -> str:
    """What the user reads when these values are refused."""
    with pytest.raises(ValueError, match=r"^params\.yaml: ") as caught:
        params.check(values)
    assert not isinstance(caught.value, ValidationError)
    text = str(caught.value)
    assert "\n" not in text
    return text.removeprefix("params.yaml: ")


def file(text: str, tmp_path: Path) -> Path:
    path = tmp_path / "params.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def spelled(key: str, text: str, tmp_path: Path) -> Path:
    """The checkout's params.yaml with another text after one top-level key."""
    whole = (CHECKOUT / "params.yaml").read_text(encoding="utf-8")
    new, count = re.subn(rf"^{key}:.*$", lambda _: f"{key}: {text}", whole, flags=re.MULTILINE)
    assert count == 1
    return file(new, tmp_path)


# What is allowed


def test_the_checkouts_params_load() -> None:
    p = params.load(CHECKOUT / "params.yaml")
    assert p.scale_params is p.scales[p.scale]
    assert p.run("model1").input_domain == "photo"
    assert [o.about for o in p.run("model1").objectives] == ["photo", "vangogh", "udnie"]


def test_the_paper_scale_has_the_papers_values() -> None:
    p = params.load(CHECKOUT / "params.yaml")
    paper, model1 = p.scales["paper"], p.run("model1")
    assert (paper.images.train_size, paper.images.test_size, paper.train.crop) == (286, 256, 256)
    assert (paper.train.width, paper.train.blocks, paper.train.batch) == (64, 9, 4)
    assert (paper.train.learning_rate, paper.train.steps, model1.epochs) == (2e-4, None, 20)
    assert (p.alpha, model1.style_weight) == (0.5, 200)
    assert p.toy.hidden == 64
    assert p.toy.batch == 16
    assert p.toy.learning_rates == (0.01, 0.001, 0.0001)
    assert paper.toy.epochs == (200, 200, 100)


def test_nothing_can_be_changed_after_reading() -> None:
    p = params.load(CHECKOUT / "params.yaml")
    with pytest.raises(ValidationError, match="frozen"):
        p.alpha = 1.0  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        p.scales["small"].train.crop = 8  # type: ignore[misc]


HYPER = {**MODEL1, "draw": "seeds", "S": [0.5, 0, 0.5]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("alpha", 1),  # `-S alpha=1`
        ("alpha", 1e-5),
        ("seeds", [0, 1, 2**32 - 1]),
        ("data_root", "../my pictures"),
        ("data", "folder"),
        ("precision", "fp32"),
        ("scale", "paper"),
        ("runs.model1-a50", HYPER),
        ("runs.model1-a50", {**HYPER, "S": [0.2, 0.3, 0.5]}),
        ("runs.model1-a50", {**HYPER, "S": [0.333333, 0.333333, 0.333334]}),
        ("domains.cats", {"dataset": "my cats", "side": "A"}),
        ("scales.small.train.steps", None),
        ("scales.small.train.crop", 72),
        ("images.max_unreadable", 0),
    ],
)
def test_what_is_allowed(path: str, value: Any) -> None:
    params.check(changed(path, value))


# What is refused

BAD: list[tuple[str, Any, str]] = [
    # path, value, what is allowed
    ("alpha", "x", "a valid number"),
    ("alpha", True, "a valid number"),
    ("alpha", None, "a valid number"),
    ("alpha", [0.5], "a valid number"),
    ("alpha", 0, "greater than 0"),
    ("alpha", -0.5, "greater than 0"),
    ("alpha", float("nan"), "finite"),
    ("alpha", float("inf"), "finite"),
    ("data", "web", "'scenes', 'folder' or 'cyclegan'"),
    ("data", "Scenes", "'scenes', 'folder' or 'cyclegan'"),
    ("data_root", 3, "a valid string"),
    ("precision", "fp16", "'auto', 'bf16' or 'fp32'"),
    ("threads", 0, "greater than 0"),
    ("scale", "huge", "smoke, small, medium, paper"),
    ("scale", 1, "a valid string"),
    ("seeds", [], "at least 1"),
    ("seeds", 0, "array"),
    ("seeds", [1, 1], "once"),
    ("images.max_unreadable", 1.5, "less than or equal to 1"),
    ("images.seed", -1, "greater than or equal to 0"),
    ("domains.photo.side", "C", "'A' or 'B'"),
    ("images.max_pixels", 0, "greater than 0"),
    ("checkpoint_seconds", -1, "greater than or equal to 0"),
    ("styles.udnie.file", 7, "a valid string"),
    ("styles.udnie.file", "../../etc/passwd", "inside the source's folder"),
    ("styles.udnie.file", "/etc/passwd", "inside the source's folder"),
    ("styles.udnie.file", "", "inside the source's folder"),
    ("styles.udnie.file", "udnie.jpg\0.sh", "inside the source's folder"),
    ("domains.photo.dataset", "a/../../b", "inside the source's folder"),
    ("domains.photo.dataset", "//b", "inside the source's folder"),
    ("toy.samples", 1, "greater than or equal to 2"),
    ("toy.learning_rates", [0.1, 0.1], ""),
    ("runs.model1.method", "gan", "'sgn'"),
    ("runs.model1.conditioning", 7, "a valid string"),
    ("runs.model1.style_weight", 0, "greater than 0"),
    ("runs.model1.epochs", 2.5, "a valid integer"),
    ("runs.model1.B.loss", "gan", "'reconstruction', 'adversarial' or 'perceptual'"),
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
        ([0.5, 0.5], "S.2"),
        ([0.5, float("nan"), 0.5], "S.1 is nan: .*finite"),
        ("corner", "S is 'corner'"),
    ],
)
def test_a_constant_S_is_a_point_of_the_simplex(S: Any, words: str) -> None:
    text = sentence(changed("runs.fixed", {**HYPER, "S": S}))
    assert "runs.fixed" in text
    assert re.search(words, text)


@pytest.mark.parametrize(
    ("key", "judge", "words"),
    [
        ("model2-cbn", "venus", "no such run"),
        ("model1-w010", "model1-w100", "whose S is constant"),
        ("model2-cbn", "model1", "no discriminator of ukiyoe"),
    ],
)
def test_a_judge_has_a_discriminator_for_every_adversarial_objective(key: str, judge: str, words: str) -> None:
    text = sentence(changed(f"runs.{key}.judge", judge))
    assert f"runs.{key}.judge is {judge!r}" in text
    assert words in text


def test_a_style_weight_belongs_to_a_perceptual_objective() -> None:
    for values in (changed("runs.model1.style_weight", None), changed("runs.model3.style_weight", 100)):
        assert "style_weight belongs to a run with a perceptual objective" in sentence(values)


def test_the_runs_are_the_papers() -> None:
    p = params.load(CHECKOUT / "params.yaml")
    assert len(p.runs) == 16
    abouts = {key: tuple(o.about for o in run.objectives) for key, run in p.runs.items()}
    assert abouts["model2"] == ("photo", "ukiyoe", "rain")
    assert abouts["model3"] == ("summer", "winter", "monet")
    assert (p.runs["model2"].style_weight, p.runs["model3"].epochs) == (100, 60)
    hyper = [run for key, run in p.runs.items() if key.startswith("model1-w")]
    assert [run.S for run in hyper] == list(simplex.TABLE3)
    free: dict[str, Any] = {"draw": None, "S": None}
    assert {run.model_copy(update=free) for run in hyper} == {p.runs["model1"].model_copy(update=free)}
    combinations = [tuple(o.model_dump_json() for o in p.runs[k].objectives) for k in ("model1", "model2", "model3")]
    assert tuple(o.model_dump_json() for o in p.runs["additional"].objectives) not in combinations


@pytest.mark.parametrize("run", [{**MODEL1, "draw": "seeds"}, {**MODEL1, "S": [1, 0, 0]}])
def test_draw_and_S_belong_together(run: Any) -> None:
    assert re.search(r"runs.fixed: .*constant S.*draw: seeds.*draw: alpha", sentence(changed("runs.fixed", run)))


def test_an_sgn_run_translates_exactly_one_domain() -> None:
    for values in (
        changed("runs.model1.A.loss", "adversarial"),
        changed("runs.model1.B.loss", "reconstruction"),
    ):
        assert "runs.model1: " in sentence(values)
        assert "objective A, and no other, must be a reconstruction" in sentence(values)


def test_a_domain_has_one_discriminator() -> None:
    """Two adversarial objectives about one domain would share a discriminator and a replay buffer."""
    text = sentence(changed("runs.comparison.C", {"loss": "adversarial", "about": "ukiyoe"}))
    assert "runs.comparison" in text
    assert "ukiyoe" in text


def test_a_crop_larger_than_its_pictures_is_refused() -> None:
    text = sentence(changed("scales.small.train.crop", 80))
    assert re.search(r"scales.small: .*crop 80 .*train_size 72", text)


@pytest.mark.parametrize("path", ["alpa", "images.sed", "scales.small.train.stepps", "runs.model1.A.abuot"])
def test_an_unknown_key_is_named(path: str) -> None:
    assert sentence(changed(path, 1)) == f"{path} is not a known key"


@pytest.mark.parametrize("path", ["alpha", "scales.small.train.crop", "runs.model1.A.about", "domains"])
def test_a_missing_key_is_named(path: str) -> None:
    values = copy.deepcopy(VALUES)
    *parents, last = path.split(".")
    place = values
    for key in parents:
        place = place[key]
    del place[last]
    assert f"{path} is missing" in sentence(values)


@pytest.mark.parametrize("name", ["Model1", "model 1", "../x", "model_1", "-x", "", "x\n", "/x", ".", "x/y", "x\0"])
@pytest.mark.parametrize("place", ["runs", "domains", "styles", "scales"])
def test_a_name_is_a_plain_folder_name(name: str, place: str) -> None:
    values = copy.deepcopy(VALUES)
    values[place][name] = next(iter(values[place].values()))
    assert repr(name) in sentence(values)


def test_several_mistakes_are_all_said() -> None:
    values = changed("alpha", "x")
    values["sead"] = 1
    values["scales"]["small"]["train"]["crop"] = "y"
    text = sentence(values)
    assert all(words in text for words in ("alpha is 'x'", "sead is not", "scales.small.train.crop is 'y'"))


@pytest.mark.parametrize("seeds", [[-1], ["a"]])
def test_a_bad_seed_is_not_also_called_a_missing_one(seeds: Any) -> None:
    text = sentence(changed("seeds", seeds))
    assert f"seeds.0 is {seeds[0]!r}" in text
    assert "at least 1 item" not in text


@pytest.mark.parametrize("name", ["run", "domain", "style"])
def test_an_unknown_name_on_the_command_line_lists_the_known_ones(name: str) -> None:
    p = params.load(CHECKOUT / "params.yaml")
    known = {"run": p.runs, "domain": p.domains, "style": p.styles}[name]
    for key in known:
        assert getattr(p, name)(key) is known[key]
    with pytest.raises(ValueError, match=rf"no {name} 'nowhere'; known are {', '.join(known)}"):
        getattr(p, name)("nowhere")


# Files


@pytest.mark.parametrize("text", ["", "[1, 2]"])
def test_a_file_without_keys_is_said_so(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"params.yaml: \S") as caught:  # not "params.yaml:  is None"
        params.load(file(text, tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "a: 1\n b: 2", "\ta: 1", "a: *nowhere", "a: 'x"])
def test_what_is_not_yaml_is_said_with_its_place(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"(?s)params.yaml is not YAML: .*line \d") as caught:
        params.load(file(text, tmp_path))
    assert not isinstance(caught.value, yaml.YAMLError)


def test_a_missing_file_says_where_to_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"params.yaml is missing: run the command in the checkout's top folder"):
        params.load(tmp_path / "params.yaml")


def test_bytes_that_are_no_text_are_a_mistake_of_this_file(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_bytes("alpha: 0.5  # für".encode("latin-1"))
    with pytest.raises(ValueError, match=r"params\.yaml"):
        params.load(tmp_path / "params.yaml")


# YAML 1.2, as DVC reads it

SAME = ["1e-05", "1e5", "1.", ".5", "-.5", "+12", "-3", "010", "08", "-010", "0o17", "0x1F", "1.0e-3", "1.5e+3", "1E5"]
SAME += [
    "-2E+05",
    ".inf",
    "-.Inf",
    "+.inf",
    "on",
    "off",
    "yes",
    "no",
    "y",
    "n",
    "True",
    "TRUE",
    "true",
    "tRUE",
    "False",
]
SAME += ["null", "~", "Null", "12:30:45", "1e", "0O7", "0.1.2", "1,000", "a1", "_1", "x-1", "12e03", "-2E+05", "-"]


@pytest.mark.parametrize("text", SAME)
def test_a_value_is_read_as_dvc_reads_it(text: str, tmp_path: Path) -> None:
    path = file(f"a: {text}\nb: [{text}]\n" if text != "-" else "a: '-'\nb: ['-']\n", tmp_path)
    dvcs, ours = load_yaml(path), yaml.load(path.read_text(), Loader=params._Loader)
    assert ours == dvcs
    assert [type(v) for v in (ours["a"], ours["b"][0])] == [type(v) for v in (dvcs["a"], dvcs["b"][0])]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-05", 1e-5), ("on", "on"), ("no", "no"), ("010", 10), ("1_000", "1_000"), ("12:30", "12:30"), ("0o10", 8)],
)
def test_yaml_is_read_by_version_1_2(text: str, value: Any, tmp_path: Path) -> None:
    read = yaml.load(f"a: {text}", Loader=params._Loader)["a"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", ["on", "yes", "1_000", "12:30", "0b11", "1e"])
def test_a_word_where_a_number_belongs_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"alpha is '{text}': input should be a valid number"):
        params.load(spelled("alpha", text, tmp_path))


@pytest.mark.parametrize("text", ["2019-01-01", "!!set {a}"])
def test_a_type_that_params_do_not_know_is_a_mistake_not_a_bug(text: str, tmp_path: Path) -> None:
    """A folder named after a day is a date in YAML, for DVC too."""
    with pytest.raises(ValueError, match="data_root"):
        params.load(spelled("data_root", text, tmp_path))


def test_all_values_of_the_checkout_are_dvcs() -> None:
    ours = json.loads(params.load(CHECKOUT / "params.yaml").model_dump_json())
    for run in ours["runs"].values():
        for name in ("S", "style_weight"):  # may be left out
            if run[name] is None:
                del run[name]
    assert ours == json.loads(json.dumps(VALUES))


@pytest.mark.parametrize(
    ("override", "read"),
    [
        ("alpha=1e-05", lambda p: p.alpha == 1e-5),
        ("alpha=0.00001", lambda p: p.alpha == 1e-5),
        ("alpha=1", lambda p: p.alpha == 1.0),
        ("seeds=[0,1,2]", lambda p: p.seeds == (0, 1, 2)),
        ("scale=paper", lambda p: p.scale_params.train.crop == 256),
        ("scales.small.train.steps=500", lambda p: p.scales["small"].train.steps == 500),
        ("scales.small.train.learning_rate=1e-4", lambda p: p.scales["small"].train.learning_rate == 1e-4),
        ("scales.small.train.steps=null", lambda p: p.scales["small"].train.steps is None),
        ("data_root=../shared/my pictures", lambda p: p.data_root == "../shared/my pictures"),
        ("data_root=null", lambda p: p.data_root is None),
        ("data=folder", lambda p: p.data == "folder"),
        ("+runs.model1.S=[0.5,0.5,0]", None),
        ("alpha=off", None),
    ],
)
def test_what_dash_S_writes_is_read_back(override: str, read: Any, tmp_path: Path) -> None:
    """`dvc exp run -S` rewrites the whole file in its own spelling."""
    path = file((CHECKOUT / "params.yaml").read_text(encoding="utf-8"), tmp_path)
    apply_overrides(path, [override])
    assert yaml.load(path.read_text(encoding="utf-8"), Loader=params._Loader) == load_yaml(path)
    if read is None:
        with pytest.raises(ValueError, match=r"params\.yaml: "):
            params.load(path)
    else:
        assert read(params.load(path))
