"""SDIT's stages as DVC runs them, one after the other, at scale smoke with two runs and random weights for VGG16."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from pipeline.sgn.pages import others
from pipeline.shell import command
from stages.sdit import (
    artworks,
    claims,
    classifier,
    collect,
    evaluate,
    faces,
    figures,
    keep,
    nulls,
    objects,
    report,
    samples,
    train,
)
from tests.clone import CHECKOUT
from tests.sdit import made_up

RUNS = ("sdit", "stargan")


def write_params(**changes: Any) -> None:
    values = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    values.update({"scale": "smoke", "threads": 1, "seeds": [0, 1]})
    values["sdit"].update({"runs": {key: values["sdit"]["runs"][key] for key in RUNS}, **changes})
    Path("params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: params.yaml at scale smoke, the graph."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    (tmp_path / "stages/sdit").mkdir(parents=True)
    shutil.copy(CHECKOUT / "stages/sdit/dvc.yaml", tmp_path / "stages/sdit/dvc.yaml")
    write_params()
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, vgg_weights: dict[str, Tensor]) -> Path:
    """A project in which everything up to the page was made."""
    project = tmp_path_factory.mktemp("sdit") / "my project"
    (project / "stages/sdit").mkdir(parents=True)
    shutil.copy(CHECKOUT / "stages/sdit/dvc.yaml", project / "stages/sdit/dvc.yaml")
    shutil.copytree(CHECKOUT / "notebooks/sdit", project / "notebooks/sdit")
    (project / "models").mkdir()
    save_file(vgg_weights, project / "models/vgg16.safetensors")
    (project / "models/sdit").mkdir()
    save_file(made_up.lpips_weights(), project / "models/sdit/lpips.safetensors")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        patch.delenv("DVC_ROOT", raising=False)
        patch.setenv("PYTHONPATH", str(CHECKOUT))
        write_params()
        objects.main()
        classifier.main("objects")
        for key in RUNS:
            train.main(key)
            evaluate.main(key)
            samples.main(key)
        for stage in (nulls, collect, claims, figures, report):
            stage.main()
    return project


def metrics(project: Path, name: str) -> Any:
    return json.loads((project / "reports/sdit/metrics" / name).read_text())


def test_networks_and_curves_of_each_seed_are_there(made: Path) -> None:
    for seed in "01":
        names = {path.name for path in (made / "models/sdit/sdit" / seed).iterdir()}
        assert names == {"generator.safetensors", "discriminator.safetensors"}
        curve = made / f"reports/sdit/live/sdit/plots/metrics/seed{seed}/L_LAT.tsv"
        assert curve.read_text().splitlines()[-1].startswith("6\t")
    assert not (made / "reports/sdit/live/stargan/plots/metrics/seed0/L_LAT.tsv").exists()


def test_what_is_measured_tells_one_output_from_many(made: Path) -> None:
    sdit, stargan = (metrics(made, f"runs/{key}.json") for key in RUNS)
    for seed in "01":
        assert set(stargan["seeds"][seed]["per_input"].values()) == {0.0}
        assert min(sdit["seeds"][seed]["per_input"].values()) > 0
        assert sdit["seeds"][seed]["attention"]["inside"] is not None
        assert stargan["seeds"][seed]["attention"] is None
    assert sdit["parameters"]["all with a domain more"] > sdit["parameters"]["all"]
    identity = metrics(made, "nulls.json")["nulls"]["identity"]["sdit"]["seeds"]["0"]
    assert identity["outside"] == identity["cycle"] == 0


def test_every_claim_has_a_verdict_and_the_summary_counts_them(made: Path) -> None:
    judged = metrics(made, "claims.json")
    assert len(judged) == 13
    assert sum(metrics(made, "summary.json")["claims"].values()) == 13
    by = {claim["id"]: claim for claim in judged}
    assert by["sdit-beta"]["verdict"] == "not measurable"  # its runs are not there
    assert by["sdit-one-network"]["verdict"] in ("holds", "fails")
    assert by["sdit-targets"]["nulls"] == {"identity": False, "untrained": False}


def test_the_page_shows_its_pictures_and_every_claim(made: Path) -> None:
    page = (made / "reports/sdit/sdit.html").read_text()
    for claim in metrics(made, "claims.json"):
        assert page.count(f'id="{claim["id"]}"') == 1
    pictures = {path.name for path in (made / "reports/sdit/figures").iterdir()}
    assert {"outputs-sdit.png", "outputs-stargan.png", "attention.png", "ablation.png"} <= pictures
    for name in pictures:
        assert f'src="figures/{name}"' in page
    assert "Table 6.3" in page


def test_what_the_front_page_says_is_kept(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made)
    keep.main()
    said = json.loads((made / "results/sdit/front.json").read_text())
    assert (made / "reports" / said["page"]).is_file()
    assert sum(said["verdicts"].values()) == 13
    assert "Two codes for one input give the same picture" in said["sentences"][1]
    shown = others.papers()
    assert f'href="{said["page"]}"' in shown
    assert shown.count("badge") == len(said["verdicts"])
    monkeypatch.chdir(made.parent)
    assert others.papers() == ""


def test_a_training_again_gives_the_same_bytes(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made)
    path = made / "models/sdit/stargan/1/generator.safetensors"
    before = path.read_bytes()
    train.main("stargan")
    assert path.read_bytes() == before


def test_other_settings_than_the_trainings_are_told(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made)
    before = Path("params.yaml").read_text()
    try:
        write_params(weights={"middle": {"gan": 2.0, "cls": 1.0, "rec": 10.0, "lat": 1.0}})
        with pytest.raises(ValueError, match=r"models/sdit/sdit/0/generator.safetensors was trained with gan 1.0"):
            evaluate.main("sdit")
    finally:
        Path("params.yaml").write_text(before)


def test_a_missing_input_names_the_papers_own_stage(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["stages/sdit/train.py", "sdit"])
        with pytest.raises(SystemExit):
            command.run(train.main)
    assert (
        "data/sdit/objects.npz is missing: `dvc repro stages/sdit/dvc.yaml:objects` makes it" in capsys.readouterr().err
    )


def test_artworks_are_packed_and_a_latent_loss_without_codes_is_refused(project: Path) -> None:
    for domain in ("photo", "ukiyoe", "monet", "vangogh"):
        (project / "data" / domain).mkdir(parents=True)
        for half in ("train", "test"):
            np.save(project / "data" / domain / f"{half}.npy", np.full((3, 36, 36, 3), 9, np.uint8))
    artworks.main()
    assert (project / "data/sdit/artworks.npz").is_file()
    run = {
        "view": "objects",
        "injection": "none",
        "attention": True,
        "latent": True,
        "weights": "middle",
        "seeds": "all",
    }
    write_params(runs={"sdit": run})
    with pytest.raises(ValueError, match="latent is true, but with injection none no output depends on z"):
        artworks.main()


def test_faces_come_from_the_users_folder(project: Path) -> None:
    folder = project / "celeba"
    (folder / "img").mkdir(parents=True)
    for n in range(12):
        Image.new("RGB", (178, 218), (20 * n, 0, 0)).save(folder / "img" / f"{n}.png")
    rows = [f"{n}.png {1 if n % 2 else -1} 1" for n in range(12)]
    (folder / "list.txt").write_text("\n".join(["12", "Bangs Male", *rows]) + "\n")
    views = {
        **yaml.safe_load(Path("params.yaml").read_text())["sdit"]["views"],
        "celeba": {"domains": ["bangs", "male"], "exclusive": False},
    }
    write_params(views=views, faces={"celeba": {"pictures": "celeba/img", "attributes": "celeba/list.txt"}})
    faces.main("celeba")
    assert (project / "data/sdit/celeba.npz").is_file()
    with pytest.raises(ValueError, match="no view of faces 'other'; known are celeba"):
        faces.main("other")
