"""asymgan/claims: tables beside the paper's, claims with their verdicts: reports/asymgan/metrics."""

from pipeline.asymgan.model import params
from pipeline.asymgan.paper import claims, measured, tables
from pipeline.asymgan.paper.measured import METRICS
from pipeline.asymgan.paper.numbers import TABLE1, TABLE2
from pipeline.core import files
from pipeline.shell import command


def main() -> None:
    """Write tables.json, claims.json and summary.json."""
    p = params.load()
    runs = measured.runs(METRICS, list(p.asymgan.runs))
    decided = claims.decided(runs, measured.nulls(METRICS))
    told = {
        "table1": tables.scores(runs, "photo_to_label", TABLE1),
        "table2": tables.scores(runs, "label_to_photo", TABLE2),
        "real": tables.real(runs),
        "further": tables.further(runs),
    }
    files.write_json(METRICS / "tables.json", told)
    files.write_json(METRICS / "claims.json", decided)
    files.write_json(METRICS / "summary.json", tables.summary(runs, decided))


if __name__ == "__main__":
    command.run(main)
