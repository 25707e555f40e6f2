"""The explorer's page: reports/explorer.html, with all numbers inside it and the pictures as files beside it.

It opens from disk. A browser gives a page from disk no file's content, only its pictures; so the numbers stand in it.
"""

import json
from pathlib import Path

from pipeline.report import html, index
from pipeline.report.html import Html
from pipeline.sgn.explorer.lattice import FOLDER, STEPS, K, Lattice
from pipeline.sgn.model.objectives import LETTERS
from pipeline.sgn.pages.items import CONTENTS, EXPLORER

HERE = Path(__file__).parent
TITLE = dict(CONTENTS.others)[EXPLORER]
CORNERS = ((200, 24), (24, 328), (376, 328))  # of A, B, C in the drawing, as in explorer.js


def page(lattice: Lattice) -> str:
    """The whole page, for a lattice whose files lie in reports/explorer."""
    says = '<p id="says" role="status" aria-live="polite"></p>'
    body = html.join(
        [
            Html(f"<style>\n{(HERE / 'explorer.css').read_text(encoding='utf-8')}</style>"),
            Html(f"<h1>{TITLE}</h1>"),
            Html(
                "<p>One network, one picture, every S: drag the point in the triangle, or step with the arrow keys; "
                "the keys 1, 2 and 3 go to the corners. The picture is what the network made at that S.</p>"
            ),
            Html('<noscript><p class="provenance">This page needs JavaScript.</p></noscript>'),
            Html('<div id="explorer">'),
            Html(
                '<p id="missing" role="alert" hidden>The pictures are not in '
                f"{html.code(FOLDER.as_posix())}: {html.code('dvc repro explorer')} makes them.</p>"
            ),
            _models(lattice),
            Html('<fieldset><legend>Test picture</legend><div id="pictures"></div></fieldset>'),
            Html(f'<div class="bench"><div>{_triangle(lattice)}{says}</div>{_views()}</div>'),
            _losses(),
            Html(
                '<p><label><input type="checkbox" id="blend"> Blend between the points of the lattice</label> '
                "<small>Off, the point snaps to a picture that the network made. On, pixels between them are mixed: "
                "smooth, but no network made them.</small></p>"
            ),
            Html(f'<p class="note">{_made_by(lattice)}</p>'),
            Html("</div>"),
            Html(f'<script type="application/json" id="lattice">{_embedded(lattice)}</script>'),
            Html(f"<script>\n{(HERE / 'explorer.js').read_text(encoding='utf-8')}</script>"),
        ]
    )
    footer = f"This page is made by {html.code('dvc repro explorer')}; what is on it stays on this computer."
    return html.page(TITLE, index.navigation(CONTENTS, EXPLORER), body, footer)


def _models(lattice: Lattice) -> Html:
    entries = "".join(
        f'<label><input type="radio" name="model" id="model-{html.text(m.run)}" value="{html.text(m.run)}">'
        f" {html.text(m.run)} <small>{html.text(', '.join(o.about for o in m.objectives))}</small></label>"
        for m in lattice.models
    )
    return Html(f"<fieldset><legend>Model</legend>{entries}</fieldset>")


def _triangle(lattice: Lattice) -> Html:
    """The simplex with a dot for each S of the lattice; a slider in two directions for a screen reader."""
    face = " ".join(f"{x},{y}" for x, y in CORNERS)
    dots = "".join(f'<circle class="dot" r="3" cx="{_place(S, 0):.1f}" cy="{_place(S, 1):.1f}"/>' for S in lattice.S)
    anchors, below = ("middle", "start", "end"), (-8, 26, 26)
    names = "".join(
        f'<circle class="key-{i}" r="6" cx="{x}" cy="{y}" style="fill: var(--{LETTERS[i]})"/>'
        f'<text id="corner-{i}" x="{x}" y="{y + below[i]}" text-anchor="{anchors[i]}"></text>'
        for i, (x, y) in enumerate(CORNERS)
    )
    return Html(
        '<svg id="triangle" viewBox="0 0 400 366" tabindex="0" role="slider" aria-roledescription="triangle" '
        'aria-label="S: arrow keys move it by a tenth, 1, 2 and 3 go to the corners" aria-valuemin="0" '
        f'aria-valuemax="{STEPS}" aria-valuenow="0">'
        f'<polygon class="face" points="{face}"/>{dots}{names}<circle id="marker" r="10"/></svg>'
    )


def _place(S: tuple[float, ...], axis: int) -> float:
    return sum(s * corner[axis] for s, corner in zip(S, CORNERS, strict=True))


def _views() -> Html:
    bar = "".join(f'<span id="bar-{i}"></span>' for i in range(K))
    return Html(
        '<div class="views"><figure><canvas id="output" role="img" aria-labelledby="says"></canvas>'
        f'<div class="weights" aria-hidden="true">{bar}</div></figure>'
        '<figure class="small"><canvas id="input" role="img" aria-label="the untouched test picture"></canvas>'
        "<figcaption><small>input</small></figcaption></figure></div>"
    )


def _losses() -> Html:
    rows = "".join(
        f'<tr><th scope="row"><span class="key key-{i}"></span>{LETTERS[i]}</th><td id="about-{i}"></td>'
        f'<td class="value" id="s-{i}"></td><td class="value" id="loss-{i}"></td>'
        f'<td class="value" id="range-{i}"></td></tr>'
        for i in range(K)
    )
    total = '<tr><th scope="row">all</th><td>sum of s times L</td><td></td><td class="value" id="loss-G"></td></tr>'
    return Html(
        '<div class="wide"><table><thead><tr><th>objective</th><th></th><th class="value">s</th>'
        '<th class="value">L</th><th class="value">over all S</th></tr></thead>'
        f"<tbody>{rows}{total}</tbody></table></div>"
    )


def _made_by(lattice: Lattice) -> Html:
    seeds = sorted({model.seed for model in lattice.models})
    shown = min(len(model.pictures) for model in lattice.models)
    return Html(
        f"Data {html.text(lattice.data)}, scale {html.text(lattice.scale)}, "
        f"{html.count(lattice.side, 'pixel')} a side, seed {', '.join(map(str, seeds))}. "
        f"Losses are means over the {html.count(shown, 'picture')} that can be chosen, not over the test set. "
        "The address holds model, picture and S: copy it to show what you see."
    )


def _embedded(lattice: Lattice) -> str:
    """JSON that no script element ends early in; losses to four digits, which is more than the page shows."""
    values = lattice.model_dump(mode="json")
    for model in values["models"]:
        model["losses"] = [[round(loss, 4) for loss in row] for row in model["losses"]]
    return json.dumps(values, separators=(",", ":")).replace("<", "\\u003c")
