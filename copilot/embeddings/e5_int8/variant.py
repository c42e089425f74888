"""What the converted model is called and which files it consists of; light, since every start reads it."""

from __future__ import annotations

VARIANT = "t8w7"  # activations of 8 bits by token, weights of 7 bits by column
# Raise it when a change to the conversion or the tokenizer changes vectors: it is part of the embedder's name.
CONVERTER = 1
GRAPH_FILE = "model.onnx"
DATA_FILE = "model.data"
