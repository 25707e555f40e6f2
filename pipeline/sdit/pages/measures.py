"""The tables of runs: a row for each, its settings as far as they differ, and every number that is measured of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.report import html
from pipeline.report.html import Html

DIGITS = 3  # after the point
SETTINGS = {"injection": "z by", "attention": "att.", "latent": "L_LAT", "weights": "weights"}
# In groups; behind a measure that the paper prints too stands its number.
MEASURES = {
    "accuracy": {"accuracy": "target", "reverse": "reverse"},
    "LPIPS": {"per_input": "per input", "over_inputs": "over inputs"},
    "from input": {"kept": "ours"},
    "change": {"inside": "on object", "outside": "beside it"},
    "z": {"recovery": "found"},
    "loss": {"cycle": "L_REC"},
}
PRINTED = {"over_inputs": "lpips", "kept": "id"}
MEANINGS = {
    "settings": "how z enters, whether with attention (att.) and with the loss L_LAT; numbers are means over the seeds",
    "target": "share of the translations that a classifier of real pictures takes for their target",
    "reverse": "share of real test pictures that a classifier gets right which has learned from translations alone",
    "LPIPS": "per input, between two translations of one input with two codes; over inputs, of two inputs with two "
    "codes; 0 is the same picture",
    "from input": "cosine distance of VGG16's features between input and translation; the paper's is of VGG-Face's",
    "change": "mean |difference| of input and translation, in pictures between −1 and 1, on the object and beside it",
    "z found": "correlation of z with F_rec's answer",
    "L_REC": "the cycle loss; 0 is the input itself",
}

Row = Mapping[str, Any]
Column = tuple[str, str, list[str]]  # group, name, cells


def table(anchor: str, rows: Sequence[Row], caption: str) -> Html:
    """A row for each run; a setting that all share has no column."""
    columns = [*_settings(rows), *_measured(rows)]
    groups = list(dict.fromkeys(group for group, _, _ in columns))
    top, below, first = "", "", []
    for group in groups:
        names = [name for of_group, name, _ in columns if of_group == group]
        top += f'<th class="value" colspan="{len(names)}" scope="colgroup">{html.prose(group)}</th>'
        for number, name in enumerate(names):
            first.append(" first" if number == 0 else "")
            words = html.join((html.prose(word) for word in name.split(" ")), "<br>")
            below += f'<th class="sub{first[-1]}" scope="col">{words}</th>'
    body = "\n".join(
        f'<tr><th scope="row">{html.text(row["run"])}</th>'
        + "".join(
            f'<td class="value{edge}">{html.text(cells[line])}</td>'
            for edge, (_, _, cells) in zip(first, columns, strict=True)
        )
        + "</tr>"
        for line, row in enumerate(rows)
    )
    return Html(
        f'<div id="{anchor}" class="wide"><table class="study"><caption>{html.prose(caption)}</caption>'
        f'<thead><tr><th rowspan="2" scope="col">run</th>{top}</tr><tr>{below}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _settings(rows: Sequence[Row]) -> list[Column]:
    """What differs between the runs, and the count of seeds."""
    columns = [
        ("settings", words, [_setting(row[name]) for row in rows])
        for name, words in SETTINGS.items()
        if len({row[name] for row in rows}) > 1
    ]
    return [*columns, ("settings", "seeds", [str(row["seeds"]) for row in rows])]


def _setting(value: str | bool) -> str:
    return value if isinstance(value, str) else "yes" if value else "no"


def _measured(rows: Sequence[Row]) -> list[Column]:
    """Each measure, and the paper's number where one is printed for a row."""
    columns = []
    for group, names in MEASURES.items():
        for name, words in names.items():
            columns.append((group, words, [html.number(row[name], DIGITS) for row in rows]))
            if name in PRINTED and any("paper" in row for row in rows):
                told = [row["paper"][PRINTED[name]] if "paper" in row else None for row in rows]
                columns.append((group, "paper", [html.number(value, DIGITS) for value in told]))
    return columns


def meanings() -> Html:
    """What the columns mean, to stand below a table."""
    lines = (f"<li><b>{html.prose(name)}</b>: {html.prose(meaning)}.</li>" for name, meaning in MEANINGS.items())
    return Html(f'<ul class="note">{"".join(lines)}</ul>')
