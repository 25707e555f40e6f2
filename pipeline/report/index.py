"""The front page: which claims do not hold, every table and figure with a link, and no link that leads nowhere."""

import re
from collections.abc import Mapping, Sequence

from pipeline.claims.verdict import ANYTHING, FAILS, HOLDS, NOT_MEASURABLE, UNDECIDED
from pipeline.report import html
from pipeline.report.contents import Claim, Contents
from pipeline.report.html import Html


def places(contents: Contents) -> Html:
    """Every table and figure by its page, with its name in the paper and a link."""
    parts = []
    for page in contents.pages:
        entries = "".join(
            f'<li><a href="{page.file}#{item.anchor}">{html.prose(item.title)}</a>'
            f" <small>{html.text(item.paper or 'not in the paper')}</small></li>"
            for item in contents.items
            if item.page == page.name
        )
        title = f'<a href="{page.file}">{html.text(page.title)}</a> <small>{html.text(page.about)}</small>'
        parts.append(f"<section><h3>{title}</h3>\n<ul>{entries}</ul></section>")
    return Html(f'<div class="places">{"".join(parts)}</div>')


def refuted(contents: Contents, claims: Sequence[Claim]) -> Html:
    """Which claims do not hold here, and which of the others are not supported, in a sentence each."""
    sentences = []
    if all(claim["verdict"] == HOLDS for claim in claims):
        sentences.append(Html("Every claim holds here."))
    for verdict, one, many in (
        (FAILS, "does not hold", "do not hold"),
        (UNDECIDED, "is undecided", "are undecided"),
        (ANYTHING, "has a rule that a network which does nothing passes too", "have rules that anything passes"),
        (NOT_MEASURABLE, "was not measurable", "were not measurable"),
    ):
        links = [_link(contents, claim) for claim in claims if claim["verdict"] == verdict]
        if links:
            count = f"{html.count(len(links), 'claim')} {one if len(links) == 1 else many} here:"
            sentences.append(Html(f"<b>{count}</b> {html.join(links, '; ')}."))
    return Html(f'<p class="refuted">{html.join(sentences, " ")}</p>')


def _link(contents: Contents, claim: Claim) -> Html:
    address = html.text(f"{contents.page_of(claim).file}#{claim['id']}")
    return Html(f'<a href="{address}">{html.prose(claim["text"].rstrip("."))}</a> ({html.text(claim["where"])})')


def check_links(front_page: str, pages: Mapping[str, str]) -> None:
    """Raise ValueError for a link of the front page that leads nowhere; `pages` maps file names to their HTML."""
    for file, anchor in re.findall(r'<a href="([^"#]+)#?([^"]*)"', front_page):
        if file not in pages:
            raise ValueError(f"reports/{file} is missing: run `dvc repro`")
        if anchor and f'id="{anchor}"' not in pages[file]:
            raise ValueError(f"reports/{file} has no place #{anchor}: make it again with `dvc repro`")


def navigation(contents: Contents, here: str) -> Html:
    """Links to all pages; `here` is the file name of the page that shows them."""
    entries = [("index.html", "All results"), *contents.files]
    return html.join(
        Html(f'<span class="here">{html.text(title)}</span>')
        if file == here
        else Html(f'<a href="{file}">{html.text(title)}</a>')
        for file, title in entries
    )
