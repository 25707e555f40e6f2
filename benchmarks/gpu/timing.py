"""Seconds of a call on any device, and the memory that it takes."""

import gc
import statistics
import time
from collections.abc import Callable
from itertools import pairwise

import torch


def synchronize(device: torch.device) -> None:
    """Wait until the device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds(call: Callable[[], object], device: torch.device, repeats: int, warm_up: int) -> list[float]:
    """Seconds of each of `repeats` calls, after `warm_up` that are not timed; on a GPU between events in its stream.

    The calls follow each other without a pause, as in a training: nobody waits for one before the next is sent.
    """
    for _ in range(warm_up):
        call()
    synchronize(device)
    if device.type != "cuda":
        marks = [time.perf_counter()]
        for _ in range(repeats):
            call()
            marks.append(time.perf_counter())
        return [after - before for before, after in pairwise(marks)]
    events = [torch.cuda.Event(enable_timing=True) for _ in range(repeats + 1)]
    events[0].record()
    for event in events[1:]:
        call()
        event.record()
    synchronize(device)
    return [before.elapsed_time(after) / 1000 for before, after in pairwise(events)]


def median(call: Callable[[], object], device: torch.device, repeats: int = 10, warm_up: int = 3) -> float:
    """The median of the seconds of a call."""
    return statistics.median(seconds(call, device, repeats, warm_up))


def forget_peak(device: torch.device) -> None:
    """Free what is cached and start to look for a new peak of memory."""
    if device.type == "cuda":
        gc.collect()
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)


def peak_gib(device: torch.device) -> float | None:
    """The most memory that PyTorch held at once since `forget_peak`, in GiB; None on a CPU."""
    return torch.cuda.max_memory_allocated(device) / 2**30 if device.type == "cuda" else None
