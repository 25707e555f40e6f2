"""The downloader against random faults of a server: writes docs/download-faults.md.

Run from the repository's root: python -m benchmarks.download_faults [REPEATS]
"""

import sys
import tempfile
import time
from contextlib import redirect_stderr
from pathlib import Path

from tests.images import fault_trials

SEED = 0
PAGE = Path("docs/download-faults.md")
TEXT = """# The downloader against random faults

Written by `python -m benchmarks.download_faults {repeats}`. A server on loopback serves a small zip and misbehaves; the
bytes at which it does are random (seed {seed}). Each kind of fault is tried in three scenes: at one request, at every
request of the first call, and at every request to the first of two mirrors. Half of the tries (all of those about
ranges) begin with a break, so that the fault meets a range request. The last four kinds damage the files on disk
between two calls. "Faults" counts the bad answers that were really given.

After each call either the file is byte for byte right, or there is an error of one line and no file of that name; a
second call to a server that behaves again then finishes the job. With a good second mirror the first call is always
right. A try that ends in any other way stops the script: there was none.

{table}"""


def main(repeats: int) -> None:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w") as log, redirect_stderr(log):
        rows = fault_trials.tabulate(fault_trials.all_trials(SEED, repeats, Path(folder)))
    PAGE.write_text(TEXT.format(repeats=repeats, seed=SEED, table=fault_trials.markdown(rows)), encoding="utf-8")
    print(f"{PAGE}: {sum(row.served for row in rows.values())} faults in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
