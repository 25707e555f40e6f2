"""A step as one CUDA graph: what the GPU has to do is captured once, and then played again without Python.

A step is thousands of small kernels, and Python sends them more slowly than a GPU of today runs them. What a step does
depends on no number's value (method.py), so the same kernels on the same memory are a step each time: the inputs are
copied into tensors that stay, weights, optimisers and replay buffers stay where they are.

Everything but the capture itself works on a CPU too, where each step is played by Python on the tensors that stay.
"""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import torch
from torch import Tensor

WARM_UP = 3  # steps before the capture, in which libraries choose their kernels and ask for memory
Result = TypeVar("Result")


class Captured(Generic[Result]):
    """Plays steps. Each returns the same tensors, which the next one fills anew."""

    def __init__(
        self,
        play: Callable[[Mapping[str, Tensor]], Result],
        state: Callable[[], Mapping[str, Tensor]],
        device: torch.device,
    ) -> None:
        """`play` is a step on inputs by name. `state`: all tensors that a step changes in place, by name; those that
        only the first step makes start from 0."""
        self._play, self._state, self._device = play, state, device
        self._inputs: dict[str, Tensor] = {}
        self._graph: torch.cuda.CUDAGraph | None = None
        self._result: Result

    @property
    def captured(self) -> bool:
        """Whether steps are played as a graph."""
        return self._graph is not None

    def __call__(self, inputs: Mapping[str, Tensor]) -> Result:
        """A step on these inputs, which lie in the CPU's memory, pinned or not, or on the device."""
        first = not self._inputs
        if first:
            self._inputs = {
                name: torch.empty(value.shape, dtype=value.dtype, device=self._device) for name, value in inputs.items()
            }
        for name, tensor in self._inputs.items():
            tensor.copy_(inputs[name], non_blocking=True)
        if first:
            self._prepare()
        if self._graph is None:
            return self._play(self._inputs)
        self._graph.replay()
        return self._result

    def _prepare(self) -> None:
        """Play some steps, go back to the state before them, and capture one, which by that is not yet played."""
        before = {name: tensor.clone() for name, tensor in self._state().items()}
        if self._device.type != "cuda":
            self._warm_up(before)
            return
        main, side = torch.cuda.current_stream(self._device), torch.cuda.Stream(self._device)
        side.wait_stream(main)
        with torch.cuda.stream(side):
            self._warm_up(before)
        main.wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, stream=side):
                self._result = self._play(self._inputs)
        except RuntimeError as error:
            torch.cuda.set_stream(main)  # a capture that fails can leave its own stream behind
            torch.cuda.synchronize(self._device)
            reason = str(error).splitlines()[0]
            print(f"a step could not be captured as a CUDA graph, so Python plays each: {reason}", flush=True)
        else:
            self._graph = graph

    def _warm_up(self, before: Mapping[str, Tensor]) -> None:
        for _ in range(WARM_UP):
            self._play(self._inputs)
        with torch.no_grad():
            for name, tensor in self._state().items():
                if name in before:
                    tensor.copy_(before[name])
                else:
                    tensor.zero_()


def capturable(optimizer: torch.optim.Optimizer, device: torch.device) -> None:
    """Let an Adam be captured: its learning rate becomes a tensor, which `set_rate` changes between two steps."""
    for group in optimizer.param_groups:
        group["capturable"] = True
        group["lr"] = torch.tensor(float(group["lr"]), device=device)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate, in place where it is a tensor."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate
