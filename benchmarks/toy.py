"""How much faster the toy's models train together than one by one: `python -m benchmarks.toy`.

Together: pipeline.sgn.toy.train, all 35 models of Table 1 (5 seeds), the paper's 500 epochs. One by one: the loop that
one would write first, nn.Sequential and torch.optim.Adam; one model of each kind for a few epochs, scaled to 35 models
and 500 epochs. Both on one thread, in turns, so that a busy machine slows both.
"""

import argparse
import time

import torch
from torch import nn

from pipeline.sgn import toy
from pipeline.sgn.model import simplex

EPOCHS, RATES = (200, 200, 100), (0.01, 0.001, 0.0001)
SEEDS = 5


def train_alone(model: toy.Model, training: toy.Training, epochs: int) -> nn.Sequential:
    """One model in plain PyTorch: the same samples, batches, losses and optimiser as pipeline.sgn.toy."""
    has_S = model.kind != "hyper"
    torch.manual_seed(model.seed)
    net = nn.Sequential(
        *(nn.Linear(3 if has_S else 1, 64), nn.ReLU()),
        *(nn.Linear(64, 64), nn.ReLU()),
        *(nn.Linear(64, 64), nn.ReLU()),
        nn.Linear(64, 1),
    )
    adam = torch.optim.Adam(net.parameters(), lr=training.learning_rates[0])
    x = toy.inputs(training.samples)
    random = model.stream("S")
    for _ in range(epochs):
        for batch in torch.randperm(training.samples).split(training.batch):
            x_b = x[batch]
            if has_S:
                S_b = torch.from_numpy(simplex.dirichlet(training.alpha, 2, len(batch), random))
                z = net(torch.cat([x_b[:, None], S_b], dim=1)).squeeze(1)
            else:
                z = net(x_b[:, None]).squeeze(1)
            w_b = S_b if model.kind == "sym" else torch.tensor(model.weights or toy.SIN_WEIGHTS).expand(len(batch), 2)
            L_r, L_c = toy.losses(z, x_b)
            L = (w_b[:, 0] * L_r + w_b[:, 1] * L_c).mean()
            adam.zero_grad()
            L.backward()
            adam.step()
    return net


def main() -> None:
    """Print both times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=40, help="epochs of each turn of the one-by-one loop")
    epochs = parser.parse_args().epochs
    torch.set_num_threads(1)
    training = toy.Training(100, 16, EPOCHS, RATES, 0.5)
    models = toy.all_models(SEEDS)
    samples = [models[0], models[3], models[6]]  # sym, hyper (0.5, 0.5), sin
    one_epoch = toy.Training(100, 16, (1,), RATES[:1], 0.5)
    toy.train(models, 64, one_epoch)  # the first call also loads libraries
    train_alone(models[0], training, 1)

    seconds_alone = []
    together = 0.0
    for part, rate in zip(EPOCHS, RATES, strict=True):
        start = time.perf_counter()
        toy.train(models, 64, toy.Training(100, 16, (part,), (rate,), 0.5))
        together += time.perf_counter() - start
        for model in samples:
            start = time.perf_counter()
            train_alone(model, training, epochs)
            seconds_alone.append((time.perf_counter() - start) / epochs)
    alone = sum(seconds_alone) / len(seconds_alone) * sum(EPOCHS) * len(models)

    print(f"{len(models)} models, {sum(EPOCHS)} epochs, {training.samples} samples, batch {training.batch}, one thread")
    print(f"together:   {together:7.1f} s")
    print(f"one by one: {alone:7.1f} s (from {len(seconds_alone)} turns of {epochs} epochs)")
    print(f"ratio:      {alone / together:7.1f}")


if __name__ == "__main__":
    main()
