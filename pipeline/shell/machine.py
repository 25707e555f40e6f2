"""What this machine has for stages that run side by side: cores, memory, GPUs."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

MEMORY_OF_A_JOB = 1.5e9  # bytes; a training at scale small stays below
GROUP = Path("/sys/fs/cgroup")  # of a container: its own limits


def cores(group: Path = GROUP) -> int:
    """The cores that this process may use: its affinity, and the quota of its container; at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = _numbers(group / "cpu.max") or (  # "max 100000" where there is no quota
        *_numbers(group / "cpu/cpu.cfs_quota_us"),  # the older form; -1 where there is no quota
        *_numbers(group / "cpu/cpu.cfs_period_us"),
    )
    return max(1, min(allowed, int(limit[0] / limit[1]))) if len(limit) == 2 and limit[0] > 0 else allowed


def check_threads(settings: Path, environment: Mapping[str, str]) -> None:
    """ValueError where the environment gives OpenMP fewer threads than `threads` of params.yaml.

    PyTorch then waits for those that never come, or sums are split in another way from one call to the next. The
    counts of OMP_NUM_THREADS and MKL_NUM_THREADS do nothing: `threads` takes their place before anything is computed.
    """
    if not {"OMP_THREAD_LIMIT", "OMP_DYNAMIC"} & environment.keys():
        return  # a stage that needs no setting reads none
    threads = _threads(settings)
    limit = environment.get("OMP_THREAD_LIMIT", "")
    if limit.isdigit() and int(limit) < threads:
        raise ValueError(
            f"threads is {threads}, and OMP_THREAD_LIMIT={limit} forbids it: unset it, or set threads={limit}"
        )
    if threads > 1 and environment.get("OMP_DYNAMIC", "").strip().lower() in ("true", "1", "yes", "on"):
        raise ValueError(
            f"threads is {threads}, and OMP_DYNAMIC={environment['OMP_DYNAMIC']} lets OpenMP take fewer, "
            "another number each time: unset it, or set threads=1"
        )


def few_cores(settings: Path, group: Path = GROUP) -> str | None:
    """What to say where `threads` of params.yaml is more than the cores that this process may use."""
    threads, there = _threads(settings), cores(group)
    if there < threads:
        return f"threads is {threads}, but this process may use {there} cores: it will be slower than threads={there}"
    return None


def memory(group: Path = GROUP) -> float:
    """Bytes of memory: the machine's, or its container's where that is less."""
    whole = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min([whole, *_numbers(group / "memory.max"), *_numbers(group / "memory/memory.limit_in_bytes")])


def gpus(environment: Mapping[str, str]) -> list[str]:
    """The NVIDIA GPUs that programs started from here would see, as CUDA_VISIBLE_DEVICES names them."""
    if (visible := environment.get("CUDA_VISIBLE_DEVICES")) is not None:
        return [name.strip() for name in visible.split(",") if name.strip() not in ("", "-1", "NoDevFiles")]
    if (asks := shutil.which("nvidia-smi")) is None:
        return []
    try:
        listed = subprocess.run(
            [asks, "--query-gpu=index", "--format=csv,noheader"], capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return listed.stdout.split() if listed.returncode == 0 else []


def jobs(gpus: int, group: Path = GROUP) -> int:
    """How many stages to run side by side: one for each GPU, else one for each core that has memory for it."""
    return gpus or max(1, min(cores(group), int(memory(group) / MEMORY_OF_A_JOB)))


def _threads(settings: Path) -> int:
    """`threads` of a params.yaml that is not yet checked; 1 where it does not say, which another will tell."""
    try:
        found = re.search(r"^threads: *(\d+)", settings.read_text(encoding="utf-8"), re.M)
    except (OSError, ValueError):
        return 1
    return int(found[1]) if found else 1


def _numbers(path: Path) -> tuple[float, ...]:
    """The numbers in a file of the system's; nothing where there is no file or it sets no limit."""
    try:
        return tuple(float(word) for word in path.read_text(encoding="ascii").split())
    except (OSError, ValueError):  # "max"
        return ()
