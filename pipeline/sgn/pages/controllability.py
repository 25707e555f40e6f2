"""How far S steers a run, as a table: what is measured on a lattice of S over the simplex and at its corners.

reports/metrics/controllability.json has a row for each run that draws S, reports/metrics/conditionings.json one for
each conditioning of Model 2; with several seeds a row's numbers are means and "std" has their spread in the same shape.
The paper has no such table.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.report import html
from pipeline.report.contents import Item
from pipeline.report.html import Html
from pipeline.sgn.pages.items import CONTENTS
from pipeline.sgn.pages.provenance import Run, objective

Row = Mapping[str, Any]

DIGITS = 3
# What the name of a distance's protocol begins with, and what it is.
DISTANCES = {"kid": "KID", "gram": "Gram"}
# Of each objective of a run, and of the run as a whole.
OBJECTIVE_COLUMNS = ("s_i with L_i", "least L_i", "most L_i", "separation", "distance", "inputs", "corner")
RUN_COLUMNS = ("change", "leakage")


def table(anchor: str, group: str, rows: Sequence[Row], runs: Sequence[Run]) -> Html:
    """A line for each objective of each row of controllability.json or conditionings.json.

    `group` is the key that names a row; `runs`, the reports/metrics/runs of the rows, say how they were measured.
    """
    item = CONTENTS.item(anchor)
    heads = [group, "objective", *OBJECTIVE_COLUMNS, *RUN_COLUMNS]
    head = "".join(f'<th scope="col"{_right(name)}>{html.prose(name)}</th>' for name in heads)
    objectives = {run["run"]: {o["letter"]: o for o in run["objectives"]} for run in runs}
    lines = html.join(
        _line(row, letter, row[group], objectives[row["run"]]) for row in rows for letter in objectives[row["run"]]
    )
    return Html(
        f'<div class="wide"><table class="study" id="{anchor}"><caption><b>Not in the paper.</b> '
        f"{html.text(item.title)}.</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>\n"
        f"{_terms(item, rows, runs)}"
    )


def _right(name: str) -> str:
    """Heads of numbers stand on the right, as the numbers do."""
    return ' class="sub"' if name in (*OBJECTIVE_COLUMNS, *RUN_COLUMNS) and name != "distance" else ""


def _line(row: Row, letter: str, name: str, objectives: Mapping[str, Mapping[str, str]]) -> Html:
    protocol = row["distance"][letter]["protocol"]
    cells = [
        f"<td>{letter}: {html.text(objective(objectives[letter]))}</td>",
        _number(row, "rank", letter),
        _number(row, "range", letter, "smallest"),
        _number(row, "range", letter, "largest"),
        _number(row, "separation", letter),
        f"<td>{html.text(DISTANCES[protocol.split('_')[0]])}</td>",
        _number(row, "distance", letter, "inputs"),
        _number(row, "distance", letter, "corner"),
    ]
    if letter != next(iter(objectives)):
        return Html(f"<tr>{''.join(cells)}</tr>")
    # What is said of the run as a whole stands once, beside all its objectives.
    span = f' rowspan="{len(objectives)}"'
    cells = [f'<th scope="rowgroup"{span}>{html.text(name)}</th>', *cells]
    cells += [_number(row, column, "mean", span=span) for column in RUN_COLUMNS]
    return Html(f'<tr class="start">{"".join(cells)}</tr>')


def _number(row: Row, *path: str, span: str = "") -> str:
    """The number at a path of names, with its spread; a dash where there is none."""
    value, spread = _at(row, path), _at(row.get("std", {}), path)
    # Distances differ by orders of magnitude; the other columns have one each.
    shown = html.significant if path[0] == "distance" else html.number
    below = "" if spread is None else f"<small>± {shown(spread, DIGITS)}</small>"
    return f'<td class="value"{span}>{shown(value, DIGITS)}{below}</td>'


def _at(values: Any, path: Sequence[str]) -> float | None:
    for name in path:
        values = None if values is None else values.get(name)
    assert values is None or isinstance(values, int | float)
    return values


def _terms(item: Item, rows: Sequence[Row], runs: Sequence[Run]) -> Html:
    """What the columns mean, below the table."""
    lattice = len(next(iter(runs[0]["seeds"].values()))["study"]["lattice"])
    protocols = sorted({distance["protocol"] for row in rows for distance in row["distance"].values()})
    terms = {
        "s_i with L_i": f"rank correlation over {lattice} S, evenly spaced over the simplex, on the first "
        f"{runs[0]['pictures']['lattice']} test pictures. −1: L_i falls whenever s_i rises; 0: s_i does not steer L_i; "
        "–: L_i is the same at all S",
        "least and most L_i": "the smallest and the largest over the same S: the range that S opens",
        "separation": "by which part of itself L_i is smaller at its own corner than at the others on average. 0: "
        "S makes no difference",
        "distance": "in VGG16's features, of the untranslated inputs, and of the translations at the objective's "
        "corner. KID, a kernel distance, to training pictures of the domain; Gram, a difference of Gram matrices, to "
        "the style image. Smaller is nearer; for A the inputs are pictures of the domain themselves",
        "change": "mean difference of the pixels, which go from −1 to 1, between the translations at two corners, mean "
        "over the pairs",
        "leakage": "how much of the other corners' pictures is in the translations halfway between two corners, "
        "where their weight is 0, as a part of the mean change. –: the corners' pictures are the same",
    }
    listed = "".join(f"<li><b>{html.prose(name)}</b>: {html.prose(meaning)}.</li>" for name, meaning in terms.items())
    measures = {run["measured_by"] for run in runs}
    whose = (
        "the run's own discriminator"
        if len(measures) == len(runs)
        else f"the discriminator of {', '.join(sorted(measures))}"
    )
    last = [
        f"Adversarial losses are measured with {whose}.",
        Html(f"Protocols of the distances: {html.join(map(html.code, protocols), ', ')}."),
        "± is the standard deviation over the seeds." if any("std" in row for row in rows) else "",
        Html(f"From {html.code(item.file.as_posix())}, made by {html.code('dvc repro ' + item.stage)}."),
    ]
    return Html(f'<ul class="note">{listed}</ul>\n<p class="note">{html.join((s for s in last if s), " ")}</p>')
