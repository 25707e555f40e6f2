"""The method: AsymGAN with and without its extension losses, and CycleGAN, which is what is left without a code.

Photos X are rich, labels Y are poor. G: X -> Y, F: (Y, z) -> X, E: X -> z, and discriminators of photos, labels and
codes. Adversarial terms are least squares. With the paper's weights lambda (Equations 12 and 19):

    L = L_A(G, D_Y) + L_A(F, D_X) + 1 L_A(E, D_Z)
        + 10 |F(G(x), E(x)) - x| + 10 |G(F(y, z)) - y| + 10 |E(F(y, z)) - z|                              (12)
    L_ext = L + 1 L_A(F(G(x), z)) + 1 L_A(F(y, E(x))) + 0.2 L_content + 0.1 L_style + 10 L_TV             (19)

Whether E is moved by |E(F(y, z)) - z| is a run's choice: while F does not use z yet, that term's minimum is E = 0,
where a code map then stays (docs/deviations.md).

CycleGAN is (12) without z: F(y), no E, no D_Z. Everything that F makes in a step is made in one pass.

Shape legend: N samples. x photos, y labels (N, 3, H, W) in [-1, 1]; codes (N, c) or (N, c, h, w); losses (N,).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pipeline.asymgan.model import losses
from pipeline.asymgan.model.networks import Encoder, MapCritic, Translator, VectorCritic, parameters
from pipeline.core import seeds
from pipeline.networks.discriminator import Discriminator
from pipeline.networks.losses import discriminator_loss, generator_loss
from pipeline.networks.vgg16 import VGG16
from pipeline.training import replay
from pipeline.training.method import Memory, Player, Update

BETAS = (0.5, 0.999)  # of Adam (CycleGAN; the paper names none)
SLOWER = 0.5  # the discriminators' learning rate, of the generators' (0.0001 and 0.0002)
PASSES = 4  # of a step that take dropout: G(x), F(y), F(G(x)), G(F(y))


@dataclass(frozen=True)
class Weights:
    """lambda_1 to lambda_9."""

    code_adversarial: float = 1.0
    photo_cycle: float = 10.0
    label_cycle: float = 10.0
    code_cycle: float = 10.0
    from_made_label: float = 1.0
    from_encoded: float = 1.0
    content: float = 0.2
    style: float = 0.1
    smooth: float = 10.0


def weights(leaves_out: str = "nothing") -> Weights:
    """The paper's weights without a kind of extension losses: adversarial, perception, smoothness (Figure 10)."""
    left_out = {
        "nothing": (),
        "adversarial": ("from_made_label", "from_encoded"),
        "perception": ("content", "style"),
        "smoothness": ("smooth",),
    }
    return Weights(**dict.fromkeys(left_out[leaves_out], 0.0))


@dataclass(frozen=True)
class Networks:
    """All networks of a run; without a code there is no encoder and no critic of codes."""

    G: Translator
    F: Translator
    D_X: Discriminator
    D_Y: Discriminator
    E: Encoder | None
    D_Z: MapCritic | VectorCritic | None

    def modules(self) -> dict[str, nn.Module]:
        """Those that there are, by the names of their files."""
        named = {"G": self.G, "F": self.F, "D_X": self.D_X, "D_Y": self.D_Y, "E": self.E, "D_Z": self.D_Z}
        return {name: net for name, net in named.items() if net is not None}


def build(
    width: int, blocks: int, into: tuple[int, ...], *, injection: str, code: int, encoder_width: int, seed: int
) -> Networks:
    """The networks with which the training of a seed begins; PyTorch's own random numbers stay as they are."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(seeds.sequence(seed, "networks").generate_state(1)[0]))
        G = Translator(width, blocks, "none", code, into)
        D_X, D_Y = Discriminator(width), Discriminator(width)
        F = Translator(width, blocks, injection, code, into)
        if injection == "none":
            return Networks(G, F, D_X, D_Y, None, None)
        vector = injection != "concat-map"
        E = Encoder(encoder_width, code, vector)
        return Networks(G, F, D_X, D_Y, E, VectorCritic(code) if vector else MapCritic(width, code))


def code_shape(injection: str, code: int, side: int) -> tuple[int, ...]:
    """The shape of a sample's code for pictures of side x side pixels."""
    return (code, side // 8, side // 8) if injection == "concat-map" else (code,)


class AsymGAN:
    """A step: G, F and E together, then all discriminators together."""

    sources: Sequence[str] = ("photo", "label")

    def __init__(
        self,
        networks: Networks,
        *,
        code: tuple[int, ...],
        side: int,
        dropout: bool,
        extension: VGG16 | None,
        weights: Weights,
        encoder_follows: bool,
        seed: int,
        learning_rate: float,
    ) -> None:
        """`code`: the shape of a sample's code. `extension`: the network of the perceptual losses; None: Equation 12.
        `weights` of 0 leave an extension term out. `encoder_follows`: whether |E(F(y, z)) - z| moves E besides F."""
        self.nets, self.code, self.side, self.dropout, self.seed = networks, code, side, dropout, seed
        self.vgg, self.weights, self.encoder_follows = extension, weights, encoder_follows
        self.modules: Mapping[str, nn.Module] = networks.modules()
        makers = list(parameters(networks.G, networks.F, networks.E))
        judges = list(parameters(networks.D_X, networks.D_Y, networks.D_Z))
        self.players: Mapping[str, Player] = {
            "generators": Player(makers, learning_rate, BETAS),
            "discriminators": Player(judges, learning_rate * SLOWER, BETAS),
        }
        self.buffers = {"label": replay.ReplayBuffer(), "photo": replay.ReplayBuffer()}
        if extension is not None:
            self.buffers |= {"from made label": replay.ReplayBuffer(), "from encoded": replay.ReplayBuffer()}
        self.memory: Mapping[str, Memory] = self.buffers

    def draw(self, step: int, count: int) -> dict[str, Tensor]:
        """Codes for F(y, z), for F(G(x), z) and as D_Z's real ones, z (N, 3, *code); bytes of dropout; plans of the
        replay buffers."""
        drawn = {
            f"replay {name}": replay.plan(step, count, seeds.numpy_generator(self.seed, "replay", name, step))
            for name in self.buffers
        }
        if self.nets.E is not None:
            random = seeds.numpy_generator(self.seed, "z", step)
            drawn["z"] = torch.from_numpy(random.standard_normal((count, 3, *self.code), dtype="float32"))
        if self.dropout:
            random = seeds.numpy_generator(self.seed, "dropout", step)
            shape = (count, PASSES, self.nets.G.noise_size(self.side))
            drawn["dropout"] = torch.from_numpy(random.integers(256, size=shape, dtype="uint8"))
        return drawn

    def updates(self, batch: Mapping[str, Tensor]) -> Iterator[Update]:
        """The generators' move, then the discriminators'."""
        judges = [net for net in (self.nets.D_X, self.nets.D_Y, self.nets.D_Z) if net is not None]
        for net in judges:
            net.requires_grad_(False)
        L, made = self.without_code(batch) if self.nets.E is None else self.with_code(batch)
        total = torch.stack(list(L.values())).sum(0)
        yield Update("generators", total, {**L, "L": total})
        for net in judges:
            net.requires_grad_(True)
        L_D = self.discriminators(batch, {name: made[name].detach() for name in made})
        yield Update("discriminators", torch.stack(list(L_D.values())).sum(0), L_D)

    def without_code(self, batch: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """CycleGAN's terms, weighted, and what was made."""
        x, y, w = batch["photo"], batch["label"], self.weights
        G, F = self.nets.G, self.nets.F
        noise = batch["dropout"].unbind(1) if self.dropout else (None,) * PASSES  # (N, bytes) each
        G_x, F_y = G(x, noise=noise[0]), F(y, noise=noise[1])
        photo_back, label_back = F(G_x, noise=noise[2]), G(F_y, noise=noise[3])
        L = {
            "L_A_label": generator_loss(self.nets.D_Y(G_x)),
            "L_A_photo": generator_loss(self.nets.D_X(F_y)),
            "L_CX": w.photo_cycle * losses.distance(photo_back, x),
            "L_CY": w.label_cycle * losses.distance(label_back, y),
        }
        return L, {"label": G_x, "photo": F_y}

    def with_code(self, batch: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """The terms of Equation 12 or 19, weighted, and what was made."""
        x, y, w, n = batch["photo"], batch["label"], self.weights, len(batch["photo"])
        G, F, E = self.nets.G, self.nets.F, self.nets.E
        assert E is not None
        assert self.nets.D_Z is not None
        z, z_other, _ = batch["z"].unbind(1)
        E_x, G_x = E(x), G(x)
        if self.vgg is None:
            F_yz, back = F(torch.cat([y, G_x]), torch.cat([z, E_x])).split(n)
        else:
            F_yz, back, F_made, F_encoded = F(torch.cat([y, G_x, G_x, y]), torch.cat([z, E_x, z_other, E_x])).split(n)
        E.requires_grad_(self.encoder_follows)
        label_back, E_F = G(F_yz), E(F_yz)
        E.requires_grad_(True)
        L = {
            "L_A_label": generator_loss(self.nets.D_Y(G_x)),
            "L_A_photo": generator_loss(self.nets.D_X(F_yz)),
            "L_A_code": w.code_adversarial * generator_loss(self.nets.D_Z(E_x)),
            "L_CX": w.photo_cycle * losses.distance(back, x),
            "L_CY": w.label_cycle * losses.distance(label_back, y),
            "L_CZ": w.code_cycle * losses.distance(E_F, z),
        }
        made = {"label": G_x, "photo": F_yz, "code": E_x}
        if self.vgg is not None:
            if w.from_made_label > 0 and w.from_encoded > 0:
                made_score, encoded_score = self.nets.D_X(torch.cat([F_made, F_encoded])).split(n)
                L["L_A_made"] = w.from_made_label * generator_loss(made_score)
                L["L_A_encoded"] = w.from_encoded * generator_loss(encoded_score)
            if w.content > 0 or w.style > 0:
                content, style = losses.content_and_style(self.vgg, F_encoded, y, x)
                L |= {"L_content": w.content * content, "L_style": w.style * style}
            if w.smooth > 0:
                smoothed = [losses.total_variation(v) for v in (G_x, back, F_made, F_yz, label_back, F_encoded)]
                L["L_TV"] = w.smooth * torch.stack(smoothed).sum(0)
            made |= {"from made label": F_made, "from encoded": F_encoded}
        return L, made

    def discriminators(self, batch: Mapping[str, Tensor], made: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Each discriminator's loss; pictures come through the replay buffers, codes do not."""
        x, y, w, n = batch["photo"], batch["label"], self.weights, len(batch["photo"])
        fakes = {name: self._exchanged(name, made[name], batch) for name in self.buffers}
        real_Y, fake_Y = self.nets.D_Y(torch.cat([y, fakes["label"]])).split(n)
        photos = [name for name in fakes if name != "label"]
        real_X, *fake_X = self.nets.D_X(torch.cat([x, *(fakes[name] for name in photos)])).split(n)
        scale = {"photo": 1.0, "from made label": w.from_made_label, "from encoded": w.from_encoded}
        L_X = [scale[name] * discriminator_loss(real_X, fake) for name, fake in zip(photos, fake_X, strict=True)]
        L_D = {"L_D_label": discriminator_loss(real_Y, fake_Y), "L_D_photo": torch.stack(L_X).sum(0)}
        if self.nets.D_Z is not None:
            prior = batch["z"][:, 2]
            L_D["L_D_code"] = discriminator_loss(self.nets.D_Z(prior), self.nets.D_Z(made["code"]))
        return L_D

    def _exchanged(self, name: str, made: Tensor, batch: Mapping[str, Tensor]) -> Tensor:
        fakes, _ = self.buffers[name].exchange(made, made.new_zeros(len(made), 1), batch[f"replay {name}"])
        return fakes

    def describe(self, batch: Mapping[str, Tensor], sample: int) -> str:
        """A sample's code for F(y, z), its first numbers."""
        if "z" not in batch:
            return f"sample {sample}"
        return f"z = {[round(value, 2) for value in batch['z'][sample, 0].flatten()[:8].tolist()]}"
