"""Statements that are asked with every request: made once for a database, with the scope of a community in them.

The ORM takes longer to pass such a statement on than the database to answer it. What is prepared here is compiled once, by
the ORM and with the condition on the community that the ORM would add, and then run with other values; rows come back as
plain tuples with names. What may run is what may run in a session: selects of mapped classes.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Boolean, ColumnElement, Dialect, Select, Text, TypeDecorator, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from copilot.community.tables import Community, Scoped

_SCOPE = "community_id"
_Convert = Callable[[Any], Any]
_IN_SCOPE = (
    with_loader_criteria(Scoped, lambda cls: cls.community_id == bindparam("community_id"), include_aliases=True),
    with_loader_criteria(Community, lambda cls: cls.id == bindparam("community_id"), include_aliases=True),
)


class _Texts(TypeDecorator[list[str]]):
    """A list of texts as one bound value: an array, or JSON for SQLite, which has none."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where there are arrays."""
        return dialect.type_descriptor(ARRAY(Text()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        """Hand lists on as the database takes them."""
        texts = list(value or ())
        return texts if dialect.name == "postgresql" else json.dumps(texts)


class _Among(ColumnElement[bool]):
    """See `among`."""

    inherit_cache = False
    type = Boolean()
    _traverse_internals: Any = [  # noqa: RUF012  # as SQLAlchemy declares it
        ("column", visitors.InternalTraversal.dp_clauseelement),
        ("texts", visitors.InternalTraversal.dp_clauseelement),
    ]  # fmt: skip

    def __init__(self, column: ColumnElement[str], texts: BindParameter[Any]) -> None:
        self.column = column
        self.texts = texts

    def self_group(self, against: Any = None) -> _Among:  # noqa: ARG002  # SQLAlchemy names it
        """Stand as a condition by itself: SQLite, which has no booleans, would get `... = 1` and use no index."""
        return self


@compiles(_Among, "sqlite")
def _among_on_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(part, **options) for part in (element.column, element.texts))
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608  # parts of the compiler, no values


@compiles(_Among, "postgresql")
def _among_on_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(part, **options) for part in (element.column, element.texts))
    return f"{column} = ANY({texts})"


def among(column: Any, name: str) -> ColumnElement[bool]:
    """Return the condition that a column of text is one of the list bound as `name`.

    One value, whatever the list's length: the statement stays the same, and no limit on bound values is near.
    """
    return _Among(column.__clause_element__(), bindparam(name, type_=_Texts()))


@dataclass(frozen=True)
class _Compiled:
    """A statement as one database takes it: its text, what it always binds, and what changes values on their way in."""

    text: str
    fixed: Mapping[str, Any]
    binding: Mapping[str, _Convert]


def _fetch(connection: Connection, text: str, bound: Mapping[str, Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return all rows as the driver gives them, and its description of the columns.

    Straight from the driver: what SQLAlchemy makes of a result takes longer than most of these statements. Errors are
    named as it names them.
    """
    driver: Any = connection.dialect.dbapi
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, bound)
        return cursor.fetchall(), cursor.description
    except driver.Error as error:
        if connection.dialect.is_disconnect(error, connection.connection, cursor):
            connection.invalidate(error)
        raise DBAPIError.instance(text, dict(bound), error, driver.Error, dialect=connection.dialect) from error
    finally:
        cursor.close()


def _row_type(names: Sequence[str]) -> Any:
    return namedtuple("Row", names, rename=True)  # noqa: PYI024  # the statement says which names


class Prepared:
    """A select of mapped classes with bound names, to be run by `Unit.rows`. Safe to share between threads."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        """Take a statement; it is compiled when it first meets a database."""
        self._statement = statement
        names = [str(column.key) for column in statement.selected_columns]
        self._row = _row_type(names)
        self._compiled: dict[str, _Compiled] = {}
        self._reading: dict[str, Sequence[tuple[int, _Convert]]] = {}

    def run(self, connection: Connection, community_id: str, values: Mapping[str, Any]) -> list[Any]:
        """Return the rows of one community, each a tuple with the names of the columns."""
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        bound = dict(compiled.fixed)
        for name, value in values.items():
            convert = compiled.binding.get(name)
            bound[name] = value if convert is None else convert(value)
        bound[_SCOPE] = community_id
        fetched, described = _fetch(connection, compiled.text, bound)
        reading = self._reading.get(connection.dialect.name)
        if reading is None:
            reading = self._reading[connection.dialect.name] = self._readers(connection.dialect, described)
        make = self._row._make
        if not reading:
            return [make(row) for row in fetched]
        rows = []
        for row in fetched:
            cells = list(row)
            for place, convert in reading:
                cells[place] = convert(cells[place])
            rows.append(make(cells))
        return rows

    def text(self, dialect: Dialect) -> str:
        """Return what a database of this dialect is asked."""
        return self._compile(dialect).text

    def _compile(self, dialect: Dialect) -> _Compiled:
        # Values are bound by name on both: the driver of SQLite takes names as well as places.
        target: Dialect = sqlite.dialect(paramstyle="named") if dialect.name == "sqlite" else dialect
        scoped = self._statement.options(*_IN_SCOPE)
        compiled: Any = scoped.compile(dialect=target)
        if "POSTCOMPILE" in str(compiled):
            raise TypeError("a prepared statement has one text: say `among` for lists, and or_ for a few known values")
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        converters = {
            name: bind.type.dialect_impl(target).bind_processor(target) for name, bind in compiled.binds.items()
        }
        found = self._compiled[dialect.name] = _Compiled(
            text=str(compiled),
            fixed={
                name: value if converters.get(name) is None else converters[name](value)
                for name, value in fixed.items()
            },
            binding={name: convert for name, convert in converters.items() if convert is not None},
        )
        return found

    def _readers(self, dialect: Dialect, described: Sequence[Any]) -> Sequence[tuple[int, _Convert]]:
        """Return what changes values on their way out; some types ask the driver what it returned."""
        columns = zip(self._statement.selected_columns, described, strict=True)
        processors = [
            column.type.dialect_impl(dialect).result_processor(dialect, description[1])
            for column, description in columns
        ]
        return [(place, convert) for place, convert in enumerate(processors) if convert is not None]
