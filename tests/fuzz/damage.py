"""Damaged copies of a whole file's bytes, and JSON and YAML values that do not belong where they stand."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

NUMBERS = (0, 1, 127, 128, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes, steps: int = 4) -> bytes:
    """`whole` after up to `steps` bit flips, cuts, insertions, doublings and numbers in the place of others."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, steps))):
        # Headers are at the start: half of the damage is done there.
        place = draw(st.one_of(st.integers(0, min(64, len(data))), st.integers(0, len(data))))
        kind = draw(st.sampled_from(("flip", "cut", "insert", "number", "remove", "double")))
        if kind == "flip" and place < len(data):
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del data[place:]
        elif kind == "insert":
            data[place:place] = draw(st.binary(max_size=20))
        elif kind == "number":
            width = draw(st.sampled_from((1, 2, 4, 8)))
            number = draw(st.sampled_from(NUMBERS)) % 256**width
            data[place : place + width] = number.to_bytes(width, draw(st.sampled_from(("little", "big"))))
        elif kind == "remove":
            del data[place : place + draw(st.integers(1, 40))]
        elif kind == "double":
            data[place:place] = data[place : place + draw(st.integers(1, 200))]
    return bytes(data)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(("", "../x", "/etc/passwd", "a\nb", "\0", "\u202e", "\ud800", "9" * 30, "NaN", "x" * 5_000)),
    st.sampled_from((10**400, -(10**400), 10**4_200)),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn, make: Callable[[], Any], steps: int = 3) -> Any:
    """A fresh value of `make` with up to `steps` places replaced, removed, renamed, doubled or wrapped."""
    value = make()
    for _ in range(draw(st.integers(1, steps))):
        places = list(_places(value))
        if not places:
            return draw(values)
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        kind = draw(st.sampled_from(("replace", "remove", "rename", "double", "wrap", "swap")))
        if kind == "replace":
            holder[key] = draw(values)
        elif kind == "remove":
            del holder[key]
        elif kind == "wrap":
            holder[key] = draw(st.sampled_from(([holder[key]], {"": holder[key]}, [holder[key]] * 3)))
        elif kind == "swap":
            other, at = places[draw(st.integers(0, len(places) - 1))]
            holder[key] = other[at] if not isinstance(other[at], dict | list) else draw(scalars)
        elif isinstance(holder, dict):
            holder[draw(st.text(max_size=8))] = holder.pop(key) if kind == "rename" else holder[key]
    return value


def _places(value: Any) -> Any:
    """Every holder and key below a value."""
    if isinstance(value, dict | list):
        for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _places(inner)
