"""The checkout travels: what Git keeps is small, and no picture is kept twice."""

from collections import Counter
from pathlib import Path

from checks import archive
from tests.clone import CHECKOUT, call

MIB = 2**20
PICTURES = (".png", ".gif", ".jpg", ".jpeg", ".webp", ".mp4")
# What reports/ has beside pages and their pictures; another folder there is another paper's pages.
SHARED = ("figures", "metrics", "live")


def tracked() -> dict[Path, int]:
    """The bytes of each tracked file that is there."""
    listed = call(CHECKOUT, "git", "ls-files", "-z")
    names = [Path(name) for name in listed.split("\0") if name]
    return {name: (CHECKOUT / name).stat().st_size for name in names if (CHECKOUT / name).is_file()}


def shown() -> Counter[str]:
    """The bytes of pages and their pictures in reports/, by paper."""
    sizes: Counter[str] = Counter()
    for name, size in tracked().items():
        if name.parts[0] == "reports" and name.suffix in (".html", *PICTURES):
            other = len(name.parts) > 2 and name.parts[1] not in SHARED
            sizes[name.parts[1] if other else "sgn"] += size
    return sizes


def test_tracked_files_have_at_most_22_mib() -> None:
    assert sum(tracked().values()) <= 22 * MIB


def test_an_archive_has_at_most_3_mib_and_generators_5() -> None:
    sizes: Counter[str] = Counter()
    generators = 0
    for name, size in tracked().items():
        if name.parts[0] == "results" and "generators" in name.parts:
            generators += size
        elif name.parts[0] == "results":
            sizes[name.parts[1]] += size
    assert generators <= 5 * MIB
    assert archive.LARGEST == 3 * MIB
    assert {name: size for name, size in sizes.items() if size > archive.LARGEST} == {}


def test_pages_and_figures_of_sgn_have_at_most_6_mib_those_of_another_paper_3() -> None:
    assert {name: size for name, size in shown().items() if size > (6 if name == "sgn" else 3) * MIB} == {}


def test_no_picture_is_kept_twice() -> None:
    by_content: dict[bytes, list[str]] = {}
    for name in tracked():
        if name.suffix in PICTURES:
            by_content.setdefault((CHECKOUT / name).read_bytes(), []).append(name.as_posix())
    assert [names for names in by_content.values() if len(names) > 1] == []


def test_no_page_has_a_picture_inside() -> None:
    pages = [name for name in tracked() if name.suffix == ".html"]
    assert pages
    assert [name for name in pages if "data:image" in (CHECKOUT / name).read_text(encoding="utf-8")] == []
