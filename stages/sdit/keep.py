"""`python -m stages.sdit.keep`: keep this run's verdicts and tables in results/sdit, which the front page reads.

By hand, as `make archive` is: were it a stage, plain `dvc repro`, whose front page depends on results/, would run SDIT.
"""

from pathlib import Path
from typing import Any

from pipeline.core import artifacts, files
from pipeline.sdit.pages import front
from pipeline.sdit.pages.items import PAGE
from pipeline.sdit.results import METRICS, read_runs
from pipeline.shell import command

KEPT = ("claims.json", "tables.json", "summary.json")
PLACE = Path("results/sdit")


def main() -> None:
    """Copy the numbers, and write what the front page says."""
    judged = artifacts.read_json(METRICS / "claims.json", list)
    for name in KEPT:
        with files.replacing(PLACE / name) as temporary:
            temporary.write_bytes(artifacts.read(METRICS / name))
    files.write_json(PLACE / "front.json", front.said(read_runs(), judged))
    files.write_json(PLACE / "injections.json", _injections(artifacts.read_json(METRICS / "tables.json")["injections"]))


def _injections(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How z enters, for the page that compares papers: the same network and losses with four injections."""
    return {
        "paper": "SDIT",
        "page": f"{PAGE.name}/{PAGE.file}",
        "vector": "z, a random code",
        "change": "LPIPS between translations of one input with two z",
        "follows": "correlation of z with what F_rec finds in the translation",
        "rows": [
            {
                **{name: row[name] for name in ("injection", "run", "seeds")},
                "change": row["per_input"],
                "follows": row["recovery"],
            }
            for row in rows
        ],
    }


if __name__ == "__main__":
    command.run(main)
