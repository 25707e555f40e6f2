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
        return command.invocation_root() / command.expanded(own)
    base = Path(environment.get("XDG_CACHE_HOME") or "")
    if not base.is_absolute():  # the XDG specification says to ignore a relative path
        base = command.expanded("~/.cache")
    return base / "sgn-reproduction"
