"""Figures of a page: a picture from reports/figures, its name, what it shows, and what made it."""

from pipeline.report import html
from pipeline.report.contents import Item
from pipeline.report.html import Html


def figure(item: Item, shows: str, made_from: str) -> Html:
    """The picture of a figure with its caption.

    `shows` says what is seen; `made_from` which run, scale and data. ValueError if the picture is missing.
    """
    name = f"<b>{html.text(item.paper)}.</b> " if item.paper else ""
    command = html.code("dvc repro " + item.stage)
    alt = f"{item.title}. {shows}".strip()
    shown = html.film(item.file, alt) if item.file.suffix == ".mp4" else html.picture(item.file, alt)
    return Html(
        f'<figure id="{item.anchor}">\n{shown}\n'
        f"<figcaption>{name}{html.text(item.title)}. {html.prose(shows)}\n"
        f"<small>{html.text(made_from)}. Made by {command}.</small></figcaption>\n</figure>"
    )
