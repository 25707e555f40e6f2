"""The cards of domains and style images as tables for people, each with its contact sheet.

reports/metrics/cards.json lists them: an entry has the name, the data and scale that it was made with, the place in
CycleGAN's layout (of a style image the file's name), and the card as pipeline/images/card.py makes it.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.core import artifacts
from pipeline.core.artifacts import METRICS
from pipeline.report import html
from pipeline.report.html import Html

Entry = Mapping[str, Any]

CARDS = METRICS / "cards.json"
SHEETS = Path("reports/figures/domains")
SHEETS_STAGE = "contact_sheet"
SOURCES = {
    "scenes": "rendered landscapes and rendered stand-ins for the paintings and style images",
    "folder": "the user's own pictures",
    "cyclegan": "the paper's data sets",
}
# The sizes of the authors' code: train pictures, from which 256 pixels are cropped, test pictures, style images.
PAPER_SIZES = (286, 256, 256)
# The user's folder may hold the paper's data sets: nobody has looked.
OTHER_PICTURES = {
    "scenes": ", <b>not the paper's pictures</b>",
    "folder": ", not compared with the paper's pictures",
    "cyclegan": "",
}
# Of a longer list the rest is folded away, so that a card stays a card; of the original sizes the most common stand.
UNFOLDED = 8
SIZES_NAMED = 4


def read(data: str, scale: str) -> list[Entry]:
    """The entries of reports/metrics/cards.json; ValueError if they were made with another source or scale."""
    entries: list[Entry] = artifacts.read_json(CARDS, list)
    for entry in entries:
        if (entry["data"], entry["scale"]) != (data, scale):
            raise ValueError(
                f"{CARDS} was made with data {entry['data']} and scale {entry['scale']}, but "
                f"params.yaml says {data} and {scale}: run `dvc repro {SHEETS_STAGE}`"
            )
    return entries


def provenance(entries: Sequence[Entry]) -> Html:
    """The sentence on top of the page: which source and scale this is. All entries are of one source and scale."""
    cards = [entry["card"] for entry in entries]
    sizes = {
        "train pictures": [card["train"]["size"] for card in cards if "domain" in card],
        "test pictures": [card["test"]["size"] for card in cards if "domain" in card],
        "style images": [card["size"] for card in cards if "style" in card],
    }
    packed = ", ".join(
        f"{what} at {_size(same[0], same[0])}" + ("" if same[0] == paper else f" (paper {paper})")
        for (what, same), paper in zip(sizes.items(), PAPER_SIZES, strict=True)
        if same
    )
    data, scale = entries[0]["data"], entries[0]["scale"]
    return Html(
        f'<p class="provenance"><b>Data {html.code(data)}, scale {html.code(scale)}:</b> {html.text(SOURCES[data])}'
        f"{OTHER_PICTURES[data]}; packed are {packed}.</p>"
    )


def overview(entries: Sequence[Entry]) -> Html:
    """A line for each card, with a link to it."""
    columns = ("", "Train pictures", "Test pictures", "Exact duplicates")
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    body = "\n".join(
        f'<tr><th scope="row"><a href="#{_anchor(entry)}">{html.text(entry["name"])}</a></th>'
        + "".join(f"<td>{html.text(cell)}</td>" for cell in _summary(entry["card"]))
        + "</tr>"
        for entry in entries
    )
    return Html(f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>')


def domains(entries: Sequence[Entry]) -> Html:
    """The cards of the domains. ValueError if a contact sheet is missing."""
    sections = html.join(_domain(entry) for entry in entries if "domain" in entry["card"])
    return Html(f'<div id="domains">\n{sections}\n</div>')


def styles(entries: Sequence[Entry]) -> Html:
    """The cards of the style images. ValueError if a picture is missing."""
    return html.join(_style(entry) for entry in entries if "style" in entry["card"])


def _domain(entry: Entry) -> Html:
    card = entry["card"]
    parts = [card["train"], card["test"]]
    repeated = card["duplicates"]
    rows = [
        _row("Found", (f"{part['found']:,}" for part in parts)),
        _row("Expected", (_expected(part["expected"]) for part in parts)),
        _row("Readable, so packed", (f"{part['packed']:,}" for part in parts)),
        _row("Unreadable", (_unreadable(part["unreadable"]) for part in parts)),
        *_pixels(parts),
        _row("Duplicates within", (_list([_equal(group) for group in repeated[split]]) for split in ("train", "test"))),
        _row("Duplicates between", [_list([_equal([*pair["train"], *pair["test"]]) for pair in repeated["between"]])]),
        _row("SHA-256 of the array", (_value(part["sha256"]) for part in parts)),
        *_origin(entry, f"CycleGAN's {entry['place']}"),
    ]
    head = '<thead><tr><th></th><th scope="col">train</th><th scope="col">test</th></tr></thead>\n'
    return _section(entry, "Train pictures, evenly spaced from the first to the last.", head, rows)


def _style(entry: Entry) -> Html:
    card = entry["card"]
    rows = [
        _row("File", [_path(card["name"])]),
        *_pixels([card]),
        _row("SHA-256 of the array", [_value(card["sha256"])]),
        *_origin(entry, entry["place"]),
    ]
    return _section(entry, "The style image as it is packed.", "", rows)


def _section(entry: Entry, shows: str, head: str, rows: Sequence[str]) -> Html:
    name, body = entry["name"], "\n".join(rows)
    return Html(
        f'<section id="{_anchor(entry)}">\n<h3>{html.text(name)}</h3>\n'
        f"<figure>{html.picture(SHEETS / f'{name}.png', f'contact sheet of {name}')}\n<figcaption>{shows}"
        f"<small>Made by {html.code(f'dvc repro {SHEETS_STAGE}')}.</small></figcaption></figure>\n"
        f'<div class="wide"><table>{head}<tbody>\n{body}\n</tbody></table></div>\n</section>'
    )


def _pixels(parts: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rows about sizes and colours, a cell for each part of the card that has them."""
    return [
        _row("Packed at", (_size(part["size"], part["size"]) for part in parts)),
        _row("Original sizes", (_sizes(part["original_sizes"]) for part in parts)),
        _row(
            "Smaller than packed, so enlarged",
            (_none_or(part["upscaled"]) for part in parts),
        ),
        _row("Mean of red, green, blue", (_channels(part["mean"]) for part in parts)),
        _row("Standard deviation", (_channels(part["std"]) for part in parts)),
    ]


def _origin(entry: Entry, place: str) -> list[str]:
    """The rows about where the pictures come from, over the whole width."""
    card = entry["card"]
    rows = [("Source", html.text(card["source"]))]
    # What is rendered stands in for pictures of the paper; the other sources name what they read.
    if entry["data"] == "scenes":
        rows.append(("Stands in for", html.text(place)))
    rows += [("Provenance", _value(card["provenance"])), ("Licence", html.text(card["licence"]))]
    return [_row(label, [value]) for label, value in rows]


def _row(label: str, cells: Any) -> str:
    """A row of the card; a single cell is as wide as both splits."""
    values = [html.text(cell) for cell in cells]
    span = ' colspan="2"' if len(values) == 1 else ""
    return f'<tr><th scope="row">{label}</th>{"".join(f"<td{span}>{value}</td>" for value in values)}</tr>'


def _anchor(entry: Entry) -> Html:
    """A card's place in the page."""
    return html.text(f"{'domain' if 'domain' in entry['card'] else 'style'}-{entry['name']}")


def _summary(card: Mapping[str, Any]) -> tuple[str, str, str]:
    if "style" in card:
        return "1 style image", "–", "–"
    return _count(card["train"]), _count(card["test"]), _repeated(card["duplicates"])


def _count(part: Mapping[str, Any]) -> str:
    lost = len(part["unreadable"])
    return f"{part['packed']:,}" + (f", and {lost:,} unreadable" if lost else "")


def _repeated(groups: Mapping[str, Sequence[Any]]) -> str:
    """How many groups of equal pictures there are, and where."""
    places = {"train": "within train", "test": "within test", "between": "between train and test"}
    counts = [f"{html.count(len(groups[key]), 'group')} {place}" for key, place in places.items() if groups[key]]
    return ", ".join(counts) or "none"


def _none_or(count: int) -> str:
    return f"{count:,}" if count else "none"


def _expected(count: int | None) -> str:
    return "any number" if count is None else f"{count:,}"


def _unreadable(reasons: Mapping[str, str]) -> Html:
    return _list([Html(f"{_path(name)}: {html.text(reason)}") for name, reason in reasons.items()])


def _equal(names: Sequence[str]) -> Html:
    return html.join([_path(name) for name in names], " = ")


def _list(entries: Sequence[Html]) -> Html:
    """Entries on lines of their own, the number of many before them; "none" where there are none."""
    if not entries:
        return Html("none")
    shown, folded = entries[:UNFOLDED], entries[UNFOLDED:]
    text = html.join(shown, "<br>\n")
    if folded:
        more = html.join(folded, "<br>\n")
        text = Html(f"{len(entries):,}:<br>\n{text}\n<details><summary>{len(folded):,} more</summary>{more}</details>")
    return text


def _sizes(counts: Mapping[str, int]) -> Html:
    """Original sizes with their counts, the most common first; of many, the least and the most pixels of the others."""
    sizes = [(tuple(int(side) for side in size.split("x")), count) for size, count in counts.items()]
    sizes.sort(key=lambda entry: (-entry[1], entry[0]))
    named, rest = (sizes, []) if len(sizes) <= SIZES_NAMED + 1 else (sizes[:SIZES_NAMED], sizes[SIZES_NAMED:])
    lines = [_size(*shape) + (f": {count:,}" if len(sizes) > 1 else "") for shape, count in named]
    if rest:
        shapes = sorted((shape for shape, _ in rest), key=lambda shape: (shape[0] * shape[1], shape))
        total = sum(count for _, count in rest)
        lines.append(f"{len(rest):,} other sizes, {_size(*shapes[0])} to {_size(*shapes[-1])}: {total:,}")
    return html.join((html.text(line) for line in lines), "<br>\n")


def _size(width: int, height: int) -> str:
    return f"{width:,} × {height:,} pixels"


def _channels(values: Sequence[float]) -> str:
    return ", ".join(html.number(value, 3) for value in values)


def _value(value: Any) -> Html:
    """A JSON value of the provenance; hashes get places where a line may break."""
    if isinstance(value, Mapping):
        return html.join((Html(f"{html.text(key)}: {_value(part)}") for key, part in value.items()), "<br>\n")
    if isinstance(value, list):
        return html.join((_value(part) for part in value), ", ")
    if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value):
        return Html(f"<code>{'<wbr>'.join(value[i : i + 16] for i in range(0, 64, 16))}</code>")
    return _path(value) if isinstance(value, str) else html.text(value)


def _path(name: str) -> Html:
    """A file's name, with places where a line may break."""
    return Html("/<wbr>".join(html.text(part) for part in name.split("/")))
