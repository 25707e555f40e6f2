"""A generator as an ONNX graph: Table 4 once more, in ONNX's operators, for runtimes without PyTorch.

Inputs `picture` (batch, 3, height, width) in [-1, 1] and `S` (batch, k), output `translation` like the picture; batch,
height and width are free, height and width multiples of 4. The graph is built layer by layer: PyTorch's exporter would
fix the batch, and would keep what layers.py does for a processor's sake alone.

Shape legend: N samples, C channels, H W pixels, k objectives.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from pipeline.conditionings.base import Conditioning
from pipeline.conditionings.cbn import CBN
from pipeline.conditionings.ccam import CCAMs
from pipeline.conditionings.concat import Concat
from pipeline.conditionings.concat_features import ConcatFeatures
from pipeline.conditionings.film import FiLM
from pipeline.core import files
from pipeline.networks.generator import Generator

OPSET, IR = 17, 8  # of 2022: runtimes since then read it
EPS = 1e-5  # of the instance norms


def write(path: Path, generator: Generator, k: int, about: Mapping[str, Any]) -> None:
    """Write the graph with what is to be known `about` it; ValueError for a conditioning that is not known here."""
    graph = Graph(generator)
    graph.build()
    shape: list[str | int | None] = ["batch", 3, "height", "width"]
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "generator",
            [
                helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape),
                helper.make_tensor_value_info("S", TensorProto.FLOAT, [*shape[:1], k]),
            ],
            [helper.make_tensor_value_info("translation", TensorProto.FLOAT, shape)],
            list(graph.constants.values()),
        ),
        producer_name="sgn-reproduction",
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR,
    )
    helper.set_model_props(made, {"training": json.dumps(about, sort_keys=True, allow_nan=False)})
    onnx.checker.check_model(made)
    with files.replacing(path) as temporary:
        temporary.write_bytes(made.SerializeToString(deterministic=True))


class Graph:
    """Operators and constants; each method adds a layer to the value named `x` and returns its result's name."""

    def __init__(self, generator: Generator) -> None:
        self.held = {name: value.detach().cpu().float() for name, value in generator.state_dict().items()}
        self.conditioning: Conditioning = generator.conditioning
        self.blocks = len(generator.blocks)
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def build(self) -> None:
        """The generator's forward (networks/generator.py), line by line."""
        x = self._input("picture")
        x = self._op("Relu", self._normalised(self._conv("first", self._reflected(x, 3))))  # (N, w, H, W)
        x = self._gate(0, x)
        for place in (0, 1):
            down = self._conv(f"down.{place}", x, strides=[2, 2], pads=[1, 1, 1, 1])
            x = self._op("Relu", self._norm(place, down))  # (N, 2w, H/2, W/2), (N, 4w, H/4, W/4)
        trunk = self._gate(1, x)
        for number in range(self.blocks):
            trunk = self._block(number, trunk)
        x = self._gate(2, trunk)
        for place in (0, 1):
            up = {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}
            x = self._op("Relu", self._normalised(self._conv(f"up.{place}", x, "ConvTranspose", **up)))
        self._op("Tanh", self._conv("last", self._reflected(x, 3)), out="translation")

    def _block(self, number: int, trunk: str) -> str:
        name, place = f"blocks.{number}", 2 + 2 * number
        h = self._op("Relu", self._norm(place, self._conv(f"{name}.conv1", self._reflected(trunk, 1))))
        h = self._norm(place + 1, self._conv(f"{name}.conv2", self._reflected(h, 1)))
        if number == 0 and self.conditioning.extra_gate_channels:  # appended S is read, not passed on
            channels = len(self.held[f"{name}.conv2.bias"])
            trunk = self._op("Slice", trunk, self._integers([0]), self._integers([channels]), self._integers([1]))
        return self._op("Add", trunk, h)

    # --- how S enters: conditionings/, hook by hook ---

    def _input(self, x: str) -> str:
        known = (CCAMs, Concat, ConcatFeatures, CBN, FiLM)
        if not isinstance(self.conditioning, known):
            raise ValueError(f"ONNX: the conditioning {type(self.conditioning).__name__} is not known to the export")
        return self._appended(x) if isinstance(self.conditioning, Concat) else x

    def _gate(self, place: int, x: str) -> str:
        if isinstance(self.conditioning, ConcatFeatures):
            return self._appended(x)
        if not isinstance(self.conditioning, CCAMs):
            return x
        name = f"conditioning.ccam.{place}"
        pooled = self._op("Flatten", self._op("GlobalAveragePool", x))  # (N, C)
        embedded = self._op("Relu", self._linear(f"{name}.embed.0", "S"))
        mixed = self._op("Relu", self._linear(f"{name}.mix.0", self._op("Concat", pooled, embedded, axis=1)))
        return self._op("Mul", x, self._pixels(self._op("Sigmoid", self._linear(f"{name}.mix.2", mixed))))

    def _norm(self, place: int, x: str) -> str:
        normed = self._normalised(x)
        if isinstance(self.conditioning, CBN):
            name = f"conditioning.norms.{place}"
            biased = self._op("Add", normed, self._pixels(self._op("Tanh", self._linear(f"{name}.bias", "S"))))
            return self._op("Add", self._op("Mul", biased, self._weight(f"{name}.gamma")), self._weight(f"{name}.beta"))
        if isinstance(self.conditioning, FiLM):
            hidden = self._op("Relu", self._linear("conditioning.hidden.0", "S"))
            both = self._pixels(self._linear(f"conditioning.film.{place}", hidden))  # (N, 2C, 1, 1)
            scale, bias = (f"{both}.scale", f"{both}.bias")
            self.nodes.append(helper.make_node("Split", [both], [scale, bias], axis=1))
            return self._op("Add", self._op("Add", normed, self._op("Mul", normed, scale)), bias)
        return normed

    def _appended(self, x: str) -> str:
        """S as further channels, each constant: (N, C, H, W) -> (N, C + k, H, W)."""
        size = self._op("Slice", self._op("Shape", x), self._integers([2]), self._integers([4]))  # H, W
        shape = self._op("Concat", self._integers([1, 1]), size, axis=0)
        return self._op("Concat", x, self._op("Expand", self._pixels("S"), shape), axis=1)

    # --- layers ---

    def _conv(self, name: str, x: str, kind: str = "Conv", **options: Any) -> str:
        return self._op(kind, x, self._weight(f"{name}.weight"), self._weight(f"{name}.bias"), **options)

    def _linear(self, name: str, x: str) -> str:
        return self._op("Gemm", x, self._weight(f"{name}.weight"), self._weight(f"{name}.bias"), transB=1)

    def _reflected(self, x: str, p: int) -> str:
        return self._op("Pad", x, self._integers([0, 0, p, p, 0, 0, p, p]), mode="reflect")

    def _normalised(self, x: str) -> str:
        """Instance norm without affine parameters of a convolution's output, whose channels its bias counts."""
        channels = next(len(self.held[n.input[2]]) for n in reversed(self.nodes) if n.output[0] == x)
        one, zero = (self._constant(f"{v}x{channels}", np.full(channels, v, np.float32)) for v in (1.0, 0.0))
        return self._op("InstanceNormalization", x, one, zero, epsilon=EPS)

    def _pixels(self, x: str) -> str:
        """(N, C) -> (N, C, 1, 1)."""
        return self._op("Unsqueeze", x, self._integers([2, 3]))

    def _op(self, kind: str, *inputs: str, out: str = "", **options: Any) -> str:
        out = out or f"{kind}.{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **options))
        return out

    def _weight(self, name: str) -> str:
        return self._constant(name, self._array(self.held[name]))

    def _integers(self, values: list[int]) -> str:
        return self._constant(f"integers {values}", np.array(values, np.int64))

    def _constant(self, name: str, array: np.ndarray[Any, Any]) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(array, name)
        return name

    @staticmethod
    def _array(value: Tensor) -> np.ndarray[Any, Any]:
        return np.ascontiguousarray(value.numpy())
