"""Made-up files of the stages before claims, in which every claim of the paper holds, to be broken."""

from typing import Any

import numpy as np

from pipeline.core import results
from pipeline.sgn.model import simplex
from pipeline.sgn.paper import nulls as paper_nulls
from pipeline.sgn.paper import table3, toy_claims
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, HYPER_RUNS, SYM_RUNS
from pipeline.sgn.paper.table1 import PAPER
from pipeline.sgn.results import RunResult

LETTERS = "ABCD"
PAIRS = ("AB", "AC", "BC")
CONDITIONINGS = {name: name.removeprefix("model2-") if "-" in name else "ccam" for name in CONDITIONING_RUNS}

# (2 models, 5 weightings, L_r and L_c)
PUBLISHED = np.array([[PAPER[w][model][1:] for w in PAPER] for model in ("sym", "hyper")])
HYPER_LEVELS = [0.0, 0.1, 0.2, 0.4, 0.7]


def study(conditioning: str = "ccam", k: int = 3) -> dict[str, Any]:
    """What a study of one seed says; CCAM is best, CONCAT does not move at all."""
    level = {"ccam": 0.6, "concat": 0.0, "concat-features": 0.1, "cbn": 0.4, "film": 0.7}[conditioning]
    points = [*simplex.corners(k), *simplex.midpoints(k), simplex.centre(k), simplex.beyond(k, 1), simplex.beyond(k, 2)]
    letters = LETTERS[:k]
    return {
        "lattice": [lattice_row(S) for S in points],
        "rank": dict.fromkeys(letters, -level),
        "range": {letter: {"smallest": 1.0, "largest": 1.0 + level} for letter in letters},
        "change": {pair: level + 0.01 * i for i, pair in enumerate(PAIRS)} if level else dict.fromkeys(PAIRS, 1e-5),
        "distance": {
            letter: {"protocol": f"p{letter}", "inputs": 2.0, "corner": 2.0 - level, "elsewhere": 2.5}
            for letter in letters
        },
        "separation": {letter: level + 0.01 * i for i, letter in enumerate(letters)},
        "leakage": {pair: 1 - level + 0.01 * i for i, pair in enumerate(PAIRS)} if level else None,
        "stray": dict.fromkeys(PAIRS, 0.3 * (1 - level) if level else 0.0),
        "bias": dict.fromkeys(PAIRS, 1 - level) if level else None,
        # On the axis of B the projection is s_B, on that of C it is s_C, a little more for a mixture.
        "axes": {axis: [{"S": list(S), "projection": way(S[LETTERS.index(axis)])} for S in points] for axis in "BC"},
        "steps": {side: {"mean": 0.01, "largest": 0.02, "whole": 0.2, "back": 0.01} for side in ("AB", "BC", "CA")},
        "sizes": [
            {"size": [size, size], "output": [size, size], "L_A": L_A, "flat": 0.9, "change": 0.2}
            for size, L_A in ((64, 0.2), (96, 0.3), (48, 0.1))
        ],
        "activations": [place(i) for i in range(3)] if conditioning == "ccam" else None,
        "named": {
            "classes": [f"domain{letter}" for letter in letters],
            "held_out": 0.9,
            "corner": {at: {f"domain{name}": 0.9 if at == name else 0.05 for name in letters} for at in letters},
            "inputs": {f"domain{name}": 0.8 if name == "A" else 0.1 for name in letters},
        },
    }


def way(s: float) -> float:
    """How far a weight brings pictures to its domain."""
    return s + max(0.0, 0.1 * s * (1 - s))


def lattice_row(S: tuple[float, ...]) -> dict[str, Any]:
    """Losses that fall with their weight: 1 without any, 0.3 with all of it."""
    L = {letter: 1 - 0.7 * min(s, 1) ** 0.5 for letter, s in zip(LETTERS, S, strict=False)}
    return {"S": list(S), "L": L, "L_G": sum(s * L_i for s, L_i in zip(S, L.values(), strict=True)), "own": {}}


def place(i: int) -> dict[str, Any]:
    """One CCAM's activations; deeper ones have more closed channels."""
    return {
        "place": i + 1,
        "channels": 16,
        "below": {t: dict.fromkeys("ABC", 0.1 * i * share) for t, share in (("0.01", 0.5), ("0.05", 0.8), ("0.1", 1))},
        "below_mean": dict.fromkeys(("0.01", "0.05", "0.1"), 0.0),
        "between_corners": dict.fromkeys(PAIRS, 0.2),
        "between_pictures": 0.1,
    }


def run(name: str, seeds: int = 1) -> dict[str, Any]:
    """A run's evaluation file, with the paper's losses where Table 3 has them."""
    S = dict(zip(HYPER_RUNS, simplex.TABLE3, strict=True)).get(name)
    conditioning = CONDITIONINGS.get(name, "ccam")
    k = 4 if name == "abstract" else 3
    return {
        "run": name,
        "method": "sgn",
        "conditioning": conditioning,
        "data": "scenes",
        "scale": "small",
        "alpha": 0.5 if S is None else None,
        "precision": "fp32",
        "steps": 10,
        "S": None if S is None else list(S),
        "measured_by": name.split("-w")[0],
        "objectives": [
            {"letter": letter, "loss": "reconstruction" if letter == "A" else "adversarial", "about": f"domain{letter}"}
            for letter in LETTERS[:k]
        ],
        "pictures": {"domainA": 4, "measured": 4, "lattice": 2},
        "seeds": {
            str(seed): {"losses": losses(S), "study": None if S is not None else study(conditioning, k)}
            for seed in range(seeds)
        },
    }


def losses(own: tuple[float, ...] | None) -> list[dict[str, Any]]:
    """The rows of an SGN at Table 3's S, or of the hyper-parameter model for one S, with the paper's numbers.

    A model that never weighed B has no discriminator of its own; the others' says 0.1 more than the SGN's.
    """
    half = table3.paper("sgn" if own is None else "hyper")
    rows = []
    for S, row in zip(simplex.TABLE3, half, strict=True):
        if own in (None, S):
            L_G, *L = row.tolist()
            own_B = {"B": L[1] + 0.1 if own is None or S[1] > 0 else None}
            rows.append({"S": list(S), "L": dict(zip(LETTERS, L, strict=False)), "L_G": L_G, "own": own_B})
    return rows


def runs(seeds: int = 1) -> dict[str, dict[str, Any]]:
    """Every run that the claims read."""
    return {name: run(name, seeds) for name in dict.fromkeys((*SYM_RUNS, *HYPER_RUNS, *CONDITIONING_RUNS))}


def hyper(seeds: int = 1) -> list[dict[str, Any]]:
    """The six hyper-parameter models, in Table 3's order."""
    return [run(name, seeds) for name in HYPER_RUNS]


def cost() -> dict[str, Any]:
    """Counted costs: a hyper-parameter model takes half of the SGN's operations."""
    parameters = {"generator": 1, "discriminators": 1}
    half = {"flop_step": 5 * 10**10, "parameters": parameters, "steps": 10, "flop": 5 * 10**11}
    whole = {"flop_step": 10**11, "parameters": parameters, "steps": 10, "flop": 10**12}
    return {"scale": "small", "runs": {**dict.fromkeys(HYPER_RUNS, half), "model1": whole}}


def figure7(seeds: int = 1) -> dict[str, Any]:
    """Distances from outputs to inputs: SGN's are half of SingleGAN's."""
    of_one = {"sgn": {"L1": 0.1, "VGG": 1.0}, "singlegan": {"L1": 0.2, "VGG": 2.0}}
    moved = {"protocol": "p", "inputs": 2.0, "corner": 1.0, "L1": 0.3}
    return {
        "sgn": "comparison",
        "other": "singlegan",
        "data": "scenes",
        "scale": "small",
        "steps": {"comparison": 10, "singlegan": 10},
        "pictures": {"photo": 4, "monet": 4},
        "seeds": {str(seed): {domain: dict(of_one) for domain in ("photo", "monet")} for seed in range(seeds)},
        "flat": {"photo": 0.5, "monet": 0.5},
        "transfer": {
            str(seed): {model: {domain: dict(moved) for domain in ("ukiyoe", "vangogh")} for model in of_one}
            for seed in range(seeds)
        },
    }


def nulls(seeds: int = 1) -> dict[str, Any]:
    """Nulls that are blind to S: flat pictures and the identity, and an untrained network that is both in one."""
    blind = {
        name: paper_nulls.blind(typed(run(name, seeds))).model_dump(mode="json")
        for name in ("model1", "model2", "model3", "model2-concat", "model2-cbn")
    }
    moved = {"protocol": "p", "inputs": 2.0, "corner": 2.0, "L1": 0.0}
    null = {
        "runs": blind,
        "near": {str(seed): {key: {"L1": 0.0, "VGG": 0.0} for key in ("photo", "monet")} for seed in range(seeds)},
        "transfer": {str(seed): dict.fromkeys(("ukiyoe", "vangogh"), moved) for seed in range(seeds)},
        "toy": None,
    }
    return {"nulls": dict.fromkeys(("untrained", "flat", "identity"), null)}


def typed(run: dict[str, Any]) -> RunResult:
    """A run's file as what reads it gets it."""
    return results.of(RunResult, run)


def toy(gaps: dict[int, float], num_seeds: int = 3) -> dict[str, Any]:
    """Metrics of the toy stage that are the paper's numbers in every seed, with Sym's gap at each width as given."""

    def row(model: str, w: tuple[float, float], seed: int, off: float = 0.0) -> dict[str, Any]:
        _, L_r, L_c = PAPER[w][model]
        return {"weights": list(w), "model": model, "seed": seed, "L_r": L_r + off, "L_c": L_c + off}

    keys = [(model, w, seed) for model in ("sym", "hyper") for w in PAPER for seed in range(num_seeds)]
    base = toy_claims.relative_difference(PUBLISHED) * toy_claims.weighted(PUBLISHED)[1].mean()
    levels = {"sym": HYPER_LEVELS, "hyper": HYPER_LEVELS, "sin": [0.2] * 5}
    return {
        "settings": {"hidden": 64},
        "losses": [row(*key) for key in keys],
        "widths": [
            {"width": width, **row(model, w, seed, (gap - base) * (model == "sym"))}
            for width, gap in gaps.items()
            for model, w, seed in keys
        ],
        "distances": [
            {"weights": list(w), "model": model, "seed": seed, "to_hyper": [abs(level - h) for h in HYPER_LEVELS]}
            for model, of_model in levels.items()
            for w, level in zip(PAPER, of_model, strict=True)
            for seed in range(num_seeds)
        ],
    }
