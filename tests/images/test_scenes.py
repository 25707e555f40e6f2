"""The renderer: the same bytes for the same name, the same scene at every size, no two alike, domains told apart."""

import pickle
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.images import scenes
from pipeline.images.source import Request, StyleRequest

DOMAINS = ("photo", "vangogh", "ukiyoe", "monet", "summer", "winter")
STYLES = ("udnie", "rain")
SIZE = 36


@cache
def pictures(domain: str, split: str, count: int) -> NDArray[np.float32]:
    """`count` pictures of a split at SIZE: N H W C in [0, 1]."""
    images = [scenes.render(domain, split, index, SIZE, 3) for index in range(count)]
    return np.stack([np.asarray(image, np.float32) / 255 for image in images])


def reduced(images: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """N H W C averaged to N side side C: composition and colours, without texture."""
    n, height, width, _ = images.shape
    return images.reshape(n, side, height // side, side, width // side, 3).mean(axis=(2, 4))


def features(images: NDArray[np.float32]) -> NDArray[np.float64]:
    """Plain statistics of N H W C: colours and saturation, their spread, edges across and down, fine texture; N F."""
    grey = images @ np.array([0.299, 0.587, 0.114], np.float32)
    chroma = images.max(axis=3) - images.min(axis=3)
    across, down = np.abs(np.diff(grey, axis=2)), np.abs(np.diff(grey, axis=1))
    fine = np.abs(
        4 * grey[:, 1:-1, 1:-1] - grey[:, :-2, 1:-1] - grey[:, 2:, 1:-1] - grey[:, 1:-1, :-2] - grey[:, 1:-1, 2:]
    )
    columns = [
        *images.mean(axis=(1, 2)).T,
        *images.std(axis=(1, 2)).T,
        chroma.mean(axis=(1, 2)),
        chroma.std(axis=(1, 2)),
        across.mean(axis=(1, 2)),
        down.mean(axis=(1, 2)),
        fine.mean(axis=(1, 2)),
        np.median(fine, axis=(1, 2)),
        *np.percentile(grey, (5, 50, 95), axis=(1, 2)),
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def accuracy(domains: tuple[str, ...]) -> float:
    """Share of test pictures that fall to their own domain's mean in features whitened within domains, on train."""
    train = [features(pictures(domain, "train", 30)) for domain in domains]
    centres = np.stack([rows.mean(axis=0) for rows in train])
    within = np.concatenate([rows - centre for rows, centre in zip(train, centres, strict=True)])
    metric = np.linalg.inv(np.cov(within.T) + 1e-6 * np.eye(within.shape[1]))
    right = []
    for k, domain in enumerate(domains):
        offset = features(pictures(domain, "test", 10))[:, None] - centres[None]
        right.append(np.einsum("nkf,fg,nkg->nk", offset, metric, offset).argmin(axis=1) == k)
    return float(np.concatenate(right).mean())


@pytest.mark.parametrize("domain", DOMAINS)
def test_same_arguments_give_the_same_bytes(domain: str) -> None:
    """Also after other pictures were rendered in between, which fills what the renderer keeps."""
    first = scenes.render(domain, "train", 5, 40, 1).tobytes()
    scenes.render(domain, "train", 6, 40, 1)
    assert scenes.render(domain, "train", 5, 40, 1).tobytes() == first
    assert scenes.render(domain, "train", 5, 40, 2).tobytes() != first
    assert scenes.render(domain, "test", 5, 40, 1).tobytes() != first


def test_kept_trees_do_not_change_a_picture() -> None:
    """A process that starts at picture 9 draws it as one that came there from picture 0."""
    from pipeline.images.scenes import trees

    for index in range(8):
        scenes.render("summer", "train", index, 32, 0)
    late = scenes.render("summer", "train", 9, 32, 0).tobytes()
    trees.nursery.cache_clear()
    assert scenes.render("summer", "train", 9, 32, 0).tobytes() == late


@pytest.mark.parametrize("domain", DOMAINS)
def test_another_size_shows_the_same_scene(domain: str) -> None:
    """Two sizes of one picture agree far better than two pictures do."""
    same, other = [], []
    large = [scenes.render(domain, "train", index, 160, 0).resize((16, 16), Image.Resampling.BOX) for index in range(3)]
    small = [scenes.render(domain, "train", index, 64, 0).resize((16, 16), Image.Resampling.BOX) for index in range(3)]
    for i, a in enumerate(large):
        for j, b in enumerate(small):
            distance = np.abs(np.asarray(a, np.float32) - np.asarray(b, np.float32)).mean() / 255
            (same if i == j else other).append(distance)
            if i == j:
                assert np.corrcoef(np.asarray(a).ravel(), np.asarray(b).ravel())[0, 1] > 0.9
    assert max(same) < 0.5 * min(other)


@pytest.mark.parametrize("size", [16, 33, 90])
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_size(domain: str, size: int) -> None:
    """Exactly the size asked for, RGB, and not one flat colour."""
    image = scenes.render(domain, "test", 0, size, 0)
    assert image.mode == "RGB"
    assert image.size == (size, size)
    assert np.asarray(image, np.float32).std() > 4


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_two_pictures_alike(domain: str) -> None:
    """Of 40 pictures of a domain, train and test together, no two have nearly the same colours in the same places."""
    images = reduced(np.concatenate([pictures(domain, "train", 30), pictures(domain, "test", 10)]), 12)
    distances = np.abs(images[:, None] - images[None]).mean(axis=(2, 3, 4))
    np.fill_diagonal(distances, 1)
    assert distances.min() > 0.02
    assert np.median(distances) > 0.06


def test_summer_and_winter_are_of_different_places() -> None:
    """Winter's picture i is not summer's picture i with snow: it correlates with it no more than with the others."""
    summer, winter = (
        reduced(pictures(domain, "train", 30), 12).mean(axis=3).reshape(30, -1) for domain in ("summer", "winter")
    )
    summer, winter = (rows - rows.mean(axis=0) for rows in (summer, winter))
    table = np.corrcoef(summer, winter)[:30, 30:]
    own, rest = np.diag(table), table[~np.eye(30, dtype=bool)]
    assert abs(own.mean() - rest.mean()) < 4 * rest.std() / np.sqrt(30)


def test_domains_that_meet_in_a_model_are_told_apart() -> None:
    """Colours, edges and texture alone tell photographs from each kind of painting, and summer from winter."""
    assert accuracy(("photo", "vangogh", "ukiyoe", "monet")) >= 0.9
    assert accuracy(("summer", "winter")) >= 0.9


@pytest.mark.parametrize("style", STYLES)
def test_styles(style: str) -> None:
    """A style image is one for its seed, at every size, and is found under its name."""
    image = scenes.render_style(style, 64, 0)
    assert image.size == (64, 64)
    assert image.tobytes() == scenes.render_style(style, 64, 0).tobytes()
    found = scenes.find_style(StyleRequest(style=style, file="x.jpg", size=64, root=None, seed=0, max_pixels=10_000))
    assert found.picture.load().tobytes() == image.tobytes()
    assert scenes.render_style(style, 16, 0).size == (16, 16)
    large = scenes.render_style(style, 192, 0).resize((16, 16), Image.Resampling.BOX)
    small = image.resize((16, 16), Image.Resampling.BOX)
    assert np.corrcoef(np.asarray(large).ravel(), np.asarray(small).ravel())[0, 1] > 0.9


def request(domain: str, train: int, train_size: int = 40) -> Request:
    """A request for a few pictures."""
    return Request(
        domain=domain, dataset="x", side="A", train_size=train_size, test_size=32, scenes_train=train, scenes_test=2,
        root=None, seed=7, max_pixels=10_000,
    )  # fmt: skip


def test_found_pictures_travel_to_another_process_and_stay_when_more_are_asked_for() -> None:
    """Names are unique; the loader is picklable; picture i does not depend on how many there are."""
    few, many = scenes.find(request("monet", 3)), scenes.find(request("monet", 6))
    assert len(few.train) == 3
    assert len(few.test) == 2
    names = [picture.name for picture in many.train + many.test]
    assert len(set(names)) == len(names) == 8
    load = pickle.loads(pickle.dumps(few.train[2].load))
    assert load().tobytes() == many.train[2].load().tobytes()
    assert load().size == (40, 40)
    assert few.test[0].load().size == (32, 32)


def test_what_cannot_be_rendered_is_refused() -> None:
    """An unknown domain or style, or a size out of range, is an error that names it, before anything is rendered."""
    with pytest.raises(ValueError, match=r"no domain 'cezanne'.*vangogh"):
        scenes.find(request("cezanne", 1))
    with pytest.raises(ValueError, match="no domain 'cezanne'"):
        scenes.render("cezanne", "train", 0, 64, 0)
    with pytest.raises(ValueError, match=r"no style 'scream'.*udnie"):
        scenes.find_style(StyleRequest(style="scream", file="x.jpg", size=64, root=None, seed=0, max_pixels=10_000))
    with pytest.raises(ValueError, match="not of 8"):
        scenes.find(request("photo", 1, train_size=8))
