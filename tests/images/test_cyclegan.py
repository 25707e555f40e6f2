"""The cyclegan source: what is published, what is downloaded for which domain, what is found."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from pipeline.images import card, cyclegan, packing
from pipeline.images.cyclegan.download import DownloadError
from pipeline.images.cyclegan.transfer import Patience
from pipeline.images.source import DomainImages, Request, StyleRequest
from tests.images.fault_trials import picture_zip
from tests.images.faulty_server import Script, serving

PIXELS = 10_000  # the limit of a picture
AT_ONCE = Patience(timeout=20.0, waits=())
FOLDERS = ("trainA", "trainB", "testA", "testB")


def jpeg(seed: int) -> bytes:
    stream = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 40, 3), dtype=np.uint8)  # H W C
    Image.fromarray(pixels).save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture(scope="module")
def contents() -> dict[str, bytes]:
    """What a site serves, by path. The two *2photo zips hold the same photos, as CycleGAN's do."""
    paintings, seasons = np.random.default_rng(1).spawn(2), np.random.default_rng(2)
    names = ("vangogh2photo", "ukiyoe2photo")
    by_path = {
        f"/zips/{name}.zip": picture_zip(own, dataset=name, photos=np.random.default_rng(9))
        for name, own in zip(names, paintings, strict=True)
    }
    return {
        **by_path,
        "/zips/summer2winter_yosemite.zip": picture_zip(seasons, dataset="summer2winter_yosemite"),
        "/styles/udnie.jpg": jpeg(5),
    }


@pytest.fixture
def site(contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Script, cyclegan.Facts]]:
    """A running server and the facts that point to it."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    script = Script(contents, np.random.default_rng(0))
    with serving(script) as address:
        yield script, facts_of(contents, address)


def facts_of(contents: dict[str, bytes], address: str) -> cyclegan.Facts:
    hashes = {path: (len(content), hashlib.sha256(content).hexdigest()) for path, content in contents.items()}
    size, sha256 = hashes.pop("/styles/udnie.jpg")
    return cyclegan.Facts(
        mirrors=(f"{address}/zips/",),
        data_sets={
            Path(path).stem: cyclegan.DataSet(counts=dict.fromkeys(FOLDERS, 3), bytes=count, sha256=digest)
            for path, (count, digest) in hashes.items()
        },
        same_photos=("vangogh2photo", "ukiyoe2photo"),
        licence="as published",
        style_mirrors=(f"{address}/styles/",),
        style_images={"udnie.jpg": cyclegan.StyleFile(bytes=size, sha256=sha256, licence="Picabia")},
    )


def asked(script: Script) -> list[str]:
    return [path for path, _, _ in script.served]


def pixels(images: DomainImages) -> list[tuple[str, bytes]]:
    return [(picture.name, picture.load().tobytes()) for picture in (*images.train, *images.test)]


def test_the_published_facts_are_the_papers() -> None:
    facts = cyclegan.read_facts()
    counts = {name: tuple(d.counts[folder] for folder in FOLDERS) for name, d in facts.data_sets.items()}
    assert counts == {
        "vangogh2photo": (400, 6287, 400, 751),
        "ukiyoe2photo": (562, 6287, 263, 751),
        "monet2photo": (1072, 6287, 121, 751),
        "summer2winter_yosemite": (1231, 962, 309, 238),
        "facades": (400, 400, 106, 106),
        "maps": (1096, 1096, 1098, 1098),
        "cityscapes": (2975, 2975, 500, 500),
    }
    assert {name: d.bytes for name, d in facts.data_sets.items()} == {
        "vangogh2photo": 306590349,
        "ukiyoe2photo": 292946532,
        "monet2photo": 305231073,
        "summer2winter_yosemite": 132640856,
        "facades": 35135868,
        "maps": 1476754427,
        "cityscapes": 279601602,
    }
    assert all(facts.data_sets[name].licence for name in ("facades", "maps", "cityscapes"))
    assert set(facts.same_photos) == {name for name in facts.data_sets if name.endswith("2photo")}
    assert len(facts.mirrors) >= 2
    assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in facts.mirrors + facts.style_mirrors)


def test_every_domain_and_style_of_params_yaml_is_published() -> None:
    facts, params = cyclegan.read_facts(), yaml.safe_load(Path("params.yaml").read_text())
    assert {domain["dataset"] for domain in params["domains"].values()} <= set(facts.data_sets)
    assert {style["file"] for style in params["styles"].values()} <= set(facts.style_images)


@pytest.mark.parametrize(
    "change", ['"bytes": 39795|"bytes": "many"', '"licence"|"license"', '"sha256": "270b|"sha256": "']
)
def test_facts_with_a_slip_are_refused(tmp_path: Path, change: str) -> None:
    old, new = change.split("|")
    text = cyclegan.FACTS.read_text()
    assert old in text
    (tmp_path / "facts.json").write_text(text.replace(old, new))
    with pytest.raises(ValueError, match=r"facts\.json is not as published: .*(bytes|license|sha256)"):
        cyclegan.read_facts(tmp_path / "facts.json")


def test_only_the_zip_of_the_domain_is_downloaded(tmp_path: Path, site: tuple[Script, cyclegan.Facts]) -> None:
    script, facts = site
    images = cyclegan.find_in("summer2winter_yosemite", "B", facts, tmp_path, PIXELS, AT_ONCE)
    assert asked(script) == ["/zips/summer2winter_yosemite.zip"]
    assert [picture.name for picture in images.train] == ["trainB/0.png", "trainB/1.png", "trainB/2.png"]
    assert [picture.name for picture in images.test] == ["testB/0.png", "testB/1.png", "testB/2.png"]
    assert images.expected == {"train": 3, "test": 3}
    assert images.licence == "as published"


def test_photos_come_from_whichever_zip_is_there(tmp_path: Path, site: tuple[Script, cyclegan.Facts]) -> None:
    script, facts = site
    from_own = cyclegan.find_in("vangogh2photo", "B", facts, tmp_path / "one", PIXELS, AT_ONCE)
    assert asked(script) == ["/zips/vangogh2photo.zip"]
    script.served.clear()
    cyclegan.find_in("ukiyoe2photo", "A", facts, tmp_path / "two", PIXELS, AT_ONCE)
    from_other = cyclegan.find_in("vangogh2photo", "B", facts, tmp_path / "two", PIXELS, AT_ONCE)
    assert asked(script) == ["/zips/ukiyoe2photo.zip"]
    assert pixels(from_other) == pixels(from_own)
    # The card, an output that DVC hashes, must not depend on what was in the cache.
    for field in ("source", "licence", "provenance", "expected"):
        assert getattr(from_other, field) == getattr(from_own, field)
    assert "127.0.0.1" not in str(from_own.provenance)


def test_paintings_never_come_from_another_zip(tmp_path: Path, site: tuple[Script, cyclegan.Facts]) -> None:
    script, facts = site
    ukiyoe = cyclegan.find_in("ukiyoe2photo", "A", facts, tmp_path, PIXELS, AT_ONCE)
    vangogh = cyclegan.find_in("vangogh2photo", "A", facts, tmp_path, PIXELS, AT_ONCE)
    assert asked(script) == ["/zips/ukiyoe2photo.zip", "/zips/vangogh2photo.zip"]
    assert pixels(ukiyoe) != pixels(vangogh)


def test_another_number_of_pictures_than_published_is_an_error(
    tmp_path: Path, site: tuple[Script, cyclegan.Facts]
) -> None:
    _, facts = site
    more = facts.data_sets["vangogh2photo"].model_copy(update={"counts": dict.fromkeys(FOLDERS, 4)})
    facts = facts.model_copy(update={"data_sets": {**facts.data_sets, "vangogh2photo": more}})
    images = cyclegan.find_in("vangogh2photo", "A", facts, tmp_path, PIXELS, AT_ONCE)
    with pytest.raises(ValueError, match="3 train pictures found, 4 expected"):
        card.check_counts("vangogh", images)


def test_a_zip_of_another_data_set_is_refused(tmp_path: Path, site: tuple[Script, cyclegan.Facts]) -> None:
    _, facts = site
    wrong = facts.data_sets["summer2winter_yosemite"]
    facts = facts.model_copy(update={"data_sets": {"vangogh2photo": wrong}})
    zipped = tmp_path / "vangogh2photo.zip"
    with pytest.raises(DownloadError):
        cyclegan.find_in("vangogh2photo", "A", facts, tmp_path, PIXELS, AT_ONCE)
    cyclegan.find_in("summer2winter_yosemite", "A", site[1], tmp_path, PIXELS, AT_ONCE)
    (tmp_path / "summer2winter_yosemite.zip").rename(zipped)
    with pytest.raises(ValueError, match="not of vangogh2photo's layout"):
        cyclegan.find_in("vangogh2photo", "A", facts, tmp_path, PIXELS, AT_ONCE)


def test_a_style_image_is_downloaded_or_placed_by_hand(
    tmp_path: Path, contents: dict[str, bytes], site: tuple[Script, cyclegan.Facts]
) -> None:
    script, facts = site
    by_hand = tmp_path / "by hand"
    by_hand.mkdir()
    (by_hand / "udnie.jpg").write_bytes(contents["/styles/udnie.jpg"])
    placed = cyclegan.find_style_in("udnie.jpg", facts, by_hand, PIXELS, AT_ONCE)
    assert asked(script) == []
    fetched = cyclegan.find_style_in("udnie.jpg", facts, tmp_path / "empty", PIXELS, AT_ONCE)
    assert asked(script) == ["/styles/udnie.jpg"]
    assert placed.picture.load().tobytes() == fetched.picture.load().tobytes()
    assert (fetched.picture.name, fetched.licence) == ("udnie.jpg", "Picabia")
    assert fetched.provenance == {"file": "udnie.jpg", "sha256": facts.style_images["udnie.jpg"].sha256}


def test_a_picture_of_more_pixels_than_allowed_is_not_decoded(
    tmp_path: Path, site: tuple[Script, cyclegan.Facts]
) -> None:
    _, facts = site
    pictures = cyclegan.find_in("vangogh2photo", "A", facts, tmp_path, 100, AT_ONCE).train
    style = cyclegan.find_style_in("udnie.jpg", facts, tmp_path, 100, AT_ONCE).picture
    for picture in (*pictures, style):
        with pytest.raises(ValueError, match=r"more than images\.max_pixels .*, 100"):
            picture.load()


def test_what_is_not_published_is_named(tmp_path: Path, site: tuple[Script, cyclegan.Facts]) -> None:
    _, facts = site
    with pytest.raises(ValueError, match="no data set 'horse2zebra'; it has vangogh2photo"):
        cyclegan.find_in("horse2zebra", "A", facts, tmp_path, PIXELS, AT_ONCE)
    with pytest.raises(ValueError, match=r"no style image 'mine\.jpg'; it has udnie\.jpg"):
        cyclegan.find_style_in("mine.jpg", facts, tmp_path, PIXELS, AT_ONCE)


def test_a_domain_and_a_style_are_packed_from_the_cache_of_the_user(
    tmp_path: Path, site: tuple[Script, cyclegan.Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, facts = site
    monkeypatch.setenv("SGN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cyclegan, "read_facts", lambda: facts)
    images = cyclegan.find(Request("vangogh", "vangogh2photo", "A", 18, 16, 0, 0, None, 0, PIXELS))
    train = packing.pack(images.train, 18, tmp_path / "train.npy", what="train pictures")
    assert (train.names, train.unreadable) == (("trainA/0.png", "trainA/1.png", "trainA/2.png"), {})
    assert np.load(tmp_path / "train.npy").shape == (3, 18, 18, 3)  # N H W C
    style = cyclegan.find_style(StyleRequest("udnie", "udnie.jpg", 16, None, 0, PIXELS))
    packing.pack([style.picture], 16, tmp_path / "style.npy", what="style")
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == [
        "udnie.jpg",
        "udnie.jpg.lock",
        "vangogh2photo.zip",
        "vangogh2photo.zip.lock",
    ]
