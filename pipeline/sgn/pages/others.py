"""Further papers on the front page: what each of them keeps in results/NAME/front.json, and a link to its page.

A paper makes the file itself, by hand: the front page knows none of them, and depends on results/ alone.
"""

from pathlib import Path

from pipeline.core import artifacts
from pipeline.report import html
from pipeline.report.html import Html

RESULTS = Path("results")


def papers() -> Html:
    """A paragraph for each: title with a link, sentences, verdicts; nothing where there is none."""
    parts = []
    for path in sorted(RESULTS.glob("*/front.json")):
        said = artifacts.read_json(path)
        verdicts = html.join(
            (Html(f"{html.badge(name)} {number}") for name, number in said["verdicts"].items()), " &ensp; "
        )
        link = f'<a class="paper" href="{html.text(said["page"])}">{html.text(said["title"])}</a>'
        sentences = html.prose(" ".join(said["sentences"]))
        parts.append(Html(f'<section><h3>{link}</h3>\n<p>{sentences}</p>\n<p class="tally">{verdicts}</p></section>'))
    return html.join([Html("<h2>Further papers in this house</h2>"), *parts]) if parts else Html("")
