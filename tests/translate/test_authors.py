"""The authors' checkpoints: their architecture built plainly, by their key names, gives what ours gives.

The build follows Table 4 and the names that their released state dicts have; nothing of the pipeline is in it.
"""

import collections
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from pipeline.translate import authors, weights


class Gate(nn.Module):
    """CCAM: X * sigmoid(fc([AvgPool(X), ReLU(l_c(S))]))."""

    def __init__(self, channels: int, k: int) -> None:
        super().__init__()
        self.l_c = nn.Linear(k, channels)
        self.fc = nn.Sequential(nn.Linear(2 * channels, channels // 4), nn.ReLU(), nn.Linear(channels // 4, channels))

    def forward(self, x: Tensor, S: Tensor) -> Tensor:
        pooled = nn.functional.adaptive_avg_pool2d(x, 1).flatten(1)
        opened = torch.sigmoid(self.fc(torch.cat([pooled, torch.relu(self.l_c(S))], 1)))
        return x * opened.view(*opened.shape, 1, 1)


class Block(nn.Module):
    """A residual block with reflection padding."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for last in (False, True):
            layers += [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels)]
            layers += [] if last else [nn.ReLU()]
        self.conv_block = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        added: Tensor = x + self.conv_block(x)
        return added


class Theirs(nn.Module):
    """Table 4 with the authors' names; their fourth gate has parameters and no use."""

    def __init__(self, w: int = 8, blocks: int = 2, k: int = 3) -> None:
        super().__init__()
        up: dict[str, Any] = {"stride": 2, "padding": 1, "output_padding": 1}
        self.model0 = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(3, w, 7), nn.InstanceNorm2d(w), nn.ReLU())
        self.gate0 = Gate(w, k)
        self.model1 = nn.Sequential(
            *(nn.Conv2d(w, 2 * w, 3, stride=2, padding=1), nn.InstanceNorm2d(2 * w), nn.ReLU()),
            *(nn.Conv2d(2 * w, 4 * w, 3, stride=2, padding=1), nn.InstanceNorm2d(4 * w), nn.ReLU()),
        )
        self.gate1 = Gate(4 * w, k)
        self.model2 = nn.Sequential(*(Block(4 * w) for _ in range(blocks)))
        self.gate2 = Gate(4 * w, k)
        self.model3 = nn.Sequential(
            *(nn.ConvTranspose2d(4 * w, 2 * w, 3, **up), nn.InstanceNorm2d(2 * w), nn.ReLU()),
            *(nn.ConvTranspose2d(2 * w, w, 3, **up), nn.InstanceNorm2d(w), nn.ReLU()),
        )
        self.gate3 = Gate(w, k)
        self.model4 = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(w, 3, 7), nn.Tanh())

    def forward(self, x: Tensor, S: Tensor) -> Tensor:
        x = self.gate0(self.model0(x), S)
        x = self.gate1(self.model1(x), S)
        x = self.gate2(self.model2(x), S)
        out: Tensor = self.model4(self.model3(x))
        return out


@pytest.fixture
def theirs() -> Theirs:
    network = Theirs()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return network


def saved(path: Path, held: object) -> Path:
    torch.save(held, path)
    return path


def prefixed(held: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {prefix + name: value for name, value in held.items()}


def test_it_has_as_many_parameters_as_their_generator() -> None:
    assert sum(p.numel() for p in Theirs(64, 9).parameters()) == 11_485_987  # with the unused gate


@torch.no_grad()
@pytest.mark.parametrize(
    "wrap",
    [
        lambda held: held,
        lambda held: collections.OrderedDict(held),
        lambda held: {"state_dict": held, "epoch": 20},
        lambda held: {"model": {"G": held, "D": {"main.0.weight": torch.zeros(2)}}, "lr": 2e-4},
        lambda held: prefixed(held, "module."),
        lambda held: {"netG": prefixed(held, "module.")},
        lambda held: prefixed(held, "netG.module."),
        lambda held: {name: value for name, value in held.items() if not name.startswith("gate3")},
        lambda held: {name: nn.Parameter(value) for name, value in held.items()},
    ],
    ids=["plain", "ordered", "state_dict", "nested", "module", "both", "prefix", "three-gates", "parameters"],
)
def test_a_checkpoint_gives_their_networks_output(tmp_path: Path, theirs: Theirs, wrap: Any) -> None:
    model = weights.read(saved(tmp_path / "Model1.pth", wrap(theirs.state_dict())))
    assert model.names == ("A", "B", "C")
    x, S = torch.rand(3, 3, 32, 40) * 2 - 1, torch.tensor([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0], [0.0, 1.5, 0.0]])
    expected = theirs(x, S)
    assert expected.std() > 0.05
    assert (expected[0] - theirs(x, S.flip(0))[0]).abs().max() > 1e-3  # S matters
    assert (model.generator(x, S) - expected).abs().max() <= 1e-5


@torch.no_grad()
def test_at_the_papers_size_and_other_k(tmp_path: Path) -> None:
    for network, k in ((Theirs(64, 9), 3), (Theirs(8, 1, k=2), 2), (Theirs(8, 3, k=4), 4)):
        generator = authors.read(saved(tmp_path / "x.pth", network.state_dict()))
        x, S = torch.rand(1, 3, 32, 32) * 2 - 1, torch.rand(1, k)
        assert (generator(x, S) - network(x, S)).abs().max() <= 1e-5


def changed(**changes: Any) -> Any:
    """Their state dict with other values under some names; None takes the name away."""

    def change(held: dict[str, Tensor]) -> dict[str, Any]:
        new = {**held, **{name.replace("__", "."): value for name, value in changes.items()}}
        return {name: value for name, value in new.items() if value is not None}

    return change


@pytest.mark.parametrize(
    "wrong",
    [
        lambda held: {},
        lambda held: [1, 2],
        lambda held: torch.zeros(3),
        lambda held: {"features.0.weight": torch.zeros(64, 3, 3, 3)},
        lambda held: {"a": held, "b": dict(held)},
        changed(model4__1__bias=None),
        changed(gate1__l_c__weight=None),
        changed(model4__1__bias=torch.zeros(4)),
        changed(model0__1__weight=torch.zeros(8, 3, 7)),
        changed(model0__1__weight="code"),
        changed(extra__weight=torch.zeros(1)),
        changed(model1__1__weight=torch.zeros(16)),  # an instance norm with parameters: another network
        changed(model4__1__bias=torch.full((3,), float("nan"))),
        changed(model4__1__bias=torch.zeros(3, dtype=torch.int64)),
        changed(model2__7__conv_block__1__weight=torch.zeros(32, 32, 3, 3)),
    ],
)
def test_anything_else_is_refused_in_a_sentence(tmp_path: Path, theirs: Theirs, wrong: Any) -> None:
    path = saved(tmp_path / "Model1.pth", wrong(theirs.state_dict()))
    with pytest.raises(ValueError, match=r"Model1\.pth: ") as raised:
        weights.read(path)
    assert "\n" not in str(raised.value)


class Trap:
    """What a pickle can be: code that runs when it is read."""

    def __init__(self, ran: Path) -> None:
        self.ran = ran

    def __reduce__(self) -> Any:
        return (Path.touch, (self.ran,))


def test_a_file_with_code_is_refused_and_not_run(tmp_path: Path, theirs: Theirs) -> None:
    ran = tmp_path / "ran"
    saved(tmp_path / "a.pth", {**theirs.state_dict(), "epoch": Trap(ran)})
    (tmp_path / "b.pth").write_bytes(pickle.dumps(Trap(ran)))
    (tmp_path / "c.pth").write_bytes(b"no checkpoint")
    saved(tmp_path / "d.pth", theirs)  # the network itself, a class of somebody's
    for name in "abcd":
        with pytest.raises(ValueError, match="not read"):
            authors.read(tmp_path / f"{name}.pth")
    assert not ran.exists()
    pickle.loads((tmp_path / "b.pth").read_bytes())
    assert ran.exists(), "the trap is one"
