"""Converts the 4-bit weights once into an ONNX graph that multiplies 8-bit numbers.

Matrices of the layers get 7-bit codes with one scale per output column: products of 7 and 8 bits cannot overflow the
16-bit sums of processors without VNNI. Activations get 8-bit codes with one scale per token, so that a text's vector does
not depend on the texts beside it. The word table keeps its 4 bits. Weights lie in a file of their own, which the runtime
maps instead of reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from copilot.embeddings.e5_int8.variant import DATA_FILE, GRAPH_FILE
from copilot.embeddings.e5_int8.weights import WeightFile
from copilot.errors import EmbeddingFailed

_LARGEST_CODE = 63
_WORD_ROWS = 8192
# The runtime maps tensors that start on a page; 64 KiB is a page everywhere.
_PAGE = 65_536
_CONTRIB = "com.microsoft"
_OPSETS = {"": 21, _CONTRIB: 1}
_IR_VERSION = 10
# GELU never falls below this; its codes may therefore start just under zero and spend the rest above.
_LEAST_GELU = 0.17
_GELU_ZERO = 16
_TINY = 1e-9


def write_graph(weights: WeightFile, folder: Path) -> None:
    """Write the graph and its data into `folder`.

    Inputs: `ids` int64 (texts, tokens) and `mask` int32 of the same shape, 1 for tokens and 0 for padding.
    Output: `hidden` float32 (texts, tokens, width), the last layer.

    Raises:
        EmbeddingFailed: a tensor is missing or of another size.
        OSError: the folder cannot be written to.
    """
    with (folder / DATA_FILE).open("wb") as data:
        model = _Converter(weights, data).model()
    (folder / GRAPH_FILE).write_bytes(model.SerializeToString())


class _Converter:
    """Builds nodes one after the other; names of values are counted up."""

    def __init__(self, weights: WeightFile, data: IO[bytes]) -> None:
        self._weights = weights
        self._shape = weights.shape
        self._data = data
        self._nodes: list[NodeProto] = []
        self._tensors: list[TensorProto] = []

    def model(self) -> ModelProto:
        """Return the whole graph."""
        width = self._shape.hidden
        for name, numbers in {
            "zero": [0], "one": [1], "two": [2], "width": [width], "flat": [-1, width],
        }.items():  # fmt: skip
            self._constant(name, np.array(numbers, dtype=np.int64))
        for name, number in {
            "unit": 1.0, "per_code": 1 / 127, "tiny": _TINY,
            "per_gelu_code": 1 / (255 - _GELU_ZERO), "least_gelu_scale": _LEAST_GELU / _GELU_ZERO,
        }.items():  # fmt: skip
            self._constant(name, np.array(number, dtype=np.float32))
        self._constant("middle", np.array(128, dtype=np.uint8))
        self._constant("gelu_zero", np.array(_GELU_ZERO, dtype=np.uint8))
        shape = self._add("Shape", ["ids"])
        self._by_text = self._add("Concat", [shape, "width"], axis=0)
        value = self._add("Reshape", [self._embedding(shape), "flat"])
        count = self._add("Slice", [self._add("Shape", [value]), "zero", "one"])
        self._middles = self._filled(count, 128)
        self._gelu_zeros = self._filled(count, _GELU_ZERO)
        for layer in range(self._shape.layers):
            value = self._layer(value, f"l{layer}")
        self._nodes.append(helper.make_node("Reshape", [value, self._by_text], ["hidden"]))
        return self._packed()

    def _packed(self) -> ModelProto:
        text_tokens = ["texts", "tokens"]
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            [
                helper.make_tensor_value_info("ids", TensorProto.INT64, text_tokens),
                helper.make_tensor_value_info("mask", TensorProto.INT32, text_tokens),
            ],
            [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, [*text_tokens, self._shape.hidden])],
            self._tensors,
        )
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS.items()]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)

    def _embedding(self, shape: str) -> str:
        """Words, positions and the type of the first text, normalised: (texts, tokens, width)."""
        width = self._shape.hidden
        self._words()
        words = self._add(
            "GatherBlockQuantized", ["words", "ids", "word_scales"], _CONTRIB,
            gather_axis=0, quantize_axis=1, block_size=32,
        )  # fmt: skip
        places = self._weights.floats("emb.pos", self._shape.positions, width)
        places += self._weights.floats("emb.type", self._shape.types, width)[0]
        self._constant("places", places)
        tokens = self._add("Slice", [shape, "one", "two"])
        summed = self._add("Add", [words, self._add("Slice", ["places", "zero", tokens, "zero"])])
        return self._normalised(summed, "emb.ln")

    def _words(self) -> None:
        """Write the word table: signed 4-bit codes, two in a byte, the first one low."""
        rows, width = self._shape.words, self._shape.hidden
        scales = np.empty((rows, width // 32), dtype=np.float32)
        start = self._page()
        for number, blocks in enumerate(self._weights.blocks("emb.word", rows, width, _WORD_ROWS)):
            nibbles = blocks.codes.view(np.uint8) & 0x0F
            self._data.write((nibbles[:, 0::2] | nibbles[:, 1::2] << 4).tobytes())
            scales[number * _WORD_ROWS : number * _WORD_ROWS + len(nibbles)] = blocks.scales
        self._external("words", TensorProto.INT4, (rows, width), start)
        start = self._page()
        self._data.write(scales.tobytes())
        self._external("word_scales", TensorProto.FLOAT, scales.shape, start)

    def _layer(self, value: str, layer: str) -> str:
        """One layer of the encoder on (all tokens, width): attention, then two dense layers, each normalised after."""
        width, inner = self._shape.hidden, self._shape.inner
        coded = self._coded(value)
        heads = [self._product(coded, f"{layer}.{part}", width, width) for part in "qkv"]
        biases = np.concatenate([self._weights.floats(f"{layer}.{part}.b", width) for part in "qkv"])
        self._constant(f"{layer}.qkv.b", biases)
        attended = self._add(
            "MultiHeadAttention",
            [*(self._add("Reshape", [head, self._by_text]) for head in heads), f"{layer}.qkv.b", "mask"],
            _CONTRIB,
            num_heads=self._shape.heads,
        )
        attended = self._add("Reshape", [attended, "flat"])
        # Not the fused SkipLayerNormalization: with a bias it is the slower one on processors.
        value = self._residual(value, self._product(self._coded(attended), f"{layer}.ao", width, width), layer, "a")
        grown = self._product(self._coded(value), f"{layer}.fi", inner, width)
        self._constant(f"{layer}.fi.b", self._weights.floats(f"{layer}.fi.b", inner))
        grown = self._add("BiasGelu", [grown, f"{layer}.fi.b"], _CONTRIB)
        return self._residual(value, self._product(self._coded_gelu(grown), f"{layer}.fo", width, inner), layer, "f")

    def _residual(self, value: str, change: str, layer: str, part: str) -> str:
        bias = f"{layer}.{part}o.b"
        self._constant(bias, self._weights.floats(bias, self._shape.hidden))
        summed = self._add("Add", [self._add("Add", [change, bias]), value])
        return self._normalised(summed, f"{layer}.{'aln' if part == 'a' else 'oln'}")

    def _normalised(self, value: str, name: str) -> str:
        for end in (".w", ".b"):
            self._constant(name + end, self._weights.floats(name + end, self._shape.hidden))
        epsilon = self._shape.epsilon
        return self._add("LayerNormalization", [value, f"{name}.w", f"{name}.b"], axis=-1, epsilon=epsilon)

    def _coded(self, value: str) -> tuple[str, str, str]:
        """Return codes around 128 of each token, its scale (tokens, 1), and the name of the code for zero."""
        largest = self._add("ReduceMax", [self._add("Abs", [value]), "one"], keepdims=0)
        scale = self._add("Max", [self._add("Mul", [largest, "per_code"]), "tiny"])
        codes = self._add("QuantizeLinear", [value, scale, self._middles], axis=0)
        return codes, self._add("Unsqueeze", [scale, "one"]), "middle"

    def _coded_gelu(self, value: str) -> tuple[str, str, str]:
        """The same for what GELU gave, whose negative numbers are few and small."""
        largest = self._add("ReduceMax", [value, "one"], keepdims=0)
        scale = self._add("Max", [self._add("Mul", [largest, "per_gelu_code"]), "least_gelu_scale"])
        codes = self._add("QuantizeLinear", [value, scale, self._gelu_zeros], axis=0)
        return codes, self._add("Unsqueeze", [scale, "one"]), "gelu_zero"

    def _product(self, coded: tuple[str, str, str], name: str, outputs: int, inputs: int) -> str:
        """Return codes times the matrix `name`, (tokens, outputs), without its bias."""
        codes, scale, zero = coded
        columns = self._weights.matrix(f"{name}.w", outputs, inputs).T
        steps = _column_steps(columns)
        start = self._page()
        self._data.write(np.rint(columns / steps).astype(np.int8).tobytes())
        self._external(f"{name}.codes", TensorProto.INT8, (inputs, outputs), start)
        self._constant(f"{name}.steps", steps)
        whole = self._add("MatMulIntegerToFloat", [codes, f"{name}.codes", "unit", f"{name}.steps", zero], _CONTRIB)
        return self._add("Mul", [whole, scale])

    def _filled(self, count: str, value: int) -> str:
        return self._add("ConstantOfShape", [count], value=helper.make_tensor("of", TensorProto.UINT8, [1], [value]))

    def _add(self, operator: str, inputs: Sequence[str], domain: str = "", **attributes: Any) -> str:
        output = f"v{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def _constant(self, name: str, value: NDArray[np.generic]) -> None:
        self._tensors.append(numpy_helper.from_array(np.ascontiguousarray(value), name))

    def _page(self) -> int:
        """Move to the next page of the data file and return where it starts."""
        self._data.write(bytes(-self._data.tell() % _PAGE))
        return self._data.tell()

    def _external(self, name: str, kind: int, shape: Sequence[int], start: int) -> None:
        """Name the tensor that was written since `start`."""
        tensor = TensorProto(name=name, data_type=kind, dims=shape, data_location=TensorProto.EXTERNAL)
        for key, value in {"location": DATA_FILE, "offset": start, "length": self._data.tell() - start}.items():
            tensor.external_data.add(key=key, value=str(value))
        self._tensors.append(tensor)


def _column_steps(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the scale of each column (inputs, outputs), so that its largest number gets the largest code."""
    if not np.isfinite(matrix).all():
        raise EmbeddingFailed("the weight file holds numbers that are none")
    steps: NDArray[np.float32] = np.maximum(np.abs(matrix).max(axis=0) / _LARGEST_CODE, _TINY).astype(np.float32)
    return steps
