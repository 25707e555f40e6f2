"""`python -m stages.sdit.keep`: keep this run's verdicts and tables in results/sdit, which the front page reads.

By hand, as `make archive` is: were it a stage, plain `dvc repro`, whose front page depends on results/, would run SDIT.
"""

from pathlib import Path

from pipeline.core import artifacts, files
from pipeline.sdit.pages import front
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


if __name__ == "__main__":
    command.run(main)
