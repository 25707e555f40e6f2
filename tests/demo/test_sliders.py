"""Sliders keep to the simplex, whatever is done to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.demo import sliders

VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=4)


@given(VALUES, st.data())
def test_the_moved_slider_stays_and_the_sum_is_1(values: list[float], data: st.DataObject) -> None:
    changed = data.draw(st.integers(0, len(values) - 1))
    S = sliders.kept(values, changed)
    assert sum(S) == pytest.approx(1)
    assert all(0 <= s <= 1 for s in S)
    assert len(values) == 1 or S[changed] == values[changed]


def test_the_others_share_what_is_left_as_before() -> None:
    assert sliders.kept([0.5, 0.3, 0.1], 0) == pytest.approx([0.5, 0.375, 0.125])
    assert sliders.kept([0.4, 0.0, 0.0], 0) == pytest.approx([0.4, 0.3, 0.3])
    assert sliders.kept([0.2, 1.0, 0.7], 1) == [0.0, 1.0, 0.0]
    assert sliders.kept([1.7, 0.3], 0) == [1.0, 0.0]


def test_random_ones_are_on_the_simplex_and_differ() -> None:
    one, other = sliders.drawn(3, seed=0), sliders.drawn(3, seed=1)
    assert sum(one) == pytest.approx(1)
    assert one != other
    assert sliders.padded([0.25, 0.75]) == [0.25, 0.75, 0.0, 0.0]
