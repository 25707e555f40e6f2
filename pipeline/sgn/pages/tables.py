"""Tables with ours, the paper's and the difference in every cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report import html
from pipeline.report.html import Html
from pipeline.sgn.pages.items import CONTENTS

MODELS = {"sym": "Sym", "hyper": "Hyper", "sin": "Sin", "sgn": "SGN"}
TABLE1_COLUMNS = ("L", "L_r", "L_c")
TABLE3_COLUMNS = ("L_G", "L_rec", "L_adv", "L_per")


@dataclass(frozen=True)
class Cell:
    """One value of a table: ours (None where nothing was measured), its spread over the seeds, the paper's; `weight`
    is the loss's own weight in S where the table marks it, `below` a remark under ours."""

    ours: float | None
    spread: float | None
    paper: float | None
    weight: float = 0.0
    below: str = ""


@dataclass(frozen=True)
class Row:
    """A row: the group that it stands in (its S), the model, and a cell for each column."""

    group: str
    model: str
    cells: Sequence[Cell]


def comparison(
    anchor: str,
    head: tuple[str, str],
    columns: Sequence[str],
    rows: Sequence[Row],
    digits: int,
    *,
    comparable: bool = True,
) -> Html:
    """A table with the columns ours, paper and, where sizes can be compared, difference for each loss; rows of one
    group stand together.

    `anchor` is the table's entry in `items`, which gives its name and title; `head` names the group and the model.
    """
    item = CONTENTS.item(anchor)
    wide = 3 if comparable else 2
    top = "".join(f'<th class="value" colspan="{wide}" scope="colgroup">{html.prose(name)}</th>' for name in columns)
    below = '<th class="sub first" scope="col">ours</th><th class="sub" scope="col">paper</th>'
    below += '<th class="sub" scope="col">diff.</th>' if comparable else ""
    body = []
    for group in dict.fromkeys(row.group for row in rows):
        members = [row for row in rows if row.group == group]
        for i, row in enumerate(members):
            first = f'<th scope="rowgroup" rowspan="{len(members)}">{html.text(group)}</th>' if i == 0 else ""
            cells = "".join(_cell(cell, digits, comparable) for cell in row.cells)
            start = ' class="start"' if i == 0 else ""
            body.append(f'<tr{start}>{first}<th scope="row">{html.text(row.model)}</th>{cells}</tr>')
    return Html(
        f'<div class="wide"><table id="{anchor}"><caption><b>{html.text(item.paper)}.</b> {html.text(item.title)}.'
        f'</caption>\n<thead><tr><th rowspan="2" scope="col">{html.text(head[0])}</th>'
        f'<th rowspan="2" scope="col">{html.text(head[1])}</th>{top}</tr>\n<tr>{below * len(columns)}</tr></thead>\n'
        "<tbody>\n" + "\n".join(body) + "\n</tbody></table></div>"
    )


def _cell(cell: Cell, digits: int, comparable: bool) -> str:
    spread = "" if cell.spread is None else f"<small>± {html.number(cell.spread, digits)}</small>"
    below = f"<small>{html.text(cell.below)}</small>" if cell.below else ""
    missing = cell.ours is None or cell.paper is None
    # The difference of the numbers as they stand in the table, so that a reader can check it.
    difference = None if missing else round(cell.ours or 0.0, digits) - round(cell.paper or 0.0, digits)
    # Two shades for the loss's own weight in S: all of it, or part of it.
    shade = "" if cell.weight == 0 else " full" if cell.weight == 1 else " half"
    ours = (
        f'<td class="value first ours{shade}">{html.number(cell.ours, digits)}{spread}{below}</td>'
        f'<td class="value{shade}">{html.number(cell.paper, digits)}</td>'
    )
    return ours + (f'<td class="value difference{shade}">{html.signed(difference, digits)}</td>' if comparable else "")


def table1(rows: Sequence[Mapping[str, Any]]) -> Html:
    """Table 1 (Section 5.1) from reports/metrics/table1.json: L, L_r, L_c of Sym, Hyper and Sin at five weightings."""
    shown = []
    for row in rows:
        paper = row["paper"] or {}
        cells = [Cell(row[c]["mean"], row[c]["std"], paper.get(c)) for c in TABLE1_COLUMNS]
        shown.append(Row(_weights(row["weights"]), MODELS[row["model"]], cells))
    seeds = html.count(max(row["seeds"] for row in rows), "seed")
    note = _note(
        "table1",
        f"Mean ± standard deviation over {seeds}. w is the weighting at which the losses are measured; for Hyper it is "
        "also the one that the model was trained for. The paper's table has no Sin.",
    )
    return html.join([comparison("table1", ("w", "model"), TABLE1_COLUMNS, shown, digits=4), note])


def table1_deviation(rows: Sequence[Mapping[str, Any]]) -> str:
    """How far our Table 1 is from the paper's: mean and largest |difference| over the cells that the paper has."""
    cells = [
        (abs(row[c]["mean"] - row["paper"][c]), f"{MODELS[row['model']]} {c} at {_weights(row['weights'])}")
        for row in rows
        if row["paper"] is not None
        for c in TABLE1_COLUMNS
    ]
    mean = sum(size for size, _ in cells) / len(cells)
    largest, where = max(cells)
    return (
        f"mean |difference| over {len(cells)} cells {html.number(mean, 4)}, largest {html.number(largest, 4)} ({where})"
    )


def table3(rows: Sequence[Mapping[str, Any]]) -> Html:
    """Table 3 (Section 5.2) from reports/metrics/table3.json: Model 1's four losses at six S, for SGN and for the model
    trained at that S alone; its own weight shaded."""
    shown = []
    for row in rows:
        paper, spread = row["paper"] or {}, row.get("std", {})
        weights = (0.0, *row["S"])
        # A hyper-parameter model's L_adv is also measured with its own discriminator, if it trained one.
        own = {"L_adv": f"own {html.number(row['L_adv_own'], 3)}"} if "L_adv_own" in row else {}
        cells = [
            Cell(row[c], spread.get(c), paper.get(c), weight, own.get(c, ""))
            for c, weight in zip(TABLE3_COLUMNS, weights, strict=True)
        ]
        shown.append(Row(_weights(row["S"]), MODELS[row["model"]], cells))
    note = _note(
        "table3",
        Html(
            'Means over the test set. Shaded: the loss\'s own weight in S is <span class="swatch full"></span>1, or '
            '<span class="swatch half"></span>one half.'
        ),
        html.prose(
            "L_adv of all models is measured with SGN's discriminator; “own” is L_adv measured with the model's own, "
            "– where it trained none."
        )
        if any("L_adv_own" in row for row in rows)
        else "",
        "± is the standard deviation over the seeds." if any("std" in row for row in rows) else "",
    )
    return html.join([comparison("table3", ("S", "model"), TABLE3_COLUMNS, shown, digits=3, comparable=False), note])


def cost(runs: Mapping[str, Mapping[str, Any]]) -> Html:
    """What each training costs, from reports/metrics/cost.json: steps, parameters, counted operations."""
    item = CONTENTS.item("cost")
    body = "\n".join(
        f'<tr><th scope="row">{html.text(name)}</th><td class="value">{run["steps"]:,}</td>'
        f'<td class="value">{run["parameters"]["generator"]:,}</td>'
        f'<td class="value">{run["parameters"]["discriminators"]:,}</td>'
        f'<td class="value">{html.significant(float(run["flop_step"]), 3)}</td>'
        f'<td class="value">{html.significant(float(run["flop"]), 3)}</td></tr>'
        for name, run in runs.items()
    )
    names = ("steps", "generator", "discriminators", "FLOP a step", "FLOP")
    head = "".join(f'<th class="sub" scope="col">{name}</th>' for name in names)
    return Html(
        f'<details id="cost"><summary>{html.text(item.title)}: steps, parameters, counted operations</summary>\n'
        f'<div class="wide"><table><thead><tr><th scope="col">run</th>{head}</tr></thead>\n<tbody>\n{body}\n'
        f"</tbody></table></div>{_note('cost')}</details>"
    )


def _note(anchor: str, *sentences: str) -> Html:
    item = CONTENTS.item(anchor)
    made_by = Html(f"From {html.code(item.file.as_posix())}, made by {html.code('dvc repro ' + item.stage)}.")
    return Html(f'<p class="note">{html.join([s for s in (*sentences, made_by) if s], " ")}</p>')


def _weights(S: Sequence[float]) -> str:
    """S as text: (0, 0.5, 0.5)."""
    return "(" + ", ".join(f"{s:g}" for s in S) + ")"
