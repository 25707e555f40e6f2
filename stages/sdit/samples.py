"""sdit/samples@RUN: a run's translations of a few test pictures, for the figures: data/sdit/translations/RUN.npz."""

from pathlib import Path

import numpy as np
import torch

from pipeline.core import files, precision, seeds
from pipeline.core.pictures import to_pictures
from pipeline.sdit.evaluation import trained
from pipeline.sdit.evaluation.measures import Network, chosen
from pipeline.sdit.model import params, pictures
from pipeline.shell import command

INPUTS = 4  # spread over the domains
CODES = 5


def main(key: str) -> None:
    """Translate with the first seed's network: `inputs` uint8 (n, S, S, 3), `outputs` (d, Z, n, S, S, 3) and, with
    attention, `attention` float32 (d, n, S, S)."""
    p = params.load()
    run, seed = p.run(key), p.seeds_of(key)[0]
    device = precision.device(p.device)
    precision.deterministic(device, p.threads)
    test = pictures.read(run.view, "test")
    places = [place + len(test) // (2 * INPUTS) for place in chosen(test, INPUTS)]
    x = test.tensor()[places].to(device)
    nets, _ = trained.read(p, key, seed, test.x.shape[1])
    network = Network(trained.moved(nets, device), batch=p.sizes.evaluate.batch, code=p.sizes.train.code)
    z = torch.randn(CODES, p.sizes.train.code, generator=seeds.torch_generator(0, "sdit shown")).to(device)
    outputs, maps = [], []
    for label in torch.eye(len(p.view(run.view).domains), device=device):
        target = label.expand(len(x), -1)
        outputs.append([to_pictures(network.translate(x, target, code.expand(len(x), -1))) for code in z])
        if (a := network.attend(x, target)) is not None:
            maps.append(a[:, 0].cpu().numpy())
    arrays = {"inputs": test.x[places], "outputs": np.array(outputs)}
    if maps:
        arrays["attention"] = np.array(maps)
    files.write_arrays(Path("data/sdit/translations") / f"{key}.npz", arrays)


if __name__ == "__main__":
    command.run(main)
