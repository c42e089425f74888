"""JSON Schema that endpoints with small grammars can follow, made from a pydantic model.

Only what every known endpoint enforces is kept. Pydantic checks the rest of the rules on the answer itself, and what a
writer needs to know of them (lengths) is said in words.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

_DROPPED = frozenset(
    {"title", "default", "examples", "pattern", "format", "multipleOf", "uniqueItems", "minLength", "maxLength"}
    | {"exclusiveMinimum", "exclusiveMaximum", "discriminator", "readOnly", "writeOnly", "deprecated", "$defs"}
)


def endpoint_schema(output: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of `output` with references put in place, all fields required and extra ones closed.

    `pattern` and exclusive bounds are not enforced by llama.cpp's grammars; vendors' strict modes want closed objects
    with every field required and know no `oneOf`.

    Raises:
        ValueError: the model refers to itself; small grammars cannot follow that.
    """
    full = output.model_json_schema(mode="validation")
    simplified = _simplify(full, full.get("$defs", {}), ())
    if simplified.get("type") != "object":
        raise ValueError(f"{output.__name__} is not an object; endpoints answer with objects")
    return simplified


def _simplify(node: dict[str, Any], definitions: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    if "$ref" in node:
        name = str(node["$ref"]).rpartition("/")[2]
        if name in path:
            raise ValueError(f"{name} refers to itself; endpoints cannot follow recursive schemas")
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return _simplify({**definitions[name], **beside}, definitions, (*path, name))
    parts = node.get("allOf", [])
    if len(parts) == 1:
        beside = {key: value for key, value in node.items() if key != "allOf"}
        return _simplify({**parts[0], **beside}, definitions, path)
    result = {key: value for key, value in node.items() if key not in _DROPPED}
    for old, new in (("oneOf", "anyOf"), ("anyOf", "anyOf"), ("prefixItems", "prefixItems")):
        if old in result:
            result[new] = [_simplify(part, definitions, path) for part in result.pop(old)]
    if "const" in result:
        result["enum"] = [result.pop("const")]
    for key in ("items", "additionalProperties"):
        if isinstance(result.get(key), dict):
            result[key] = _simplify(result[key], definitions, path)
    if "properties" in result:
        result["properties"] = {n: _simplify(p, definitions, path) for n, p in result["properties"].items()}
        result["required"] = list(result["properties"])
        result["additionalProperties"] = False
    _include_bounds(node, result)
    return result


def _include_bounds(node: dict[str, Any], result: dict[str, Any]) -> None:
    """Say exclusive bounds as inclusive ones and lengths in words."""
    step = 1 if node.get("type") == "integer" else 0
    if "exclusiveMinimum" in node:
        result["minimum"] = node["exclusiveMinimum"] + step
    if "exclusiveMaximum" in node:
        result["maximum"] = node["exclusiveMaximum"] - step
    if "maxLength" in node:
        said = f"at most {node['maxLength']} characters"
        result["description"] = f"{result['description']} ({said})" if "description" in result else said
