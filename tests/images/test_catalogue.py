"""The catalogue: only what is packed from the chosen source at the chosen sizes."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.images import catalogue
from tests.images.cards import domain, style


def write(folder: Path, name: str, card: dict[str, Any]) -> None:
    (folder / name).mkdir()
    (folder / name / "card.json").write_text(json.dumps(card), encoding="utf-8")


def read(folder: Path, data: str) -> tuple[list[str], list[str], tuple[str, ...]]:
    domains = ("rendered", "large", "paper", "own", "nowhere")
    found = catalogue.read(domains, ("udnie", "rain", "small"), data, 72, 64, 256, folder)
    return list(found.domains), list(found.styles), found.absent


def test_other_sources_and_sizes_are_absent(tmp_path: Path) -> None:
    write(tmp_path, "own", domain("folder"))
    write(tmp_path, "paper", domain("CycleGAN's vangogh2photo, side B"))
    write(tmp_path, "rendered", domain("scenes"))
    write(tmp_path, "large", domain("scenes", train=144))
    write(tmp_path, "udnie", style("scenes"))
    write(tmp_path, "rain", style("the style images of the paper's authors' code"))
    write(tmp_path, "small", style("scenes", size=64))
    assert read(tmp_path, "scenes") == (["rendered"], ["udnie"], ("large", "paper", "own", "nowhere", "rain", "small"))
    assert read(tmp_path, "cyclegan")[:2] == (["paper"], ["rain"])
    assert read(tmp_path, "folder")[:2] == (["own"], [])


def test_a_card_holds_what_was_written(tmp_path: Path) -> None:
    write(tmp_path, "own", domain("folder"))
    found = catalogue.read(("own",), (), "folder", 72, 64, 256, tmp_path)
    assert found == catalogue.Catalogue({"own": domain("folder")}, {}, ())


WHOLE = json.dumps(domain("scenes"))
BROKEN = {
    "cut off": WHOLE[:20],
    "another value": "[]",
    "without keys": '{"source": "scenes"}',
    "another key": WHOLE.replace('"licence"', '"license"'),
    "a text for a number": WHOLE.replace('"size": 72', '"size": "72"'),
    "no number": WHOLE.replace("0.5", "NaN"),
    "no number in the provenance": WHOLE.replace('".txt": 1', '".txt": Infinity'),
    "half a character": WHOLE.replace('"domain": "x"', '"domain": "\\ud800"'),
    "a number of 5,000 digits": WHOLE.replace('".txt": 1', f'".txt": {"1" * 5_000}'),
    "a size that is none": WHOLE.replace("40x30", "40 by 30"),
    "nested 10,000 times": WHOLE.replace('".txt": 1', f'".txt": {"[" * 10_000}{"]" * 10_000}'),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_card_says_how_to_make_it_again(tmp_path: Path, content: str) -> None:
    write(tmp_path, "own", {})
    (tmp_path / "own/card.json").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"own/card\.json is no card \(.*`dvc repro --force images@own`") as caught:
        catalogue.read(("own",), (), "scenes", 72, 64, 256, tmp_path)
    assert "\n" not in str(caught.value)
