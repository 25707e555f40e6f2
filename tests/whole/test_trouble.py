"""docs/trouble.md names messages that our code really says."""

import re

from tests.clone import CHECKOUT

# Said by pip, DVC, Hydra, bash, Python or the system.
OF_OTHERS = (
    "THESE PACKAGES",
    "No space left",
    "bash: dvc",
    "Unable to acquire lock",
    "mismatched input",
    "error: params",
)


def test_every_message_of_ours_is_in_the_code() -> None:
    rows = re.findall(r"^\| (.+?) \|", (CHECKOUT / "docs/trouble.md").read_text(encoding="utf-8"), re.M)[2:]
    places = [CHECKOUT / "Makefile", *(CHECKOUT / "pipeline").rglob("*.py")]
    # Strings that stand on several lines of the code are one message; what is filled in is anything.
    said = re.sub(r'"\s*\n?\s*f?"', "", "\n".join(path.read_text(encoding="utf-8") for path in places))
    ours = [row for row in rows if not any(other in row for other in OF_OTHERS)]
    assert len(ours) >= 7
    for row in ours:
        for message in re.findall(r"`([^`]+)`", row):
            parts = re.split(r"…|\.\.\.|\d+|error: |'dvc repro|python3\.|scratch/|SIGTERM", message)
            for words in (part.strip(" :()'") for part in parts if len(part.strip(" :()'")) > 12):
                assert words in said, words
