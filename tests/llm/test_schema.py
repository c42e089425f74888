from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from copilot.llm.schema import endpoint_schema


class Kind(StrEnum):
    TALK = "talk"
    BREAK = "break"


class Part(BaseModel):
    kind: Kind
    title: Annotated[str, Field(max_length=40, pattern=r"^\d+")]
    share: float = Field(gt=0, lt=1)


class Plan(BaseModel):
    """A plan."""

    title: str = Field("x", description="short")
    minutes: int = Field(gt=0, lt=601)
    parts: list[Part] = Field(min_length=1, max_length=9)
    pick: Part | None = None
    only: Literal["a"] = "a"


class Ring(BaseModel):
    inner: Ring | None = None


def test_references_are_put_in_place_and_nothing_small_grammars_miss_remains() -> None:
    schema = endpoint_schema(Plan)
    said = json.dumps(schema)
    for word in ("$ref", "$defs", "pattern", "exclusive", "maxLength", '"default"', "oneOf", "const"):
        assert word not in said
    part = schema["properties"]["parts"]["items"]
    assert part["properties"]["kind"]["enum"] == ["talk", "break"]
    assert part["properties"]["share"] == {"maximum": 1, "minimum": 0, "type": "number"}
    assert part["properties"]["title"]["description"] == "at most 40 characters"


def test_exclusive_bounds_of_integers_move_by_one() -> None:
    minutes = endpoint_schema(Plan)["properties"]["minutes"]
    assert (minutes["minimum"], minutes["maximum"]) == (1, 600)


def test_objects_are_closed_and_every_field_is_required_also_one_named_title() -> None:
    schema = endpoint_schema(Plan)
    assert schema["required"] == ["title", "minutes", "parts", "pick", "only"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["title"] == {"type": "string", "description": "short"}
    assert {"type": "null"} in schema["properties"]["pick"]["anyOf"]


def test_a_model_that_refers_to_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="refers to itself"):
        endpoint_schema(Ring)
