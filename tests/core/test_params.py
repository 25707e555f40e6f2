"""The keys that every paper shares: what is refused and with which words. Checked with the shared schema and SGN's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dvc.utils.hydra import apply_overrides
from dvc.utils.serialize import load_yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.core import params, yaml12
from pipeline.core.params import Frozen, Shared, SharedScale
from pipeline.sgn.model.params import Params
from tests.clone import CHECKOUT
from tests.core.values import VALUES, changed, file, sentence, spelled, without

SHARED = Shared[SharedScale]
both = pytest.mark.parametrize("schema", [SHARED, Params], ids=["shared", "sgn"])


def load() -> Shared[SharedScale]:
    return params.read(SHARED, CHECKOUT / "params.yaml")


# What is allowed


@both
def test_the_checkouts_params_load(schema: type[Shared[Any]]) -> None:
    p = params.read(schema, CHECKOUT / "params.yaml")
    assert p.scale_params is p.scales[p.scale]
    assert (p.scales["paper"].images.train_size, p.scales["paper"].images.test_size) == (286, 256)


def test_the_stage_reads_the_file_of_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spelled("threads", "17", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert params.load().threads == 17


def test_nothing_can_be_changed_after_reading() -> None:
    p = load()
    with pytest.raises(ValidationError, match="frozen"):
        p.threads = 1
    with pytest.raises(ValidationError, match="frozen"):
        p.scales["small"].images.train_size = 8


@both
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("seeds", [0, 1, 2**32 - 1]),
        ("data_root", "../my pictures"),
        ("data", "folder"),
        ("precision", "fp32"),
        ("device", "cuda"),  # whether there is one is asked where it is used
        ("scale", "paper"),
        ("domains.cats", {"dataset": "my cats", "side": "A"}),
        ("images.max_unreadable", 0),
    ],
)
def test_what_is_allowed(path: str, value: Any, schema: type[BaseModel]) -> None:
    params.check(changed(path, value), schema)


# What is refused

BAD: list[tuple[str, Any, str]] = [
    # path, value, what is allowed
    ("device", "gpu", "'auto', 'cpu' or 'cuda'"),
    ("device", None, "'auto', 'cpu' or 'cuda'"),
    ("scales.small.images.test_size", 30, "multiple of 4"),
    ("scales.small.images.train_size", 8, "greater than or equal to 16"),
    ("data", "web", "'scenes', 'folder' or 'cyclegan'"),
    ("data", "Scenes", "'scenes', 'folder' or 'cyclegan'"),
    ("data_root", 3, "a valid string"),
    ("precision", "fp16", "'auto', 'bf16' or 'fp32'"),
    ("threads", 0, "greater than 0"),
    ("scale", "huge", "smoke, small, reference, gpu, medium, paper"),
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
]


@both
@pytest.mark.parametrize(("path", "value", "allowed"), BAD)
def test_a_bad_value_is_one_sentence_with_path_value_and_what_is_allowed(
    path: str, value: Any, allowed: str, schema: type[BaseModel]
) -> None:
    text = sentence(changed(path, value), schema)
    assert path in text
    assert allowed in text
    if not isinstance(value, list):
        assert repr(value) in text


@both
def test_test_pictures_fit_into_training_pictures(schema: type[BaseModel]) -> None:
    text = sentence(changed("scales.small.images.test_size", 76), schema)
    assert text == "scales.small.images: test_size 76 is larger than train_size 72"


def test_a_name_is_not_a_domain_and_a_style_nor_another_folders() -> None:
    assert "photo is a domain and a style" in sentence(changed("styles.photo", {"file": "photo.jpg"}), SHARED)
    for name in ("sources", "translations"):
        assert f"data/{name} is taken" in sentence(changed(f"styles.{name}", {"file": "x.jpg"}), SHARED)


@both
@pytest.mark.parametrize("path", ["alpa", "images.sed", "domains.photo.sides"])
def test_an_unknown_key_is_named(path: str, schema: type[BaseModel]) -> None:
    assert sentence(changed(path, 1), schema) == f"{path} is not a known key"


@both
@pytest.mark.parametrize("path", ["device", "images.seed", "domains", "scales.small.images"])
def test_a_missing_key_is_named(path: str, schema: type[BaseModel]) -> None:
    assert f"{path} is missing" in sentence(without(path), schema)


@pytest.mark.parametrize("name", ["Model1", "model 1", "../x", "model_1", "-x", "", "x\n", "/x", ".", "x/y", "x\0"])
@pytest.mark.parametrize("place", ["domains", "styles", "scales"])
def test_a_name_is_a_plain_folder_name(name: str, place: str) -> None:
    values = changed(f"{place}.new", None)
    values[place][name] = values[place].pop(next(iter(values[place])))
    del values[place]["new"]
    assert repr(name) in sentence(values, SHARED)


def test_several_mistakes_are_all_said() -> None:
    values = changed("threads", "x")
    values["sead"] = 1
    values["images"]["seed"] = "y"
    text = sentence(values, SHARED)
    assert all(words in text for words in ("threads is 'x'", "sead is not", "images.seed is 'y'"))


@pytest.mark.parametrize("seeds", [[-1], ["a"]])
def test_a_bad_seed_is_not_also_called_a_missing_one(seeds: Any) -> None:
    text = sentence(changed("seeds", seeds), SHARED)
    assert f"seeds.0 is {seeds[0]!r}" in text
    assert "at least 1 item" not in text


@pytest.mark.parametrize("name", ["domain", "style"])
def test_an_unknown_name_on_the_command_line_lists_the_known_ones(name: str) -> None:
    p = load()
    known = {"domain": p.domains, "style": p.styles}[name]
    for key in known:
        assert getattr(p, name)(key) is known[key]
    with pytest.raises(ValueError, match=rf"no {name} 'nowhere'; known are {', '.join(known)}"):
        getattr(p, name)("nowhere")


# Several papers in one house


class TheirScale(Frozen):
    """Another paper's scale: sizes of pictures, and something of its own."""

    images: params.ScaleImages
    model_config = ConfigDict(extra="ignore")


class Theirs(Shared[TheirScale]):
    """Another paper's settings."""

    asymgan: dict[str, int]


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house with a further paper."""
    (tmp_path / "asymgan/model").mkdir(parents=True)
    (tmp_path / "metrics").mkdir()  # a package, but no paper
    monkeypatch.setattr(params, "PAPERS", tmp_path)
    return tmp_path


def test_a_key_of_another_papers_room_is_left_out(rooms: Path) -> None:
    values = changed("asymgan", {"width": 8})
    before = params.check(VALUES, Params)
    assert params.check(values, Params) == before
    assert params.check(values, SHARED) == params.check(VALUES, SHARED)
    theirs = params.check(values, Theirs)  # in which SGN's keys are left out
    assert theirs.asymgan == {"width": 8}
    assert not hasattr(theirs, "runs")


@pytest.mark.parametrize("schema", [SHARED, Params, Theirs])
@pytest.mark.parametrize("key", ["sdit", "metrics", "core", "asymgan/model", "..", "asymgan.model", "Asymgan", ""])
def test_a_key_that_is_nobodys_is_a_mistake_also_for_the_shared_schema(
    key: str, schema: type[BaseModel], rooms: Path
) -> None:
    values = {**VALUES, "asymgan": {"width": 8}, key: {"width": 8}}
    assert sentence(values, schema).endswith("is not a known key")


def test_another_papers_mistakes_are_its_own(rooms: Path) -> None:
    values = changed("asymgan", {"width": "wide"})
    params.check(values, Params)
    assert "asymgan.width is 'wide'" in sentence(values, Theirs)
    params.check(changed("runs.model1.A.loss", "nonsense"), SHARED)
    assert "asymgan is missing" in sentence(VALUES, Theirs)


# Files


@pytest.mark.parametrize("text", ["", "[1, 2]"])
def test_a_file_without_keys_is_said_so(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"params.yaml: \S") as caught:  # not "params.yaml:  is None"
        params.read(SHARED, file(text, tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["2019-01-01", "!!set {a}"])
def test_a_type_that_params_do_not_know_is_a_mistake_not_a_bug(text: str, tmp_path: Path) -> None:
    """A folder named after a day is a date in YAML, for DVC too."""
    with pytest.raises(ValueError, match="data_root"):
        params.read(SHARED, spelled("data_root", text, tmp_path))


@pytest.mark.parametrize(
    "overrides",
    [
        {
            "alpha=1e-05": lambda p: p.alpha == 1e-5,
            "seeds=[0,1,2]": lambda p: p.seeds == (0, 1, 2),
            "scale=paper": lambda p: p.scale_params.train.crop == 256,
            "scales.small.train.steps=500": lambda p: p.scales["small"].train.steps == 500,
            "scales.small.train.learning_rate=1e-4": lambda p: p.scales["small"].train.learning_rate == 1e-4,
            "data_root=../shared/my pictures": lambda p: p.data_root == "../shared/my pictures",
            "data=folder": lambda p: p.data == "folder",
            "device=cuda": lambda p: p.device == "cuda",
        },
        {
            "alpha=0.00001": lambda p: p.alpha == 1e-5,
            "scales.small.train.steps=null": lambda p: p.scales["small"].train.steps is None,
            "data_root=null": lambda p: p.data_root is None,
        },
        {"alpha=1": lambda p: p.alpha == 1.0},
    ],
)
def test_what_dash_S_writes_is_read_back(overrides: dict[str, Callable[[Params], bool]], tmp_path: Path) -> None:
    """`dvc exp run -S` rewrites the whole file in its own spelling."""
    path = file((CHECKOUT / "params.yaml").read_text(encoding="utf-8"), tmp_path)
    apply_overrides(path, list(overrides))
    assert yaml12.read(path) == load_yaml(path)
    p = params.read(Params, path)
    for override, read in overrides.items():
        assert read(p), override


@pytest.mark.parametrize("name", ["jürgen", "Bilder (1)", "it's", "a=b", "~/pics", "{a,b}", "50 %", "$HOME", "a: b #c"])
def test_a_quoted_folder_is_that_folder_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    """-S 'data_root="…"', as docs/data.md says."""
    path = file((CHECKOUT / "params.yaml").read_text(encoding="utf-8"), tmp_path)
    apply_overrides(path, [f'data_root="{name}"'])
    assert params.read(Params, path).data_root == name
    assert load_yaml(path)["data_root"] == name


@pytest.mark.parametrize("override", ["+runs.model1.S=[0.5,0.5,0]", "alpha=off"])
def test_a_mistake_after_dash_S_is_refused(override: str, tmp_path: Path) -> None:
    path = file((CHECKOUT / "params.yaml").read_text(encoding="utf-8"), tmp_path)
    apply_overrides(path, [override])
    with pytest.raises(ValueError, match=r"params\.yaml: "):
        params.read(Params, path)
