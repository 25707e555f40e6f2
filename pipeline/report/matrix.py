"""Every claim against every result: this run's, and those that are kept in results/, judged by the same rules."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.claims.verdict import NOT_MEASURABLE
from pipeline.report import html
from pipeline.report.contents import Claim, Contents
from pipeline.report.html import Html

DIGITS = 2  # of a margin


@dataclass(frozen=True)
class Column:
    """A result: its name, what it is in a few words, and the claims with its verdicts."""

    name: str
    about: str
    claims: Sequence[Claim]


def table(contents: Contents, columns: Sequence[Column]) -> Html:
    """A row for each claim of the first column's, by page, with its verdict, margin and seeds in each column.

    ValueError for a claim that belongs to no page.
    """
    asked = columns[0].claims
    found = [{claim["id"]: claim for claim in column.claims} for column in columns]
    rows = []
    for page in contents.pages:
        claims = contents.claims_of(page, asked)
        if claims:
            title = f'<a href="{page.file}">{html.text(page.title)}</a> <small>{html.text(page.about)}</small>'
            rows.append(f'<tr class="part"><th colspan="{len(columns) + 1}" scope="rowgroup">{title}</th></tr>')
        for claim in claims:
            link = f'<a href="{page.file}#{html.text(claim["id"])}">{html.prose(claim["text"])}</a>'
            where = f"<small>{html.text(claim['where'])}</small>"
            cells = "".join(
                f'<td data-result="{html.text(column.name)}">{_cell(judged.get(claim["id"]))}</td>'
                for column, judged in zip(columns, found, strict=True)
            )
            rows.append(f'<tr><th scope="row">{link}{where}</th>{cells}</tr>')
    head = "".join(
        f'<th scope="col">{html.text(column.name)}<small>{html.text(column.about)}</small></th>' for column in columns
    )
    body = "\n".join(rows)
    return Html(
        '<table class="matrix" id="claims"><thead><tr><th scope="col">What the paper says</th>'
        f"{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def _cell(claim: Claim | None) -> Html:
    if claim is None or claim["verdict"] == NOT_MEASURABLE:
        return Html('<span class="soft">– not measurable</span>')
    met, of = claim["seeds"]["holds"], claim["seeds"]["of"]
    said = "counted" if claim["counted"] else f"met in {met} of {html.count(of, 'seed')}"
    return html.join([html.badge(claim["verdict"]), Html(f"<small>{margin(claim)}; {said}</small>")], " ")


def margin(claim: Claim) -> Html:
    """By how much a rule is met (or missed, below 0), and how far the seeds are apart."""
    spread = "" if not claim["spread"] else f" (seeds differ by {html.significant(claim['spread'], DIGITS)})"
    signed = html.significant(claim["margin"], DIGITS)
    return html.text(f"margin {'+' if claim['margin'] > 0 else ''}{signed}{spread}")
