"""What DVC runs: `python -m stages.NAME [KEY]`. One short file for each kind of stage."""

import sys

from pipeline.shell import stopping

if sys.argv[0] == "-m":  # so it is while `python -m` looks for the stage, whose imports can take seconds
    stopping.begin()
