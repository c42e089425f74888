"""Prepared statements say what the session says, within one community, on both databases."""

from __future__ import annotations

import importlib
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Float, Integer, bindparam, exists, func, select, union_all
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import aliased

from copilot.community.prepared import Prepared, among
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Community, Member, ProfileText
from copilot.errors import StoreUnavailable
from tests.conftest import NOW
from tests.contracts.conftest import member

_OTHER = aliased(Member)
_BOTH = union_all(select(Member.id.label("who")), select(ProfileText.member_id)).subquery()


@pytest.fixture
def two(any_store: Store) -> Store:
    """Members m1 to m3 in community a, m4 in b; all but m3 have joined."""
    for community_id, names in (("a", ("m1", "m2", "m3")), ("b", ("m4",))):
        with any_store.write(community_id) as unit:
            rows = [member(name, skills=["x", name], joined_at=None if name == "m3" else NOW) for name in names]
            unit.upsert(Member, rows)
            unit.upsert(
                ProfileText,
                [
                    {"id": f"t-{name}", "member_id": name, "aspect": "has", "position": 0, "text": name}
                    for name in names
                ],
            )
    return any_store


def test_rows_have_names_and_the_types_of_the_columns(two: Store) -> None:
    prepared = Prepared(
        select(Member.id, Member.skills, Member.joined_at, Member.consent_ai)
        .where(among(Member.id, "ids"), Member.joined_at > bindparam("since", type_=Member.joined_at.type))
        .order_by(Member.id)
    )
    with two.read("a") as unit:
        found = unit.rows(prepared, ids=["m2", "m1", "m4", "nobody"], since=NOW - timedelta(seconds=1))
        assert [row.id for row in found] == ["m1", "m2"]
        assert found[0] == ("m1", ["x", "m1"], NOW, True)
        assert found[0].joined_at.tzinfo is not None
        assert unit.rows(Prepared(select(func.sum(Member.consent_ai.cast(Integer).cast(Float)))))[0][0] == 3.0
        assert unit.rows(prepared, ids=["m1"], since=NOW) == []
        assert unit.rows(prepared, ids=[], since=NOW) == []


@pytest.mark.parametrize("size", [1, 3_000])
def test_a_list_of_any_length_is_one_value(two: Store, size: int) -> None:
    prepared = Prepared(select(Member.id).where(among(Member.id, "ids")))
    with two.read("a") as unit:
        names = [f"'; drop table member; -- {number}" for number in range(size)]
        assert [row.id for row in unit.rows(prepared, ids=[*names, "m3"])] == ["m3"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (select(func.count()).select_from(Member), 3),
        (select(func.count()).select_from(select(Member.id).limit(9).subquery()), 3),
        (select(func.count()).select_from(_OTHER), 3),
        (select(func.count()).select_from(Member).join(_OTHER, _OTHER.platform == Member.platform), 9),
        (select(func.count()).select_from(_BOTH), 6),
        (select(func.count()).select_from(Community), 1),
        (select(func.count()).select_from(Member).where(Member.id.in_(select(ProfileText.member_id))), 3),
        (select(func.count()).where(exists(select(Member.id).where(Member.id == "m4"))), 0),
    ],
)
def test_nothing_of_another_community_is_seen(two: Store, statement: Any, expected: int) -> None:
    with two.read("a") as unit:
        assert unit.rows(Prepared(statement))[0][0] == expected


def test_what_the_unit_changed_before_is_seen(two: Store) -> None:
    prepared = Prepared(select(Member.name).where(Member.id == bindparam("who")))
    with two.write("a") as unit:
        unit.get(Member, "m1").name = "new"
        assert unit.rows(prepared, who="m1")[0].name == "new"


def test_a_list_of_values_in_the_text_is_refused(two: Store) -> None:
    prepared = Prepared(select(Member.id).where(Member.id.in_(["m1", "m2"])))
    with two.read("a") as unit, pytest.raises(TypeError, match="among"):
        unit.rows(prepared)


def test_what_the_database_refuses_has_the_name_it_has_elsewhere_and_the_next_unit_works(two: Store) -> None:
    refused = select(Member.id).where(func.no_such_function(Member.id) == bindparam("value"))
    names = []
    for ask in (
        lambda unit: unit.rows(Prepared(refused), value="x"),
        lambda unit: unit.session.execute(refused, {"value": "x"}).all(),
    ):
        with pytest.raises((StoreUnavailable, ProgrammingError)) as told, two.read("a") as unit:
            ask(unit)
        names.append((type(told.value), "no_such_function" in str(told.value)))
    assert names[0] == names[1] == (names[0][0], True)
    with two.read("a") as unit:
        assert len(unit.rows(Prepared(select(Member.id)))) == 3


def test_rows_are_added_at_once_to_the_units_own_community(two: Store) -> None:
    rows = [
        {"id": f"aud_{number}", "at": NOW, "actor": "me", "action": "tried", "subject_kind": "x", "subject_id": "y",
         "data": {"n": number}, "community_id": "b"}
        for number in range(3)
    ]  # fmt: skip
    with two.write("a") as unit:
        unit.insert(AuditEntry, rows)
        unit.insert(AuditEntry, [])
    with two.read("a") as unit:
        found = unit.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(row.community_id, row.data) for row in found] == [("a", {"n": number}) for number in range(3)]
    with two.read("b") as unit:
        assert unit.session.scalars(select(AuditEntry)).all() == []


def test_rows_that_make_something_stale_are_not_added_past_their_marks(two: Store) -> None:
    with two.write("a") as unit, pytest.raises(RuntimeError, match="stale marks"):
        unit.insert(Member, [member("m9")])


def test_a_reading_unit_adds_nothing(two: Store) -> None:
    with two.read("a") as unit, pytest.raises(RuntimeError, match="reading unit"):
        unit.insert(AuditEntry, [{"id": "aud_1"}])
    with two.read("a") as unit, pytest.raises(RuntimeError, match="reading unit"):
        unit.audit("me", "tried", ("x", "y"))


@pytest.mark.parametrize("dialect", [sqlite.dialect(), PGDialect_psycopg()], ids=["sqlite", "postgresql"])  # type: ignore[no-untyped-call]  # SQLAlchemy's
def test_every_table_of_every_prepared_statement_of_the_product_is_scoped(dialect: Any) -> None:
    importlib.import_module("copilot.matching.service")  # what it is made of prepares its statements
    modules = [module for name, module in sys.modules.items() if name.startswith("copilot.")]
    found = {id(item): item for module in modules for item in vars(module).values() if isinstance(item, Prepared)}
    assert len(found) > 10
    for prepared in found.values():
        text = prepared.text(dialect)
        tables = text.count("FROM ") + text.count(" JOIN ") - text.count("FROM (") - text.count("FROM json_each")
        scopes = text.count("community_id = ") + text.count("community.id = ")
        assert scopes == tables, text
