"""Tables 6.1, 6.3 and 6.4 and the comparison of injections, ours beside the printed."""

from collections.abc import Mapping
from typing import Any

from pipeline.claims.verdict import rounded
from pipeline.sdit.paper import numbers, printed
from pipeline.sdit.paper.numbers import Number, Runs, of_run
from pipeline.sdit.results import RealResult, RunResult

# What every row has, by the name of its column.
COLUMNS: dict[str, Number] = {
    "accuracy": numbers.accuracy,
    "per_input": numbers.per_input,
    "over_inputs": numbers.over_inputs,
    "reverse": numbers.reverse,
    "recovery": numbers.recovery,
    "kept": numbers.kept,
    "inside": numbers.inside,
    "outside": numbers.outside,
    "cycle": numbers.cycle,
}
INJECTIONS = ("sdit", "ccam", "cbn", "concat")
HALVES = ("beta", "gamma", "cin-only")
ASSIGNMENTS = ("sdit", "weights-thesis", "weights-code")


def row(run: RunResult) -> dict[str, Any]:
    """A run in numbers: what it is, and each column's mean over its seeds and over the domains."""
    values = {
        name: None if (value := of_run(run, number)) is None else rounded(value) for name, number in COLUMNS.items()
    }
    settings = {name: getattr(run, name) for name in ("run", "injection", "attention", "latent", "weights")}
    return {**settings, "seeds": len(run.seeds), "generator": run.parameters["generator"], **values}


def by_domain(run: RunResult) -> dict[str, dict[str, float]]:
    """Reverse classification and distance over inputs of each domain, mean over the seeds."""
    seeds = list(run.seeds.values())
    return {
        domain: {
            "reverse": rounded(sum(of_seed.reverse[domain] for of_seed in seeds) / len(seeds)),
            "over_inputs": rounded(sum(of_seed.over_inputs[domain] for of_seed in seeds) / len(seeds)),
        }
        for domain in seeds[0].reverse
    }


def tables(runs: Runs, real: Mapping[str, RealResult]) -> dict[str, Any]:
    """All tables by name; a row whose run is missing is left out."""
    table61 = [
        {**row(runs[key]), "paper": {"id": identity, "lpips": lpips}}
        for key, (identity, lpips) in printed.TABLE61.items()
        if key in runs
    ]
    return {
        "table61": table61,
        "stargan": [row(runs[key]) for key in ("stargan",) if key in runs],
        "table63": _by_domains({"StarGAN": "stargan", "SDIT": "sdit"}, runs, real.get("objects")),
        "table64": _by_domains({"StarGAN": "artworks-stargan", "SDIT": "artworks"}, runs, real.get("artworks")),
        "injections": [row(runs[key]) for key in INJECTIONS if key in runs],
        "halves": [row(runs[key]) for key in HALVES if key in runs],
        "assignments": [row(runs[key]) for key in ASSIGNMENTS if key in runs],
    }


def _by_domains(names: Mapping[str, str], runs: Runs, real: RealResult | None) -> dict[str, Any]:
    found = {name: by_domain(runs[key]) for name, key in names.items() if key in runs}
    if real is not None:
        found["Real image"] = {
            domain: {"reverse": rounded(real.accuracy[domain]), "over_inputs": rounded(real.over_inputs[domain])}
            for domain in real.accuracy
        }
    return found
