"""What the front page says of SDIT: results/sdit/front.json, made of the page's numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.claims.verdict import VERDICTS
from pipeline.report.contents import Claim
from pipeline.sdit.pages import findings
from pipeline.sdit.pages.items import PAGE
from pipeline.sdit.results import RunResult

TITLE = "SDIT, held against its paper"


def said(runs: Mapping[str, RunResult], judged: Sequence[Claim]) -> dict[str, Any]:
    """A title, the page below reports/, sentences in plain text, how many claims have which verdict."""
    counts = Counter(claim["verdict"] for claim in judged)
    return {
        "title": TITLE,
        "page": f"{PAGE.name}/{PAGE.file}",
        "sentences": [sentence for key in ("sdit", "stargan") if (sentence := findings.per_input(runs, key))],
        "verdicts": {verdict: counts[verdict] for verdict in VERDICTS if counts[verdict]},
    }
