"""sdit/collect: what was measured, as small files in Git: reports/sdit/metrics. Each file is checked first."""

from pipeline.core import artifacts, files, results
from pipeline.sdit.results import MEASURED, METRICS, NullsResult, RealResult, RunResult
from pipeline.shell import command


def main() -> None:
    """Copy each measured file; a folder whole or not at all."""
    for name, kind in (("runs", RunResult), ("real", RealResult)):
        with files.replacing(METRICS / name) as folder:
            folder.mkdir()
            for path in sorted((MEASURED / name).glob("*.json")):
                results.read(path, kind)
                (folder / path.name).write_bytes(artifacts.read(path))
    results.read(MEASURED / "nulls.json", NullsResult)
    with files.replacing(METRICS / "nulls.json") as temporary:
        temporary.write_bytes(artifacts.read(MEASURED / "nulls.json"))


if __name__ == "__main__":
    command.run(main)
