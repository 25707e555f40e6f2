"""SDIT's data: rendered objects, artworks, a made-up CelebA, and a training's batches."""

import colorsys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pipeline.sdit.model import pictures
from pipeline.sdit.world import artworks, celeba, objects

COLOURS = ("yellow", "blue", "green", "orange")


@pytest.fixture(scope="module")
def half() -> pictures.Half:
    return objects.half("train", COLOURS, 12, 32, 0)


def hues(half: pictures.Half, place: int) -> np.ndarray:
    """Mean hue in degrees and value of each object of one domain."""
    found = []
    assert half.mask is not None
    for x, mask in zip(half.x[half.label[:, place] > 0], half.mask[half.label[:, place] > 0], strict=True):
        found.append(colorsys.rgb_to_hsv(*(np.median(x[mask], 0) / 255)))
    return np.array(found)


def test_objects_have_their_domains_hue_and_each_domain_a_range_of_shades(half: pictures.Half) -> None:
    for place, domain in enumerate(COLOURS):
        found = hues(half, place)
        low, high = objects.SHADES[domain][0]
        assert (found[:, 0] * 360 > low - 12).all(), domain
        assert (found[:, 0] * 360 < high + 12).all(), domain
        assert np.ptp(found[:, 2]) > 0.2, domain


def test_the_mask_is_the_coloured_part(half: pictures.Half) -> None:
    assert half.mask is not None
    colourful = np.ptp(half.x.astype(float), axis=-1)
    assert colourful[~half.mask].mean() < 0.1 * colourful[half.mask].mean()
    assert 0.05 < half.mask.mean() < 0.6


def test_objects_are_the_same_each_time_and_differ_by_half(half: pictures.Half) -> None:
    again = objects.half("train", COLOURS, 12, 32, 0)
    assert np.array_equal(again.x, half.x)
    assert not np.array_equal(objects.half("test", COLOURS, 12, 32, 0).x, half.x)
    with pytest.raises(ValueError, match=r"no colour 'mauve'; known are orange"):
        objects.half("train", ("mauve",), 1, 32, 0)


def test_artworks_are_the_domains_pictures_with_their_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for place, domain in enumerate(("photo", "monet")):
        (tmp_path / "data" / domain).mkdir(parents=True)
        np.save(tmp_path / "data" / domain / "test.npy", np.full((3 + place, 24, 24, 3), 50 + place, np.uint8))
    half = artworks.half("test", ("photo", "monet"), 4, 16)
    assert half.x.shape == (7, 16, 16, 3)
    assert half.x[:, 0, 0, 0].tolist() == [50] * 3 + [51] * 4
    assert half.label.argmax(1).tolist() == [0] * 3 + [1] * 4


def test_a_view_comes_back_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = objects.half("test", COLOURS, 1, 16, 0)
    pictures.write("objects", made, pictures.Half(made.x, made.label, None))
    read = pictures.read("objects", "train")
    assert np.array_equal(read.x, made.x)
    assert read.mask is not None
    assert np.array_equal(read.mask, made.mask)
    assert pictures.read("objects", "test").mask is None


def test_batches_pair_pictures_with_their_labels_and_pass_over_all(half: pictures.Half) -> None:
    # Each picture is one grey that is its label's place.
    places = half.label.argmax(1).astype(np.uint8)
    grey = np.broadcast_to(places[:, None, None, None], (len(half), 4, 4, 3)).copy()
    plain = pictures.Half(grey, half.label, None)
    shuffled = pictures.Shuffled(plain, 0)
    labels = pictures.Labels(shuffled)
    for step in range(3):
        found = ((shuffled.batch(step, 8)[:, 0, 0, 0] + 1) * 127.5).round().long()
        assert torch.equal(found, labels.batch(step, 8).argmax(1))
    assert sorted(place for step in range(6) for place in shuffled.places(step, 8)) == list(range(48))


NAMES = "Bangs Blond_Hair Male"


def celeba_at(folder: Path, lines: list[str], count: str | None = None) -> Path:
    path = folder / "list_attr_celeba.txt"
    path.write_text("\n".join([str(len(lines)) if count is None else count, NAMES, *lines]) + "\n")
    return path


def rows(count: int) -> list[str]:
    return [f"{n:06d}.jpg  {1 if n % 2 else -1} -1  1" for n in range(1, count + 1)]


def test_celeba_is_read_with_the_wanted_attributes(tmp_path: Path) -> None:
    for n in range(1, 21):
        Image.new("RGB", (178, 218), (10 * n, 0, 0)).save(tmp_path / f"{n:06d}.png")
    path = celeba_at(tmp_path, [row.replace(".jpg", ".png") for row in rows(20)])
    train, test = celeba.halves(tmp_path, path, ("male", "bangs"), (100, 100), 16, 0)
    assert (len(train), len(test)) == (18, 2)
    assert train.x.shape == (18, 16, 16, 3)
    numbers = [round(int(x[0, 0, 0]) / 10) for x in [*train.x, *test.x]]
    assert sorted(numbers) == list(range(1, 21))
    labels = [*train.label.tolist(), *test.label.tolist()]
    assert labels == [[1.0, float(n % 2)] for n in numbers]


@pytest.mark.parametrize(
    ("lines", "count", "says"),
    [
        (rows(3), "4", "says 4 pictures and lists 3"),
        (rows(3), "three", "first line must be the number of pictures"),
        ([*rows(2), "000003.jpg 1 1"], None, "line 5: expected a new file name and 3 times 1 or -1"),
        ([*rows(2), "000003.jpg 1 0 1"], None, "line 5: expected"),
        ([*rows(2), "000002.jpg 1 1 1"], None, "line 5: expected a new file name"),
        ([*rows(2), "../secret.jpg 1 1 1"], None, "is no file name"),
    ],
)
def test_an_attribute_file_that_is_wrong_says_where(tmp_path: Path, lines: list[str], count: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        celeba.attributes(celeba_at(tmp_path, lines, count), ("bangs",))


def test_what_celeba_lacks_is_named(tmp_path: Path) -> None:
    path = celeba_at(tmp_path, rows(3))
    with pytest.raises(ValueError, match="no attribute 'beard'; known are bangs, blond-hair, male"):
        celeba.attributes(path, ("beard",))
    with pytest.raises(ValueError, match=r"00000\d.jpg cannot be read as a picture"):
        celeba.halves(tmp_path, path, ("bangs",), (9, 9), 16, 0)
    with pytest.raises(ValueError, match="attribute file cannot be read"):
        celeba.attributes(tmp_path / "none.txt", ("bangs",))
