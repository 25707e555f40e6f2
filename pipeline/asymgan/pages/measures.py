"""The tables of what the paper shows in pictures: a row for each measure, a column for each run, what rows mean below.

They stand in two sections: the arms that the paper compares, and AsymGAN's other forms.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.asymgan.pages.items import CONTENTS
from pipeline.asymgan.paper.claims import ZERO
from pipeline.report import html
from pipeline.report.html import Html

Row = Mapping[str, Any]
Groups = Mapping[str, Mapping[str, str]]  # of columns: by a group's name its runs, and what each is called in it
DIGITS = 3  # after the point
MEASURES = {
    "clean": "|F(G(x)) − x|",
    "noise_1": "R, noise 1",
    "noise_2": "R, noise 2",
    "noise_4": "R, noise 4",
    "crop": "R, crop",
    "resize": "R, resize",
    "backward_noise_4": "R back, noise 4",
    "stays": "change by noise",
    "made_minus_real_labels": "made − real labels",
    "diversity": "diversity",
    "reference": "follows a reference",
    "random_codes": "… with random codes",
    "code_error": "|E(F(y, z)) − z|",
    "largest_step": "largest step",
    "photo_edges": "edges of F(y, z)",
    "label_edges": "edges of G(x)",
}
EDGES = {
    "edges": "mean difference of neighbouring pixels in F(y, z), over that in real photos, and in G(x), over that in "
    "real labels; below 1 is smoother than real ones, above 1 has more grain or a grid"
}
MEANINGS = {
    "|F(G(x)) − x|": "how far the way back ends from the photo (distances are mean L1, pictures lie between −1 and 1)",
    "R": "that distance after G(x) was changed, over the one before: by noise of 1, 2 or 4 of 255, a crop 2 pixels "
    "smaller, a resize to 2 pixels more; 1 is no harm",
    "R back": "the same for the way from a label to a photo and back",
    "change by noise": "how far F(G(x), z), with a sampled z, moves when noise is added to G(x)",
    "made − real labels": "the segmenter's right pixels in photos from labels that G made, minus those in photos from "
    "real labels, in percentage points",
    "diversity": "distance between photos from one label",
    "follows a reference": "correlation of the classes' mean colours in F(y, E(x')) with those in the reference x'; "
    "below it, the same with random codes",
    "|E(F(y, z)) − z|": "how far the code that E finds in a photo is from the one it was made with; an encoder that "
    f"always says 0 gets {ZERO:.3f}",
    "largest step": "of ten steps from one code to another, over the mean step",
    **EDGES,
}
ARMS: Groups = {
    "CycleGAN": {"cyclegan": "baseline", "cyclegan-dropout": "+ dropout"},
    "AsymGAN": {"asymgan-plain": "w/o extension", "asymgan": "with extension"},
}
FORMS: Groups = {
    "z enters by": {"asymgan": "CIN", "inject-map": "a map", "inject-all": "all layers", "inject-ccam": "CCAM"},
    "without": {"no-adversarial": "adversarial", "no-perception": "perception", "no-smoothness": "smoothness"},
    "w/o extension": {"plain-follows": "E follows"},
}


def table(anchor: str, rows: Sequence[Row], groups: Groups) -> Html:
    """A row for each measure, a column for each run of the groups that was measured."""
    item, by_run = CONTENTS.item(anchor), {row["run"]: row for row in rows}
    top, below, columns = "", "", []
    for group, runs in groups.items():
        there = [key for key in runs if key in by_run]
        if not there:
            continue
        top += f'<th class="value" colspan="{len(there)}" scope="colgroup">{html.text(group)}</th>'
        for number, key in enumerate(there):
            first = " first" if number == 0 else ""
            below += f'<th class="sub{first}" scope="col">{html.text(runs[key])}</th>'
            columns.append((by_run[key], first))
    told = [("seeds", [str(row["seeds"]) for row, _ in columns])]
    told += [(words, [html.number(row[name], DIGITS) for row, _ in columns]) for name, words in MEASURES.items()]
    body = "\n".join(
        f'<tr><th scope="row">{html.text(words)}</th>'
        + "".join(f'<td class="value{first}">{cell}</td>' for cell, (_, first) in zip(cells, columns, strict=True))
        + "</tr>"
        for words, cells in told
    )
    return Html(
        f'<div class="wide"><table id="{anchor}"><caption><b>{html.text(item.paper)}.</b> {html.text(item.title)}.'
        f'</caption>\n<thead><tr><th rowspan="2" scope="col">measure</th>{top}</tr><tr>{below}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def meanings(told: Mapping[str, str]) -> Html:
    """What a table's rows mean, to stand below it."""
    lines = "".join(f"<li><b>{html.text(name)}</b>: {html.text(meaning)}.</li>" for name, meaning in told.items())
    return Html(f'<ul class="note">{lines}</ul>')
