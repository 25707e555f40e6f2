"""What a report's numbers come from, in one sentence, and whether they may be compared with the paper's."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from pipeline.report import html
from pipeline.report.cards import SOURCES
from pipeline.report.html import Html
from pipeline.sgn.model.objectives import LETTERS
from pipeline.sgn.model.params import Params, Scale

Run = Mapping[str, Any]

OBJECTIVES = {
    "reconstruction": "reconstruction of",
    "adversarial": "adversarial to",
    "perceptual": "perceptual to",
}
# Each source in two words.
PICTURES = {"scenes": "rendered pictures", "folder": "real pictures", "cyclegan": "the paper's pictures"}
# What a run's "pictures" count beside the pictures of domains.
NO_DOMAINS = ("measured", "lattice")
# Of more runs than this that share a setting, and are the most that do, the names are left out.
NAMED = 3
# What the paper says of itself (Section 5, Table 4, Supplement A.1).
PAPER_ALPHA = 0.5
PAPER_PHOTOS, PAPER_STEPS = 6287, 31_440  # 20 epochs in batches of 4
PAPER_PARAMETERS = 11_482_579  # of the generator that Table 4 describes, counted on ours at its sizes
PAPER_IMAGES: dict[str, float] = {"crop": 256, "width": 64, "blocks": 9, "batch": 4, "learning_rate": 2e-4}
PAPER_TOY: dict[str, Any] = {
    "hidden": 64,
    "batch": 16,
    "epochs": [200, 200, 100],
    "learning_rates": [0.01, 0.001, 0.0001],
}


def settings(p: Params, run: Run, parameters: int) -> Html:
    """The paper's settings and ours, as a table; `run` is that of Model 1, `parameters` its generator's."""
    train = _scale(p, [run]).train
    rows = [
        ("trained on", f"{PAPER_PHOTOS:,} photos", PICTURES[run["data"]]),
        ("pixels of a training crop", f"{PAPER_IMAGES['crop']:g}", f"{train.crop}"),
        (
            "generator: width, residual blocks",
            f"{PAPER_IMAGES['width']:g}, {PAPER_IMAGES['blocks']:g}",
            f"{train.width}, {train.blocks}",
        ),
        ("generator: parameters", f"{PAPER_PARAMETERS:,}", f"{parameters:,}"),
        ("steps", f"{PAPER_STEPS:,}", f"{run['steps']:,}"),
        ("samples seen", f"{PAPER_STEPS * PAPER_IMAGES['batch']:,.0f}", f"{run['steps'] * train.batch:,}"),
        ("batch", f"{PAPER_IMAGES['batch']:g}", f"{train.batch}"),
        ("learning rate", f"{PAPER_IMAGES['learning_rate']:g}", f"{train.learning_rate:g}"),
        ("trainings of Model 1", "1", html.count(len(run["seeds"]), "seed")),
    ]
    body = "\n".join(
        f'<tr><th scope="row">{name}</th><td class="value">{theirs}</td><td class="value ours">{ours}</td></tr>'
        for name, theirs, ours in rows
    )
    return Html(
        '<table class="settings"><caption>Model 1, the paper\'s training and ours.</caption>\n<thead><tr><th></th>'
        f'<th class="sub" scope="col">paper</th><th class="sub" scope="col">ours</th></tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table>"
    )


def images(p: Params, runs: Sequence[Run]) -> Html:
    """The sentence on top of a page about image runs, each as in its reports/metrics/runs/RUN.json."""
    scale = _scale(p, runs)
    train, sizes = scale.train, scale.images
    counts = {name: n for run in runs for name, n in run["pictures"].items() if name not in NO_DOMAINS}
    pictures = ", ".join(f"{n:,} {name}" for name, n in counts.items())
    most = max((run["seeds"] for run in runs), key=len)
    told = "; ".join(
        (
            ", ".join(
                (
                    _beside("generator width {}", train.width, PAPER_IMAGES["width"]),
                    _beside("{} residual blocks", train.blocks, PAPER_IMAGES["blocks"]),
                    _beside("{}-pixel crops", train.crop, PAPER_IMAGES["crop"]),
                    _beside("batch {}", train.batch, PAPER_IMAGES["batch"]),
                    _beside("learning rate {:g}", train.learning_rate, PAPER_IMAGES["learning_rate"]),
                )
            ),
            f"{html.count(len(runs), 'run')} of {_each(runs, _steps)}",
            _each(runs, _draw),
            _each(runs, lambda run: _seeds(run["seeds"]))
            + (
                ": tables show mean ± standard deviation over seeds, translations are those of the first"
                if len(most) > 1
                else ""
            ),
        )
    )
    return _sentence(
        f"<b>Data {html.code(runs[0]['data'])}, scale {html.code(runs[0]['scale'])}:</b> {SOURCES[runs[0]['data']]} "
        f"(test pictures of {sizes.test_size} × {sizes.test_size} pixels: {html.text(pictures)}; "
        f"{runs[0]['pictures']['measured']:,} measured); {html.text(told)}; {comparable(p, runs)}."
    )


def objectives(runs: Sequence[Run]) -> Html:
    """What each weight of S weighs, in each run, as a table."""
    letters = LETTERS[: max(len(run["objectives"]) for run in runs)]
    head = "".join(f'<th scope="col">{html.prose(f"s_{letter}")}</th>' for letter in letters)
    rows = "\n".join(
        f'<tr><th scope="row">{html.text(run["run"])}</th>'
        + "".join(f"<td>{html.text(objective(o))}</td>" for o in run["objectives"])
        + "<td>–</td>" * (len(letters) - len(run["objectives"]))
        + "</tr>"
        for run in runs
    )
    return Html(
        '<div class="wide"><table><caption>What each weight weighs.</caption>\n'
        f'<thead><tr><th scope="col">run</th>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>'
    )


def objective(o: Mapping[str, str]) -> str:
    """An objective in words: its loss kind and what it is about."""
    return f"{OBJECTIVES[o['loss']]} {o['about']}"


def comparable(p: Params, runs: Sequence[Run], begins: bool = False) -> Html:
    """Whether the runs' absolute image losses may be compared with the paper's, without a full stop; `begins`: as a
    sentence of its own."""
    train = _scale(p, runs).train
    small = train.width < PAPER_IMAGES["width"] or train.crop < PAPER_IMAGES["crop"]
    other = train.steps is not None or any(getattr(train, name) != value for name, value in PAPER_IMAGES.items())
    differences = [
        *(["on other images"] if runs[0]["data"] != "cyclegan" else []),
        *(["with other settings"] if other and not small else []),
        *(["with another alpha"] if any(run["alpha"] not in (None, PAPER_ALPHA) for run in runs) else []),
    ]
    if not small and not differences:
        first = "Data" if begins else "data"
        return Html(f"{first} and settings are the paper's, so absolute image losses are comparable with the paper's")
    which = " ".join([*(["small"] if small else []), "runs", " and ".join(differences)]).strip()
    first = "Absolute" if begins else "absolute"
    return Html(
        f"{first} image losses of {which} are <b>not comparable</b> with the paper's, only how they change with S is"
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


def run_facts(*runs: Run, first_seed: bool = False) -> str:
    """Which runs, scale and data made a picture, for its caption; `first_seed` if it shows that seed alone."""
    names = ", ".join(run["run"] for run in runs)
    facts = [f"{'Run' if len(runs) == 1 else 'Runs'} {names}", f"data {runs[0]['data']}", f"scale {runs[0]['scale']}"]
    seeds = list(runs[0]["seeds"])
    precisions = _each(runs, lambda run: str(run["precision"]))
    return ", ".join(
        [*facts, _each(runs, _steps), _each(runs, _draw), precisions, _seeds(seeds[:1] if first_seed else seeds)]
    )


def toy_facts(p: Params, settings: Mapping[str, Any], seeds: int) -> str:
    """The same for a picture of the toy problem."""
    epochs = sum(settings["epochs"])
    return f"Toy problem, scale {p.scale}, {epochs} epochs, {_alpha(settings['alpha'])}, {html.count(seeds, 'seed')}"


def _scale(p: Params, runs: Sequence[Run]) -> Scale:
    for run in runs:
        if run["scale"] != p.scale or run["data"] != p.data:
            raise ValueError(
                f"reports/metrics/runs/{run['run']}.json was made with scale {run['scale']} and data {run['data']}, "
                f"but params.yaml says {p.scale} and {p.data}: run `dvc repro`"
            )
    return p.scale_params


def _each(runs: Sequence[Run], fact: Callable[[Run], str]) -> str:
    """A fact of all runs: once if they share it, else each with the runs that it is about."""
    names: dict[str, list[str]] = {}
    for run in runs:
        names.setdefault(fact(run), []).append(run["run"])
    if len(names) == 1:
        return next(iter(names))
    most = max(names, key=lambda value: len(names[value]))
    if len(names[most]) > NAMED:
        del names[most]
        names[most] = ["the others"]  # and at the end
    return ", ".join(f"{value} ({', '.join(having)})" for value, having in names.items())


def _steps(run: Run) -> str:
    return f"{run['steps']:,} steps"


def _draw(run: Run) -> str:
    """Where a run's S comes from."""
    if run["alpha"] is not None:
        return _alpha(run["alpha"])
    return "S constant" if run["S"] is not None else "one-hot codes"


def _sentence(text: str) -> Html:
    return Html(f'<p class="provenance">{text}</p>')


def _beside(words: str, ours: float, paper: float) -> str:
    """A setting, with the paper's where it differs."""
    return words.format(ours) + ("" if ours == paper else f" (paper {paper:g})")


def _alpha(alpha: float) -> str:
    return f"alpha {alpha:g}" + ("" if alpha == PAPER_ALPHA else f" (paper {PAPER_ALPHA:g})")


def _seeds(seeds: Collection[str]) -> str:
    return ("seed " if len(seeds) == 1 else "seeds ") + ", ".join(seeds)
