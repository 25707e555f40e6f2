"""Every training of the paper side by side on one GPU, for a machine that is lent for minutes.

    python -m benchmarks.gpu.whole prepare --data DATA        here: gpu-carry/, of a checkout whose pictures are packed
    python -m benchmarks.gpu.whole train --seconds 575 --out DIR   there
    python -m benchmarks.gpu.whole parts --out DIR --first 4       there, once more: the parts that DIR had no room for
    python -m benchmarks.gpu.whole take DIR... --into CHECKOUT     here

A small network leaves a large GPU idle: its kernels take microseconds and fill a few of its processors. Many trainings
at once fill it, if they share one context; NVIDIA's multi-process service (MPS) does that. Without MPS they take turns.

`train` runs the stages themselves, without DVC. Each training has a folder of its own, so seeds are trained side by
side too; together they are what one stage after the other would have left, byte for byte, because no seed's training
knows of another's. All trainings take the same number of steps, as many as fit into the time: how fast they are
together is measured first. Then the runs are measured, if time is left. What came of it leaves as parts of a tar file.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from benchmarks.gpu import luggage
from pipeline.core import yaml12
from pipeline.core.params import check
from pipeline.sgn.model.params import Params
from pipeline.sgn.paper.runs import HYPER_RUNS

CHECKOUT = Path(__file__).resolve().parents[2]
CARRY = CHECKOUT / "gpu-carry"
WORK = Path("/tmp/whole")
DONE, TAR = WORK / "done", WORK / "whole.tar"
# What is trained where trainings take turns, and all would take too long; but for Model 1 with one seed.
FEWER = ("model1", *HYPER_RUNS, "model2", "model3", "comparison", "singlegan", "model2-cbn")
REHEARSAL, WINDOW = 90.0, 12.0  # seconds: until all have begun, at most, and in which they are timed
MEASURING = 75.0  # seconds that are left for it after the trainings
SPARE = 0.06  # of the time of the trainings
Training = tuple[str, int]  # run and seed


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser("python -m benchmarks.gpu.whole", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("prepare")
    one.add_argument("--data", type=Path, required=True, metavar="CHECKOUT", help="its pictures are packed")
    one = commands.add_parser("train")
    one.add_argument("--seconds", type=float, required=True, help="all in all, from now")
    one.add_argument("--out", type=Path, required=True)
    one.add_argument("--steps", type=int, help="of each training; default: as many as fit")
    one.add_argument("--runs", help="by commas; default: all, or without MPS those that the paper's tables need")
    one = commands.add_parser("parts")
    one.add_argument("--out", type=Path, required=True)
    one.add_argument("--first", type=int, required=True)
    one = commands.add_parser("take")
    one.add_argument("parts", type=Path, nargs="+", help="folders with parts")
    one.add_argument("--into", type=Path, required=True, metavar="CHECKOUT")
    a = parser.parse_args()
    if a.command == "prepare":
        luggage.prepare(a.data, CARRY)
    elif a.command == "train":
        return train(time.monotonic() + a.seconds, a.out, a.steps, a.runs.split(",") if a.runs else None)
    elif a.command == "parts":
        luggage.give(TAR, a.out, a.first)
    else:
        luggage.take(a.parts, a.into)
    return 0


def train(until: float, out: Path, steps: int | None, runs: list[str] | None) -> int:
    """Rehearse, train, measure, pack; 1 if a training did not come to its end."""
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s: {what}", flush=True)

    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir()
    luggage.unpack(CARRY, WORK)
    params = yaml12.read(CARRY / "params.yaml")
    side_by_side = mps()
    if runs is None and not side_by_side:
        runs = list(FEWER)
        for key in runs[1:]:
            params["runs"][key]["seeds"] = "first"
    checked = check(params, Params, "params.yaml")
    trainings = [(key, seed) for key in runs or params["runs"] for seed in checked.seeds_of(key)]
    say(f"MPS: {side_by_side}; {len(trainings)} trainings")
    if steps is None:
        to_train = until - time.monotonic() - MEASURING
        steps = rehearse(params, trainings, to_train, say)
    scale = params["scales"][params["scale"]]["train"]
    scale |= {"steps": steps, "log_every": min(100, steps), "sample_every": max(1, steps // 2)}
    code = 0
    with Together(params, trainings, "real") as running:
        while running.alive() and time.monotonic() < until - MEASURING / 3:
            time.sleep(1)
        code = int(bool(running.alive()) or any(process.returncode for process in running.processes.values()))
        say(f"trained {steps} steps; not at the end: {running.alive()}")
        for training in [training for training, process in running.processes.items() if process.poll()][:2]:
            print(running.log(training), flush=True)
        running.end()
        running.merge(DONE)
    write_params(params, DONE)
    if not code:
        measure(params, trainings, until - 12, say)
    log = DONE / "log.txt"
    log.write_text("".join(path.read_text(errors="replace")[-3000:] for path in sorted(WORK.rglob("*.log"))))
    luggage.pack(DONE, TAR)
    say(f"{TAR.stat().st_size / 2**20:.0f} MiB to take home")
    luggage.give(TAR, out, 0)
    return code


def mps() -> bool:
    """Start NVIDIA's multi-process service for what is started from now on; whether a program can compute with it."""
    control = shutil.which("nvidia-cuda-mps-control") or shutil.which(
        "nvidia-cuda-mps-control", path="/usr/local/nvidia/bin:/usr/local/cuda/bin:/usr/bin:/usr/sbin"
    )
    if control is None:
        return False
    os.environ["CUDA_MPS_PIPE_DIRECTORY"], os.environ["CUDA_MPS_LOG_DIRECTORY"] = str(WORK / "pipe"), str(WORK / "log")
    for name in ("pipe", "log"):
        (WORK / name).mkdir()
    product = "import torch; a = torch.ones(99, 99, device='cuda'); assert float((a @ a).sum()) == 99.0 ** 3"
    try:
        subprocess.run([control, "-d"], check=True, timeout=20)
        subprocess.run([sys.executable, "-c", product], check=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"no MPS: {error}", flush=True)
        for name in ("CUDA_MPS_PIPE_DIRECTORY", "CUDA_MPS_LOG_DIRECTORY"):
            del os.environ[name]
        return False
    return True


class Together:
    """Trainings side by side, each in a folder of its own."""

    def __init__(self, params: dict[str, Any], trainings: Iterable[Training], name: str) -> None:
        """Start them all."""
        self.folder = WORK / name
        self.processes: dict[Training, subprocess.Popen[bytes]] = {}
        for key, seed in trainings:
            place = self.place((key, seed))
            place.mkdir(parents=True)
            alone = {name: {k: v for k, v in run.items() if k != "seeds"} for name, run in params["runs"].items()}
            write_params({**params, "seeds": [seed], "runs": alone}, place)
            self.processes[key, seed] = start("train", key, place)

    def __enter__(self) -> "Together":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def place(self, training: Training) -> Path:
        """A training's folder."""
        return self.folder / "{}-{}".format(*training)

    def log(self, training: Training) -> str:
        """The end of what a training said."""
        return (self.place(training) / f"train-{training[0]}.log").read_text(errors="replace")[-2000:]

    def alive(self) -> list[Training]:
        """Those that have not ended."""
        return [training for training, process in self.processes.items() if process.poll() is None]

    def steps(self) -> dict[Training, int]:
        """How far each is, by the last row of its curves; 0 before the first."""
        found = {}
        for training in self.processes:
            curves = sorted(self.place(training).glob("reports/live/*/plots/metrics/seed*/*.tsv"))
            rows = curves[0].read_text().splitlines() if curves else []
            found[training] = int(rows[-1].split("\t")[0]) if len(rows) > 1 and rows[-1][:1].isdigit() else 0
        return found

    def end(self) -> None:
        """Ask those that still run to stop, which they do after a checkpoint, and wait for them."""
        for training in self.alive():
            self.processes[training].send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def merge(self, into: Path) -> None:
        """What the trainings left, in one folder, as one stage after the other leaves it."""
        for training in self.processes:
            for name in ("models", "reports", "scratch"):
                if (self.place(training) / name).exists():
                    shutil.copytree(self.place(training) / name, into / name, ignore=_links, dirs_exist_ok=True)


def _links(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if (Path(folder) / name).is_symlink()]


def write_params(params: dict[str, Any], place: Path) -> None:
    """params.yaml, and what the stages read beside it."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    for name in ("data", "models"):
        (place / name).mkdir(exist_ok=True)
        for path in (WORK / name).iterdir():
            if not (place / name / path.name).is_symlink():
                (place / name / path.name).symlink_to(path)


def start(stage: str, key: str | None, place: Path) -> "subprocess.Popen[bytes]":
    """A stage in this folder, on one core, with its words in a file."""
    environment = {**os.environ, "PYTHONPATH": f"{CHECKOUT}:{os.environ.get('PYTHONPATH', '')}"}
    command = [sys.executable, "-m", f"stages.sgn.{stage}", *([key] if key else []), "--debug"]
    with (place / f"{stage}-{key}.log").open("wb") as log:
        return subprocess.Popen(command, cwd=place, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def rehearse(params: dict[str, Any], trainings: list[Training], seconds: float, say: Any) -> int:
    """The steps that all trainings can take together in so many seconds from now, this rehearsal included."""
    began = time.monotonic()
    scale = params["scales"][params["scale"]]["train"]
    scale |= {"steps": 10**6, "log_every": 10, "sample_every": 10**6}
    with Together(params, trainings, "rehearsal") as running:

        def all_alive() -> bool:
            return len(running.alive()) == len(trainings)

        while min(running.steps().values()) == 0 and time.monotonic() < began + REHEARSAL and all_alive():
            time.sleep(0.5)
        start_up = time.monotonic() - began
        first, then = running.steps(), time.monotonic()
        time.sleep(WINDOW if all_alive() else 0)
        last, took = running.steps(), time.monotonic() - then
        failed = [training for training in trainings if training not in running.alive()]
    if failed:
        raise SystemExit(f"error: the rehearsal failed: {failed}\n{running.log(failed[0])}")
    rates = {"{}-{}".format(*training): (last[training] - first[training]) / took for training in trainings}
    say(f"started in {start_up:.0f} s; steps a second: { ({name: round(rate, 1) for name, rate in rates.items()}) }")
    if min(rates.values()) == 0:
        raise SystemExit(f"error: in {took:.0f} s not every training took a step that it reports")
    left = seconds - (time.monotonic() - began) - start_up
    # Those that end first leave their share to the others: what counts is the time of a step, averaged over all.
    step_seconds = sum(1 / rate for rate in rates.values()) / len(rates)
    steps = int(left * (1 - SPARE) / step_seconds / 100) * 100
    if steps < 100:
        raise SystemExit(f"error: {left:.0f} s at {step_seconds:.3f} s a step are no training")
    return steps


def measure(params: dict[str, Any], trainings: list[Training], until: float, say: Any) -> None:
    """evaluate of every run, and figure7, on the GPU too."""
    keys = list(dict.fromkeys(key for key, _ in trainings))
    stages = [("evaluate", key) for key in keys]
    stages += [("figure7", None)] if {"comparison", "singlegan"} <= set(keys) else []
    started = {(stage, key): start(stage, key, DONE) for stage, key in stages}
    while any(process.poll() is None for process in started.values()) and time.monotonic() < until:
        time.sleep(0.5)
    for process in started.values():
        if process.poll() is None:
            process.kill()
    bad = [name for name, process in started.items() if process.wait() != 0]
    say(f"measured, but for {bad}")
    for stage, key in bad[:2]:
        print((DONE / f"{stage}-{key}.log").read_text()[-1500:], flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
