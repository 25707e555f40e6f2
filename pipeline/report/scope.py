"""What a report's numbers come from, in one sentence, and whether they may be compared with the paper's."""

from collections.abc import Mapping
from typing import Any

from pipeline.params import Params, Scale
from pipeline.report import html
from pipeline.report.html import Html

SOURCES = {
    "scenes": "rendered landscapes and rendered stand-ins for the paintings and style images",
    "folder": "the user's own pictures",
    "cyclegan": "the paper's data sets",
}
# What the paper says of itself (Section 5, Table 4, Supplement A.1).
PAPER_ALPHA = 0.5
PAPER_IMAGES: dict[str, float] = {"crop": 256, "width": 64, "blocks": 9, "batch": 4, "learning_rate": 2e-4}
PAPER_TOY: dict[str, Any] = {
    "hidden": 64,
    "batch": 16,
    "epochs": [200, 200, 100],
    "learning_rates": [0.01, 0.001, 0.0001],
}


def images(p: Params, run: Mapping[str, Any]) -> Html:
    """The sentence on top of a page about an image run; `run` is its reports/metrics/runs/RUN.json."""
    scale = _scale(p, run)
    train, sizes = scale.train, scale.images
    pictures = html.join((f"{n:,} {name}" for name, n in run["pictures"].items() if name != "measured"), ", ")
    settings = ", ".join(
        (
            _beside("generator width {}", train.width, PAPER_IMAGES["width"]),
            _beside("{} residual blocks", train.blocks, PAPER_IMAGES["blocks"]),
            _beside("{}-pixel crops", train.crop, PAPER_IMAGES["crop"]),
            f"{run['steps']:,} steps of batch {train.batch}",
            _alpha(run["alpha"]),
            _seeds(run["seeds"]),
        )
    )
    return _sentence(
        f"<b>Data {html.code(run['data'])}, scale {html.code(run['scale'])}:</b> {SOURCES[run['data']]} "
        f"(test pictures of {sizes.test_size} × {sizes.test_size} pixels: {pictures}; "
        f"{run['pictures']['measured']:,} measured), {settings}; {comparable(p, run)}."
    )


def objectives(run: Mapping[str, Any]) -> Html:
    """What each weight of S weighs, as a list."""
    about = {"reconstruction": "reconstruction of", "adversarial": "adversarial to", "perceptual": "perceptual to"}
    entries = (
        f"<li>s<sub>{o['letter']}</sub>: {about[o['loss']]} {html.text(o['about'])}</li>" for o in run["objectives"]
    )
    return Html(f"<p>The objectives of {html.code(run['run'])}:</p><ul>{''.join(entries)}</ul>")


def comparable(p: Params, run: Mapping[str, Any]) -> Html:
    """Whether a run's absolute image losses may be compared with the paper's, as the end of a sentence."""
    train = _scale(p, run).train
    small = train.width < PAPER_IMAGES["width"] or train.crop < PAPER_IMAGES["crop"]
    other = train.steps is not None or any(getattr(train, name) != value for name, value in PAPER_IMAGES.items())
    differences = [
        *(["on other images"] if run["data"] != "cyclegan" else []),
        *(["with other settings"] if other and not small else []),
        *(["with another alpha"] if run["alpha"] not in (None, PAPER_ALPHA) else []),
    ]
    if not small and not differences:
        return Html("data and settings are the paper's, so absolute image losses are comparable with the paper's")
    which = " ".join(["a small run" if small else "a run", " and ".join(differences)]).strip()
    return Html(
        f"absolute image losses of {which} are <b>not comparable</b> with the paper's, only how they change with S is"
    )


def toy(p: Params, settings: Mapping[str, Any]) -> Html:
    """The sentence on top of the toy's page; `settings` is that part of reports/metrics/toy.json."""
    same = settings["alpha"] == PAPER_ALPHA and all(settings[name] == value for name, value in PAPER_TOY.items())
    sizes = ", ".join(
        (
            f"{settings['samples']} samples",
            f"{sum(settings['epochs'])} epochs",
            f"hidden width {settings['hidden']}",
            _alpha(settings["alpha"]),
            html.count(settings["seeds"], "seed"),
        )
    )
    verdict = (
        "what the paper states is set as it states it; samples, output and initialisation, on which it is silent, were "
        "chosen by its Table 1; so these losses are comparable with the paper's, unlike absolute image losses of a "
        "small run"
        if same
        else f"the paper has {sum(PAPER_TOY['epochs'])} epochs, hidden width {PAPER_TOY['hidden']} and alpha "
        f"{PAPER_ALPHA}, so these losses are not comparable with the paper's, nor are absolute image losses of a "
        "small run"
    )
    return _sentence(
        f"<b>Toy problem, scale {html.code(p.scale)}:</b> one-dimensional data computed from a formula ({sizes}); "
        f"{verdict}."
    )


def run_facts(run: Mapping[str, Any]) -> str:
    """Which run, scale and data made a picture, for its caption."""
    facts = [f"Run {run['run']}", f"data {run['data']}", f"scale {run['scale']}", f"{run['steps']:,} steps"]
    return ", ".join([*facts, _alpha(run["alpha"]), str(run["precision"]), _seeds(run["seeds"])])


def toy_facts(p: Params, settings: Mapping[str, Any], seeds: int) -> str:
    """The same for a picture of the toy problem."""
    epochs = sum(settings["epochs"])
    return f"Toy problem, scale {p.scale}, {epochs} epochs, {_alpha(settings['alpha'])}, {html.count(seeds, 'seed')}"


def _scale(p: Params, run: Mapping[str, Any]) -> Scale:
    if run["scale"] != p.scale or run["data"] != p.data:
        raise ValueError(
            f"reports/metrics/runs/{run['run']}.json was made with scale {run['scale']} and data {run['data']}, but "
            f"params.yaml says {p.scale} and {p.data}: run `dvc repro`"
        )
    return p.scale_params


def _sentence(text: str) -> Html:
    return Html(f'<p class="scope">{text}</p>')


def _beside(words: str, ours: float, paper: float) -> str:
    """A setting, with the paper's where it differs."""
    return words.format(ours) + ("" if ours == paper else f" (paper {paper})")


def _alpha(alpha: float | None) -> str:
    if alpha is None:
        return "S constant"
    return f"alpha {alpha:g}" + ("" if alpha == PAPER_ALPHA else f" (paper {PAPER_ALPHA:g})")


def _seeds(seeds: Mapping[str, Any]) -> str:
    return ("seed " if len(seeds) == 1 else "seeds ") + ", ".join(seeds)
