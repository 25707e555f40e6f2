"""The source `folder`: CycleGAN's layout as users really have it."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.images import folder, packing
from pipeline.images.folder import layout
from pipeline.images.source import DomainImages, Request, StyleRequest, resolve_root

PIXELS = 10_000  # the limit of a picture


def save(path: Path, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, "PNG" if path.suffix.lower() == ".png" else "JPEG")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two paintings and one test painting."""
    for i, name in enumerate(("trainA/a.jpg", "trainA/b.jpg", "testA/c.jpg")):
        save(tmp_path / "vangogh2photo" / name, i)
    return tmp_path


def find(root: Path | None, dataset: str = "vangogh2photo", side: str = "A") -> DomainImages:
    return folder.find(Request("vangogh", dataset, side, 24, 16, 1, 1, root, 0, PIXELS))  # type: ignore[arg-type]


def names(images: DomainImages) -> list[str]:
    return [picture.name.removeprefix("vangogh2photo/trainA/") for picture in images.train]


def unreadable(images: DomainImages, folder: Path) -> dict[str, str]:
    packed = packing.pack(images.train, 16, folder / "x.npy", what="pictures", max_unreadable=0.99)
    return {name.removeprefix("vangogh2photo/trainA/"): reason for name, reason in packed.unreadable.items()}


def test_pictures_are_sorted_by_name_and_named_from_the_root(root: Path) -> None:
    images = find(root)
    assert [p.name for p in images.train] == ["vangogh2photo/trainA/a.jpg", "vangogh2photo/trainA/b.jpg"]
    assert [p.name for p in images.test] == ["vangogh2photo/testA/c.jpg"]
    assert images.provenance == {"train": "vangogh2photo/trainA", "test": "vangogh2photo/testA"}
    assert images.expected is None


def test_pictures_can_be_read_in_another_process(root: Path) -> None:
    picture = pickle.loads(pickle.dumps(find(root).train[0]))
    assert picture.load().size == (40, 32)


def test_odd_names_and_extensions(root: Path) -> None:
    train = root / "vangogh2photo/trainA"
    for name in ("two words.JPG", "Gemälde 絵.jpeg", "C.PNG", "%41.jpg", "new\nline.jpg"):
        save(train / name)
    save(train / os.fsdecode(b"latin-\xe9.jpg"))
    images = find(root)
    assert names(images) == sorted(names(images))
    assert set(names(images)) >= {
        "two words.JPG",
        "Gemälde 絵.jpeg",
        "C.PNG",
        "%41.jpg",
        "new\nline.jpg",
        r"latin-\xe9.jpg",
    }
    assert unreadable(images, root) == {}


def test_what_is_no_image_file_is_ignored_and_counted_unless_it_is_litter(root: Path) -> None:
    train = root / "vangogh2photo/trainA"
    for name in (
        ".DS_Store",
        "._a.jpg",
        ".hidden.jpg",
        "Thumbs.db",
        "desktop.ini",
        "note.txt",
        "x.heic",
        "y.HEIC",
        "README",
    ):
        (train / name).write_text("x")
    save(train / "sub" / "d.jpg")
    (train / "folder.jpg").mkdir()
    images = find(root)
    assert names(images) == ["a.jpg", "b.jpg"]
    assert images.provenance["ignored"] == {"train": {".heic": 2, ".txt": 1, "folders": 2, "no extension": 1}}


def test_litter_does_not_change_the_card(root: Path) -> None:
    before = find(root)
    (root / "vangogh2photo/trainA/.DS_Store").write_text("x")
    assert names(find(root)) == names(before)
    assert find(root).provenance == before.provenance


def test_links_are_followed_and_those_to_nothing_are_unreadable(root: Path) -> None:
    train = root / "vangogh2photo/trainA"
    save(root / "elsewhere.jpg")
    (train / "good.jpg").symlink_to(root / "elsewhere.jpg")
    (train / "dangling.jpg").symlink_to("nowhere.jpg")
    (train / "cycle.jpg").symlink_to("cycle.jpg")
    (train / "to a folder.jpg").symlink_to(root)
    images = find(root)
    assert names(images) == ["a.jpg", "b.jpg", "cycle.jpg", "dangling.jpg", "good.jpg"]
    reasons = unreadable(images, root)
    assert reasons["dangling.jpg"] == "a link whose target does not exist"
    assert set(reasons) == {"dangling.jpg", "cycle.jpg"}


def test_files_that_are_no_pictures_are_unreadable_with_their_reason(root: Path) -> None:
    train = root / "vangogh2photo/trainA"
    whole = (train / "a.jpg").read_bytes()
    (train / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (train / "text.jpg").write_text("../elsewhere/picture.jpg")
    (train / "tiny.png").write_bytes(b"")
    Image.new("RGB", (1, 1)).save(train / "one.png")
    os.mkfifo(train / "pipe.jpg")  # opening it would wait for ever
    reasons = unreadable(find(root), root)
    assert "cut off" in reasons.pop("cut.jpg")
    assert reasons == {
        "text.jpg": "a text file, not a picture",
        "tiny.png": "an empty file",
        "one.png": "too small: 1x1 pixels, the shorter side needs 16",
        "pipe.jpg": "not a regular file",
    }


@pytest.mark.parametrize("have", layout.SAME_PHOTOS)
def test_photos_come_from_whichever_set_has_them(tmp_path: Path, have: str) -> None:
    save(tmp_path / have / "trainB/p.jpg")
    save(tmp_path / have / "testB/q.jpg")
    images = find(tmp_path, "vangogh2photo", "B")
    assert images.train[0].name == f"{have}/trainB/p.jpg"


def test_photos_come_from_the_first_set_that_has_both_folders(tmp_path: Path) -> None:
    save(tmp_path / "vangogh2photo/trainB/p.jpg")
    for dataset in ("monet2photo", "ukiyoe2photo"):
        save(tmp_path / dataset / "trainB/p.jpg")
        save(tmp_path / dataset / "testB/q.jpg")
    assert find(tmp_path, "vangogh2photo", "B").provenance["train"] == "ukiyoe2photo/trainB"
    assert find(tmp_path, "monet2photo", "B").provenance["train"] == "monet2photo/trainB"


def test_only_photos_are_shared_between_sets(tmp_path: Path) -> None:
    save(tmp_path / "ukiyoe2photo/trainA/p.jpg")
    save(tmp_path / "ukiyoe2photo/testA/q.jpg")
    with pytest.raises(ValueError, match="vangogh2photo/trainA does not exist"):
        find(tmp_path, "vangogh2photo", "A")


def test_links_out_of_the_root_are_followed_because_they_are_the_users_own(root: Path, tmp_path: Path) -> None:
    """No member of an archive and nothing that is downloaded becomes a link: only the user can have made one."""
    outside = tmp_path / "outside"
    save(outside / "trainA/1.jpg")
    save(outside / "testA/1.jpg")
    (root / "mine").symlink_to(outside)
    (root / "vangogh2photo/trainA/link.jpg").symlink_to(outside / "trainA/1.jpg")
    assert [p.load().size for p in find(root, "mine").train] == [(40, 32)]
    assert "link.jpg" in names(find(root))


def test_a_domain_folder_may_be_a_link(root: Path) -> None:
    (root / "mine").mkdir()
    for split in ("trainA", "testA"):
        (root / "mine" / split).symlink_to(f"../vangogh2photo/{split}")
    assert [p.name for p in find(root, "mine").train] == ["mine/trainA/a.jpg", "mine/trainA/b.jpg"]


def test_no_root() -> None:
    with pytest.raises(ValueError, match="-S data_root=DIR"):
        find(None)


def test_missing_root(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"data_root: .*/none does not exist\. Give a folder"):
        find(tmp_path / "none")


def test_root_that_is_a_file(root: Path) -> None:
    with pytest.raises(ValueError, match=r"a\.jpg is a file, not a folder"):
        find(root / "vangogh2photo/trainA/a.jpg")


def test_missing_folder_is_named_with_what_to_do(root: Path) -> None:
    (root / "vangogh2photo/testA/c.jpg").unlink()
    (root / "vangogh2photo/testA").rmdir()
    with pytest.raises(ValueError, match=r"testA does not exist\. Put the pictures into vangogh2photo/trainA"):
        find(root)


def test_empty_folder_is_named_with_what_it_holds_instead(root: Path) -> None:
    (root / "vangogh2photo/testA/c.jpg").rename(root / "vangogh2photo/testA/c.heic")
    with pytest.raises(
        ValueError, match=r"testA holds no image file, but the test pictures of domain vangogh .*1 \.heic"
    ):
        find(root)
    save(root / "vangogh2photo/testA/sub/c.jpg")
    with pytest.raises(ValueError, match=r"1 folders.* directly into it"):
        find(root)


def test_link_that_git_checked_out_as_a_file(root: Path) -> None:
    (root / "monet2photo").mkdir()
    (root / "monet2photo/trainA").write_text("../vangogh2photo/trainA")
    (root / "monet2photo/testA").write_text("../vangogh2photo/testA")
    with pytest.raises(ValueError, match=r"'\.\./vangogh2photo/trainA', not a folder: a link that Git has checked out"):
        find(root, "monet2photo")
    find(root)  # and only the domain that needs it


@pytest.mark.parametrize("target", ["nowhere", "trainB"])  # dangling, and a cycle
def test_link_to_no_folder(root: Path, target: str) -> None:
    for split in ("trainB", "testB"):
        (root / "vangogh2photo" / split).symlink_to(target)
    with pytest.raises(ValueError, match=rf"trainB is a link to {target}, which is not a folder"):
        find(root, "vangogh2photo", "B")


def style(root: Path | None, file: str = "udnie.jpg"):
    return folder.find_style(StyleRequest("udnie", file, 16, root, 0, PIXELS))


def test_style_image(root: Path) -> None:
    save(root / "style-images/udnie.jpg")
    image = style(root)
    assert image.picture.name == "style-images/udnie.jpg"
    assert image.picture.load().size == (40, 32)


def test_missing_style_image_is_named_with_what_is_there(root: Path) -> None:
    with pytest.raises(ValueError, match=r"style udnie: .*style-images/udnie.jpg does not exist\. Put"):
        style(root)
    save(root / "style-images/Udnie.JPG")
    with pytest.raises(ValueError, match=r"there are Udnie\.JPG\).*change styles\.udnie\.file"):
        style(root)
    with pytest.raises(ValueError, match="-S data_root=DIR"):
        style(None)


def test_relative_roots_are_taken_from_where_the_command_was_typed(tmp_path: Path) -> None:
    assert resolve_root("../mine", tmp_path) == tmp_path / "../mine"
    assert resolve_root("/absolute", tmp_path) == Path("/absolute")
    assert resolve_root("~/mine", tmp_path) == Path.home() / "mine"
    assert resolve_root(None, tmp_path) is None
