"""`make site`: the pages, the explorer where there is one, and the docs in one folder that any static host serves.

site/ has the checkout's layout: README.md becomes index.html, docs/NAME.md becomes docs/NAME.html, the pages of
reports/ stay as they are. Whatever a page shows or links to comes along, and a link that leads nowhere stops the
command; so a page of results/ is there because README names it. All addresses are relative: the folder also reads from
disk and below any path of a host.
"""

import os
import shutil
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

import mistune
from bs4 import BeautifulSoup, Tag
from mistune.toc import add_toc_hook

from pipeline.core import files
from pipeline.report import html

SITE = Path("site")
# GitHub Pages then serves files as they are; we know the folder as ours by it.
MARK = ".nojekyll"
EXPLORER = "reports/explorer"  # .html, and a folder whose files its script asks for
ADDRESSES = ("href", "src", "poster")


def main(checkout: Path, site: Path) -> None:
    """Write the site of a checkout, whole or not at all; ValueError if a link leads nowhere or a page is missing."""
    if os.path.lexists(site) and not (site / MARK).is_file():
        raise ValueError(f"{site} was not made by `make site`: move it away first")
    reports = sorted(path.relative_to(checkout).as_posix() for path in (checkout / "reports").glob("*.html"))
    if not reports:
        raise ValueError("reports has no page: run `dvc repro` first")
    docs = sorted(path.relative_to(checkout).as_posix() for path in (checkout / "docs").glob("*.md"))
    explorer = checkout / EXPLORER
    with files.replacing(site) as folder:
        folder.mkdir(parents=True)
        (folder / MARK).touch()
        if explorer.is_dir():
            shutil.copytree(explorer, folder / EXPLORER)
        waiting, known = ["README.md", *docs, *reports], set[str]()
        while waiting:
            name = waiting.pop()
            if name not in known:
                known.add(name)
                waiting += _put(checkout, folder, name)
        pages, size = len(list(folder.rglob("*.html"))), sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    print(f"{site}: {pages} pages, {size / 2**20:.1f} MiB; open {site / 'index.html'}")


def address(name: str) -> str:
    """Where a file of the checkout stands in the site: Markdown becomes a page, README.md its folder's index."""
    path = PurePosixPath(name)
    if path.suffix != ".md":
        return name
    return str(path.with_name("index.html") if path.name == "README.md" else path.with_suffix(".html"))


def _put(checkout: Path, folder: Path, name: str) -> list[str]:
    """Write one file of the checkout into the site; the files of the checkout that it shows or links to."""
    source, target = checkout / name, folder / address(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix not in (".md", ".html"):  # a picture, a film, numbers
        shutil.copy(source, target)
        return []
    text = source.read_text(encoding="utf-8")
    soup = BeautifulSoup(_body(text) if source.suffix == ".md" else text, "html.parser")
    found = []
    for tag in soup.find_all(True):
        for attribute in ADDRESSES:
            link = urlsplit(str(tag.get(attribute) or ""))
            if link.scheme or link.netloc or not link.path:
                continue
            linked = _linked(checkout, name, unquote(link.path))
            found.append(linked)
            there = os.path.relpath(address(linked), PurePosixPath(name).parent)
            tag[attribute] = link._replace(path=quote(there)).geturl()
    if source.suffix == ".md":
        for table in soup.find_all("table"):
            table.wrap(soup.new_tag("div", attrs={"class": "wide"}))  # scrolls by itself on a phone
        for picture in soup.find_all("img"):
            picture["style"] = "max-width: 100%; height: auto"
        target.write_text(_page(soup, name, (checkout / f"{EXPLORER}.html").is_file()), encoding="utf-8")
    else:
        shutil.copy(source, target)
    return found


def _linked(checkout: Path, name: str, path: str) -> str:
    """The file that a page's address means, from the checkout's root: a folder means its README.md or index.html."""
    wanted = PurePosixPath(os.path.normpath(PurePosixPath(name).parent / path))
    for file in (wanted, wanted / "README.md", wanted / "index.html"):
        if (checkout / file).is_file() and ".." not in file.parts and not file.is_absolute():
            return str(file)
    raise ValueError(f"{name} links to {path}, and there is no {wanted}: correct the link, or run `dvc repro`")


def _body(markdown: str) -> str:
    """Markdown as HTML; headings of every level have the names that GitHub gives them."""
    convert = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url"])
    add_toc_hook(convert, max_level=6, heading_id=lambda token, _: _slug(str(token["text"])))
    return str(convert(markdown))


def _slug(heading: str) -> str:
    kept = "".join(sign for sign in heading.lower() if sign.isalnum() or sign in " -_")
    return kept.strip().replace(" ", "-")


def _page(body: BeautifulSoup, name: str, explorer: bool) -> str:
    """A page of the docs, in the style of the reports' pages, with a way back."""
    heading = body.find("h1")
    title = heading.get_text() if isinstance(heading, Tag) else name
    back = os.path.relpath(".", PurePosixPath(name).parent)
    ways = [("Start", "index.html"), ("Reports", "reports/index.html")]
    ways += [("Explorer", f"{EXPLORER}.html")] if explorer else []
    navigation = html.join(html.Html(f'<a href="{quote(f"{back}/{where}")}">{words}</a>') for words, where in ways)
    return html.page(title, navigation, str(body), "")


if __name__ == "__main__":
    try:
        main(Path(), SITE)
    except (ValueError, OSError) as error:
        raise SystemExit(f"error: {error}") from None
