"""What SGN's pages show: each page, table and figure once, with the paper's name for it and the stage that makes it.

A further page is one entry in PAGES, a further table or figure one in ITEMS; notebooks and front page read both.
"""

from pathlib import Path

from pipeline.core.artifacts import METRICS
from pipeline.report.contents import Contents, Item, Page
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, HYPER_RUNS, SYM_RUNS

FIGURES = Path("reports/figures")
CLAIMS_STAGE = "claims"


def _table(anchor: str, page: str, paper: str | None, title: str) -> Item:
    """A table of the claims stage, in the file of its name."""
    return Item(anchor, page, paper, title, CLAIMS_STAGE, METRICS / f"{anchor}.json")


def _figure(anchor: str, page: str, paper: str | None, title: str, kind: str = "png", claimed: bool = True) -> Item:
    """A picture of the page's stage of figures, in the file of its name."""
    return Item(anchor, page, paper, title, f"{page}_figures", FIGURES / page / f"{anchor}.{kind}", claimed)


PAGES = (
    Page("data", "The data", "Section 5.2", ()),
    Page("toy", "The toy problem", "Section 5.1, Supplement A.1 and B.1", ("toy-",)),
    Page(
        "translation",
        "Image translation",
        "Section 5.2 and Supplement",
        ("table3-", "sgn-", "figure7-"),
        (*SYM_RUNS, *HYPER_RUNS, "singlegan"),
    ),
    Page(
        "injection",
        "Injecting S",
        "Section 5.3 and Supplement",
        ("figure8-", "figure10-"),
        (*CONDITIONING_RUNS, "model1"),
    ),
)

ITEMS = (
    Item(
        "domains",
        "data",
        None,
        "A card and a contact sheet for every domain and style image",
        "contact_sheet",
        METRICS / "cards.json",
    ),
    _table("table1", "toy", "Table 1", "Losses of one Sym model and of five Hyper models"),
    _figure("figure5", "toy", "Figure 5", "The function, the classes, and what each model outputs"),
    _figure("figure9", "toy", "Figure 9", "Losses against the hidden width"),
    _table("table3", "translation", "Table 3", "Test losses at six S: one SGN and six hyper-parameter models"),
    _figure("grid-model1", "translation", "Figures 1 and 12", "Model 1 at eight S"),
    # The paper's claim about Figure 6 is one about Model 3.
    _figure("grid-model2", "translation", "Figures 6 and 13", "Model 2 at eight S", claimed=False),
    _figure("grid-model3", "translation", "Figures 6 and 14", "Model 3 at eight S"),
    _figure("grid-additional", "translation", "Figure 15", "A further model at eight S"),
    _figure("draws", "translation", "v1's Figure 6", "One picture at many S, drawn from a Dirichlet distribution"),
    _figure("movie-model1", "translation", "Video", "One picture while S travels from corner to corner", "gif"),
    _figure("figure7", "translation", "Figure 7", "SGN beside SingleGAN"),
    _figure("surfaces", "translation", None, "The three losses of Model 1 over all S"),
    _table("controllability", "translation", None, "How far S steers each run"),
    *(_figure(f"curves-{run}", "translation", None, f"The losses of {run} while it trains") for run in SYM_RUNS),
    Item(
        "contact-sheet",
        "translation",
        None,
        "The images that the models are trained on",
        "contact_sheet",
        FIGURES / "contact-sheet.png",
    ),
    _figure("figure8", "injection", "Figures 8 and 11", "Model 2 with each way to inject S"),
    _table("conditionings", "injection", None, "How far S steers Model 2 with each conditioning"),
    _figure("figure10", "injection", "Figure 10", "What the three CCAMs let through"),
)

CONTENTS = Contents(PAGES, ITEMS, CLAIMS_STAGE, Path("pipeline/sgn/pages/items.py"))
