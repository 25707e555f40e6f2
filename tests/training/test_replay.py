"""The replay buffer: authors' rule, and each fake's own S."""

import io

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.training.replay import ReplayBuffer


def fakes(first: int, count: int = 4) -> tuple[Tensor, Tensor]:
    """Fakes whose pixels name them, with an S that names them too."""
    numbers = torch.arange(first, first + count).float()
    return numbers[:, None, None, None].expand(-1, 3, 2, 2).clone(), torch.stack([numbers, -numbers, numbers * 0], 1)


def numbers(x: Tensor) -> list[int]:
    assert (x == x[:, :1, :1, :1]).all()
    return [int(n) for n in x[:, 0, 0, 0]]


def run(buffer: ReplayBuffer, first: int, batches: int, random: np.random.Generator) -> list[tuple[int, int]]:
    """(what went in, what came out) for so many batches; checks that S stays with its fake."""
    pairs = []
    for start in range(first, first + 4 * batches, 4):
        x, S = fakes(start)
        out, out_S = buffer.exchange(x, S, random)
        assert numbers(out) == out_S[:, 0].int().tolist() == (-out_S[:, 1]).int().tolist()
        pairs += zip(range(start, start + 4), numbers(out), strict=True)
    return pairs


def test_while_it_fills_fakes_come_back_themselves() -> None:
    buffer = ReplayBuffer()
    pairs = run(buffer, 0, 12, np.random.default_rng(0))
    assert all(went == came for went, came in pairs)
    assert len(buffer.fakes) == len(buffer.S) == 48


def test_it_keeps_50_and_then_exchanges_half() -> None:
    buffer = ReplayBuffer()
    pairs = run(buffer, 0, 600, np.random.default_rng(0))
    assert len(buffer.fakes) == len(buffer.S) == 50
    later = pairs[50:]
    exchanged = [(went, came) for went, came in later if went != came]
    assert abs(len(exchanged) / len(later) - 0.5) < 5 * 0.5 / len(later) ** 0.5
    assert all(came < went for went, came in exchanged)  # an older one
    came = [came for _, came in exchanged]
    assert len(set(came)) == len(came)  # it leaves the buffer when it comes out
    assert sorted({went for went, _ in pairs} - set(came)) == sorted(
        {n for n, same in later if n == same} | set(numbers(torch.stack(buffer.fakes)))
    )


def test_any_place_is_exchanged_with_the_same_probability() -> None:
    """In a full buffer a fake waits 2 * size fakes on average, geometrically distributed."""
    pairs = run(ReplayBuffer(10), 0, 1500, np.random.default_rng(0))
    waited = np.array([went - came for went, came in pairs[200:] if went != came])
    assert abs(waited.mean() - 20) < 2
    assert abs((waited > 20).mean() - np.exp(-1)) < 0.03


def test_fakes_leave_without_a_graph() -> None:
    x, S = fakes(0)
    out, _ = ReplayBuffer().exchange(x.requires_grad_() * 2, S, np.random.default_rng(0))
    assert not out.requires_grad


@pytest.mark.parametrize("batches", [3, 40])
def test_a_saved_buffer_continues_as_if_nothing_had_happened(batches: int) -> None:
    buffer = ReplayBuffer()
    run(buffer, 0, batches, np.random.default_rng(0))
    file = io.BytesIO()
    torch.save(buffer.state_dict(), file)
    expected = run(buffer, 1000, 30, np.random.default_rng(1))
    other = ReplayBuffer()
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    assert run(other, 1000, 30, np.random.default_rng(1)) == expected


def test_a_saved_buffer_is_no_larger_than_its_fakes() -> None:
    """A fake that is only a view of its batch would take the whole batch with it into every checkpoint."""
    buffer = ReplayBuffer(8)
    random = np.random.default_rng(0)
    for _ in range(200):
        buffer.exchange(torch.zeros(16, 3, 16, 16), torch.zeros(16, 3), random)
    file = io.BytesIO()
    torch.save(buffer.state_dict(), file)
    assert file.tell() < 1.5 * 8 * 3 * 16 * 16 * 4 + 10_000
