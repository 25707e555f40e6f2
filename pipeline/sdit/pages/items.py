"""What SDIT's page shows: each table and figure once, with the paper's name for it and the stage that makes it."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.report.contents import Claim, Contents, Item, Page
from pipeline.sdit.results import METRICS

PAGE = Page("sdit", "Many domains, many outputs: SDIT and StarGAN", "the whole paper", ("sdit-",))
FIGURES = Path("reports/sdit/figures")
STAGES = "stages/sdit/dvc.yaml:"


def _table(anchor: str, paper: str | None, title: str) -> Item:
    return Item(anchor, PAGE.name, paper, title, f"{STAGES}claims", METRICS / "tables.json")


def _figure(anchor: str, paper: str | None, title: str) -> Item:
    return Item(anchor, PAGE.name, paper, title, f"{STAGES}figures", FIGURES / f"{anchor}.png")


ITEMS = (
    _table("table61", "Table 6.1", "The five arms"),
    _table("table63", "Table 6.3", "Four colours: reverse classification and diversity"),
    _table("table64", "Table 6.4", "Artworks: reverse classification and diversity"),
    _table("table-halves", "Figure 6.6", "gamma, beta and both, in numbers"),
    _table("table-injections", None, "How z enters, in numbers"),
    _table("table-assignments", None, "Which loss gets the 800, in numbers"),
    _figure("outputs-sdit", "Figure 6.7", "Several outputs of SDIT for one input"),
    _figure("outputs-stargan", "Figure 6.4", "StarGAN has one output for an input"),
    _figure("ablation", "Figure 6.3", "What each part does"),
    _figure("attention", "Figure 6.5", "Where the attention lies"),
    _figure("halves", "Figure 6.6", "gamma, beta and both"),
    _figure("injections", None, "How z enters"),
    _figure("weights", None, "Which loss gets the 800"),
    _figure("outputs-artworks", "Figure 6.7", "Several outputs of SDIT for one artwork"),
    _figure("outputs-artworks-stargan", None, "StarGAN on artworks"),
)

CONTENTS = Contents((PAGE,), ITEMS, f"{STAGES}claims", Path("pipeline/sdit/pages/items.py"))

# Beside which table or figure a claim stands, by their ids.
CLAIMS_AT = {
    "outputs-sdit": ("sdit-targets", "sdit-many-outputs", "sdit-one-network"),
    "table61": ("sdit-latent-diverse", "sdit-latent-recovered", "sdit-table61-order", "sdit-keeps"),
    "ablation": ("sdit-attention-keeps",),
    "attention": ("sdit-attention-object",),
    "table-halves": ("sdit-beta",),
    "table63": ("sdit-over-inputs", "sdit-reverse"),
    "table-injections": ("sdit-concat",),
}


def claims_at(anchor: str, claims: Sequence[Claim]) -> list[Claim]:
    """The claims beside a table or figure."""
    return [claim for claim in claims if claim["id"] in CLAIMS_AT.get(anchor, ())]


def elsewhere(claims: Sequence[Claim]) -> list[Claim]:
    """The claims that stand beside none."""
    placed = {name for names in CLAIMS_AT.values() for name in names}
    return [claim for claim in claims if claim["id"] not in placed]
