"""What this checkout computed, to the DVC remote, for other checkouts: `python -m pipeline.shell.share`.

`dvc push --run-cache` sends DVC's records of which stage gave what, and the outputs that DVC keeps, but not its copies
of the outputs that Git keeps (`cache: false`). Without those another checkout's `dvc repro --pull` takes no training
from the records. Here all are sent that the records name.
"""

import sys

from dvc.exceptions import DvcException
from dvc.repo import Repo


def main() -> None:
    """Push records and outputs; SystemExit(1) with one line if there is no remote or it cannot be written to."""
    try:
        with Repo() as repo, repo.lock:
            records = repo.stage_cache.push(None)
            sent = 0
            for kept in repo.stage_cache.get_used_objs(records).values():
                result = repo.cloud.push(kept)
                if result.failed:
                    raise DvcException(f"{len(result.failed)} files could not be sent to the remote")
                sent += len(result.transferred)
    except (DvcException, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    print(f"{len(records)} records and {sent} files sent")


if __name__ == "__main__":
    main()
