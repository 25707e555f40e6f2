"""The command line and the order of the parts; see the package."""

import argparse
import os
import signal
import sys
import tempfile
import traceback
from pathlib import Path

# Before PyTorch starts: with it, products are the same each time.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import torch

from benchmarks import gpu
from benchmarks.gpu import settings, summary
from benchmarks.gpu.clock import Deadline, OutOfTimeError, alarm
from benchmarks.gpu.pictures import Packing
from benchmarks.gpu.report import Report
from benchmarks.gpu.visit import FILES, Visit

MEASURING = 200.0  # seconds, at most, for all parts before the training
SHARES = {"record": 0.2, "correct": 0.5, "speed": 1.0}  # of that time, up to which a part may go on


def main() -> int:
    """Run the parts; 1 if one of them failed."""
    a = arguments()
    deadline = Deadline(a.seconds)
    device = torch.device(a.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    if device.type == "cpu":
        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    a.out.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    sizes = settings.sizes(device)
    weights, note = settings.vgg16(a.vgg16)
    with tempfile.TemporaryDirectory() as folder:
        visit = Visit(device, deadline, a.out, sizes, weights, note, packing(Path(folder), a.pictures, sizes))
        try:
            return parts(visit, a.parts.split(","), a.limit)
        finally:
            visit.packing.end()


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m benchmarks.gpu", description=gpu.__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, required=True, help="the whole visit's, from now")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for at most 8 files of 16 MiB")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="in CycleGAN's layout; else scenes are rendered")
    parser.add_argument("--vgg16", type=Path, metavar="FILE", help="its weights, here in float16 too; else random ones")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="default: the GPU if there is one")
    parser.add_argument("--parts", default=",".join(FILES), help="default: %(default)s")
    parser.add_argument(
        "--limit", action="append", default=[], type=_limit, metavar="PART=SECONDS", help="end a part after that time"
    )
    a = parser.parse_args()
    if unknown := set(a.parts.split(",")) - set(FILES):
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    a.limit = dict(a.limit)
    return a


def _limit(text: str) -> tuple[str, float]:
    part, seconds = text.split("=")
    if part not in FILES:
        raise argparse.ArgumentTypeError(f"no part is called {part}")
    return part, float(seconds)


def packing(folder: Path, pictures: Path | None, sizes: settings.Sizes) -> Packing:
    """Start to pack what the training needs."""
    domains = ",".join(":".join((name, *settings.domain(name))) for name in ("photo", "vangogh"))
    given = {
        "domains": domains,
        "style": f"udnie:{settings.style_file('udnie')}",
        "train_size": sizes.train_size,
        "test_size": sizes.test_size,
        "style_size": sizes.style_size,
        "train": sizes.rendered[0],
        "test": sizes.rendered[1],
    }
    return Packing(folder, pictures, given)


def parts(visit: Visit, wanted: list[str], limits: dict[str, float]) -> int:
    """Each part in its time, its file and the summary written whatever becomes of it; 1 if one failed."""
    measuring = min(MEASURING, (0.4 if visit.device.type == "cuda" else 0.6) * visit.deadline.seconds)
    failed = False
    for name, path in FILES.items():
        if name not in wanted and (visit.out / path).exists():
            continue  # of a visit before: the training takes the form that was the fastest there
        report = Report(visit.out / path)
        until = measuring * SHARES[name] - visit.deadline.spent() if name in SHARES else visit.deadline.left()
        time = min(until, visit.deadline.left(), limits.get(name, until))
        if name not in wanted:
            report.add(status="left out")
        elif time < 1:
            report.add(status="left out: no time")
        else:
            print(f"{visit.deadline.spent():6.1f} s: {name}, at most {time:.0f} s", flush=True)
            failed |= not attempt(name, report, visit, time)
        summary.write(visit.out)
    print(f"{visit.deadline.spent():6.1f} s: done", flush=True)
    return int(failed)


def run(name: str, report: Report, visit: Visit, time: Deadline) -> None:
    """One part. It is imported here, so that what one cannot import ends no other."""
    if name == "record":
        from benchmarks.gpu import record

        record.part(report, visit.device)
    elif name == "correct":
        from benchmarks.gpu import correct

        correct.part(report, visit.device, visit.sizes, visit.weights)
    elif name == "speed":
        from benchmarks.gpu import speed

        peak = visit.found("record").get("matrix", {}).get("tflops")
        speed.part(report, time, visit.device, visit.sizes, visit.weights, peak)
    else:
        from benchmarks.gpu import real

        real.part(report, visit, time)


def attempt(name: str, report: Report, visit: Visit, time: float) -> bool:
    """Run a part and say how it ended; False if it failed."""
    report.add(status="not finished")
    try:
        with alarm(time):
            run(name, report, visit, Deadline(time))
    except OutOfTimeError:
        report.add(status=f"cut off after {time:.0f} s")
    except Exception as error:
        print(traceback.format_exc(), file=sys.stderr, flush=True)
        report.add(status=f"failed: {type(error).__name__}", error=traceback.format_exc())
        return False
    else:
        report.add(status="done")
    return True


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # no library's farewell, such as that of a compiler which was cut off, holds the visit up
