"""`python -m pipeline.translate`: anybody's pictures and films through a trained generator."""

import sys

from pipeline.shell import stopping

if sys.argv[0] == "-m":  # so it is while `python -m` looks for the command, whose imports take a second or two
    stopping.begin()
