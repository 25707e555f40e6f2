"""What AsymGAN's page shows."""

from pathlib import Path

from pipeline.asymgan.paper.measured import METRICS
from pipeline.report.contents import Contents, Item, Page

STAGES = "stages/asymgan/dvc.yaml"
CLAIMS_STAGE = f"{STAGES}:claims"
PAGE = Page("asymgan", "AsymGAN", "Li et al., IEEE TIP 2019", ("asymgan-",))
NOTEBOOK = Path("notebooks/asymgan/asymgan.ipynb")
TABLES = METRICS / "tables.json"


def _figure(anchor: str, paper: str, title: str) -> Item:
    return Item(anchor, PAGE.name, paper, title, f"{STAGES}:figures", Path("reports/asymgan/figures") / f"{anchor}.png")


ITEMS = (
    Item("table1", PAGE.name, "Table I", "From photo to label: segmentation scores in percent", CLAIMS_STAGE, TABLES),
    Item(
        "table2", PAGE.name, "Table II", "From label to photo: the segmenter's scores in percent", CLAIMS_STAGE, TABLES
    ),
    Item(
        "further",
        PAGE.name,
        "Figures 1, 5, 8 and 9",
        "The four arms, in numbers",
        CLAIMS_STAGE,
        TABLES,
    ),
    Item(
        "further-forms",
        PAGE.name,
        "Figures 10 and 12",
        "Other forms of AsymGAN, in numbers",
        CLAIMS_STAGE,
        TABLES,
    ),
    _figure("translations", "Figures 3 and 5", "Photos and labels translated, with several codes"),
    _figure("references", "Figures 6 and 7", "Labels with the looks of a reference"),
    _figure("interpolation", "Figure 5", "From one code to another"),
    _figure("changes", "Figures 1, 8 and 9", "What a small change of G(x) does to the way back"),
    _figure("injections", "Figure 12", "Four ways for z to enter F"),
    _figure("ablation", "Figure 10", "Without one kind of extension losses"),
)

CONTENTS = Contents((PAGE,), ITEMS, CLAIMS_STAGE, Path("pipeline/asymgan/pages/items.py"))
