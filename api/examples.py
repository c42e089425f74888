"""Examples in the OpenAPI document: one answer or request for each schema, recorded from the sample community."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI

_FILE = Path(__file__).with_name("examples.json")


def install(app: FastAPI) -> None:
    """Let the application's document show the examples of `examples.json`.

    They stand at the schemas, where lists and nested answers find them, too; what has no schema of its own (texts,
    streams, uploads) has them at the operation.
    """
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _add(describe())
        return describe()

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI documents to extend it


def _add(document: dict[str, Any]) -> None:
    examples = json.loads(_FILE.read_text(encoding="utf-8"))
    for name, example in examples["schemas"].items():
        document["components"]["schemas"][name]["examples"] = [example]
    for operation, by_type in examples["answers"].items():
        responses = _operation(document, operation)["responses"]
        for media_type, example in by_type.items():
            responses["200"]["content"].setdefault(media_type, {})["example"] = example
    for operation, by_type in examples["requests"].items():
        for media_type, example in by_type.items():
            _operation(document, operation)["requestBody"]["content"][media_type]["example"] = example


def _operation(document: dict[str, Any], name: str) -> dict[str, Any]:
    method, _, path = name.partition(" ")
    operation: dict[str, Any] = document["paths"][path][method.lower()]
    return operation
