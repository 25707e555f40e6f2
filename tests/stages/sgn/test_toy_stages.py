"""The stages toy and toy_figures at scale smoke: their files, and the same bytes when they run again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pipeline.sgn.paper import table1, toy_claims
from stages.sgn import toy, toy_figures
from tests.clone import CHECKOUT

PARAMS = CHECKOUT / "params.yaml"
OUTS = (
    "models/toy.npz",
    "data/measured/toy.json",
    "reports/figures/toy/figure5.png",
    "reports/figures/toy/figure9.png",
)


def test_the_toy_stages_write_their_files_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    threads = torch.get_num_threads()
    request.addfinalizer(lambda: torch.set_num_threads(threads))
    contents = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "params.yaml").write_text(PARAMS.read_text().replace("scale: small", "scale: smoke"))
        monkeypatch.chdir(folder)
        toy.main()
        toy_figures.main()
        contents.append([Path(out).read_bytes() for out in OUTS])
        assert sorted(str(p) for p in Path().rglob("*") if p.is_file()) == sorted(["params.yaml", *OUTS])
    assert contents[0] == contents[1]

    numbers = json.loads(Path("data/measured/toy.json").read_text())
    assert numbers["settings"]["alpha"] == 0.5
    assert len(table1.table(numbers)) == 15
    assert len({claim["id"] for claim in toy_claims.claims(numbers)}) == 6
    with np.load("models/toy.npz") as arrays:
        assert arrays["f_hyper"].shape[:2] == (5, numbers["settings"]["seeds"])
    with Image.open("reports/figures/toy/figure5.png") as picture:
        assert picture.width >= 900
