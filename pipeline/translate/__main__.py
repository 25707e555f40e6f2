"""`python -m pipeline.translate INPUT... --s ... -o OUT`: what a user types; the other modules say how."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.shell.app import app

PRECISIONS = ("auto", "bf16", "fp32")


def translate(
    inputs: Annotated[list[Path], typer.Argument(metavar="INPUT...", help="Pictures, films, folders of them.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write, or a folder for several.")],
    s: Annotated[
        list[str] | None,
        typer.Option("--s", help="0.2,0.5,0.3, or vangogh, or vangogh:0.7,photo:0.3; several give several outputs."),
    ] = None,
    random: Annotated[int | None, typer.Option(min=1, help="Draw so many S from Dirichlet(alpha).")] = None,
    alpha: Annotated[str, typer.Option(help="Of --random: one number, or one for each objective: 1,2,2.")] = "0.5",
    seed: Annotated[int, typer.Option(min=0, help="Of --random.")] = 0,
    path: Annotated[str | None, typer.Option(help="S travels: photo,vangogh,udnie or '1,0,0; 0,1.5,0'.")] = None,
    frames: Annotated[int, typer.Option(min=2, help="Of a picture's path; a film has its own.")] = 120,
    fps: Annotated[float, typer.Option(min=0.1, max=100, help="Of a picture's path; a film has its own.")] = 25.0,
    bar: Annotated[bool, typer.Option(help="S as a bar of colours above a picture's path.")] = True,
    model: Annotated[str, typer.Option(help="A run that is trained here, or a generator in results/.")] = "model1",
    run_seed: Annotated[int | None, typer.Option(help="Which seed of a run trained here; else the first.")] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Instead of --model: an exported .safetensors, or the authors' Model1.pth.")
    ] = None,
    names: Annotated[
        str | None, typer.Option(help="What the weights of S ask for, of a checkpoint that does not say.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, bf16 or fp32.")] = "auto",
    memory: Annotated[
        float | None, typer.Option(min=0.001, help="GiB to use; larger pictures are computed in bands.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over outputs that are there.")] = False,
) -> None:
    """Translate pictures and films to any mixture of what a model was trained for.

    S says how much of each: a weight for each of the model's objectives, in order, or by name.

    Examples, to be typed in the project's folder:

        python -m pipeline.translate photo.jpg --s vangogh -o out.png

        python -m pipeline.translate photo.jpg --model model2 --s 0.2,0.5,0.3 -o out.png

        python -m pipeline.translate holiday/ --s "vangogh:0.7,photo:0.3" -o painted/

        python -m pipeline.translate photo.jpg --random 8 --alpha 1,2,2 -o out.png

        python -m pipeline.translate photo.jpg --path photo,vangogh,udnie --frames 120 -o film.mp4

        python -m pipeline.translate film.mp4 --path photo,vangogh -o painted.mp4

        python -m pipeline.translate photo.jpg --weights Model1.pth --s 0,1,0 -o out.png
    """
    if (bool(s) + (random is not None) + (path is not None)) != 1:
        raise ValueError("say what S is, with one of --s, --random and --path")
    for name, value, allowed in (("device", device, ("auto", "cpu", "cuda")), ("precision", precision, PRECISIONS)):
        if value not in allowed:
            raise ValueError(f"--{name} {value}: it is one of {', '.join(allowed)}")
    for given in inputs:
        if not given.exists():
            raise FileNotFoundError(2, "no such file or folder", str(given))

    # PyTorch takes a second or two: not before it is needed.
    from pipeline.core.params import load as load_params
    from pipeline.translate import plan, s_from_text, showing, work
    from pipeline.translate import weights as models
    from pipeline.translate.translator import Translator

    chosen = models.read(weights) if weights is not None else models.named(model, run_seed)
    about = _about(chosen, names)
    asked: list[tuple[s_from_text.S, ...]] = [(s_from_text.one(text, about),) for text in s or []]
    asked += [(S,) for S in s_from_text.drawn(random, alpha, about, seed)] if random is not None else []
    asked += [tuple(s_from_text.path(path, about))] if path is not None else []
    jobs = plan.jobs(inputs, out, asked, path is not None, force)
    typer.echo(f"{chosen.path}: S weighs {', '.join(about)}")
    for note in dict.fromkeys(s_from_text.outside(S) for points in asked for S in points):
        if note is not None:
            typer.echo(f"note: {note}")

    translator = Translator.of(chosen.generator, device, precision, memory)
    travel = work.Travel(frames, Fraction(fps).limit_denominator(1001), bar)
    failed = 0
    with showing.shown(len(jobs)) as tell:
        worker = work.Worker(translator, about, travel, load_params().images.max_pixels, tell.frames)
        for job in jobs:
            try:
                tell.ended(worker.do(job))
            except (ValueError, OSError) as error:
                if len(jobs) == 1:
                    raise
                failed += 1
                tell.ended(None, error)
    if failed:
        raise ValueError(f"{failed} of {len(jobs)} could not be made")


def _about(chosen: Any, names: str | None) -> tuple[str, ...]:
    if names is None:
        return tuple(chosen.names)
    if chosen.objectives:
        raise ValueError(f"--names is for a checkpoint that does not say them; this one has {', '.join(chosen.names)}")
    given = tuple(name.strip() for name in names.split(","))
    if len(set(given)) != len(chosen.names) or len(given) != len(chosen.names):
        raise ValueError(f"--names {names}: it needs {len(chosen.names)} different names")
    return given


if __name__ == "__main__":
    app(translate)(prog_name="python -m pipeline.translate")
