"""`make site`: docs become pages, everything that a page names comes along, and every address leads somewhere."""

import os
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from checks import site
from tests.clone import CHECKOUT


class Page(HTMLParser):
    """What a page names and what can be named in it, read without the library that wrote it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.places: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attributes if name in ("href", "src", "poster") and value]
        self.places += [value for name, value in attributes if name == "id" and value]


def astray(folder: Path) -> list[str]:
    """Addresses in the pages of a folder that a static host could not follow."""
    pages = {path.resolve(): Page(path) for path in folder.rglob("*.html")}
    wrong = []
    for path, page in pages.items():
        for address in page.addresses:
            link = urlsplit(address)
            if link.scheme:
                continue
            target = Path(os.path.normpath(path.parent / unquote(link.path))) if link.path else path
            inside = target.is_file() and target.is_relative_to(folder.resolve()) and not link.path.startswith("/")
            if not inside or (link.fragment and unquote(link.fragment) not in pages[target].places):
                wrong.append(f"{path.relative_to(folder.resolve())}: {address}")
    return wrong


def reached(folder: Path, start: str) -> set[str]:
    """The pages that a reader who begins at `start` can come to by clicking."""
    waiting, known = [(folder / start).resolve()], set[Path]()
    while waiting:
        path = waiting.pop()
        if path.suffix == ".html" and path not in known:
            known.add(path)
            links = [urlsplit(address) for address in Page(path).addresses]
            waiting += [(path.parent / unquote(link.path)).resolve() for link in links if link.path and not link.scheme]
    return {path.relative_to(folder.resolve()).as_posix() for path in known}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    files = {
        "README.md": "# A project\n\n[how](docs/how%20to.md#two-words-r1), [run](results/run), [web](https://example.org)\n",
        "docs/how to.md": "# How\n\n## Two `words`: (R1)\n\n```\n<a href='nowhere'>\n```\n\n![a](../reports/a.png)\n",
        "results/run/README.md": "[back](../../README.md)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        "reports/index.html": '<img src="a.png"><a href="#x" id="x">x</a>',
        "reports/a.png": "a picture",
        "reports/unseen.png": "no page names it",
        "reports/explorer.html": "<script>/* asks for explorer/1.webp */</script>",
        "reports/explorer/1.webp": "a picture",
    }
    root = tmp_path / "checkout"
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    return root


def test_a_site_has_the_docs_as_pages_and_what_they_name(checkout: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    site.main(checkout, folder)
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == [
        *(".nojekyll", "docs/how to.html", "index.html", "reports/a.png", "reports/explorer.html"),
        *("reports/explorer/1.webp", "reports/index.html", "results/run/index.html"),
    ]
    assert astray(folder) == []
    start = Page(folder / "index.html").addresses
    assert "docs/how%20to.html#two-words-r1" in start
    assert "results/run/index.html" in start
    assert "https://example.org" in start
    assert "<td>1</td>" in (folder / "results/run/index.html").read_text(encoding="utf-8")
    assert (folder / "reports/index.html").read_bytes() == (checkout / "reports/index.html").read_bytes()
    assert "reports/explorer.html" in reached(folder, "docs/how to.html")


@pytest.mark.parametrize("link", ["missing.md", "../outside.txt", "/reports/a.png", "reports/"])
def test_a_link_that_leads_nowhere_is_said_and_leaves_the_site_of_before(
    checkout: Path, tmp_path: Path, link: str
) -> None:
    folder = tmp_path / "site"
    site.main(checkout, folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (checkout / "reports/index.html").rename(checkout / "reports/other.html")  # then reports/ has no front page
    (tmp_path / "outside.txt").write_text("not the project's", encoding="utf-8")
    (checkout / "README.md").write_text(f"[a]({link})", encoding="utf-8")
    with pytest.raises(ValueError, match=r"README\.md links to"):
        site.main(checkout, folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkout", "outside.txt", "site"]


def test_a_folder_of_the_user_is_not_replaced(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="was not made by `make site`"):
        site.main(checkout, tmp_path / "site")
    assert (tmp_path / "site/mine.txt").read_text(encoding="utf-8") == "mine"


def test_without_pages_the_user_is_told_to_make_them(checkout: Path, tmp_path: Path) -> None:
    for page in (checkout / "reports").glob("*.html"):
        page.unlink()
    with pytest.raises(ValueError, match="run `dvc repro` first"):
        site.main(checkout, tmp_path / "site")


def test_in_the_site_of_this_checkout_every_address_leads_somewhere_and_every_page_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    site.main(CHECKOUT, folder)
    assert astray(folder) == []
    pages = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    assert {"index.html", "docs/architecture.html", "reports/index.html"} <= pages
    assert reached(folder, "index.html") == pages
