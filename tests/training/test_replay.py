"""The replay buffer: authors' rule, and each fake's own S."""

import io

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.training.replay import SIZE, ReplayBuffer, plan


def fakes(first: int, count: int = 4) -> tuple[Tensor, Tensor]:
    """Fakes whose pixels name them, with an S that names them too."""
    numbers = torch.arange(first, first + count).float()
    return numbers[:, None, None, None].expand(-1, 3, 2, 2).clone(), torch.stack([numbers, -numbers, numbers * 0], 1)


def numbers(x: Tensor) -> list[int]:
    assert (x == x[:, :1, :1, :1]).all()
    return [int(n) for n in x[:, 0, 0, 0]]


def held(buffer: ReplayBuffer) -> list[int]:
    """The names of the fakes in the buffer's places; -1 where the S is not that of its fake."""
    assert buffer.fakes is not None
    assert buffer.S is not None
    named = zip(numbers(buffer.fakes[: buffer.size]), buffer.S[: buffer.size].tolist(), strict=True)
    return [number if [number, -number, 0] == S else -1 for number, S in named]


def run(buffer: ReplayBuffer, steps: range, seed: int = 0, count: int = 4) -> list[tuple[int, int]]:
    """(what went in, what came out), from 1, of so many steps; checks that S stays with its fake."""
    pairs = []
    for step in steps:
        x, S = fakes(1 + step * count, count)
        out, out_S = buffer.exchange(x, S, plan(step, count, np.random.default_rng([seed, step]), buffer.size))
        assert numbers(out) == out_S[:, 0].int().tolist() == (-out_S[:, 1]).int().tolist()
        pairs += zip(numbers(x), numbers(out), strict=True)
    return pairs


class Lists:
    """The rule read plainly: one fake after the other, a list of fakes."""

    def __init__(self, size: int) -> None:
        self.size, self.fakes = size, list[int]()

    def exchange(self, new: list[int], random: np.random.Generator) -> list[int]:
        out = []
        for fake in new:
            if len(self.fakes) < self.size:
                self.fakes.append(fake)
                out.append(fake)
            elif random.random() < 0.5:
                place = random.integers(self.size)
                out.append(self.fakes[place])
                self.fakes[place] = fake
            else:
                out.append(fake)
        return out


@pytest.mark.parametrize("size", [1, 3, SIZE])
@pytest.mark.parametrize("count", [1, 2, 4, 7, 16, 60])
def test_plans_and_exchanges_are_those_of_a_list(count: int, size: int) -> None:
    """Also where a place is drawn twice in one step, and where the buffer becomes full within a step."""
    lists, buffer = Lists(size), ReplayBuffer(size)
    twice = 0
    for step in range(120):
        x, S = fakes(1 + step * count, count)
        expected = lists.exchange(numbers(x), np.random.default_rng([5, step]))
        out, out_S = buffer.exchange(x, S, plan(step, count, np.random.default_rng([5, step]), size))
        assert numbers(out) == expected
        assert out_S.tolist() == [[number, -number, 0] for number in expected]
        assert held(buffer)[: len(lists.fakes)] == lists.fakes
        twice += any(came > step * count and came != went for went, came in zip(numbers(x), expected, strict=True))
    if size < SIZE:  # where a place is often drawn twice in a step, fakes come out in the step that brought them
        assert (twice > 0) == (count > 1), twice


def test_a_plan_keeps_to_the_places_that_there_are() -> None:
    for step in range(40):
        out, into = plan(step, 7, np.random.default_rng(step), 10).tolist()
        assert all(0 <= place < 17 for place in (*out, *into))
        assert len(set(into)) == 7  # no two fakes to one place: the order of writing would decide
        assert all(place < 10 or place == 10 + i for i, place in enumerate(into))


def test_while_it_fills_fakes_come_back_themselves() -> None:
    buffer = ReplayBuffer()
    pairs = run(buffer, range(12))
    assert all(went == came for went, came in pairs)
    assert held(buffer) == [*range(1, 49), 0, 0]


def test_it_keeps_50_and_then_exchanges_half() -> None:
    buffer = ReplayBuffer()
    pairs = run(buffer, range(600))
    later = pairs[50:]
    exchanged = [(went, came) for went, came in later if went != came]
    assert abs(len(exchanged) / len(later) - 0.5) < 5 * 0.5 / len(later) ** 0.5
    assert all(came < went for went, came in exchanged)  # an older one
    came = [came for _, came in exchanged]
    assert len(set(came)) == len(came)  # it leaves the buffer when it comes out
    kept = {went for went, _ in pairs} - set(came)
    assert kept == {n for n, same in later if n == same} | set(held(buffer))


def test_any_place_is_exchanged_with_the_same_probability() -> None:
    """In a full buffer a fake waits 2 * size fakes on average, geometrically distributed."""
    pairs = run(ReplayBuffer(10), range(1500))
    waited = np.array([went - came for went, came in pairs[200:] if went != came])
    assert abs(waited.mean() - 20) < 2
    assert abs((waited > 20).mean() - np.exp(-1)) < 0.03


def test_fakes_leave_without_a_graph() -> None:
    x, S = fakes(0)
    out, _ = ReplayBuffer().exchange(x.requires_grad_() * 2, S, plan(0, 4, np.random.default_rng(0)))
    assert not out.requires_grad


@pytest.mark.parametrize("steps", [3, 40])
def test_a_saved_buffer_continues_as_if_nothing_had_happened(steps: int) -> None:
    buffer = ReplayBuffer()
    run(buffer, range(steps))
    file = io.BytesIO()
    torch.save(buffer.state_dict(), file)
    expected = run(buffer, range(steps, steps + 30))
    other = ReplayBuffer()
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    assert run(other, range(steps, steps + 30)) == expected


def test_a_saved_buffer_is_no_larger_than_its_places() -> None:
    buffer = ReplayBuffer(8)
    for step in range(20):
        buffer.exchange(torch.zeros(16, 3, 16, 16), torch.zeros(16, 3), plan(step, 16, np.random.default_rng(step), 8))
    file = io.BytesIO()
    torch.save(buffer.state_dict(), file)
    assert file.tell() < (8 + 16) * 3 * 16 * 16 * 4 + 10_000
