"""Sentences about SDIT's results, made from their numbers."""

from collections.abc import Mapping, Sequence

from pipeline.claims.verdict import HOLDS
from pipeline.report import html
from pipeline.report.contents import Claim
from pipeline.report.html import Html
from pipeline.sdit.paper import numbers
from pipeline.sdit.results import RunResult

Runs = Mapping[str, RunResult]


def answer(runs: Runs, judged: Sequence[Claim]) -> Html:
    """What was found, in two sentences."""
    held = sum(claim["verdict"] == HOLDS for claim in judged)
    claims = f"{held} of {html.count(len(judged), 'claim')} hold{'s' if held == 1 else ''}"
    sentences = [*(per_input(runs, key) for key in ("sdit", "stargan") if key in runs), f"{claims}."]
    return Html("".join(f'<p class="answer">{html.prose(sentence)}</p>' for sentence in sentences))


def per_input(runs: Runs, key: str) -> str:
    """How many translations reach their target, and how far two of one input are apart beside two inputs'."""
    if key not in runs:
        return ""
    run = runs[key]
    right, apart, whole = (
        numbers.of_run(run, number) or 0.0 for number in (numbers.accuracy, numbers.per_input, numbers.over_inputs)
    )
    name = "StarGAN" if run.injection == "none" else "SDIT"
    two = (
        f"Two codes for one input are {apart / whole:.0%} as far apart as two inputs."
        if apart > 0
        else "Two codes for one input give the same picture."
    )
    return f"{name} on {run.view}: {right:.0%} of its translations are taken for their target. {two}"


def made_by(runs: Runs, keys: Sequence[str]) -> str:
    """Scale, steps and seeds of some runs."""
    first, noun = runs[keys[0]], "Run" if len(keys) == 1 else "Runs"
    return f"{noun} {', '.join(keys)}; scale {first.scale}, {first.steps:,} steps, seed {next(iter(first.seeds))}"
