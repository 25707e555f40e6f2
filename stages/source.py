"""source: is `data` of params.yaml a source of pictures, and do the user's files lie where no stage writes?

Paths in dvc.yaml have the source's name in them, and DVC says of a wrong one only that a file is missing. This stage
comes before all that have such paths, and says what is allowed. As every stage, it first looks where the user's files
lie (`shell.apart`); it comes before all whose outputs DVC removes, and runs again when params.yaml names others.
"""

from pathlib import Path

from pipeline.core import files, params
from pipeline.shell import command


def main() -> None:
    """Write data/sources/source.json, the source's name; ValueError that lists the known ones."""
    files.write_json(Path("data/sources/source.json"), {"data": params.load().data})


if __name__ == "__main__":
    command.run(main)
