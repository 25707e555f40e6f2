"""Named streams of random numbers: the name decides, nothing else."""

import subprocess
import sys
from itertools import product

import numpy as np
import torch

from pipeline.core import seeds
from tests.clone import CHECKOUT

DOMAINS = ("photo", "vangogh", "ukiyoe", "monet", "summer", "winter")


def words(root: int, *names: str | int) -> tuple[int, ...]:
    """What a stream is seeded with: two streams are the same if and only if these are."""
    return tuple(int(w) for w in seeds.sequence(root, *names).generate_state(4))


def test_the_same_name_gives_the_same_numbers() -> None:
    first = seeds.numpy_generator(3, "crop", "photo", 7).random(5)
    seeds.numpy_generator(3, "crop", "photo", 8).random(100)  # other streams, made and used in between
    seeds.torch_generator(3, "crop", "photo", 7)
    assert np.array_equal(seeds.numpy_generator(3, "crop", "photo", 7).random(5), first)


def test_the_numbers_are_the_same_in_every_process() -> None:
    """Python's own hash of a string is another one in each process."""
    program = "from pipeline.core import seeds; print(seeds.numpy_generator(0, 'S', 'photo').integers(2**40))"
    environment = {"PYTHONPATH": str(CHECKOUT), "PYTHONHASHSEED": "7"}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    assert int(run.stdout) == seeds.numpy_generator(0, "S", "photo").integers(2**40)


def test_nothing_global_is_touched() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    torch.rand(2, generator=seeds.torch_generator(0, "x"))
    seeds.numpy_generator(0, "x").random()
    assert torch.equal(torch.rand(3), expected)


def test_the_streams_of_a_project_are_all_different() -> None:
    names: list[tuple[str | int, ...]] = [("networks",)]
    for step in range(200):
        names.append(("S", step))
        for domain, purpose in product(DOMAINS, ("crop", "order", "replay")):
            names.append((purpose, domain, step))
    names += [("scenes", domain, split, i) for domain in DOMAINS for split in ("train", "test") for i in range(50)]
    names += [("toy", kind, purpose) for kind in ("sym", "sin", "hyper") for purpose in ("weights", "order", "S")]
    found = {words(root, *name) for root in (0, 1, 2) for name in names}
    assert len(found) == 3 * len(names)


def test_names_are_not_sums_or_sets() -> None:
    assert len({words(0, "a", "b"), words(0, "b", "a"), words(0, "ab"), words(1, "a", "b")}) == 4


def test_the_numbers_of_one_purpose_are_different() -> None:
    assert len({words(0, "a", step) for step in range(1000)}) == 1000


def test_streams_are_independent() -> None:
    streams = np.array([seeds.numpy_generator(0, "S", step).standard_normal(2000) for step in range(20)])
    correlation = np.corrcoef(streams) - np.eye(20)
    assert abs(correlation).max() < 5 / 2000**0.5


def test_torch_gets_its_own_seed_from_the_name() -> None:
    draws = {torch.randint(2**62, (1,), generator=seeds.torch_generator(0, *n)).item() for n in ("a", "b", ("a", "b"))}
    assert len(draws) == 3
    assert seeds.torch_generator(2**32 - 1, "a").device.type == "cpu"
