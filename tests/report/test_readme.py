"""README's first lines say what the committed results say."""

import json
import re

from tests.clone import CHECKOUT

WORDS = {
    "holds": r"(\d+) hold,",
    "fails": r"(\d+) fail,",
    "undecided": r"(\d+) are undecided,",
    "passed by anything": r"(\d+) have a rule",
    "not measurable": r"(\d+) were not measurable",
}


def test_the_count_of_verdicts_is_that_of_the_summary() -> None:
    text = " ".join((CHECKOUT / "README.md").read_text(encoding="utf-8").split())
    sentence = text[text.index("**Verdicts at the default**") :]
    summary = json.loads((CHECKOUT / "reports/metrics/summary.json").read_text())
    counted = {verdict: summary[verdict] for verdict in WORDS}
    said = {}
    for verdict, pattern in WORDS.items():
        found = re.search(pattern, sentence)
        assert found is not None, verdict
        said[verdict] = int(found[1])
    assert said == counted
    assert f"{sum(counted.values())} claims" in sentence
