"""How a vector enters a network, in three papers: SGN's weights S, AsymGAN's and SDIT's codes z.

Within a paper all is equal but the injection: network, losses, data, steps. Two things are compared: how much the
output changes with the vector, and how well the output follows it. Their units are each paper's own, so that columns of
two papers are never compared, only orders. A further paper writes results/NAME/injections.json, by hand as its
front.json.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from pipeline.core import artifacts
from pipeline.report import html
from pipeline.report.html import Html

Row = Mapping[str, Any]  # injection, run, seeds, change, follows

RESULTS = Path("results")
DIGITS = 3
# By how it works; the papers' own names for the same thing.
KINDS = {
    "appended to the input's channels": ("concat", "concat-map"),
    "appended to the features' channels": ("concat-features", "concat-all"),
    "a shift after each norm: CBN": ("cbn",),
    "a factor and a shift after each norm: CIN, FiLM": ("cin", "film"),
    "a gate for each channel at three depths: CCAM": ("ccam",),
}
CCAM, INPUT = "ccam", "appended to the input's channels"


def sgn(conditionings: Sequence[Row]) -> dict[str, Any]:
    """SGN's part, of the rows of reports/metrics/conditionings.json: Model 2 with five conditionings."""
    return {
        "paper": "SGN",
        "page": "#figure8",
        "vector": "S, the weights of three losses",
        "change": "mean |difference| of the translations at two corners of S",
        "follows": "−1 times the rank correlation of a weight with its own loss, over the simplex",
        "rows": [
            {
                "injection": row["conditioning"],
                "run": row["run"],
                "seeds": row["seeds"],
                "change": row["change"]["mean"],
                "follows": None if None in row["rank"].values() else -fmean(row["rank"].values()),
            }
            for row in conditionings
        ],
    }


def papers(conditionings: Sequence[Row]) -> list[Mapping[str, Any]]:
    """SGN, then every paper that keeps results/NAME/injections.json, by name."""
    return [sgn(conditionings), *map(artifacts.read_json, sorted(RESULTS.glob("*/injections.json")))]


def table(told: Sequence[Mapping[str, Any]]) -> Html:
    """A row for each kind of injection, and for each paper its name there, how much changes, how well it follows."""
    head = "".join(
        f'<th scope="colgroup" colspan="3"><a href="{html.text(one["page"])}">{html.text(one["paper"])}</a><br>'
        f"<small>{html.prose(one['vector'])}</small></th>"
        for one in told
    )
    columns = '<th scope="col">its name</th>' + "".join(
        f'<th scope="col" class="sub">{name}</th>' for name in ("changes", "follows")
    )
    lines = []
    for kind, names in KINDS.items():
        cells = "".join(_cells([row for row in one["rows"] if row["injection"] in names]) for one in told)
        lines.append(f'<tr><th scope="row">{html.text(kind)}</th>{cells}</tr>')
    units = "".join(
        f"<li><b>{html.text(one['paper'])}</b>: changes: {html.prose(one['change'])}; "
        f"follows: {html.prose(one['follows'])}.</li>"
        for one in told
    )
    body = "\n".join(lines)
    return Html(
        '<div class="wide"><table class="study" id="vectors"><caption><b>In no paper.</b> How a vector enters, '
        f'and what comes of it.</caption>\n<thead><tr><th rowspan="2" scope="col">how it enters</th>{head}</tr>'
        f"<tr>{columns * len(told)}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>\n<ul>{units}</ul>"
    )


def _cells(rows: Sequence[Row]) -> str:
    if not rows:
        return '<td colspan="3" class="soft">not tried</td>'
    names = html.join((html.text(f"{row['injection']} ({html.count(row['seeds'], 'seed')})") for row in rows), "<br>")
    numbers = "".join(
        f'<td class="sub">{html.join((html.text(html.number(row[name], DIGITS)) for row in rows), "<br>")}</td>'
        for name in ("change", "follows")
    )
    return f"<td>{names}</td>{numbers}"


def sentences(told: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the table says: a sentence for each paper, one about CCAM, one about a vector in the input's channels."""
    found = [_order(one) for one in told]
    places = []
    for one in told:
        order = _ranked(one)
        if CCAM in order:
            places.append(f"{order.index(CCAM) + 1} of {len(order)} in {one['paper']}")
    if places:
        found.append(f"By how well the output follows, CCAM, which was made for S, is number {_listed(places)}.")
    shares = []
    for one in told:
        changes = {row["injection"]: row["change"] for row in one["rows"] if row["change"] is not None}
        appended = [changes[name] for name in KINDS[INPUT] if name in changes]
        if appended and len(changes) > 1 and max(changes.values()) > 0:
            shares.append(f"{100 * max(appended) / max(changes.values()):.0f} % in {one['paper']}")
    if shares:
        found.append(
            f"Of the largest change that any injection makes, a vector in the input's channels makes {_listed(shares)}."
        )
    return found


def _order(one: Mapping[str, Any]) -> str:
    follows = {row["injection"]: row["follows"] for row in one["rows"]}
    said = [f"{name} ({html.number(follows[name], 2)})" for name in _ranked(one)]
    return (
        f"In {one['paper']} the output follows best with {said[0]}, then {_listed(said[1:])}."
        if len(said) > 1
        else (f"In {one['paper']} one injection was measured.")
    )


def _ranked(one: Mapping[str, Any]) -> list[str]:
    """The injections by how well the output follows, the best first; what has no number followed nothing, the last."""
    rows = sorted(one["rows"], key=lambda row: -(row["follows"] if row["follows"] is not None else float("-inf")))
    return [row["injection"] for row in rows]


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
