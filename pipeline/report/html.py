"""Pieces of a page: text that a notebook shows as HTML, numbers, badges, figures, and the page around them.

A page reads offline: its style sheet is inside it, its pictures are the files beside it, and it loads nothing else.
"""

import html
import re
import struct
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from pipeline.claims.verdict import ANYTHING, FAILS, HOLDS, NOT_MEASURABLE, UNDECIDED

# What a verdict looks like: CSS class, sign and words. Sign and words carry it too, not the colour alone.
VERDICTS = {
    HOLDS: ("holds", "✓", "holds"),
    FAILS: ("fails", "✗", "does not hold"),
    UNDECIDED: ("undecided", "?", "undecided"),
    ANYTHING: ("anything", "○", "passed by anything"),
    NOT_MEASURABLE: ("open", "–", "not measurable here"),
}
# A loss, weight, label or sum with its index: L_rec, s_i, y_c, sum_i.
_NAME = re.compile(r"\b([LDfswy])_([A-Za-z_]+)")
_SUM = re.compile(r"\bsum_([a-z])\b")
REPORTS = Path("reports")  # where pages lie
STYLE_SHEET = Path(__file__).with_name("page.css")


class Html(str):
    """A string that is HTML; as a cell's last value a notebook shows it rendered."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


def text(value: object) -> Html:
    """Plain text as HTML: `<`, `>`, `&` and quotes are escaped; text that is HTML already stays as it is."""
    return value if isinstance(value, Html) else Html(html.escape(str(value)))


def join(parts: Iterable[str], separator: str = "\n") -> Html:
    """Pieces one after the other; plain strings among them are escaped."""
    return Html(separator.join(text(part) for part in parts))


def code(command: str) -> Html:
    """A command or a name to type."""
    return Html(f"<code>{text(command)}</code>")


def prose(value: object) -> Html:
    """Plain text in which names such as L_rec and s_i get their subscripts."""
    summed = _SUM.sub(lambda index: f"∑<sub>{index[1]}</sub>", text(value))
    return Html(_NAME.sub(lambda name: f"<i>{name[1]}</i><sub>{name[2].replace('_', ' ')}</sub>", summed))


def number(value: float | None, digits: int) -> str:
    """A number with a fixed count of decimals and a true minus sign; a dash where there is none."""
    if value is None:
        return "–"
    # Adding zero turns -0.0, which rounding leaves behind, into 0.0.
    return f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def significant(value: float | None, digits: int) -> str:
    """A number with a count of significant digits, without an exponent where it reads well without."""
    if value is None:
        return "–"
    if abs(value) >= 10**digits:
        shown = f"{value:,.0f}" if abs(value) < 1e9 else _powered(value, digits)
    else:
        rounded = f"{value + 0.0:.{digits}g}"
        shown = f"{Decimal(rounded):f}" if abs(value) >= 1e-6 else rounded
    return shown.replace("-", "\N{MINUS SIGN}")


def _powered(value: float, digits: int) -> str:
    """A large number as 9.31 × 10¹²."""
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa} × 10{''.join('⁰¹²³⁴⁵⁶⁷⁸⁹'[int(digit)] for digit in str(int(exponent)))}"


def signed(value: float | None, digits: int) -> str:
    """A difference: like `number`, with a plus sign where it is positive."""
    shown = number(value, digits)
    return f"+{shown}" if value is not None and round(value, digits) > 0 else shown


def count(value: int, noun: str) -> str:
    """A count with its noun: 1 seed, 5 seeds."""
    return f"{value:,} {noun}" + ("" if value == 1 else "s")


def badge(verdict: str, words: str = "") -> Html:
    """A verdict in colour, sign and words; `words` say more than the verdict's own."""
    name, sign, own = VERDICTS[verdict]
    return Html(f'<span class="badge {name}">{sign} {text(words or own)}</span>')


def picture(path: Path, alt: str) -> Html:
    """A PNG or GIF of reports/ beside the page, at most as wide as its pixels; the browser knows its size before it
    loads it. ValueError if the file is missing or is neither."""
    if not path.is_file():
        raise ValueError(f"{path.as_posix()} is missing: run `dvc repro` to draw it")
    with path.open("rb") as stream:
        head = stream.read(24)
    if head[:8] == b"\x89PNG\r\n\x1a\n" and head[12:16] == b"IHDR" and len(head) == 24:
        width, height = struct.unpack(">II", head[16:24])
    elif head[:6] in (b"GIF87a", b"GIF89a") and len(head) > 10:
        width, height = struct.unpack("<HH", head[6:10])
    else:
        raise ValueError(f"{path.as_posix()} is no PNG and no GIF: remove it and run `dvc repro` to draw it again")
    address = quote(path.relative_to(REPORTS).as_posix())
    image = f'<img src="{address}" width="{width}" height="{height}" alt="{text(alt)}" loading="lazy">'
    return Html(f'<a class="full" href="{address}" title="open in full size">{image}</a>')


def film(path: Path, alt: str) -> Html:
    """A film of reports/ that the reader starts and stops. ValueError if the file is missing."""
    if not path.is_file():
        raise ValueError(f"{path.as_posix()} is missing: run `dvc repro` to draw it")
    address = quote(path.relative_to(REPORTS).as_posix())
    return Html(
        f'<video src="{address}" controls loop muted playsinline preload="metadata" aria-label="{text(alt)}"></video>'
    )


def page(title: str, navigation: str, body: str, footer: str) -> str:
    """A whole page around `body`; the title is plain text, the rest is HTML."""
    style = STYLE_SHEET.read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<nav>{navigation}</nav>\n<main>\n{body}\n</main>\n<footer>{footer}</footer>\n</body>\n</html>\n"
    )
