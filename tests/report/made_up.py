"""Made-up files of reports/metrics about images, complete enough for every page."""

from typing import Any

import yaml

from pipeline.core import params as core_params
from pipeline.sgn.model import params, simplex
from pipeline.sgn.model.objectives import by_letter
from pipeline.sgn.pages.items import CONTENTS
from pipeline.sgn.paper import controllability
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, SYM_RUNS
from tests.clone import CHECKOUT
from tests.sgn.paper import made_up


def values(**changes: Any) -> params.Params:
    """The checkout's params.yaml with other values."""
    return core_params.check(
        {**yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8")), **changes}, params.Params
    )


def run(name: str, seeds: int = 1) -> dict[str, Any]:
    """A run's evaluation file, as complete as the real one where pages read it."""
    settings = values().runs[name]
    result = made_up.run(name, seeds)
    letters = by_letter(settings.objectives)
    losses = {"L": dict.fromkeys(letters, 1.0), "L_G": 1.0}
    for part in result["seeds"].values():
        if settings.reads == "seeds":
            part["study"] = None
            continue
        part["study"]["lattice"] = [{"S": S, **losses, "own": {}} for S in simplex.lattice(settings.k, 6)]
        for letter, o in letters.items():
            protocol = "gram_vgg16" if o.loss == "perceptual" else "kid_vgg16_relu4_3_test50_train300"
            part["study"]["distance"][letter]["protocol"] = protocol
    domains = [o.about for o in settings.objectives if o.loss != "perceptual"]
    return {
        **result,
        "method": settings.method,
        "conditioning": settings.conditioning,
        "data": "scenes",
        "scale": "small",
        "alpha": 0.5 if settings.reads == "alpha" else None,
        "precision": "fp32",
        "steps": 1000,
        "S": None if settings.S is None else list(settings.S),
        "measured_by": settings.measured_by,
        "objectives": [{"letter": letter, "loss": o.loss, "about": o.about} for letter, o in letters.items()],
        "pictures": {**dict.fromkeys(domains, 50), "measured": 50, "lattice": 20},
    }


def metrics(seeds: int = 1) -> dict[str, Any]:
    """The files about images by their names in reports/metrics."""
    names = dict.fromkeys(name for page in CONTENTS.pages for name in page.runs)
    runs = {name: run(name, seeds) for name in names}
    table3 = {"L_G": 1.5, "L_rec": 2.5, "L_adv": 3.5, "L_per": 4.5}
    return {
        "table3.json": [
            {"S": [1.0, 0.0, 0.0], "model": "sgn", **table3, "paper": table3},
            {"S": [1.0, 0.0, 0.0], "model": "hyper", **table3, "L_adv_own": None, "paper": table3},
        ],
        "controllability.json": controllability.rows([made_up.typed(runs[name]) for name in SYM_RUNS]),
        "conditionings.json": controllability.rows([made_up.typed(runs[name]) for name in CONDITIONING_RUNS]),
        **{f"runs/{name}.json": content for name, content in runs.items()},
    }


def cost() -> dict[str, Any]:
    """What the stage cost has of each run."""
    names = dict.fromkeys(name for page in CONTENTS.pages for name in page.runs)
    counted = {"flop_step": 10, "parameters": {"generator": 5, "discriminators": 3}, "steps": 1000, "flop": 10_000}
    return dict.fromkeys(names, counted)
