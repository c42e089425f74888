"""Where a request is wrong, in the client's own words: pointers into what was sent, not into our types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

from api.field_sentences import in_chinese

_MOST = 50
_NO_OBJECT = frozenset({"model_type", "model_attributes_type", "dict_type", "dataclass_type"})


class FieldError(BaseModel):
    """One wrong place in the request."""

    pointer: str = Field(description="JSON pointer into the body, or the name of the parameter", examples=["#/brief"])
    detail: str = Field(description="what is wrong there", examples=["String should have at least 1 character"])


def field_errors(found: Sequence[Mapping[str, Any]], body: Any, locale: str = "en") -> list[FieldError]:
    """Return pydantic's errors as places in `body`, at most 50, in the language of `locale`.

    Where a value may have several shapes, each shape complains: complaints that the value has another shape are left
    out where another one says what is wrong with the shape it has.
    """
    placed = [(_pointer(error, body), error) for error in found]
    told = [pointer for pointer, error in placed if not _is_about_shape(error)]
    kept = [
        FieldError(pointer=pointer, detail=_detail(error, locale))
        for pointer, error in placed
        if not (_is_about_shape(error) and any(other == pointer or other.startswith(pointer + "/") for other in told))
    ]
    return list(_unique(kept))[:_MOST]


def _unique(errors: Iterable[FieldError]) -> Iterable[FieldError]:
    return {(error.pointer, error.detail): error for error in errors}.values()


def _is_about_shape(error: Mapping[str, Any]) -> bool:
    return str(error["type"]).endswith("_type")


def _detail(error: Mapping[str, Any], locale: str) -> str:
    if locale == "zh-CN" and (said := in_chinese(error)) is not None:
        return said
    kind = str(error["type"])
    if kind in _NO_OBJECT:
        return "Input should be an object"
    if kind == "json_invalid":
        return f"the body is no JSON at character {error['loc'][-1]}: {error.get('ctx', {}).get('error', '')}"
    return str(error["msg"])


def _pointer(error: Mapping[str, Any], body: Any) -> str:
    """Return where in the request an error is; names that stand for one of our types are left out."""
    head, *rest = error["loc"] or ("",)
    if head != "body":
        return ".".join(str(part) for part in rest) or str(head)
    if error["type"] == "json_invalid":
        return "#/"
    is_known = isinstance(body, dict | list)
    steps = _steps(rest, body, is_missing=error["type"] == "missing") if is_known else rest
    return "#/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in steps)


def _steps(location: Sequence[int | str], value: Any, *, is_missing: bool) -> Iterable[int | str]:
    for number, part in enumerate(location):
        is_item = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if is_item or (isinstance(value, dict) and part in value):
            value = value[part]
            yield part
        elif is_missing and number == len(location) - 1:
            yield part
