"""Where downloads are kept, for all checkouts and experiments of a user."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.shell import command

VARIABLE = "SGN_CACHE"


def folder(environment: Mapping[str, str]) -> Path:
    """`$SGN_CACHE`, else `$XDG_CACHE_HOME/sgn-reproduction`, else `~/.cache/sgn-reproduction`.

    A relative `$SGN_CACHE` counts from the repository in which the user typed the command.
    """
    if own := environment.get(VARIABLE):
        return command.invocation_root() / Path(own).expanduser()
    base = Path(environment.get("XDG_CACHE_HOME") or "")
    # The XDG specification says to ignore a relative path.
    return (base if base.is_absolute() else Path.home() / ".cache") / "sgn-reproduction"
