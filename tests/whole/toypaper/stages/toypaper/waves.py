"""toypaper/waves: the data of the made-up paper, data/toypaper/waves.npz."""

from pipeline.core import files
from pipeline.shell import command
from pipeline.toypaper.model import params, waves


def main() -> None:
    """Make the waves; the first seed is theirs."""
    p = params.load()
    made = waves.make(p.toypaper.waves.count, p.toypaper.waves.length, p.seeds[0])
    files.write_arrays(waves.PATH, {"waves": made})


if __name__ == "__main__":
    command.run(main)
