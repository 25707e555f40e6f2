"""`python -m pipeline.export`: a generator as a file for others, safetensors or ONNX, with what they must know."""

import sys

from pipeline.shell import stopping

if sys.argv[0] == "-m":  # as in pipeline/translate/__init__.py
    stopping.begin()
