"""The explorer in a real browser: what a hand, a key and an address do, from disk, with nothing fetched from elsewhere.

Each translation is one flat colour that tells model, picture and S, so that a pixel says what is shown.
"""

import io
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pipeline.core import results
from pipeline.report.html import REPORTS
from pipeline.sgn.explorer import lattice, page
from pipeline.sgn.pages.items import EXPLORER

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium: on Debian, apt install chromium"),
]

SIDE = 16
RUNS = {"model1": ("photo", "vangogh", "udnie"), "model3": ("summer", "winter", "monet")}
PICTURES = 3


def colour(model: int, picture: int, S: tuple[float, ...]) -> tuple[int, int, int]:
    """Which colour a translation has."""
    return 40 + 150 * model + 15 * picture, round(40 + 180 * S[0]), round(40 + 180 * S[1])


def made_up() -> lattice.Lattice:
    points = lattice.points()
    models = [
        {
            "run": run,
            "seed": 0,
            "objectives": [
                {"loss": loss, "about": about}
                for loss, about in zip(("reconstruction", "adversarial", "perceptual"), abouts, strict=True)
            ],
            "inputs": f"{run}-inputs.webp",
            "pictures": [f"{run}-{number}.webp" for number in range(PICTURES)],
            "losses": [[1 - S[0], 2 - S[1], 3 - S[2]] for S in points],
        }
        for run, abouts in RUNS.items()
    ]
    values = {"S": points, "columns": lattice.COLUMNS, "side": SIDE, "scale": "smoke", "data": "scenes"}
    return results.of(lattice.Lattice, {**values, "models": models})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page and its files."""
    root = tmp_path_factory.mktemp("explorer")
    folder = root / lattice.FOLDER
    folder.mkdir(parents=True)
    for number, run in enumerate(RUNS):
        for picture in range(PICTURES):
            tiles = np.zeros((len(lattice.points()), SIDE, SIDE, 3), np.uint8)
            tiles[:] = np.array([colour(number, picture, S) for S in lattice.points()])[:, None, None]
            (folder / f"{run}-{picture}.webp").write_bytes(lattice.encoded(lattice.tiles(tiles)))
        inputs = np.full((SIDE, PICTURES * SIDE, 3), 128, np.uint8)
        (folder / f"{run}-inputs.webp").write_bytes(lattice.encoded(inputs))
    (root / REPORTS / EXPLORER).write_text(page.page(made_up()), encoding="utf-8")
    return root / REPORTS / EXPLORER


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Reader:
    """Somebody who looks at the page."""

    def __init__(self, browser: "playwright.Browser", address: str, width: int = 1280) -> None:
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.tab = browser.new_page(viewport={"width": width, "height": 900})
        self.tab.on("console", lambda message: self.faults.append(message.text))
        self.tab.on("pageerror", lambda error: self.faults.append(str(error)))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.goto(address)

    def settled(self, model: int, picture: int, S: tuple[float, ...]) -> None:
        """Wait until the picture is the one of this S; fails if it does not come."""
        expected, end = np.array(colour(model, picture, S)), time.monotonic() + 5
        while np.abs(self.seen() - expected).max() > 6:
            assert time.monotonic() < end, f"{self.seen()} is shown instead of {expected}"

    def seen(self) -> npt.NDArray[np.int64]:
        """The colour in the middle of the picture. The page itself may not ask: its pictures are files."""
        screen = Image.open(io.BytesIO(self.tab.locator("#output").screenshot())).convert("RGB")
        middle = screen.getpixel((screen.width // 2, screen.height // 2))
        return np.array(middle, dtype=np.int64)

    def place(self, S: tuple[float, ...]) -> tuple[float, float]:
        """Where a point of the triangle is on the screen."""
        box = self.tab.locator("#triangle").bounding_box()
        assert box is not None
        x, y = (sum(s * corner[axis] for s, corner in zip(S, page.CORNERS, strict=True)) for axis in (0, 1))
        return box["x"] + x * box["width"] / 400, box["y"] + y * box["height"] / 366


@pytest.fixture
def reader(browser: "playwright.Browser", site: Path) -> Iterator[Reader]:
    """At the start; whatever a test does, the console stays silent and nothing is asked from elsewhere."""
    reader = Reader(browser, site.as_uri())
    yield reader
    assert reader.faults == []
    assert all(url.startswith(("file://", "data:")) for url in reader.asked)
    reader.tab.close()


def test_the_page_begins_at_the_first_corner(reader: Reader) -> None:
    reader.settled(0, 0, (1, 0, 0))
    assert reader.tab.locator("#loss-0").inner_text() == "0.000"
    assert reader.tab.locator("#range-1").inner_text() == "1.000 to 2.000"


def test_a_drag_shows_each_picture_on_its_way(reader: Reader) -> None:
    reader.settled(0, 0, (1, 0, 0))
    mouse = reader.tab.mouse
    mouse.move(*reader.place((1, 0, 0)))
    mouse.down()
    for S in ((0.5, 0.5, 0), (0, 1, 0), (0.2, 0.5, 0.3)):
        mouse.move(*reader.place(S), steps=4)
        reader.settled(0, 0, S)
    mouse.up()
    mouse.move(*reader.place((0, 0, 1)))
    reader.settled(0, 0, (0.2, 0.5, 0.3))  # the hand has let go
    assert [reader.tab.locator(f"#s-{i}").inner_text() for i in range(3)] == ["0.2", "0.5", "0.3"]
    assert reader.tab.locator("#loss-G").inner_text() == "1.720"  # 0.2 * 0.8 + 0.5 * 1.5 + 0.3 * 2.7


def test_a_hand_beyond_the_edge_stays_on_the_triangle(reader: Reader) -> None:
    x, y = reader.place((0, 0.5, 0.5))
    reader.tab.mouse.move(x, y - 20)
    reader.tab.mouse.down()
    reader.tab.mouse.move(x, y + 300)
    reader.settled(0, 0, (0, 0.5, 0.5))
    reader.tab.mouse.move(x - 2000, y)
    reader.settled(0, 0, (0, 1, 0))
    reader.tab.mouse.up()


def test_keys_reach_every_point_and_say_so(reader: Reader) -> None:
    reader.tab.locator("#triangle").focus()
    keys = reader.tab.keyboard
    keys.press("2")
    reader.settled(0, 0, (0, 1, 0))
    keys.press("ArrowRight")
    reader.settled(0, 0, (0, 0.9, 0.1))
    keys.press("ArrowUp")
    reader.settled(0, 0, (0.1, 0.8, 0.1))
    keys.press("ArrowDown")
    keys.press("ArrowLeft")
    reader.settled(0, 0, (0, 1, 0))
    said = reader.tab.locator("#says")
    assert said.get_attribute("aria-live") == "polite"
    assert "100 % vangogh" in said.inner_text()
    assert said.inner_text() == reader.tab.locator("#triangle").get_attribute("aria-valuetext")


def test_every_point_of_the_lattice_can_be_reached_by_keys(reader: Reader) -> None:
    reader.tab.locator("#triangle").focus()
    seen = set()
    for up in range(11):
        reader.tab.keyboard.press("2")
        for _ in range(up):
            reader.tab.keyboard.press("ArrowUp")
        for _ in range(11 - up):
            seen.add(tuple(reader.tab.locator(f"#s-{i}").inner_text() for i in range(3)))
            reader.tab.keyboard.press("ArrowRight")
    assert len(seen) == 66


def test_models_and_pictures_are_chosen(reader: Reader) -> None:
    reader.tab.get_by_label("model3").check()
    reader.settled(1, 0, (1, 0, 0))
    reader.tab.get_by_label("test picture 3").click()
    reader.settled(1, 2, (1, 0, 0))
    assert reader.tab.get_by_label("test picture 3").get_attribute("aria-pressed") == "true"
    assert reader.tab.locator("#about-1").inner_text() == "adversarial, winter"


def test_the_address_holds_what_is_seen(browser: "playwright.Browser", site: Path, reader: Reader) -> None:
    reader.tab.get_by_label("model3").check()
    reader.tab.get_by_label("test picture 2").click()
    reader.tab.locator("#triangle").focus()
    reader.tab.keyboard.press("3")
    reader.settled(1, 1, (0, 0, 1))
    other = Reader(browser, reader.tab.url)
    other.settled(1, 1, (0, 0, 1))
    other.tab.evaluate("location.hash = '#model=model1&picture=0&s=0.4,0.4,0.2'")
    other.settled(0, 0, (0.4, 0.4, 0.2))
    other.tab.close()


@pytest.mark.parametrize(
    "address", ["#model=nobody&picture=77&s=a,b,c", "#s=-1,2,0", "#s=0,0,0", "#%%%", "#s=1e400,1,1"]
)
def test_an_address_that_makes_no_sense_changes_nothing(
    browser: "playwright.Browser", site: Path, address: str
) -> None:
    reader = Reader(browser, site.as_uri() + address)
    reader.tab.wait_for_function("document.getElementById('output').dataset.shown")
    assert reader.tab.locator("#model-model1").is_checked()
    assert reader.faults == []
    assert re.search(r"&s=1,0,0$", reader.tab.url)
    reader.tab.close()


def test_between_lattice_points_pictures_are_mixed_only_when_asked(reader: Reader) -> None:
    between = (0.35, 0.65, 0.0)
    reader.tab.mouse.click(*reader.place(between))
    reader.tab.wait_for_function("document.getElementById('output').dataset.shown")
    assert float(reader.tab.locator("#s-0").inner_text()) in (0.3, 0.4)
    assert "never made" not in reader.tab.locator("#says").inner_text()
    reader.tab.locator("#blend").check()
    reader.tab.mouse.click(*reader.place(between))
    reader.settled(0, 0, between)
    assert "never made" in reader.tab.locator("#says").inner_text()
    reader.tab.locator("#blend").uncheck()
    assert "never made" not in reader.tab.locator("#says").inner_text()


def test_a_checkout_without_the_pictures_says_how_to_make_them(
    browser: "playwright.Browser", site: Path, tmp_path: Path
) -> None:
    alone = shutil.copy(site, tmp_path / EXPLORER)
    reader = Reader(browser, Path(alone).as_uri())
    missing = reader.tab.locator("#missing")
    missing.wait_for(state="visible", timeout=5000)
    assert "dvc repro explorer" in missing.inner_text()
    reader.tab.close()


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_nothing_is_wider_than_the_window(browser: "playwright.Browser", site: Path, width: int) -> None:
    reader = Reader(browser, site.as_uri(), width)
    assert reader.tab.evaluate("document.documentElement.scrollWidth") <= width
    reader.tab.close()
