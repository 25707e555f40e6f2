"""The paper's claims with our verdicts, from reports/metrics/claims.json."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.claims.verdict import HOLDS
from pipeline.report import html, matrix
from pipeline.report.contents import Claim
from pipeline.report.html import Html


def tally(claims: Sequence[Claim]) -> Html:
    """How many of the claims have which verdict, as one line; a second one where a single seed decides."""
    parts = []
    for name in html.VERDICTS:
        number = sum(claim["verdict"] == name for claim in claims)
        if number:
            parts.append(Html(f"{html.badge(name)} {number}"))
    total = html.count(len(claims), "claim")
    line = f'<p class="tally">The {total} on this page: {html.join(parts, " &ensp; ")}</p>'
    single = sum(claim["seeds"]["of"] == 1 and not claim["counted"] for claim in claims)
    if single:
        line += (
            f'\n<p class="note">{single} of them {"is" if single == 1 else "are"} measured with one seed, which '
            f"decides nothing: more stand in {html.code('seeds')}, at the top of params.yaml or in a run.</p>"
        )
    return Html(line)


def cards(claims: Sequence[Claim]) -> Html:
    """One card for each claim: verdict, the paper's statement and place; opened, the rule in words, margin and seeds,
    what networks that do nothing get, what was measured, and how the rule was changed."""
    return html.join(_card(claim) for claim in claims)


def verdict(claim: Claim) -> Html:
    """A claim's badge; a rule that must hold whatever was trained says so."""
    by_construction = claim["verdict"] == HOLDS and "holds by construction" in claim["rule"].lower()
    return html.badge(claim["verdict"], "holds by construction" if by_construction else "")


def seeds(claim: Claim) -> str:
    """In how many of the seeds a claim's rule is met, as words."""
    met, measured = claim["seeds"]["holds"], claim["seeds"]["of"]
    if claim["counted"]:
        return "counted, so no seed matters"
    return f"rule met in {met} of {html.count(measured, 'seed')}" if measured else "measured in no seed"


def nulls(claim: Claim) -> Html:
    """Which networks that do nothing pass the rule, as words."""
    words = {True: "passes", False: "does not pass", None: "not asked"}
    return html.join((html.text(f"{name}: {words[passes]}") for name, passes in claim["nulls"].items()), "; ")


def _card(claim: Claim) -> Html:
    name, _, _ = html.VERDICTS[claim["verdict"]]
    margin = (
        ""
        if claim["margin"] is None
        else f"<dt>How clearly</dt><dd>{matrix.margin(claim)}; above 0 the rule is met</dd>\n"
    )
    changed = f"<dt>Changed</dt><dd>{html.prose(claim['changed'])}</dd>\n" if claim["changed"] else ""
    return Html(
        f'<section class="claim {name}" id="{html.text(claim["id"])}">\n'
        f'<p>{verdict(claim)} <span class="where">{html.text(claim["where"])}</span></p>\n'
        f'<p class="says">{html.prose(claim["text"])}</p>\n<details><summary>{html.text(seeds(claim))}</summary><dl>\n'
        f"<dt>Rule</dt><dd>{html.prose(claim['rule'])}</dd>\n"
        f"{margin}<dt>Networks that do nothing</dt><dd>{nulls(claim)}</dd>\n"
        f"<dt>Measured</dt><dd>{_measured(claim['measured'])}</dd>\n{changed}</dl></details>\n</section>"
    )


def _measured(values: Mapping[str, Any]) -> Html:
    """Measured numbers by name; lists of one length stand in columns under one another."""
    if not values:
        return Html("nothing")
    # A single value may use the width of all columns.
    width = max(len(value) if _in_columns(value) else 1 for value in values.values())
    rows = (f'<tr><th scope="row">{_name(name)}</th>{_cells(value, width)}</tr>' for name, value in values.items())
    return Html(f"<table>{''.join(rows)}</table>")


def _cells(value: Any, width: int) -> str:
    if _in_columns(value):
        return "".join(f'<td class="value">{_value(part)}</td>' for part in value)
    return f'<td colspan="{width}">{_value(value)}</td>'


def _in_columns(value: Any) -> bool:
    """Whether a list goes into columns: numbers, or S given as lists of numbers; a list of sentences does not."""
    return isinstance(value, list) and len(value) > 0 and not any(isinstance(part, (str, dict)) for part in value)


def _value(value: Any) -> Html:
    if value is None:
        return Html("–")
    if isinstance(value, bool):
        return Html("yes" if value else "no")
    if isinstance(value, float):
        return html.text(html.significant(value, 4))
    if isinstance(value, int):
        return html.text(html.number(value, 0))
    if isinstance(value, Mapping):
        return html.join((Html(f"{_name(name)} {_value(part)}") for name, part in value.items()), ", ")
    if isinstance(value, list):
        if not value:
            return Html("none")
        if any(isinstance(part, (str, dict)) for part in value):
            return html.join((_value(part) for part in value), "; ")
        return Html(f"({html.join((_value(part) for part in value), ', ')})")
    return html.prose(value)


def _name(name: str) -> Html:
    return Html(html.prose(name).replace("_", " "))
