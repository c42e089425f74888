"""Text files that ship with the project or come from operators: bounded reading, strict YAML, front matter, hashes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

try:  # ten times faster than the parser in Python, which builds of PyYAML without libyaml fall back on
    from yaml import CSafeLoader as _Loader
except ImportError:
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]  # the same methods

MAX_BYTES = 200_000
MAX_DEPTH = 20
_FRONT_MATTER = re.compile(r"\A---\n(?P<head>.*?)^---[ \t]*(?:\n|\Z)(?P<body>.*)\Z", re.DOTALL | re.MULTILINE)


class DocumentProblem(ValueError):
    """The file cannot be used; the caller names the file and raises its own error."""


class _StrictLoader(_Loader):
    """A safe loader that refuses repeated keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            if str(key_node.value) in seen:
                raise DocumentProblem(f"line {key_node.start_mark.line + 1}: key {key_node.value!r} appears twice")
            seen.add(str(key_node.value))
        return super().construct_mapping(node, deep)


def _require_plain(text: str) -> None:
    """Refuse aliases and deep nesting before anything is built of them."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise DocumentProblem("YAML aliases are not allowed")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise DocumentProblem(f"YAML is nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def content_hash(text: str) -> str:
    """Return 16 hexadecimal characters that identify `text`; line ends do not count."""
    return hashlib.blake2b(text.replace("\r\n", "\n").encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def read_document(path: Path) -> str:
    """Return the text of a UTF-8 file with LF line ends and without a byte order mark.

    Raises:
        DocumentProblem: unreadable, longer than `MAX_BYTES`, or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentProblem(f"cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise DocumentProblem(f"is larger than {MAX_BYTES} bytes")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DocumentProblem(f"is not UTF-8 (byte {error.start})") from error


def parse_yaml(text: str) -> dict[str, Any]:
    """Return the mapping that `text` holds.

    Raises:
        DocumentProblem: not YAML, not a mapping with text keys, or it uses aliases, repeated keys or deep nesting.
    """
    try:
        _require_plain(text)
        value = yaml.load(text, Loader=_StrictLoader)  # noqa: S506  # a SafeLoader with more refusals
    except yaml.YAMLError as error:
        raise DocumentProblem(f"is not valid YAML: {' '.join(str(error).split())[:300]}") from error
    except (ValueError, RecursionError) as error:  # impossible dates and the like come as bare ValueError
        if isinstance(error, DocumentProblem):
            raise
        raise DocumentProblem(f"is not valid YAML: {error}") from error
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise DocumentProblem("must be a YAML mapping with text keys")
    return value


def line_of(text: str, location: Sequence[int | str]) -> int | None:
    """Return the line, from 1, of the deepest part of `location` that the YAML `text` holds; None when it is not YAML.

    Args:
        text: a YAML document.
        location: keys and list positions from the top, as in a validation error.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError:
        return None
    line = None
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == part), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and 0 <= part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """Return (front matter, body) of a Markdown document that starts with `---`.

    Raises:
        DocumentProblem: no front matter, or it is not valid YAML.
    """
    found = _FRONT_MATTER.match(text)
    if found is None:
        raise DocumentProblem("must begin with front matter between two lines of ---")
    return parse_yaml(found["head"]), found["body"]


def describe_validation(error: ValidationError, limit: int = 5) -> tuple[str, list[str]]:
    """Return one readable sentence and the dotted names of the fields that are wrong."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    fields = [".".join(str(part) for part in item["loc"]) for item in found]
    said = [f"{name or 'document'}: {item['msg']}" for name, item in zip(fields, found, strict=True)]
    more = f"; and {len(said) - limit} more" if len(said) > limit else ""
    return "; ".join(said[:limit]) + more, fields


__all__ = [
    "MAX_BYTES",
    "DocumentProblem",
    "content_hash",
    "describe_validation",
    "line_of",
    "parse_yaml",
    "read_document",
    "split_front_matter",
]
