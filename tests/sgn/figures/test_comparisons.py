"""Pictures side by side: each in its place, pixel by pixel, under the right words."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from pipeline.figures.grids import Pictures
from pipeline.sgn.figures import comparisons, legend
from pipeline.sgn.model import simplex
from tests.figures import reading

NAMES = ("photo", "ukiyoe", "vangogh")
SETS = [*simplex.corners(3), *simplex.midpoints(3), simplex.centre(3), simplex.beyond(3, 1)]
CAPTION = "Run model1; data scenes, scale small, 1,000 steps, seed 0"


def noise(*shape: int, size: int = 8, seed: int = 0) -> Pictures:
    return np.random.default_rng(seed).integers(0, 256, (*shape, size, size, 3), dtype=np.uint8)


def saved(figure: Figure, folder: Path) -> Pictures:
    figure.savefig(folder / "figure.png")  # in all its colours
    return np.asarray(Image.open(folder / "figure.png").convert("RGB"))


def same(rows: list[list[Pictures]], expected: list[list[Pictures]]) -> bool:
    return [len(row) for row in rows] == [len(row) for row in expected] and all(
        np.array_equal(a, b) for row, other in zip(rows, expected, strict=True) for a, b in zip(row, other, strict=True)
    )


def figure7() -> tuple[Figure, dict[str, Pictures], dict[str, Pictures], dict[str, Pictures]]:
    inputs = {"photo": noise(4), "monet": noise(4, seed=1)}
    sgn = {"photo": noise(3, 4, seed=2), "monet": noise(3, 4, seed=3)}
    other = {"photo": noise(3, 4, seed=4), "monet": noise(3, 4, seed=5)}
    return comparisons.figure7(inputs, sgn, other, NAMES, CAPTION), inputs, sgn, other


def test_figure7_has_each_input_s_translations_in_its_row() -> None:
    figure, inputs, sgn, other = figure7()
    expected = [
        [inputs[domain][i], *sgn[domain][:, i], *other[domain][:, i]] for domain in ("photo", "monet") for i in range(4)
    ]
    assert same(reading.pictures(figure), expected)
    words = reading.texts(figure)
    assert words.count("a domain in neither training") == 1  # Monet, not photo
    assert {"photo inputs", "monet inputs", "(0, 1, 0)\nukiyoe", "ukiyoe", CAPTION} <= set(words)


def test_figure8_has_a_block_for_each_conditioning() -> None:
    inputs = noise(2)
    order = [7, 3, 0, 6, 5, 2, 1, 4]  # whatever the file's order of S, the columns are corners, then midpoints
    outputs = {name: noise(8, 2, seed=i + 1) for i, name in enumerate(comparisons.INJECTIONS)}
    shuffled = {name: pictures[order] for name, pictures in outputs.items()}
    figure = comparisons.figure8(inputs, shuffled, [SETS[i] for i in order], NAMES, CAPTION)
    expected = [[inputs[i], *pictures[:6, i]] for pictures in outputs.values() for i in range(2)]
    assert same(reading.pictures(figure), expected)
    words = reading.texts(figure)
    assert set(comparisons.INJECTIONS) <= set(words)
    assert [text for text in words if "not in the paper" in text] == [comparisons.INJECTIONS["film"]]
    assert not reading.problems(figure)


def test_hyper_has_sgn_above_the_six_models_that_each_know_one_S() -> None:
    inputs, sgn, alone = noise(2), noise(6, 2, seed=1), noise(6, 2, seed=2)
    figure = comparisons.hyper(inputs, sgn, alone, NAMES, CAPTION)
    expected = [[inputs[i], *half[:, i]] for half in (sgn, alone) for i in range(2)]
    assert same(reading.pictures(figure), expected)
    assert not reading.problems(figure)
    assert figure.get_figwidth() <= 11


def test_a_long_caption_stays_on_the_page() -> None:
    words = " ".join(f"model1-w{i:03}," for i in range(40))
    figure = comparisons.hyper(noise(2), noise(6, 2), noise(6, 2), NAMES, words)
    shown = [text for text in figure.texts if "model1-w" in text.get_text()]
    assert " ".join(text.get_text() for text in reversed(shown)) == words
    figure.canvas.draw()
    for text in shown:
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.width
        assert box.y0 >= 0
    assert not reading.problems(figure)


@pytest.mark.parametrize("size", [32, 64])
def test_small_pictures_are_magnified_by_a_whole_number(tmp_path: Path, size: int) -> None:
    inputs = {"photo": noise(2, size=size)}
    sgn, other = ({"photo": noise(3, 2, size=size, seed=seed)} for seed in (1, 2))
    sheet = saved(comparisons.figure7(inputs, sgn, other, NAMES, CAPTION), tmp_path)
    top = comparisons.MARGIN + comparisons.HEADING + comparisons.TITLES
    left = comparisons.MARGIN + comparisons.BESIDE
    step = comparisons.CELL + comparisons.GAP
    times = comparisons.CELL // size
    first, second = inputs["photo"][1], sgn["photo"][2, 1]
    for picture, x in ((first, left), (second, left + 3 * step + comparisons.BETWEEN - comparisons.GAP)):
        cell = sheet[top + step :, x:][: comparisons.CELL, : comparisons.CELL]
        assert np.array_equal(cell, picture.repeat(times, axis=0).repeat(times, axis=1))


def test_large_pictures_are_reduced_smoothly(tmp_path: Path) -> None:
    checks = (np.indices((512, 512)).sum(axis=0) % 2 * 255).astype(np.uint8)  # a fine chess board: grey from afar
    board = np.repeat(checks[..., None], 3, axis=2)
    sheet = saved(comparisons.draws(board, [(1.0, 0.0, 0.0)], board[None], NAMES, CAPTION), tmp_path)
    middle = sheet[comparisons.MARGIN + 50 :, comparisons.MARGIN + 50 :][:100, :100]
    assert 96 < middle.mean() < 160
    assert middle.std() < 20


def test_a_page_is_not_wider_than_a_report_shows_and_its_words_do_not_collide() -> None:
    drawn = comparisons.draws(noise(), SETS[:7], noise(7), NAMES, CAPTION)
    for figure in (figure7()[0], drawn):
        assert figure.get_figwidth() <= 11
        assert not reading.problems(figure)


def test_draws_have_bars_that_divide_as_S_does(tmp_path: Path) -> None:
    sets = [tuple(S) for S in np.random.default_rng(0).dirichlet([0.5, 1, 1], 18).tolist()]
    picture, outputs = noise(), noise(18, seed=1)
    figure = comparisons.draws(picture, sets, outputs, NAMES, CAPTION)
    order = sorted(range(18), key=lambda i: sets[i][2] - sets[i][1])
    first, *others = reading.pictures(figure)
    assert np.array_equal(first[0], picture)
    shown = [cell for row in (first[1:], *others) for cell in row]
    assert all(np.array_equal(cell, outputs[i]) for cell, i in zip(shown, order, strict=True))

    sheet = saved(figure, tmp_path).astype(int)
    left = comparisons.MARGIN + comparisons.INPUT + 2 * comparisons.BETWEEN
    for place, index in enumerate(order):
        row, column = divmod(place, 6)
        y = comparisons.MARGIN + row * (comparisons.CELL + comparisons.BAR + comparisons.LABEL + comparisons.BETWEEN)
        bar = sheet[y + comparisons.CELL + comparisons.BAR // 2, left + column * (comparisons.CELL + comparisons.GAP) :]
        for s, colour in zip(sets[index], legend.COLOURS, strict=False):
            near = np.abs(bar[: comparisons.CELL] - np.array(to_rgb(colour)) * 255).max(axis=1) < 2
            assert abs(near.sum() - s * comparisons.CELL) < 2.5
