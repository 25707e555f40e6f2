"""`python -m pipeline.translate` as a user calls it, in this process and once as its own."""

import sys
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner, Result

from pipeline.core import tensors
from pipeline.shell.app import app
from pipeline.translate import animations, films
from pipeline.translate.__main__ import translate
from pipeline.translate.translator import Translator
from tests.clone import CHECKOUT, call
from tests.translate import made_up

COMMAND = app(translate)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made_up.checkout(tmp_path)
    monkeypatch.chdir(tmp_path)
    made_up.picture().save("a.png")
    return tmp_path


def run(line: str) -> Result:
    """Call the command with what stands in the line; no other word has a space."""
    return CliRunner().invoke(COMMAND, ["--precision", "fp32", *line.split()])


def done(line: str) -> str:
    result = run(line)
    assert result.exit_code == 0, result.output
    return result.output


def refused(line: str, code: int = 1) -> str:
    """The one line of an error; nothing was written."""
    before = sorted(Path().rglob("*"))
    result = run(line)
    assert result.exit_code == code, result.output
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.startswith("error: ")
    assert sorted(Path().rglob("*")) == before
    return result.stderr


def expected(S: tuple[float, ...], given: str = "a.png") -> np.ndarray:
    translator = Translator.of(made_up.generator(), "cpu", "fp32", 1.0)
    return translator(np.asarray(Image.open(given).convert("RGB"))[None], [S])[0].astype(int)


def nearest(frames: Iterable[np.ndarray], wanted: list[np.ndarray]) -> list[int]:
    """Which of the wanted pictures each frame is; films are written with losses, a random network's noise above all."""

    def coarse(frame: np.ndarray) -> np.ndarray:
        H, W, _ = frame.shape
        return frame.astype(float).reshape(H // 4, 4, W // 4, 4, 3).mean((1, 3))

    return [int(np.argmin([np.abs(coarse(frame) - coarse(other)).mean() for other in wanted])) for frame in frames]


def pixels(path: str) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


@pytest.mark.parametrize(
    ("s", "S"),
    [
        ("0.2,0.5,0.3", (0.2, 0.5, 0.3)),
        ("vangogh", (0.0, 1.0, 0.0)),
        ("vangogh:0.7,photo:0.3", (0.3, 0.7, 0.0)),
        ("-0.5,1.5,0", (-0.5, 1.5, 0.0)),
    ],
)
def test_a_picture_at_an_S(s: str, S: tuple[float, ...]) -> None:
    told = done(f"a.png --s {s} -o out.png")
    assert np.array_equal(pixels("out.png"), expected(S))
    assert ("outside the simplex" in told) == (min(S) < 0)
    assert "photo, vangogh, udnie" in told


def test_several_S_and_draws_are_numbered_and_told() -> None:
    done("a.png --s photo --s udnie -o some.png")
    assert np.array_equal(pixels("some-2.png"), expected((0, 0, 1)))
    told = done("a.png --random 3 --alpha 1,2,2 --seed 5 -o drawn.png")
    assert told.count("drawn-") == 3
    first = tuple(np.random.default_rng(5).dirichlet([1, 2, 2], 3)[0])
    assert np.array_equal(pixels("drawn-1.png"), expected(first))


@pytest.mark.parametrize("name", ["out.gif", "out.webp", "out.mp4"])
def test_a_path_is_a_film_with_the_bar_above(name: str) -> None:
    done(f"a.png --path photo,vangogh,udnie --frames 5 --fps 10 -o {name}")
    if name.endswith(".mp4"):
        film = films.probe(Path(name))
        assert (film.frames, film.rate) == (5, Fraction(10))
        frames = list(films.read(film))
    else:
        animation = animations.probe(Path(name), 10**7)
        assert animation is not None
        assert animation.durations == (100,) * 5
        frames = list(animations.read(animation))
    assert frames[0].shape == (48, 32, 3)  # the picture's 24 rows below 20 of the bar and 4 of the gap
    middle = [frame[4, frame.shape[1] // 3].astype(int) for frame in frames]  # of the bar
    assert np.abs(middle[0] - middle[2]).max() > 50
    assert np.abs(middle[2] - middle[4]).max() > 50


def test_without_the_bar_a_paths_frames_are_the_translations() -> None:
    done("a.png --path photo,vangogh --frames 3 --no-bar -o out.webp")
    animation = animations.probe(Path("out.webp"), 10**7)
    assert animation is not None
    wanted = [expected(S) for S in [(1, 0, 0), (0.5, 0.5, 0), (0, 1, 0)]]
    assert nearest(animations.read(animation), wanted) == [0, 1, 2]


def test_S_travels_over_the_length_of_a_film_and_an_animation() -> None:
    frames = [made_up.pixels(24, 32)] * 5
    films.write(Path("in.mp4"), frames, (24, 32), Fraction(25))
    animations.write(Path("in.gif"), [frame // (i + 1) for i, frame in enumerate(frames)], [100, 50, 50, 50, 200])
    done("in.mp4 in.gif --path photo,udnie -o out")
    film = films.probe(Path("out/in.mp4"))
    assert (film.frames, film.rate) == (5, Fraction(25))
    source = next(films.read(films.probe(Path("in.mp4"))))
    translator = Translator.of(made_up.generator(), "cpu", "fp32", 1.0)
    wanted = translator(source[None], [(1 - i / 4, 0, i / 4) for i in range(5)])
    *first, last = nearest(films.read(film), list(wanted))
    assert first == [0, 1, 2, 3]
    assert last in (3, 4)  # which hardly differ
    moved = animations.probe(Path("out/in.gif"), 10**7)
    assert moved is not None
    assert moved.durations == (100, 50, 50, 50, 200)


def test_an_animation_becomes_a_film_of_the_same_length() -> None:
    frames = [made_up.pixels(24, 32) // (i + 1) for i in range(3)]
    animations.write(Path("in.gif"), frames, [100, 200, 50])
    done("in.gif --s photo -o out.mp4")
    film = films.probe(Path("out.mp4"))
    assert film.frames / film.rate == Fraction(35, 100)


def test_a_folder_with_a_broken_picture_gives_the_others_and_an_error() -> None:
    Path("in/deep").mkdir(parents=True)
    made_up.picture(seed=1).save("in/b.jpg")
    made_up.picture(33, 57).save("in/deep/c.png")
    Path("in/broken.png").write_bytes(b"nothing")
    result = run("in --s udnie -o out")
    assert result.exit_code == 1
    assert "broken.png: a text file" in result.stderr
    assert "1 of 3" in result.stderr
    assert sorted(path.as_posix() for path in Path("out").rglob("*.*")) == ["out/b.jpg", "out/deep/c.png"]
    assert Image.open("out/deep/c.png").size == (57, 33)


def test_little_memory_gives_the_same_in_bands_and_says_so() -> None:
    made_up.picture(400, 100).save("tall.png")
    assert "bands" not in done("tall.png --s 0.2,0.5,0.3 -o whole.png")
    assert "bands of" in done("tall.png --s 0.2,0.5,0.3 --memory 0.0045 -o bands.png")
    assert np.abs(pixels("whole.png") - pixels("bands.png")).max() <= 1


def test_a_model_of_results_and_one_of_the_authors() -> None:
    from tests.translate.test_authors import Theirs

    facts = {"run": "other", "conditioning": "ccam", "k": 2, "scale": {"width": 4, "blocks": 1}}
    facts |= {"objectives": [{"loss": "reconstruction", "about": "photo"}, {"loss": "adversarial", "about": "monet"}]}
    tensors.write(Path("results/x/generators/other.safetensors"), made_up.generator(k=2).state_dict(), facts)
    assert "photo, monet" in done("a.png --model other --s monet -o out.png")
    torch.save(Theirs().state_dict(), "Model1.pth")
    done("a.png --weights Model1.pth --s 0,1,0 -o theirs.png")
    done("a.png --weights Model1.pth --names photo,vangogh,udnie --s vangogh -o named.png")
    assert np.array_equal(pixels("theirs.png"), pixels("named.png"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a.png --s 1,2 -o out.png", "photo, vangogh, udnie"),
        ("a.png --s monet -o out.png", "photo, vangogh, udnie"),
        ("a.png --s photo --model nix -o out.png", "known are model1"),
        ("a.png -o out.png", "--s, --random and --path"),
        ("a.png --s photo --random 2 -o out.png", "--s, --random and --path"),
        ("a.png --s photo -o a.png", "is an input"),
        ("a.png --s photo --force -o a.png", "is an input"),
        ("a.png --s photo -o params.yaml", "can be written as"),
        ("absent.png --s photo -o out.png", "absent.png: no such file"),
        ("a.png --s photo --device tpu -o out.png", "auto, cpu, cuda"),
        ("a.png --s photo --weights absent.pth -o out.png", "absent.pth"),
        ("a.png --s photo --weights a.png -o out.png", "not read"),
        ("a.png --s photo --names x,y,z -o out.png", "does not say"),
        ("params.yaml --s photo -o out.png", "params.yaml: a text file"),
        ("a.png --s photo --memory 0.001 --model model1 -o missing/../no/out.xyz", "can be written as"),
    ],
)
def test_mistakes_are_one_line_and_nothing_is_written(line: str, said: str) -> None:
    assert said in refused(line)


def test_an_output_that_is_there_stays_without_force() -> None:
    made_up.picture(seed=1).save("out.png")
    before = Path("out.png").read_bytes()
    assert "--force" in refused("a.png --s photo -o out.png")
    assert Path("out.png").read_bytes() == before
    done("a.png --s photo --force -o out.png")
    assert Path("out.png").read_bytes() != before


@pytest.mark.parametrize(
    "line", ["a.png --s photo", "a.png --nonsense -o out.png", "--s photo -o x", "a.png -o out --s"]
)
def test_a_wrong_command_line_is_one_line_too(line: str) -> None:
    result = CliRunner().invoke(COMMAND, line.split())
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


def test_help_has_examples() -> None:
    told = CliRunner().invoke(COMMAND, ["--help"]).output
    assert "--s vangogh" in told
    assert "Model1.pth" in told


def test_as_its_own_process(here: Path) -> None:
    command = [sys.executable, "-m", "pipeline.translate", "a.png", "-o", "out.png"]
    told = call(here, *command, "--s", "photo", PYTHONPATH=str(CHECKOUT))
    assert "out.png: 32x24" in told
    assert Image.open(here / "out.png").size == (32, 24)
