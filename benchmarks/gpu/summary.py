"""README.md of a visit: its files in words, made from them again after each part."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.gpu.visit import FILES
from pipeline.core import files

Found = Mapping[str, Any]


def write(out: Path) -> None:
    """Write OUT/README.md from the JSON files that are there."""
    with files.replacing(out / "README.md") as temporary:
        temporary.write_text(text(out), encoding="utf-8")


def text(out: Path) -> str:
    """What the JSON files in a visit's folder say."""
    found = {part: files.read_json(out / name) if (out / name).exists() else {} for part, name in FILES.items()}
    sections = [_record(found["record"]), _correct(found["correct"]), _speed(found["speed"])]
    sections.append(_training(found["training"], out))
    status = ", ".join(f"{part} {values.get('status', 'not reached')}" for part, values in found.items())
    head = f"# A visit to {_name(found['record'])}\n\nWritten by `python -m benchmarks.gpu`. Parts: {status}.\n\n"
    return head + "\n\n".join(section for section in sections if section) + "\n"


def _name(record: Found) -> str:
    return str(record.get("card", {}).get("name") or record.get("processor", "an unknown machine"))


def _record(found: Found) -> str:
    if "memory" not in found:
        return ""
    smi = found.get("working", {})
    rows = [
        ("PyTorch", f"{found['packages']['torch']}, CUDA {found['cuda']}, cuDNN {found['cudnn']}"),
        ("Python", found["python"]),
        ("processor", f"{found['processor']}, {found['cores']} cores"),
        ("driver", smi.get("driver_version", "-")),
        ("clocks under load", f"{smi.get('clocks.sm', '-')}, memory {smi.get('clocks.mem', '-')}"),
        (found["matrix"]["what"], f"{found['matrix']['tflops']:.4g} TFLOP/s"),
    ]
    for layout in ("contiguous", "channels_last"):
        speed = found["convolution"][layout]["forward_and_backward_tflops"]
        rows.append((f"{found['convolution']['what']}, {layout}", f"{speed:.4g} TFLOP/s forward and backward"))
    rows.append((found["memory"]["what"], f"{found['memory']['gb_per_second']:.4g} GB/s"))
    return "## The machine\n" + table(("what", "found"), rows)


def _correct(found: Found) -> str:
    if "layers" not in found:
        return ""
    verdict: dict[Any, str] = {True: "Everything is within its bound.", False: "NOT everything is within its bound."}
    rows: list[tuple[str, ...]] = []
    worst = max(max(row.values()) for row in found["layers"].values())
    rows.append(("padding, pooling and norms, value and gradient", _power(worst), _power(found["bounds"]["layers"])))
    for name, model in found.get("models", {}).items():
        for kind in ("losses", "gradients"):
            chosen = [row for key, row in model.items() if key.startswith("gradient") == (kind == "gradients")]
            far = max(float(row["from_cpu"]) for row in chosen)
            rows.append((f"{name}: {kind} from the CPU's", _power(far), _power(found["bounds"][kind])))
    text = "## Right?\n" + verdict.get(found.get("right"), "Not all of it was checked.")
    text += " Distances in float32, ||a - b|| / ||b||; trainings in " + str(_precision(found)) + ".\n\n"
    text += table(("what", "distance", "bound"), rows)
    same = [
        (name, str(row["steps"]), _yes(row["twice_the_same"]), _yes(row["resumed_the_same"]))
        for name, row in found.get("trainings", {}).items()
    ]
    text += "\n\n" + table(("training", "steps", "twice the same bytes", "stopped and resumed too"), same)
    return text + "".join(f"\n\nNot checked: {name} ({why})." for name, why in found.get("errors", {}).items())


def _speed(found: Found) -> str:
    if "models" not in found:
        return ""
    rows = []
    for model, forms in found["models"].items():
        for form, row in forms.items():
            if "error" in row:
                rows.append((model, form, row["error"].splitlines()[0][:80], "", "", "", ""))
                continue
            share = row.get("share_of_peak")
            rows.append(
                (
                    model,
                    form,
                    f"{row['median_ms']:.2f} ({row['min_ms']:.2f} to {row['max_ms']:.2f})",
                    f"{row['tflops']:.4g}",
                    "-" if share is None else f"{100 * share:.1f} %",
                    "-" if row["peak_gib"] is None else f"{row['peak_gib']:.2f}",
                    f"{row['warm_up_seconds']:.1f}",
                )
            )
    sizes = found["sizes"]
    text = (
        f"## A step\n{sizes['crop']} px, width {sizes['width']}, {sizes['blocks']} blocks, batch {sizes['batch']}, "
        f"{found['precision']} (plain: float32 with PyTorch's defaults); median of {found['repeats']}.\n\n"
    )
    header = ("model", "form", "ms", "TFLOP/s", "of the measured peak", "GiB at most", "warm-up, s")
    return text + table(header, rows) + (f"\n\nLeft out {found['left_out']}." if "left_out" in found else "")


def _training(found: Found, out: Path) -> str:
    if "steps" not in found:
        return ""
    pictures = found["pictures"]
    counts = ", ".join(
        f"{entry['pictures']} {name}" for name, entry in pictures.items() if "/" in name and "pictures" in entry
    )
    text = (
        f"## A training: {found['run']}\n{found['steps']:,} of {found['planned_steps']:,} planned steps in "
        f"{found['training_seconds']:.0f} s ({found['step_ms']:.1f} ms measured before), {found['form']}, "
        f"{found['precision']}; pictures from {pictures['source']}: {counts}; VGG16: {found['vgg16']}."
    )
    if found.get("cut"):
        text += f" {found['cut'].capitalize()}."
    if "table3" in found:
        rows = [
            (str(tuple(row["S"])), *(f"{row[name]:.3f}" for name in ("L_G", "L_A", "L_B", "L_C")))
            for row in found["table3"]
        ]
        text += f"\n\nTable 3, SGN's half, on {found['table3'][0]['pictures']} test photos:\n\n"
        text += table(("S", "L_G", "L_rec", "L_adv", "L_per"), rows)
    if "pictures_zip" in found:
        text += "\n\n`pictures.zip`: " + ", ".join(f"`{name}`" for name in found["pictures_zip"]) + "."
    for name, reason in found.get("undone", {}).items():
        text += f"\n\nNot made: {name} ({reason})."
    if found.get("generator"):
        text += (
            f"\n\nThe generator: {', '.join(f'`{name}`' for name in found['generator'])} (float16); "
            f"`python -m benchmarks.gpu.generator {out.name} generator.safetensors` joins them."
        )
    return text


def table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (header, tuple("---" for _ in header), *rows)]
    return "\n".join(lines)


def _precision(found: Found) -> str:
    return next((row["precision"] for row in found.get("trainings", {}).values()), "their own format")


def _power(value: float | str) -> str:
    return f"{float(value):.1e}"


def _yes(value: bool) -> str:
    return "yes" if value else "NO"
