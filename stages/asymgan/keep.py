"""Keep this run of AsymGAN in results/asymgan, which the front page reads: `python -m stages.asymgan.keep`.

It is no stage: a stage of the root graph that depended on another graph's output would run that graph, too.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from pipeline.asymgan.model import params
from pipeline.asymgan.pages.items import PAGE, TABLES
from pipeline.asymgan.paper.claims import ZERO
from pipeline.asymgan.paper.measured import METRICS
from pipeline.asymgan.paper.numbers import SCORES
from pipeline.claims.verdict import VERDICTS
from pipeline.core import artifacts, files
from pipeline.shell import command

FOLDER = Path("results/asymgan")
ABOUT = "Asymmetric GAN for Unpaired Image-to-Image Translation (Li et al., IEEE TIP 2019)."


def main() -> None:
    """Copy the numbers, and say in README.md and front.json what was found."""
    claims, told = artifacts.read_json(METRICS / "claims.json", list), artifacts.read_json(TABLES)
    counts = Counter(claim["verdict"] for claim in claims)
    front = {
        "title": "AsymGAN",
        "page": PAGE.file,
        "sentences": [ABOUT, *_sentences(told)],
        "verdicts": {verdict: counts[verdict] for verdict in VERDICTS if counts[verdict]},
    }
    with files.replacing(FOLDER) as folder:
        (folder / "runs").mkdir(parents=True)
        for path in [
            METRICS / "claims.json",
            TABLES,
            METRICS / "nulls.json",
            *sorted((METRICS / "runs").glob("*.json")),
        ]:
            (folder / path.relative_to(METRICS)).write_bytes(path.read_bytes())
        files.write_json(folder / "front.json", front)
        files.write_json(folder / "injections.json", _injections(told["further"]))
        (folder / "README.md").write_text(_readme(front, claims, told), encoding="utf-8")


def _sentences(told: dict[str, Any]) -> list[str]:
    """What was found, for the front page."""
    return [
        f"{one['name']}: intersection over union {one['iou']['mean']:.0f}% from photo to label, "
        f"{two['iou']['mean']:.0f}% from label to photo; photos of one label are {more['diversity']:.2f} apart."
        for one, two, more in zip(told["table1"], told["table2"], told["further"], strict=True)
        if one["seeds"] > 1  # the arms that claims compare; the others are on the page
    ]


def _injections(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How z enters F, for the page that compares papers: the extension losses and nothing left out, four injections."""
    runs = {
        key: run
        for key, run in params.load().asymgan.runs.items()
        if run.extension and run.leaves_out == "nothing" and not run.dropout
    }
    return {
        "paper": "AsymGAN",
        "page": PAGE.file,
        "vector": "z, a random code",
        "change": "mean |difference| of photos of one label with two z",
        "follows": "1 minus E's error at finding z in the photo, over the error of an encoder that always says 0",
        "rows": [
            {
                "injection": runs[row["run"]].injection,
                "run": row["run"],
                "seeds": row["seeds"],
                "change": row["diversity"],
                "follows": None if row["code_error"] is None else 1 - row["code_error"] / ZERO,
            }
            for row in rows
            if row["run"] in runs
        ],
    }


def _readme(front: dict[str, Any], claims: list[dict[str, Any]], told: dict[str, Any]) -> str:
    lines = [
        f"# {front['title']}",
        "",
        f"{ABOUT} What a run at the default scale found, kept by `python -m stages.asymgan.keep`; the",
        f"[page](../../reports/{front['page']}) has the figures, what was trained, and each claim's rule.",
        "",
        "Scores in percent, mean over seeds, ours / the paper's (on other data: only their order can be compared):",
        "",
        "| model | seeds | " + " | ".join(f"{table} {name}" for table in ("I", "II") for name in SCORES) + " |",
        "|---|---|" + "---|" * (2 * len(SCORES)),
    ]
    for one, two in zip(told["table1"], told["table2"], strict=True):
        cells = [
            f"{row[name]['mean']:.1f}" + (f" / {row['paper'][name]:.1f}" if row["paper"] else "")
            for row in (one, two)
            for name in SCORES
        ]
        lines.append(f"| {one['name']} | {one['seeds']} | {' | '.join(cells)} |")
    lines += ["", "| claim | where | verdict | seeds | margin | spread |", "|---|---|---|---|---|---|"]
    for claim in claims:
        met = f"{claim['seeds']['holds']} of {claim['seeds']['of']}" if claim["seeds"]["of"] else "–"
        margin, spread = (f"{claim[name]:.3g}" if claim[name] is not None else "–" for name in ("margin", "spread"))
        lines.append(f"| {claim['text']} | {claim['where']} | {claim['verdict']} | {met} | {margin} | {spread} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    command.run(main)
