"""Tables 6.3 and 6.4 as HTML: the printed numbers, then ours."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.report import html
from pipeline.report.html import Html
from pipeline.sdit.paper import printed


def domains(anchor: str, ours: Mapping[str, Any], table: Mapping[str, Mapping[str, Any]], caption: str) -> Html:
    """Reverse accuracy in per cent / LPIPS over inputs by domain."""
    printed_domains = list(next(iter(table.values())))
    own_domains = list(next(iter(ours.values()))) if ours else printed_domains
    heads = ["", "networks E/G", *own_domains, "mean"]
    body = []
    for name, values in table.items():
        pairs = [values[domain] for domain in _same(own_domains, printed_domains)]
        body.append([f"{name}, printed", printed.NETWORKS[name], *(_pair(*pair) for pair in (*pairs, _mean(pairs)))])
    for name, of_run in ours.items():
        pairs = [(100 * value["reverse"], value["over_inputs"]) for value in of_run.values()]
        networks = printed.NETWORKS[name]
        body.append([f"{name}, ours", networks, *(_pair(*pair) for pair in (*pairs, _mean(pairs)))])
    return _table(anchor, heads, body, caption)


def _same(own: Sequence[str], of_paper: Sequence[str]) -> list[str]:
    """The paper's domains in our order; what ours has instead of one stands in its place."""
    missing = [domain for domain in of_paper if domain not in own]
    return [domain if domain in of_paper else missing.pop(0) for domain in own]


def _mean(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    first, second = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
    return first, second


def _pair(percent: float, lpips: float) -> str:
    return f"{html.number(percent, 1)} / {html.number(lpips, 3)}"


def _table(anchor: str, heads: Sequence[str], body: Sequence[Sequence[Any]], caption: str) -> Html:
    head = "".join(f'<th scope="col">{html.prose(words)}</th>' for words in heads)
    rows = "\n".join(_line(row) for row in body)
    return Html(
        f'<div id="{anchor}" class="wide"><table><caption>{html.prose(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _line(row: Sequence[Any]) -> str:
    cells = "".join(f"<td>{html.prose(cell)}</td>" for cell in row[1:])
    return f'<tr><th scope="row">{html.prose(row[0])}</th>{cells}</tr>'
