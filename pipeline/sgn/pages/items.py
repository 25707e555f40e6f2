"""What SGN's pages show: each page, table and figure once, with the paper's name for it and the stage that makes it.

A further page is one entry in PAGES, a further table or figure one in ITEMS; notebooks and front page read both.
"""

from pathlib import Path

from pipeline.core.artifacts import METRICS
from pipeline.report.contents import Contents, Item, Page
from pipeline.report.html import REPORTS
from pipeline.sgn.paper.runs import CONDITIONING_RUNS, HYPER_RUNS, SYM_RUNS

FIGURES = Path("reports/figures")
ALL_RUNS = tuple(dict.fromkeys((*SYM_RUNS, *CONDITIONING_RUNS, *HYPER_RUNS)))
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
    Page("models", "The models", "Table 2", (), (*ALL_RUNS, "singlegan")),
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
    _figure("hyper", "translation", "Table 3", "One SGN beside the six models of Table 3", claimed=False),
    Item("cost", "translation", None, "What the trainings cost", "collect", METRICS / "cost.json"),
    _figure("grid-model1", "translation", "Figure 1", "Model 1 at eight S"),
    _figure("further-model1", "translation", "Figure 12", "Model 1, further test pictures"),
    # The paper's claim about Figure 6 is one about Model 3.
    _figure("grid-model2", "translation", "Figure 6", "Model 2 at eight S", claimed=False),
    _figure("further-model2", "translation", "Figure 13", "Model 2, further test pictures"),
    _figure("grid-model3", "translation", "Figure 6", "Model 3 at eight S"),
    _figure("further-model3", "translation", "Figure 14", "Model 3, further test pictures"),
    _figure("grid-additional", "translation", "Figure 15", "A further model at eight S"),
    _figure("grid-abstract", "translation", "Abstract", "30 % Van Gogh, 20 % Monet, 40 % snowy: four objectives"),
    _figure("draws", "translation", "v1's Figure 6", "One picture at many S, drawn from a Dirichlet distribution"),
    Item(
        "movie-model1",
        "translation",
        "Video",
        "Pictures and their translations while S travels from corner to corner",
        "translation_figures",
        REPORTS / "movie-model1.mp4",
    ),
    _figure("figure7", "translation", "Figure 7", "SGN beside SingleGAN"),
    _figure("grid-comparison", "translation", None, "Figure 7's SGN at eight S"),
    _figure("grid-singlegan", "translation", None, "Figure 7's SingleGAN, asked for each domain"),
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
    _figure("figure8", "injection", "Figure 8", "Model 2 with each way to inject S"),
    _figure("figure11", "injection", "Figure 11", "The same, further test pictures"),
    _table("conditionings", "injection", None, "How far S steers Model 2 with each conditioning"),
    _figure("figure10", "injection", "Figure 10", "What the three CCAMs let through"),
)

EXPLORER = "explorer.html"

CONTENTS = Contents(
    PAGES, ITEMS, CLAIMS_STAGE, Path("pipeline/sgn/pages/items.py"), others=((EXPLORER, "Move S and look"),)
)
