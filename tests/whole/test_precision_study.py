"""bf16 against fp32 over three seeds: do whole trainings end at the same losses?"""

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.core import precision
from tests import clone

LOSSES = ("L_G", "L_A", "L_B", "L_C")  # of Model 1: reconstruction, adversarial, perceptual


def measured(folder: Path, number_format: str) -> dict[str, list[float]]:
    """Train and measure Model 1 with three seeds; each loss as the mean over Table 3's S, one value per seed."""
    clone.dvc(folder, "exp", "run", "-S", f"precision={number_format}", "-S", "seeds=[0,1,2]", "evaluate@model1")
    result = json.loads((folder / "data/measured/runs/model1.json").read_text())
    assert result["precision"] == number_format
    return {
        loss: [
            float(
                np.mean(
                    [{"L_G": row["L_G"], **{f"L_{i}": L for i, L in row["L"].items()}}[loss] for row in seed["losses"]]
                )
            )
            for seed in result["seeds"].values()
        ]
        for loss in LOSSES
    }


@pytest.mark.long
@pytest.mark.skipif(
    precision.resolve("auto", precision.device("auto")) != "bf16", reason="this processor only emulates bf16: hours"
)
def test_bf16_ends_within_the_spread_of_fp32(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "clone"
    clone.make(folder, scale="small")
    if (clone.CHECKOUT / ".dvc/cache").exists():  # the pictures and VGG16's weights may be there already
        clone.dvc(folder, "config", "--local", "cache.dir", str(clone.CHECKOUT / ".dvc/cache"))
    fp32, bf16 = measured(folder, "fp32"), measured(folder, "bf16")
    with capsys.disabled():
        for loss in LOSSES:
            print(f"\n{loss}: fp32 {np.round(fp32[loss], 4)}, bf16 {np.round(bf16[loss], 4)}", end="")
        print()
    for loss in LOSSES:
        spread = max(fp32[loss]) - min(fp32[loss])
        assert abs(np.mean(bf16[loss]) - np.mean(fp32[loss])) <= spread, loss
