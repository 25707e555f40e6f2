"""The cards as tables: what a reader sees is what the card says, for the pictures of every source."""

import hashlib
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from PIL import Image

from pipeline.core import files
from pipeline.images import card, cyclegan, folder, packing, scenes
from pipeline.images.source import DomainImages, Request, StyleRequest
from pipeline.report import cards

MADE = {"name": "calm", "data": "folder", "scale": "small", "place": "seasides, side A"}


def jpeg(seed: int, width: int = 40, height: int = 30) -> bytes:
    stream = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)  # H W C
    Image.fromarray(pixels).save(stream, "JPEG")
    return stream.getvalue()


def request(root: Path | None, domain: str = "calm", dataset: str = "seasides") -> Request:
    return Request(domain, dataset, "A", 24, 16, 3, 2, root, seed=0, max_pixels=10_000)


def describe(name: str, images: DomainImages, tmp_path: Path) -> dict[str, Any]:
    """A domain's card, and a picture where its contact sheet would be."""
    train, test = (
        packing.pack(pictures, size, tmp_path / "array.npy", what="pictures", max_unreadable=0.9)
        for pictures, size in ((images.train, 24), (images.test, 16))
    )
    sheet(name)
    return card.describe_domain(name, images, train, test)


def sheet(name: str) -> None:
    cards.SHEETS.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (30, 20)).save(cards.SHEETS / f"{name}.png")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def own(project: Path) -> dict[str, Any]:
    """The card of a folder of the user's with all that can be wrong in it."""
    pictures = {
        "trainA/a.jpg": jpeg(0),
        "trainA/b & <b>.jpg": jpeg(0),
        "trainA/c.jpg": jpeg(1, 20, 22),
        "trainA/d.jpg": jpeg(2),
        "trainA/letter.jpg": b"Dear Sir or Madam",
        "trainA/notes.txt": b"not a picture by its name",
        "testA/e.jpg": jpeg(2),
        "testA/f.jpg": jpeg(3),
    }
    for name, content in pictures.items():
        path = project / "pictures/seasides" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return describe("calm", folder.find(request(project / "pictures")), project)


def rows(section: Tag) -> dict[str, list[str]]:
    """The cells of a card by their row's name, one space for all white space."""
    return {
        row.th.get_text(): [" ".join(cell.get_text().split()) for cell in row.find_all("td")]
        for row in section.select("tbody tr")
        if row.th
    }


def shown(value: dict[str, Any], **made: str) -> dict[str, list[str]]:
    entry = {**MADE, **made, "card": value}
    section = BeautifulSoup(cards.domains([entry]), "html.parser").find(id=f"domain-{entry['name']}")
    assert isinstance(section, Tag)
    assert section.find("img")
    return rows(section)


def test_a_folder_with_unreadable_and_equal_pictures(own: dict[str, Any]) -> None:
    table = shown(own)
    assert table["Found"] == ["5", "2"]
    assert table["Expected"] == ["any number", "any number"]
    assert table["Readable, so packed"] == ["4", "2"]
    assert table["Unreadable"] == ["seasides/trainA/letter.jpg: a text file, not a picture", "none"]
    assert table["Packed at"] == ["24 × 24 pixels", "16 × 16 pixels"]
    assert table["Original sizes"] == ["40 × 30 pixels: 3 20 × 22 pixels: 1", "40 × 30 pixels"]
    assert table["Smaller than packed, so enlarged"] == ["1", "none"]
    assert table["Duplicates within"] == ["seasides/trainA/a.jpg = seasides/trainA/b & <b>.jpg", "none"]
    assert table["Duplicates between"] == ["seasides/trainA/d.jpg = seasides/testA/e.jpg"]
    assert table["SHA-256 of the array"] == [own["train"]["sha256"], own["test"]["sha256"]]
    assert table["Source"] == ["folder"]
    assert table["Provenance"] == ["train: seasides/trainA test: seasides/testA ignored: train: .txt: 1"]
    assert table["Licence"] == [own["licence"]]
    assert "Stands in for" not in table


def test_means_are_the_cards_with_three_digits(own: dict[str, Any]) -> None:
    own["train"]["mean"], own["test"]["std"] = [0.12345, 0.5, 1.0], [0.0, 0.25, 0.3336]
    table = shown(own)
    assert table["Mean of red, green, blue"][0] == "0.123, 0.500, 1.000"
    assert table["Standard deviation"][1] == "0.000, 0.250, 0.334"


def test_the_paper_s_data_names_zips_hashes_and_expected_counts(project: Path) -> None:
    names = ("vangogh2photo", "ukiyoe2photo")
    folders = ("trainA", "trainB", "testA", "testB")
    contents = {}
    for name in names:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as zipped:
            for i, side in enumerate(folders):
                for j in range(3):
                    zipped.writestr(f"{name}/{side}/{j}.jpg", jpeg(10 * i + j))
        contents[name] = stream.getvalue()
        (project / f"{name}.zip").write_bytes(contents[name])
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    facts = cyclegan.Facts(
        mirrors=("http://localhost/",),
        data_sets={
            name: cyclegan.DataSet(counts=dict.fromkeys(folders, 3), bytes=len(content), sha256=digests[name])
            for name, content in contents.items()
        },
        same_photos=names,
        licence="no licence is stated",
        style_mirrors=("http://localhost/",),
        style_images={},
    )
    # In the cache: nothing is asked of the network.
    images = cyclegan.find_in("vangogh2photo", "B", facts, project, 10_000)
    table = shown(describe("photo", images, project), name="photo", data="cyclegan", place="vangogh2photo, side B")
    assert table["Found"] == table["Expected"] == table["Readable, so packed"] == ["3", "3"]
    assert table["Source"] == ["CycleGAN's vangogh2photo, side B"]
    assert all(f"{name}.zip: {digest}" in table["Provenance"][0] for name, digest in digests.items())
    assert table["Licence"] == ["no licence is stated"]


def test_rendered_pictures_say_what_they_stand_in_for(project: Path) -> None:
    value = describe("ukiyoe", scenes.find(request(None, "ukiyoe")), project)
    table = shown(value, name="ukiyoe", data="scenes", place="ukiyoe2photo, side A")
    assert table["Source"] == ["scenes"]
    assert table["Stands in for"] == ["CycleGAN's ukiyoe2photo, side A"]
    assert table["Original sizes"] == ["24 × 24 pixels", "16 × 16 pixels"]
    assert table["Duplicates between"] == ["none"]


def test_a_style_image(project: Path) -> None:
    image = scenes.find_style(StyleRequest("udnie", "udnie.jpg", 32, None, seed=0, max_pixels=10_000))
    value = card.describe_style(
        "udnie", image, packing.pack_one(image.picture, 32, project / "style.npy", what="udnie")
    )
    sheet("udnie")
    entry = {"name": "udnie", "data": "scenes", "scale": "small", "place": "udnie.jpg", "card": value}
    section = BeautifulSoup(cards.styles([entry]), "html.parser").section
    assert section is not None
    assert section["id"] == "style-udnie"
    table = rows(section)
    assert table["File"] == ["udnie"]
    assert table["Stands in for"] == ["udnie.jpg"]
    assert table["Packed at"] == ["32 × 32 pixels"]
    assert table["SHA-256 of the array"] == [value["sha256"]]
    assert "Unreadable" not in table


def test_every_entry_of_a_long_list_is_on_the_page(own: dict[str, Any]) -> None:
    count = 2 * cards.UNFOLDED
    own["train"]["unreadable"] = {f"{i:02d}.jpg": f"reason {i:02d}" for i in range(count)}
    cell = shown(own)["Unreadable"][0]
    assert cell.startswith(f"{count}: 00.jpg")
    assert f"{cards.UNFOLDED} more" in cell
    assert re.findall(r"(\d\d)\.jpg: reason \1", cell) == [f"{i:02d}" for i in range(count)]


def test_of_many_original_sizes_the_most_common_stand_and_all_are_counted(own: dict[str, Any]) -> None:
    own["train"]["original_sizes"] = {f"{w}x{h}": n for w, h, n in [(9, 9, 1), (500, 400, 2), (30, 40, 9), (50, 40, 7)]}
    own["train"]["original_sizes"] |= {"1000x10": 3, "64x64": 5, "20x20": 2}
    cell = shown(own)["Original sizes"][0]
    assert cell == (
        "30 × 40 pixels: 9 50 × 40 pixels: 7 64 × 64 pixels: 5 1,000 × 10 pixels: 3 "
        "3 other sizes, 9 × 9 pixels to 500 × 400 pixels: 5"
    )


def test_the_overview_links_every_card(own: dict[str, Any]) -> None:
    page = BeautifulSoup(
        cards.overview([{**MADE, "card": own}, {"name": "mosaic", "card": {"style": "mosaic"}}]), "html.parser"
    )
    assert [str(a["href"]) for a in page.find_all("a")] == ["#domain-calm", "#style-mosaic"]
    table = rows(page)
    assert table["calm"] == ["4, and 1 unreadable", "2", "1 group within train, 1 group between train and test"]
    assert table["mosaic"] == ["1 style image", "–", "–"]


def provenance(data: str, scale: str, train: int, test: int) -> str:
    domain = {"domain": "", "train": {"size": train}, "test": {"size": test}}
    entries = [{"data": data, "scale": scale, "card": card} for card in (domain, domain, {"style": "", "size": 256})]
    return BeautifulSoup(cards.provenance(entries), "html.parser").get_text()


def test_the_page_says_source_scale_and_sizes_once() -> None:
    assert provenance("folder", "small", 72, 64) == (
        "Data folder, scale small: the user's own pictures, not compared with the paper's pictures; packed are train "
        "pictures at 72 × 72 pixels (paper 286), test pictures at 64 × 64 pixels (paper 256), style images at 256 × "
        "256 pixels."
    )
    assert "stand-ins for the paintings and style images, not the paper's pictures; " in provenance(
        "scenes", "small", 72, 64
    )
    assert provenance("cyclegan", "paper", 286, 256) == (
        "Data cyclegan, scale paper: the paper's data sets; packed are train pictures at 286 × 286 pixels, "
        "test pictures at 256 × 256 pixels, style images at 256 × 256 pixels."
    )


def test_a_missing_contact_sheet_is_named(own: dict[str, Any]) -> None:
    (cards.SHEETS / "calm.png").unlink()
    with pytest.raises(ValueError, match=r"reports/figures/domains/calm\.png is missing"):
        shown(own)


def test_cards_of_another_source_or_scale_are_refused() -> None:
    files.write_json(cards.CARDS, [{"name": "udnie", "data": "scenes", "scale": "smoke"}])
    assert cards.read("scenes", "smoke")[0]["name"] == "udnie"
    with pytest.raises(
        ValueError, match=r"cards\.json was made with data scenes and scale smoke, but .* says scenes and s"
    ):
        cards.read("scenes", "small")
    with pytest.raises(ValueError, match=r"but params\.yaml says folder and smoke: run `dvc repro contact_sheet`"):
        cards.read("folder", "smoke")
