"""The front page: every table, figure and claim that the pipeline makes, with a link, a verdict and a command."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.report import claims as claim_blocks
from pipeline.report import html, items
from pipeline.report.html import Html


def contents(results: Mapping[str, str], claims: Sequence[Mapping[str, Any]]) -> Html:
    """The table of contents; `results` gives what to say of a table or figure, by its anchor.

    ValueError for a claim that belongs to no page.
    """
    items.check_claims(claims)
    rows = []
    for page in items.PAGES:
        link = f'<a href="{page.file}">{html.text(page.title)}</a>'
        rows.append(
            f'<tr class="part"><th colspan="4" scope="rowgroup">{link} <small>{html.text(page.about)}</small></th></tr>'
        )
        for item in (item for item in items.ITEMS if item.page == page.name):
            result = html.prose(results.get(item.anchor, "picture"))
            rows.append(_row(item.paper or "–", item.title, f"{page.file}#{item.anchor}", result, item.stage))
        for claim in items.claims_of(page, claims):
            result = html.join([html.badge(claim["holds"]), Html(f"<small>{claim_blocks.seeds(claim)}</small>")], " ")
            where = f"Claim, {claim['where']}"
            rows.append(_row(where, claim["text"], f"{page.file}#{claim['id']}", result, items.CLAIMS_STAGE))
    head = "".join(f'<th scope="col">{name}</th>' for name in ("In the paper", "What", "Here", "Made by"))
    body = "\n".join(rows)
    return Html(
        f'<div class="wide"><table class="contents"><thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _row(name: str, title: str, link: str, result: Html, stage: str) -> str:
    return (
        f'<tr><td>{html.text(name)}</td><td><a href="{html.text(link)}">{html.prose(title)}</a></td>'
        f"<td>{result}</td><td>{html.code('dvc repro ' + stage)}</td></tr>"
    )


def check_links(front_page: str, pages: Mapping[str, str]) -> None:
    """Raise ValueError for a link of the front page that leads nowhere; `pages` maps file names to their HTML."""
    for file, anchor in re.findall(r'href="([^"#]+)#?([^"]*)"', front_page):
        if file not in pages:
            raise ValueError(f"reports/{file} is missing: run `dvc repro`")
        if anchor and f'id="{anchor}"' not in pages[file]:
            raise ValueError(f"reports/{file} has no place #{anchor}: make it again with `dvc repro`")


def navigation(here: str) -> Html:
    """Links to all pages; `here` is the file name of the page that shows them."""
    entries = [("index.html", "All results"), *((page.file, page.title) for page in items.PAGES)]
    return html.join(
        Html(f'<span class="here">{html.text(title)}</span>')
        if file == here
        else Html(f'<a href="{file}">{html.text(title)}</a>')
        for file, title in entries
    )
