"""The page's tables and sentences, from reports/asymgan/metrics."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.asymgan.model.params import Params
from pipeline.asymgan.pages.items import CONTENTS
from pipeline.asymgan.paper.numbers import SCORES
from pipeline.report import html
from pipeline.report.html import Html

Row = Mapping[str, Any]
HEADS = {"pixel": "right pixels", "per_class": "right pixels of a class", "iou": "intersection over union"}


def scores(anchor: str, rows: Sequence[Row], real: Row | None = None) -> Html:
    """Table I or II: ours, in percent with the deviation over seeds where there are several, beside the paper's;
    `real`: the segmenter on real photos."""
    item = CONTENTS.item(anchor)
    body = []
    for row in rows:
        cells = "".join(
            f'<td class="value first ours">{html.number(row[name]["mean"], 1)}{_deviation(row, name)}</td>'
            f'<td class="value">{html.number((row["paper"] or {}).get(name), 1)}</td>'
            for name in SCORES
        )
        body.append(
            f'<tr><th scope="row">{html.text(row["name"])}</th><td class="value">{row["seeds"]}</td>{cells}</tr>'
        )
    if real is not None:
        cells = "".join(
            f'<td class="value first ours">{html.number(real[name], 1)}</td>'
            f'<td class="value">{html.number(real["paper"][name], 1)}</td>'
            for name in SCORES
        )
        body.append(f'<tr class="start"><th scope="row">real photos</th><td class="value">–</td>{cells}</tr>')
    top = "".join(f'<th class="value" colspan="2" scope="colgroup">{HEADS[name]}</th>' for name in SCORES)
    below = '<th class="sub first" scope="col">ours</th><th class="sub" scope="col">paper</th>' * len(SCORES)
    rows_html = "\n".join(body)
    return Html(
        f'<div class="wide"><table id="{anchor}"><caption><b>{html.text(item.paper)}.</b> {html.text(item.title)}.'
        f'</caption>\n<thead><tr><th rowspan="2" scope="col">model</th><th rowspan="2" scope="col">seeds</th>{top}</tr>'
        f"<tr>{below}</tr></thead>\n<tbody>\n{rows_html}\n</tbody></table></div>"
    )


def _deviation(row: Row, name: str) -> str:
    """Over a row's seeds; one seed has none."""
    return f"<small>± {html.number(row[name]['std'], 1)}</small>" if row["seeds"] > 1 else ""


def scope(p: Params, run: Row) -> Html:
    """What was trained and measured, and how it differs from the paper's, in a sentence."""
    train, images = p.sizes.train, p.sizes.images
    return Html(
        f'<p class="scope"><b>Scale {html.code(p.scale)}:</b> rendered street scenes ({images.train:,} of each domain '
        f"to train, {run['pictures']:,} pairs measured), {train.crop}-pixel crops (paper: 128), width {train.width} "
        f"(64), {train.blocks} residual blocks (6), batch {train.batch} (not given), {run['steps']:,} steps (200 "
        f"epochs), learning rate {train.learning_rate:g} (0.0002), {html.text(run['precision'])}. "
        "The paper's numbers are of Cityscapes, so that only their order can be compared.</p>"
    )
