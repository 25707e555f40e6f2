"""Real stages beside full disks, missing and damaged inputs and read-only folders: one line, and nothing half-made.

Each fault is a process of its own, forked from this one, which has PyTorch imported already. `FAULTS` counts them.
"""

import encodings.cp437  # noqa: F401 - of zip archives, as below
import gc
import importlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import yaml
from safetensors.torch import save_file
from torch import Tensor

from pipeline.core import files
from pipeline.sgn.figures import movie
from pipeline.sgn.model import params
from pipeline.sgn.pages import items
from pipeline.sgn.paper.runs import SYM_RUNS
from pipeline.shell import command
from tests.clone import CHECKOUT, graph
from tests.sgn.paper import made_up
from tests.stages import test_report
from tests.stages.sgn import test_claims, test_drawing_stages, test_evaluate, test_figure7

LIMITS = (0, 100, 1_000, 10_000, 100_000)  # bytes, the largest file that a process may write
NOBODY = 12345
FAULTS: Counter[str] = Counter()
IN_PLACE = ("reports/live/", "scratch/")  # a training's curves and state grow while it runs; they are no outs yet
VGG16 = CHECKOUT / "models/vgg16.safetensors"
Fill = Callable[[dict[str, Tensor]], None]


@dataclass(frozen=True)
class Case:
    """A stage's module, what fills the current folder with its inputs, and for some inputs what makes them; `may_miss`:
    it does without a file that is not there."""

    stage: str
    key: str | None  # its arguments
    fill: Fill
    inputs: dict[str, str] = field(default_factory=dict)
    may_miss: bool = False

    def __str__(self) -> str:
        return self.stage + (f"@{self.key}" if self.key else "")


def write_params(vgg_weights: dict[str, Tensor]) -> None:
    graph(Path())
    values = yaml.safe_load((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    Path("params.yaml").write_text(yaml.safe_dump({**values, "scale": "smoke", "threads": 1, "seeds": [0]}))
    shutil.copytree(CHECKOUT / "data/sources", "data/sources", ignore=shutil.ignore_patterns(".*"))


def write_toy(vgg_weights: dict[str, Tensor]) -> None:
    write_params(vgg_weights)
    assert start("sgn.toy") == (0, "")


def write_pictures(vgg_weights: dict[str, Tensor]) -> None:
    write_params(vgg_weights)
    test_drawing_stages.write_all()


def write_networks(vgg_weights: dict[str, Tensor]) -> None:
    write_params(vgg_weights)
    random = np.random.default_rng(0)
    for domain in ("photo", "vangogh", "monet", "ukiyoe"):
        Path("data", domain).mkdir()
        for part, size in (("train", 36), ("test", 32)):
            np.save(f"data/{domain}/{part}.npy", random.integers(0, 256, (4, size, size, 3), dtype=np.uint8))
    Path("data/udnie").mkdir()
    np.save("data/udnie/style.npy", random.integers(0, 256, (32, 32, 3), dtype=np.uint8))
    Path("models").mkdir()
    save_file(vgg_weights, "models/vgg16.safetensors")
    generator, discriminators = test_evaluate.networks(0)
    test_evaluate.save("model1", 0, generator, discriminators)
    test_evaluate.save("model1-w110", 0, generator, discriminators)
    for key, conditioning in test_figure7.CONDITIONINGS.items():
        test_figure7.save(key, conditioning)


def write_metrics(vgg_weights: dict[str, Tensor]) -> None:
    write_params(vgg_weights)
    test_claims.write(made_up.runs(), seeds=1)


def write_steps(vgg_weights: dict[str, Tensor]) -> None:
    write_params(vgg_weights)
    for key in params.load().runs:
        files.write_json(Path(f"data/measured/runs/{key}.json"), made_up.run(key))


def write_measured(vgg_weights: dict[str, Tensor]) -> None:
    """What was measured, and claims that were judged on it."""
    write_metrics(vgg_weights)
    assert start("sgn.claims") == (0, "")
    for key in set(params.load().runs) - set(made_up.runs()):
        files.write_json(Path(f"reports/metrics/runs/{key}.json"), made_up.run(key))
    shutil.copytree("reports/metrics", "data/measured", copy_function=os.link)
    for key in SYM_RUNS:
        test_drawing_stages.write_curves(key, "0")


def write_numbers(vgg_weights: dict[str, Tensor]) -> None:
    graph(Path())
    test_report.checkout(Path())


def write_pages(vgg_weights: dict[str, Tensor]) -> None:
    graph(Path())
    test_report.checkout(Path())
    places = [item.anchor for item in items.ITEMS] + [claim["id"] for claim in test_report.made_up()["claims.json"]]
    for page in items.PAGES:
        Path("reports", page.file).write_text("".join(f'<p id="{place}">' for place in places))


def write_domains(vgg_weights: dict[str, Tensor]) -> None:
    write_params(vgg_weights)
    for stage, key in (("images", "photo"), ("styles", "udnie")):
        assert start(stage, key) == (0, "")


MODEL1, TRANSLATIONS = "reports/metrics/runs/model1.json", "data/translations/model1.npz"
VGG, PHOTO = {"models/vgg16.safetensors": "vgg16"}, {"data/photo/test.npy": "images@photo"}
FIGURE7 = {"reports/metrics/figure7.json": "collect"}
CASES = [
    Case("sgn.toy", None, write_params),
    Case("sgn.toy_figures", None, write_toy, {"models/toy.npz": "toy", "data/measured/toy.json": "toy"}),
    Case("images", "photo", write_params),
    Case("styles", "udnie", write_params),
    Case("contact_sheet", None, write_domains),
    Case("vgg16", None, write_params),
    Case(
        "sgn.train",
        "model1-w100",
        write_networks,
        {"data/photo/train.npy": "images@photo", "data/vangogh/train.npy": "images@vangogh", **PHOTO},
    ),
    Case(
        "sgn.evaluate",
        "model1-w110",
        write_networks,
        {
            **VGG,
            **PHOTO,
            "data/vangogh/test.npy": "images@vangogh",
            "data/udnie/style.npy": "styles@udnie",
            "models/model1/0/discriminators.safetensors": "train@model1",
            "models/model1-w110/0/generator.safetensors": "train@model1-w110",
            "models/model1-w110/0/discriminators.safetensors": "train@model1-w110",
        },
    ),
    Case(
        "sgn.samples",
        "model1-w110",
        write_networks,
        {**PHOTO, "models/model1-w110/0/generator.safetensors": "train@model1-w110"},
    ),
    Case(
        "sgn.figure7",
        None,
        write_networks,
        {
            **VGG,
            **PHOTO,
            "data/monet/test.npy": "images@monet",
            "data/ukiyoe/train.npy": "images@ukiyoe",
            "models/comparison/0/generator.safetensors": "train@comparison",
            "models/singlegan/0/generator.safetensors": "train@singlegan",
        },
    ),
    Case(
        "sgn.translation_figures",
        None,
        write_pictures,
        {
            **FIGURE7,
            MODEL1: "collect",
            TRANSLATIONS: "samples@model1",
            "reports/live/model1/plots/metrics/seed0/L_G.tsv": "train@model1",
            "data/translations/figure7.npz": "figure7",
            "reports/metrics/runs/singlegan.json": "collect",
        },
    ),
    Case(
        "sgn.injection_figures",
        None,
        write_pictures,
        {
            "reports/metrics/runs/model2-film.json": "collect",
            "data/translations/model2-cbn.npz": "samples@model2-cbn",
        },
    ),
    Case(
        "sgn.claims",
        None,
        write_metrics,
        {
            **FIGURE7,
            **{f"reports/metrics/{name}.json": "collect" for name in ("toy", "cost", "nulls")},
            "reports/metrics/runs/model2-film.json": "collect",
        },
        may_miss=True,  # what needs the file is not measurable
    ),
    Case("sgn.cost", None, write_steps, {"data/measured/runs/model1.json": "evaluate@model1"}),
    Case(
        "sgn.collect",
        None,
        write_measured,
        {"data/measured/nulls.json": "nulls", "data/measured/figure7.json": "figure7"},
    ),
    Case(
        "sgn.summary",
        None,
        write_measured,
        {
            "data/measured/toy.json": "toy",
            "data/measured/runs/model1.json": "evaluate@model1",
            "reports/metrics/claims.json": "claims",
        },
    ),
    Case(
        "report",
        "sgn toy",
        write_numbers,
        {"reports/metrics/toy.json": "collect", "reports/metrics/table1.json": "claims"},
    ),
    Case(
        "index",
        None,
        write_pages,
        {"reports/metrics/claims.json": "claims", MODEL1: "collect"},
    ),
]
UNFORKED = {"sgn.cost"}  # PyTorch's counting of operations starts threads, which do not always survive a fork
NEVER_QUICK = {"report", "sgn.cost", "sgn.translation_figures", "sgn.injection_figures"}
SLOW_TO_WRITE = NEVER_QUICK | {"sgn.toy", "sgn.toy_figures", "contact_sheet", "sgn.train", "sgn.figure7", "index"}
SLOW_TO_READ = NEVER_QUICK | {"sgn.train", "sgn.figure7", "sgn.evaluate"}


def parameters(cases: list[Case], slow: set[str]) -> list[object]:
    """Slow ones are run by `make test-long`."""
    return [pytest.param(c, id=str(c), marks=[pytest.mark.long] if c.stage in slow else []) for c in cases]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DVC_ROOT", raising=False)
    monkeypatch.setenv("SGN_VGG16", str(VGG16))
    for name in ("dvc.repo", *(f"stages.{case.stage}" for case in CASES)):
        importlib.import_module(name)  # here, because another user may not be allowed to read Python's folder
    for name, runs in test_drawing_stages.SOME.items():
        monkeypatch.setattr(sys.modules["stages.sgn.translation_figures"], name, runs)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that every user of the machine may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
    print(f"faults: {dict(FAULTS)}, {sum(FAULTS.values())} in all")


@dataclass
class Project:
    """The inputs of a case in a folder, and what the stage makes of them."""

    inputs: Path
    result: dict[str, bytes]


@pytest.fixture(scope="module")
def made(place: Path, vgg_weights: dict[str, Tensor]) -> Callable[[Case], Project]:
    """Each case's project, made when it is first asked for."""
    filled: dict[Fill, Path] = {}
    done: dict[str, Project] = {}

    def make(case: Case) -> Project:
        if case.stage == "vgg16" and not VGG16.exists():
            pytest.skip(f"{VGG16} is not there: `dvc repro vgg16` makes it")
        if case.fill not in filled:
            filled[case.fill] = place / case.fill.__name__
            filled[case.fill].mkdir()
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(filled[case.fill])
                case.fill(vgg_weights)
        if str(case) not in done:
            folder = copy(filled[case.fill], place / f"{case}-whole")
            code, said = start(case.stage, case.key, folder)
            assert (code, said) == (0, ""), said
            done[str(case)] = Project(filled[case.fill], new(folder, filled[case.fill]))
            assert done[str(case)].result
        return done[str(case)]

    return make


def copy(source: Path, target: Path) -> Path:
    """A copy by links: stages replace files and never write into one."""
    files.remove(target)
    shutil.copytree(source, target, copy_function=os.link)
    return target


def new(folder: Path, inputs: Path) -> dict[str, bytes]:
    """The files of a project that are no inputs."""
    found = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {
        name: p.read_bytes() for name, p in found.items() if not (inputs / name).exists() and "__pycache__" not in name
    }


def start(
    stage: str, key: str | None = None, folder: Path = Path(), limit: int | None = None, user: int | None = None
) -> tuple[int, str]:
    """The exit code of `python -m stages.STAGE KEY` in a folder, and what it said on stderr."""
    if stage in UNFORKED:
        process = subprocess.run(
            [sys.executable, "-m", f"stages.{stage}"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            preexec_fn=None if limit is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
            capture_output=True,
            text=True,
        )
        return process.returncode, process.stderr
    return fork(sys.modules[f"stages.{stage}"].main, [stage, *(key or "").split()], folder, limit, user)


def fork(
    main: Callable[..., None], arguments: list[str], folder: Path, limit: int | None, user: int | None
) -> tuple[int, str]:
    reading, writing = os.pipe()
    sys.stdout.flush()
    gc.freeze()  # what is there already is not looked through, and so not copied, by each process
    process = os.fork()
    if process == 0:
        code = 70
        try:
            os.dup2(writing, 2)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.closerange(3, 100)
            sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
            sys.unraisablehook = sys.__unraisablehook__
            sys.argv = arguments
            os.chdir(folder)
            if user is not None:
                os.setgid(user)
                os.setuid(user)
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            command.run(main)
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        except BaseException:
            traceback.print_exc()
        finally:
            gc.collect()  # what complains when it is forgotten does so now
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    with open(reading, encoding="utf-8", errors="replace") as stream:
        said = stream.read()
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said


def check_line(said: str, *words: str) -> None:
    assert said.startswith("error: "), said
    assert said.count("\n") == 1, said
    assert "Traceback" not in said
    for word in words:
        assert word in said


def outs_of(found: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in found.items() if not name.startswith(IN_PLACE)}


def check_whole(found: dict[str, bytes], allowed: dict[str, set[bytes]]) -> None:
    """No file that is neither absent nor whole, no temporary one."""
    for name, content in found.items():
        assert name in allowed, f"{name} was left"
        assert content in allowed[name], f"{name} has {len(content)} bytes that are no whole file"


@pytest.mark.parametrize("case", parameters(CASES, SLOW_TO_WRITE))
def test_a_full_disk_leaves_whole_files_or_none_and_says_which(
    case: Case, made: Callable[[Case], Project], place: Path
) -> None:
    project = made(case)
    whole = outs_of(project.result)
    failed = 0
    # Without a single byte a fresh PyTorch searches long for a folder for temporary files, and says that.
    limits = LIMITS[1:3] if case.stage in UNFORKED else LIMITS
    for limit, old in [*((limit, False) for limit in limits), (1_000, True)]:
        folder = copy(project.inputs, place / "full")
        allowed = {name: {content} for name, content in whole.items()}
        for name in allowed if old else ():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(b"old")
            allowed[name].add(b"old")
        code, said = start(case.stage, case.key, folder, limit)
        FAULTS["full disk"] += 1
        found = outs_of(new(folder, project.inputs))
        check_whole(found, allowed)
        if code == 0:
            assert (said, found) == ("", whole)
            continue
        assert code == 1, said
        check_line(said)
        assert re.fullmatch(r"error: \S+: File too large\n", said), said
        assert not old or found.keys() == whole.keys()
        failed += 1
    assert failed >= 2  # nothing can be written into no bytes


def damages(name: str, whole: bytes) -> list[bytes | None]:
    """Nothing, and what is no such file. A curve that is cut behind a number is a shorter one: its reader cannot tell,
    DVC can, by the hash; so it is cut before a number."""
    cut = whole[: whole.rindex(b"\t") + 1] if name.endswith(".tsv") else whole[: len(whole) // 2]
    return [None, b"", cut, b"a text\n", b"\x80\x04}."]


@pytest.mark.parametrize("case", parameters([case for case in CASES if case.inputs], SLOW_TO_READ))
def test_a_missing_or_damaged_input_names_the_stage_that_makes_it(
    case: Case, made: Callable[[Case], Project], place: Path
) -> None:
    project = made(case)
    for name, maker in case.inputs.items():
        for content in damages(name, (project.inputs / name).read_bytes()):
            folder = copy(project.inputs, place / "damaged")
            (folder / name).unlink()
            if content is not None:
                (folder / name).write_bytes(content)
            code, said = start(case.stage, case.key, folder)
            FAULTS["missing or damaged input"] += 1
            if content is None and case.may_miss:
                assert (code, said) == (0, "")
                continue
            assert code == 1, (name, content and content[:20], said)
            check_line(said, name, f"{maker}`")
            check_whole(outs_of(new(folder, project.inputs)), {n: {c} for n, c in project.result.items()})


@pytest.mark.parametrize("case", parameters([case for case in CASES if case.stage not in UNFORKED], SLOW_TO_WRITE))
def test_a_read_only_folder_is_one_line_that_names_it(case: Case, made: Callable[[Case], Project], place: Path) -> None:
    project = made(case)
    user = NOBODY if os.getuid() == 0 else None
    folder = place / "read-only"
    files.remove(folder)
    shutil.copytree(project.inputs, folder)
    closed = {(folder / name).parent for name in outs_of(project.result)}
    closed |= {parent for path in closed for parent in path.parents if parent.is_relative_to(folder)}
    if user is not None:
        try:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, user, user)
        except OSError as error:
            pytest.skip(f"root may write everywhere, and there is no other user to try: {error}")
    for path in sorted(closed, reverse=True):
        if path.exists():
            path.chmod(0o555)
    try:
        code, said = start(case.stage, case.key, folder, user=user)
        FAULTS["read-only folder"] += 1
        assert code == 1, said
        check_line(said, ": Permission denied\n")
        check_whole(outs_of(new(folder, project.inputs)), {})
    finally:
        for path in closed:
            if path.exists():
                path.chmod(0o755)


def test_a_film_without_room_is_an_error(place: Path) -> None:
    """The film is smaller than the GIF, which the stage writes first."""
    frames = np.random.default_rng(0).integers(0, 256, (20, 64, 64, 3), dtype=np.uint8)
    path = place / "film/movie.mp4"
    movie.write_mp4(path, frames)
    size = path.stat().st_size
    path.unlink()
    for limit in (0, 1_000, size - 1):
        code, said = fork(lambda: movie.write_mp4(path, frames), ["movie"], place, limit, None)
        FAULTS["full disk"] += 1
        assert code == 1, said
        check_line(said, "movie.mp4")
        assert os.listdir(path.parent) == []
