"""Which number format a training uses."""

import pytest
import torch

from pipeline.core import precision

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize(
    ("name", "there", "expected"),
    [("auto", True, CUDA), ("auto", False, CPU), ("cpu", True, CPU), ("cpu", False, CPU), ("cuda", True, CUDA)],
)
def test_a_device_is_the_one_that_is_asked_for(
    name: str, there: bool, expected: torch.device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert precision.device(name) == expected


def test_a_gpu_that_is_not_there_is_a_mistake_and_not_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(
        ValueError, match=r"^device is cuda, but PyTorch finds no GPU here: choose device=auto or device=cpu$"
    ):
        precision.device("cuda")


@pytest.mark.parametrize("device", [CPU, CUDA])
@pytest.mark.parametrize("asked", ["bf16", "fp32"])
def test_what_was_asked_for_is_taken(asked: str, device: torch.device) -> None:
    assert precision.resolve(asked, device) == asked


@pytest.mark.parametrize(
    ("avx512", "amx", "expected"),
    [(True, False, "bf16"), (False, True, "bf16"), (True, True, "bf16"), (False, False, "fp32")],
)
def test_auto_on_a_cpu_asks_the_processor(
    avx512: bool, amx: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    assert precision.resolve("auto", CPU) == expected


@pytest.mark.parametrize(("native", "expected"), [(True, "bf16"), (False, "fp32")])
def test_auto_on_a_gpu_does_not_count_emulation(native: bool, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: native or including_emulation)
    assert precision.resolve("auto", CUDA) == expected


@pytest.mark.parametrize(("asked", "expected"), [("bf16", torch.bfloat16), ("fp32", torch.float32)])
def test_autocast_computes_products_in_the_resolved_type(asked: str, expected: torch.dtype) -> None:
    conv, x = torch.nn.Conv2d(3, 4, 3), torch.rand(1, 3, 8, 8)
    with precision.autocast(asked, CPU):
        assert conv(x).dtype == expected == precision.dtype(asked)
    assert conv(x).dtype == conv.weight.dtype == torch.float32


def test_deterministic_refuses_kernels_that_differ() -> None:
    precision.deterministic(torch.device("cpu"), 1)
    assert not torch.are_deterministic_algorithms_enabled()  # not needed there, and it costs seconds of imports
    precision.deterministic(torch.device("cuda"), 1)
    assert torch.are_deterministic_algorithms_enabled()
    assert not torch.is_deterministic_algorithms_warn_only_enabled()
    assert not torch.backends.cudnn.benchmark


def test_the_number_of_threads_is_a_setting_and_not_the_machines() -> None:
    for threads in (3, 1):
        precision.deterministic(CPU, threads)
        assert torch.get_num_threads() == threads
