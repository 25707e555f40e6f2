"""The front page: every table, figure and claim that the pipeline makes, with a link, a verdict and a command."""

import re
from collections.abc import Mapping, Sequence

from pipeline.report import claims as claim_blocks
from pipeline.report import html
from pipeline.report.contents import Claim, Contents
from pipeline.report.html import Html


def table(contents: Contents, results: Mapping[str, str], claims: Sequence[Claim]) -> Html:
    """Every table, figure and claim with our verdict; `results` gives, by its anchor, what more to say of a table or
    figure than the verdicts of the claims that the paper makes about it.

    ValueError for a claim that belongs to no page.
    """
    rows = []
    for page in contents.pages:
        link = f'<a href="{page.file}">{html.text(page.title)}</a>'
        rows.append(
            f'<tr class="part"><th colspan="4" scope="rowgroup">{link} <small>{html.text(page.about)}</small></th></tr>'
        )
        for item in (item for item in contents.items if item.page == page.name):
            named = item.claims(claims)
            result = about(named)
            if len(named) == 1:  # what the badge is about, and no more
                result = html.join([result, Html(f"<small>{html.prose(named[0]['text'])}</small>")], " ")
            if item.anchor in results:
                result = html.join([result, Html(f"<small>{html.prose(results[item.anchor])}</small>")], " ")
            rows.append(
                _row(item.paper or "not in the paper", item.title, f"{page.file}#{item.anchor}", result, item.stage)
            )
        for claim in contents.claims_of(page, claims):
            result = html.join([claim_blocks.verdict(claim), Html(f"<small>{claim_blocks.seeds(claim)}</small>")], " ")
            where = f"Claim, {claim['where']}"
            rows.append(_row(where, claim["text"], f"{page.file}#{claim['id']}", result, contents.claims_stage))
    head = "".join(f'<th scope="col">{name}</th>' for name in ("In the paper", "What", "Our verdict", "Made by"))
    body = "\n".join(rows)
    return Html(
        f'<div class="wide"><table class="contents"><thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def about(claims: Sequence[Claim]) -> Html:
    """The verdict on a table or figure: on how many of its claims hold, or that it is shown where it has none."""
    if not claims:
        return Html("shown")
    verdicts = [claim["holds"] for claim in claims]
    if len(claims) == 1:
        return html.badge(verdicts[0], {True: "its claim holds", False: "its claim does not hold"}.get(verdicts[0], ""))
    words = f"{verdicts.count(True)} of {len(claims)} claims hold"
    if None in verdicts:
        words += f", {verdicts.count(None)} not measurable"
    # One claim that does not hold outweighs any that are not measurable.
    return html.badge(False if False in verdicts else None if None in verdicts else True, words)


def refuted(contents: Contents, claims: Sequence[Claim]) -> Html:
    """Which claims do not hold here, and which were not measurable, in a sentence each."""
    sentences = []
    if not any(claim["holds"] is False for claim in claims):
        sentences.append(Html("Every claim that was measurable holds here."))
    for holds, one, many in (
        (False, "does not hold", "do not hold"),
        (None, "was not measurable", "were not measurable"),
    ):
        links = [_link(contents, claim) for claim in claims if claim["holds"] is holds]
        if links:
            count = f"{html.count(len(links), 'claim')} {one if len(links) == 1 else many} here:"
            sentences.append(Html(f"<b>{count}</b> {html.join(links, '; ')}."))
    return Html(f'<p class="refuted">{html.join(sentences, " ")}</p>')


def _link(contents: Contents, claim: Claim) -> Html:
    address = html.text(f"{contents.page_of(claim).file}#{claim['id']}")
    return Html(f'<a href="{address}">{html.prose(claim["text"].rstrip("."))}</a> ({html.text(claim["where"])})')


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


def navigation(contents: Contents, here: str) -> Html:
    """Links to all pages; `here` is the file name of the page that shows them."""
    entries = [("index.html", "All results"), *((page.file, page.title) for page in contents.pages)]
    return html.join(
        Html(f'<span class="here">{html.text(title)}</span>')
        if file == here
        else Html(f'<a href="{file}">{html.text(title)}</a>')
        for file, title in entries
    )
