"""What a part found, as a JSON file that is whole at every moment."""

import math
import time
from pathlib import Path
from typing import Any

from pipeline.core import files


class Report:
    """One part's file: every `add` writes it again, by rename."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values: dict[str, Any] = {}
        self._began = time.monotonic()

    def add(self, **values: Any) -> None:
        """Add or replace values by name."""
        self.values.update(values)
        self.values["seconds"] = round(time.monotonic() - self._began, 1)
        files.write_json(self.path, plain(self.values))


def plain(value: Any) -> Any:
    """As JSON has it: a number that is not finite becomes its name, numbers keep six digits."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else str(value)
    return value
