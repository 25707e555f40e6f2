"""`python -m pipeline.export MODEL -o FILE`: what a user types."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.shell.app import app

WRITTEN = (".safetensors", ".onnx")


def export(
    out: Annotated[Path, typer.Option("--out", "-o", help="FILE.safetensors, FILE.onnx, or FILE for both.")],
    model: Annotated[str | None, typer.Argument(help="A run that is trained here, or a generator in results/.")] = None,
    run_seed: Annotated[int | None, typer.Option(help="Which seed of a run trained here; else the first.")] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Instead of MODEL: an exported .safetensors, or the authors' Model1.pth.")
    ] = None,
    data: Annotated[str | None, typer.Option(help="What it was trained with, if not this checkout's data.")] = None,
    half: Annotated[bool, typer.Option("--half", help="float16 in safetensors: half the bytes.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
) -> None:
    """Write a generator as a file for others, with its objectives, sizes, data and the hash of its parameters.

    safetensors is what this project reads again. ONNX is for other runtimes; its inputs are `picture`
    (batch, 3, height, width), in [-1, 1], and `S` (batch, k), with any batch, and heights and widths of multiples of 4.

    Examples:

        python -m pipeline.export model1 -o model1.onnx

        python -m pipeline.export model1 --half -o results/mine/generators/model1.safetensors

        python -m pipeline.export --weights Model1.pth -o model1
    """
    if (model is None) == (weights is None):
        raise ValueError("name a MODEL, or a file with --weights, and not both")
    targets = [out] if out.suffix in WRITTEN else [out.with_name(out.name + suffix) for suffix in WRITTEN]
    if half and any(target.suffix == ".onnx" for target in targets):
        raise ValueError("--half is for safetensors; an ONNX file has float32: write -o FILE.safetensors")
    for target in targets:
        if target.is_dir():
            raise ValueError(f"{target} is a folder, and the output is a file")
        if target.exists() and not force:
            raise ValueError(f"{target} is there already: --force writes over it")

    # PyTorch takes a second or two: not before it is needed.
    from pipeline.core import tensors
    from pipeline.export import about, onnx_file
    from pipeline.translate import weights as models

    chosen = models.read(weights) if weights is not None else models.named(model or "", run_seed)
    if any(target.resolve() == chosen.path.resolve() for target in targets):
        raise ValueError(f"{chosen.path} is the input, which is never written over: choose another FILE")
    held = {name: value.half() if half else value.float() for name, value in chosen.generator.state_dict().items()}
    facts = about.facts(chosen, held, data)
    for target in targets:
        if target.suffix == ".onnx":
            onnx_file.write(target, chosen.generator, facts["k"], facts)
        else:
            tensors.write(target, held, facts)
        typer.echo(f"{target}: {target.stat().st_size:,} bytes, from {chosen.path}, S weighs {', '.join(chosen.names)}")
    typer.echo(f"{facts['parameters']:,} parameters, SHA-256 {facts['sha256']}")


if __name__ == "__main__":
    app(export)(prog_name="python -m pipeline.export")
