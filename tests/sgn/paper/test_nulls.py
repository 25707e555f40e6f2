"""A network that does not look at S, as it would be measured."""

import pytest

from pipeline.sgn.paper import nulls
from tests.sgn.paper import made_up


@pytest.mark.parametrize("name", ["model1", "abstract"])
def test_a_blind_network_is_the_same_at_every_S(name: str) -> None:
    run = made_up.typed(made_up.run(name, 2))
    blind = nulls.blind(run)
    for seed, of_seed in blind.seeds.items():
        before = run.seeds[seed]
        assert [row.S for row in of_seed.losses] == [row.S for row in before.losses]
        for letter in of_seed.losses[0].L:
            mean = sum(row.L[letter] for row in before.losses) / len(before.losses)
            assert [row.L[letter] for row in of_seed.losses] == [pytest.approx(mean)] * len(before.losses)
        for row in of_seed.losses:
            assert pytest.approx(sum(s * L for s, L in zip(row.S, row.L.values(), strict=False))) == row.L_G
        study = of_seed.study
        assert study is not None
        assert set(study.change.values()) == set(study.separation.values()) == {0.0}
        assert {step.largest for step in study.steps.values()} == {step.whole for step in study.steps.values()} == {0.0}
        assert {size.change for size in study.sizes} == {0.0}
        assert study.activations is not None
        assert all(set(place.below["0.01"].values()) == {0.0} for place in study.activations)
        assert all(len({row.projection for row in rows}) == 1 for rows in study.axes.values())
        assert study.leakage is None


def test_a_model_of_one_S_is_left_as_it_is() -> None:
    run = made_up.typed(made_up.run("model1-w010"))
    assert pytest.approx(run.seeds["0"].losses[0].L) == nulls.blind(run).seeds["0"].losses[0].L


def test_activations_of_an_older_file_say_nothing_of_a_blind_network() -> None:
    run = made_up.run("model1")
    for place in run["seeds"]["0"]["study"]["activations"]:
        del place["below_mean"]
    study = nulls.blind(made_up.typed(run)).seeds["0"].study
    assert study is not None
    assert study.activations is None
