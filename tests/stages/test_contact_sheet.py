"""contact_sheet: a sheet for what is packed from the chosen source, and for nothing else."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from pipeline.core import files
from pipeline.figures import grids
from stages import contact_sheet
from tests.clone import CHECKOUT, graph
from tests.images.cards import domain, style

DOMAINS = Path("reports/figures/domains")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """params.yaml at scale smoke; returned are its values."""
    monkeypatch.chdir(tmp_path)
    graph(tmp_path)
    values: dict[str, Any] = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    values |= {"data": "scenes", "scale": "smoke"}
    Path("params.yaml").write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    return values


def pack(name: str, source: str, count: int, values: dict[str, Any]) -> grids.Pictures:
    """A packed domain of noise, as images@NAME leaves it."""
    train, test = (values["scales"]["smoke"]["images"][f"{split}_size"] for split in ("train", "test"))
    # N H W C, of 64 colours: a figure keeps 256
    pictures = 80 * np.random.default_rng(count).integers(0, 4, (count, train, train, 3), dtype=np.uint8)
    files.write_json(Path("data", name, "card.json"), domain(source, train, test))
    np.save(f"data/{name}/train.npy", pictures)
    return pictures


def pack_style(name: str, values: dict[str, Any]) -> None:
    size = values["images"]["style_size"]
    files.write_json(Path("data", name, "card.json"), style("scenes", size))
    np.save(f"data/{name}/style.npy", np.zeros((size, size, 3), np.uint8))  # H W C


def test_every_packed_domain_and_style_gets_a_sheet_of_its_own(project: dict[str, Any]) -> None:
    pictures = pack("photo", "scenes", 30, project)
    pack("vangogh", "scenes", 3, project)
    for name in project["styles"]:
        pack_style(name, project)
    DOMAINS.mkdir(parents=True)
    (DOMAINS / "left over.png").write_bytes(b"of a domain that is gone")
    contact_sheet.main()
    assert {path.stem for path in DOMAINS.iterdir()} == {"photo", "vangogh", *project["styles"]}
    sheet = np.asarray(Image.open(DOMAINS / "photo.png").convert("RGB"))
    times = 144 // pictures.shape[1]
    first = sheet[grids.MARGIN :, grids.MARGIN :][:144:times, :144:times]
    # A file has 256 colours; another random picture differs by 85 on average.
    assert np.abs(first[: pictures.shape[1], : pictures.shape[1]].astype(int) - pictures[0]).mean() < 20
    entries = files.read_json(contact_sheet.CARDS)
    assert {entry["name"] for entry in entries} == {"photo", "vangogh", *project["styles"]}
    assert len({tuple(entry) for entry in entries}) == 1  # else `dvc plots` cannot read the list
    before = {path: path.read_bytes() for path in Path("reports").rglob("*.*")}
    contact_sheet.main()
    assert {path: path.read_bytes() for path in Path("reports").rglob("*.*")} == before


def test_what_another_source_left_is_not_drawn_under_a_wrong_name(
    project: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    pack("vangogh", "scenes", 3, project)
    pack("photo", "folder", 3, project)
    contact_sheet.main()
    assert [path.name for path in DOMAINS.iterdir()] == ["vangogh.png"]
    card = files.read_json(Path("data/vangogh/card.json"))
    assert files.read_json(contact_sheet.CARDS) == [
        {"name": "vangogh", "data": "scenes", "scale": "smoke", "place": "vangogh2photo, side A", "card": card}
    ]
    said = capsys.readouterr().out
    assert said.startswith("not packed for data scenes, scale smoke, so not drawn: photo, ukiyoe, ")


def test_without_any_domain_the_old_sheets_stay(project: dict[str, Any]) -> None:
    DOMAINS.mkdir(parents=True)
    (DOMAINS / "photo.png").write_bytes(b"old")
    pack("photo", "folder", 3, project)
    with pytest.raises(ValueError, match="no domain is packed for data scenes, scale smoke"):
        contact_sheet.main()
    assert (DOMAINS / "photo.png").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (None, r"data/photo/train\.npy is missing: `dvc repro images@photo`"),
        (np.zeros((3, 20, 20, 3), np.uint8), "pictures of 20 pixels instead of 36: `dvc repro .*images@photo`"),
        (np.zeros((3, 36, 36), np.uint8), r"train\.npy holds .* instead of packed pictures"),
    ],
)
def test_an_array_that_does_not_fit_its_card_names_the_stage_that_makes_it(
    project: dict[str, Any], array: np.ndarray | None, words: str
) -> None:
    pack("photo", "scenes", 3, project)
    Path("data/photo/train.npy").unlink()
    if array is not None:
        np.save("data/photo/train.npy", array)
    with pytest.raises(ValueError, match=words):
        contact_sheet.main()


@pytest.mark.parametrize(("length", "expected"), [(1, [0]), (3, [0, 1, 2]), (4, [0, 1, 2, 3]), (9, [0, 3, 5, 8])])
def test_pictures_are_spread_over_the_whole_list(length: int, expected: list[int]) -> None:
    assert contact_sheet.spread(length, 4).tolist() == expected
