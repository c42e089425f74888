"""Shapes every list and record shares."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from copilot.community.store import Page

T = TypeVar("T")


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Record(BaseModel):
    """A row as clients see it; built from the mapped object."""

    model_config = ConfigDict(from_attributes=True)


class ListOf(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None = Field(None, description="pass as `cursor` for the next page; null at the end")
    has_more: bool = Field(False, description="whether another page follows")


def list_of(page: Page[T]) -> ListOf[T]:
    """Return a page of what clients see as a list of it."""
    return ListOf(items=page.items, next_cursor=page.next_cursor, has_more=page.has_more)


def page_of(page: Page[Any], schema: type[T]) -> ListOf[T]:
    """Return a store's page as a list of `schema` records."""
    validate = schema.model_validate  # type: ignore[attr-defined]  # T is always a Record
    return ListOf(items=[validate(row) for row in page.items], next_cursor=page.next_cursor, has_more=page.has_more)
