"""Text to token ids with `sentencepiece`, from the vocabulary of the weight file.

The model file is written here byte by byte in protobuf's wire format: the classes that come with `sentencepiece` demand
a newer protobuf than other packages allow, and the three messages needed are small.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sentencepiece

from copilot.embeddings.e5_int8.weights import Vocabulary
from copilot.errors import EmbeddingFailed

MODEL_FILE = "pieces.model"
FACTS_FILE = "tokenizer.json"
# Types of pieces in sentencepiece's model format; control pieces are never read out of a text.
_NORMAL, _UNKNOWN, _CONTROL = 1, 2, 3
_SPACES = re.compile("  +")


class Tokenizer:
    """Gives the ids that the engine of the wheel gives, but for texts that spell special pieces such as `<s>`.

    Those are read as ordinary characters here, so that no text can place a special token. Safe to share between threads.
    """

    def __init__(self, folder: Path) -> None:
        """Load what `write_tokenizer` wrote.

        Raises:
            EmbeddingFailed: the files are missing or damaged.
        """
        try:
            facts = json.loads((folder / FACTS_FILE).read_text("utf-8"))
            # As bytes: the library cannot open paths with characters beyond the system's own encoding everywhere.
            self._pieces = sentencepiece.SentencePieceProcessor(model_proto=(folder / MODEL_FILE).read_bytes())
        except (OSError, ValueError, RuntimeError) as error:
            raise EmbeddingFailed(f"the tokenizer cannot be loaded: {error}") from error
        self.begin, self.end, self.pad = int(facts["begin"]), int(facts["end"]), int(facts["pad"])
        self._unknown = int(facts["unknown"])
        self._replacements = {int(code): text for code, text in facts["replacements"].items()}

    def ids(self, text: str) -> list[int]:
        """Return the ids of `text` without the special ones at its ends; NUL reads as a space."""
        # A lone surrogate cannot be written in UTF-8.
        plain = text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
        ready = _SPACES.sub(" ", plain.translate(self._replacements))
        # Here, since the library puts a space even before a space.
        ready = ready if ready.startswith(" ") else " " + ready
        found: list[int] = self._pieces.encode(ready)
        if self._unknown not in found:
            return found
        # The library takes a run of unknown characters for one piece, the model knows one piece for each of them.
        pieces: list[str] = self._pieces.encode(ready, out_type=str)
        lengths = (len(piece) if n == self._unknown else 1 for n, piece in zip(found, pieces, strict=True))
        return [n for n, length in zip(found, lengths, strict=True) for _ in range(length)]


def write_tokenizer(vocabulary: Vocabulary, folder: Path) -> None:
    """Write the files that `Tokenizer` loads."""
    (folder / MODEL_FILE).write_bytes(b"".join(_model(vocabulary)))
    facts: dict[str, Any] = {
        "begin": vocabulary.begin,
        "end": vocabulary.end,
        "pad": vocabulary.pad,
        "unknown": vocabulary.unknown,
        "replacements": {str(code): text for code, text in vocabulary.replacements.items()},
    }
    (folder / FACTS_FILE).write_text(json.dumps(facts), encoding="utf-8")


def _model(vocabulary: Vocabulary) -> Iterator[bytes]:
    """Yield the parts of a `ModelProto`: pieces (1), trainer_spec (2) and normalizer_spec (3)."""
    control = {vocabulary.begin, vocabulary.end, vocabulary.pad, len(vocabulary.pieces) - 1}
    for number, (piece, score) in enumerate(zip(vocabulary.pieces, vocabulary.scores.tolist(), strict=True)):
        kind = _UNKNOWN if number == vocabulary.unknown else _CONTROL if number in control else _NORMAL
        yield _message(1, _message(1, piece.encode()) + b"\x15" + struct.pack("<f", score) + _number(3, kind))
    # model_type unigram, vocab_size, unk_id, bos_id, eos_id, pad_id
    fields = {
        3: 1, 4: len(vocabulary.pieces), 40: vocabulary.unknown, 41: vocabulary.begin,
        42: vocabulary.end, 43: vocabulary.pad,
    }  # fmt: skip
    yield _message(2, b"".join(_number(field, value) for field, value in fields.items()))
    # name, add_dummy_prefix, remove_extra_whitespaces, escape_whitespaces
    yield _message(3, _message(1, b"identity") + _number(3, 0) + _number(4, 0) + _number(5, 1))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content
