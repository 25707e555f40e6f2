"""nulls as DVC runs it: each null in the place of every run's generator, and of the toy problem's networks."""

from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import save_file
from torch import Tensor, nn

from pipeline.core import results, seeds
from pipeline.core.params import read
from pipeline.networks.discriminator import Discriminator
from pipeline.networks.generator import Generator
from pipeline.sgn.model import params, simplex
from pipeline.sgn.results import MEASURED, NullsResult
from stages.sgn import nulls, toy
from tests.clone import CHECKOUT, graph
from tests.stages.sgn.test_evaluate import save

DOMAINS = ("photo", "vangogh", "ukiyoe", "summer", "winter", "monet")


def fill(folder: Path, vgg_weights: dict[str, Tensor]) -> None:
    """Scale smoke, one seed, three pictures of random pixels in every domain, networks of random weights."""
    graph(folder)
    values = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    (folder / "params.yaml").write_text(yaml.safe_dump({**values, "scale": "smoke", "threads": 1, "seeds": [0]}))
    random = np.random.default_rng(0)
    for domain in DOMAINS:
        (folder / "data" / domain).mkdir(parents=True)
        for part, size in (("test", 32), ("train", 36)):
            pictures = random.integers(0, 256, (3, size, size, 3), dtype=np.uint8)
            np.save(folder / f"data/{domain}/{part}.npy", pictures)
    for style in ("udnie", "rain"):
        (folder / "data" / style).mkdir()
        np.save(folder / f"data/{style}/style.npy", random.integers(0, 256, (32, 32, 3), dtype=np.uint8))
    (folder / "models").mkdir()
    save_file(vgg_weights, folder / "models/vgg16.safetensors")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, vgg_weights: dict[str, Tensor]) -> NullsResult:
    folder = tmp_path_factory.mktemp("nulls")
    fill(folder, vgg_weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("DVC_ROOT", raising=False)
        p = params.load()
        for key in nulls.RUNS:
            run = p.run(key)
            torch.manual_seed(1)
            D = nn.ModuleDict({o.about: Discriminator(4) for o in run.objectives if o.loss == "adversarial"})
            save(key, 0, Generator(4, 1, run.conditioning), D)
        toy.main()
        nulls.main()
        return results.read(MEASURED / "nulls.json", NullsResult)


def test_every_null_stands_for_every_run_that_the_claims_ask(found: NullsResult) -> None:
    assert list(found.nulls) == ["untrained", "flat", "identity"]
    for null in found.nulls.values():
        assert list(null.runs) == list(nulls.RUNS)
        for run in null.runs.values():
            assert [row.S for row in run.seeds["0"].losses][:6] == list(simplex.TABLE3)
            assert run.seeds["0"].study is not None
        assert set(null.near["0"]) == {"photo", "monet"}
        assert set(null.transfer["0"]) == {"ukiyoe", "vangogh"}


def test_the_identity_loses_nothing_and_a_flat_picture_much(found: NullsResult) -> None:
    identity, flat = found.nulls["identity"], found.nulls["flat"]
    for null, loses in ((identity, False), (flat, True)):
        of_seed = null.runs["model1"].seeds["0"]
        assert (of_seed.losses[0].L["A"] > 0) == loses
        assert len({row.L["C"] for row in of_seed.losses}) == 1
        assert (null.near["0"]["photo"].L1 > 0) == loses
    moved = identity.transfer["0"]["vangogh"]
    assert moved.inputs == pytest.approx(moved.corner)


def test_an_untrained_network_is_the_one_with_which_a_training_begins(found: NullsResult) -> None:
    values = {"width": 4, "blocks": 1}
    run = read(params.Params, CHECKOUT / "params.yaml").run("model1")
    scale = params.ScaleTrain.model_construct(**values)
    one, other = nulls.initial(run, scale, 0), nulls.initial(run, scale, 1)
    torch.manual_seed(int(seeds.sequence(0, "networks").generate_state(1)[0]))
    expected = Generator(4, 1, run.conditioning, 3).state_dict()
    assert all(torch.equal(tensor, expected[name]) for name, tensor in one.state_dict().items())
    assert any(not torch.equal(tensor, expected[name]) for name, tensor in other.state_dict().items())
    study = found.nulls["untrained"].runs["model1"].seeds["0"].study
    assert study is not None
    assert study.activations is not None
    assert all(0 < change < 1 for change in study.change.values())


def test_the_untrained_toy_is_asked_beside_the_trained_hyper_models(found: NullsResult) -> None:
    untrained = found.nulls["untrained"].toy
    assert untrained is not None
    assert found.nulls["flat"].toy is None
    assert {row.model for row in untrained.losses} == {row.model for row in untrained.distances} == {"sym", "sin"}
    assert {row.width for row in untrained.widths} == {2, 64}
    assert all(len(row.to_hyper) == 5 for row in untrained.distances)
