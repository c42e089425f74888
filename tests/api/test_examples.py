"""Every operation of the OpenAPI document shows an answer and a request, and they are what the service speaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter

from api.app import create_app
from copilot.services import Services
from copilot.settings import Settings

APP = create_app(Services(Settings(_env_file=None)), None)  # type: ignore[call-arg, arg-type]  # only described
DOCUMENT: dict[str, Any] = APP.openapi()
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            for status, answer in operation["responses"].items():
                if status.startswith("2"):
                    for media_type, content in answer.get("content", {}).items():
                        yield f"{method} {path}: {status} {media_type}", content
            for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
                yield f"{method} {path}: body {media_type}", content


def has_example(schema: dict[str, Any]) -> bool:
    """Whether a schema, what it refers to or lists, shows an example."""
    if "$ref" in schema:
        return has_example(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    if schema.get("examples"):
        return True
    if schema.get("type") == "array":
        return has_example(schema["items"])
    if "items" in schema.get("properties", {}):
        return has_example(schema["properties"]["items"])
    return any(has_example(option) for option in schema.get("anyOf", []))


def test_every_operation_shows_an_example_of_what_it_takes_and_answers() -> None:
    assert len(list(contents())) > 50
    without = [name for name, content in contents() if "example" not in content and not has_example(content["schema"])]
    assert without == []


def models() -> dict[str, Any]:
    """Return the types behind the schemas, by name."""
    found: dict[str, Any] = {}

    def add(kind: Any) -> None:
        for inner in getattr(kind, "__args__", ()):
            add(inner)
        if isinstance(kind, type):
            found.setdefault(kind.__name__, kind)
            if issubclass(kind, BaseModel) and "items" in kind.model_fields:
                add(kind.model_fields["items"].annotation)

    for route in described():
        add(route.response_model)
        if route.body_field is not None:
            add(route.body_field.field_info.annotation)
    return found


def described() -> Iterator[APIRoute]:
    from fastapi.routing import iter_route_contexts

    for context in iter_route_contexts(APP.routes):
        if isinstance(context.original_route, APIRoute):
            yield context.original_route


@pytest.mark.parametrize(
    "name", sorted(name for name, schema in SCHEMAS.items() if len(schema.get("examples", [])) == 1)
)
def test_an_example_is_exactly_what_its_model_writes(name: str) -> None:
    example = SCHEMAS[name]["examples"][0]
    model = TypeAdapter(models()[name])
    value = model.validate_json(json.dumps(example))
    assert model.dump_python(value, mode="json", exclude_unset=name.endswith("In")) == example
