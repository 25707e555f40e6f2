"""The label and photo world: pairs of one layout, varied, the same each time."""

import numpy as np
import pytest

from pipeline.asymgan.world import palette, scenes


def test_a_scene_is_the_same_each_time_and_no_two_are_alike() -> None:
    again = scenes.scene("train", 3, 40, 0)
    drawn = [scenes.scene("train", index, 40, 0) for index in range(40)]
    assert np.array_equal(again.photo, drawn[3].photo)
    assert np.array_equal(again.label, drawn[3].label)
    for kind in ("photo", "label"):
        assert len({getattr(scene, kind).tobytes() for scene in drawn}) == 40
    assert not np.array_equal(scenes.scene("test", 3, 40, 0).label, again.label)
    assert not np.array_equal(scenes.scene("train", 3, 40, 1).label, again.label)


def test_a_label_names_each_pixels_class() -> None:
    drawn = [scenes.scene("train", index, 40, 0) for index in range(8)]
    labels = np.stack([scene.label for scene in drawn])
    assert np.array_equal(palette.nearest(labels, palette.PALETTE), np.stack([scene.classes for scene in drawn]))
    noisy = np.clip(labels.astype(int) + 20, 0, 255).astype(np.uint8)
    assert np.array_equal(palette.nearest(noisy, palette.PALETTE), palette.nearest(labels, palette.PALETTE))


def test_all_classes_occur_where_they_belong() -> None:
    classes = np.stack([scenes.scene("train", index, 40, 0).classes for index in range(60)])
    share = np.bincount(classes.ravel(), minlength=5) / classes.size
    assert (share > 0.02).all()
    assert (classes[:, 0] == 0).mean() > 0.7  # sky above
    assert (classes[:, -1] == 1).mean() > 0.6  # ground below
    rows = np.arange(40)[None, :, None]
    below = [np.broadcast_to(rows, classes.shape)[classes == kind].mean() for kind in range(5)]
    assert below[0] < below[2] < below[1]  # houses between sky and ground
    assert below[4] > below[3]  # cars in front of trees


def test_a_photo_says_more_than_its_label() -> None:
    # Of one class, colours differ far more between scenes than a label's, which has one.
    photos = [scenes.scene("train", index, 40, 0) for index in range(40)]
    houses = np.array([scene.photo[scene.classes == 2].mean(0) for scene in photos if (scene.classes == 2).any()])
    assert houses.std(0).min() > 20


@pytest.mark.parametrize("n", [32, 64])
def test_another_size_shows_the_same_scene(n: int) -> None:
    small, large = scenes.scene("train", 5, n, 0).classes, scenes.scene("train", 5, 2 * n, 0).classes
    assert (large[::2, ::2] == small).mean() > 0.93


def test_a_palette_that_nobody_says_is_found() -> None:
    labels = np.stack([scenes.scene("train", index, 32, 0).label for index in range(12)])
    found = palette.found(labels)
    assert {tuple(colour) for colour in found.tolist()} >= {tuple(colour) for colour in palette.PALETTE.tolist()}
    assert len(found) <= palette.FOUND
