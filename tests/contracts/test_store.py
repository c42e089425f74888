"""What every database must do for us."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import aliased

from copilot.community.store import Store, Unit
from copilot.community.tables import (
    AuditEntry,
    Base,
    Case,
    Channel,
    Community,
    Job,
    Member,
    Message,
    ProfileText,
    StaleMark,
)
from copilot.errors import Collision, Conflict, InvalidInput, NotFound, StoreUnavailable
from tests.conftest import NOW
from tests.contracts.conftest import member


def marks(store: Store, community: str) -> set[tuple[str, str, str]]:
    with store.read(community) as unit:
        return {(m.purpose, m.kind, m.record_id) for m in unit.session.scalars(select(StaleMark))}


def fill(store: Store, community: str, count: int = 3) -> None:
    with store.write(community) as unit:
        unit.upsert(Member, [member(f"{community}{i}") for i in range(count)])


def test_the_migrations_make_exactly_the_schema_of_the_tables(any_store: Store) -> None:
    with any_store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_opening_twice_keeps_the_rows(any_store: Store, database_url: str) -> None:
    fill(any_store, "a")
    again = Store.open(database_url)
    with again.read("a") as unit:
        assert unit.get(Member, "a1").name == "name a1"
    again.close()


def test_a_schema_from_the_future_is_refused(any_store: Store, database_url: str) -> None:
    with any_store._writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreUnavailable, match="9999"):
        Store.open(database_url)


@pytest.mark.parametrize(
    "statement",
    [
        select(Member.id),
        select(Member.id).join(ProfileText, ProfileText.member_id == Member.id, isouter=True),
        select(aliased(Member).id),
        select(select(Member.id).subquery().c.id),
        select(Member.id).where(exists().where(Member.id.is_not(None))),
    ],
    ids=["plain", "join", "alias", "subquery", "exists"],
)
def test_every_query_sees_its_own_community_only(any_store: Store, statement: object) -> None:
    fill(any_store, "a", 3)
    fill(any_store, "b", 5)
    with any_store.read("a") as unit:
        assert set(unit.session.scalars(statement)) == {"a0", "a1", "a2"}  # type: ignore[call-overload]  # parametrize gives objects


def test_counts_and_primary_key_lookups_are_scoped(any_store: Store) -> None:
    fill(any_store, "a", 3)
    fill(any_store, "b", 5)
    with any_store.read("a") as unit:
        assert unit.session.scalar(select(func.count()).select_from(Member)) == 3
        assert unit.session.get(Member, "b1") is None
        assert unit.get_many(Member, ["a1", "b1", "none"]).keys() == {"a1"}
        assert unit.session.scalars(select(Community.id)).all() == ["a"]
        with pytest.raises(NotFound):
            unit.get(Member, "b1")


def test_updates_and_deletes_by_statement_stay_in_the_community(any_store: Store) -> None:
    for name in ("a", "b"):
        with any_store.write(name) as unit:
            unit.add(Job(id=f"job-{name}", kind="sync", created_at=NOW))
    with any_store.write("a") as unit:
        unit.session.execute(update(Job).values(status="done"))
    with any_store.read("b") as unit:
        assert unit.get(Job, "job-b").status == "queued"
    with any_store.write("a") as unit:
        unit.session.execute(delete(Job))
    with any_store.read("b") as unit:
        assert unit.find(Job, "job-b") is not None


@pytest.mark.parametrize(
    "attempt",
    [
        lambda unit: unit.session.execute(select(Member.__table__)),
        lambda unit: unit.session.execute(update(Member).values(name="x")),
        lambda unit: unit.session.execute(delete(Message)),
        lambda unit: unit.session.execute(update(Community).values(name="x")),
        lambda unit: (unit.add(Member(**member("z"), community_id="b")), unit.session.flush()),
    ],
    ids=["bare table", "unmarked update", "unmarked delete", "community", "foreign row"],
)
def test_what_cannot_be_scoped_or_marked_is_refused(any_store: Store, attempt: Callable[[Unit], object]) -> None:
    fill(any_store, "a")
    with pytest.raises(RuntimeError), any_store.write("a") as unit:
        attempt(unit)
    with any_store.read("b") as unit:
        assert unit.find(Member, "z") is None


def test_upsert_tells_new_changed_and_unchanged_apart(any_store: Store) -> None:
    with any_store.write("a") as unit:
        first = unit.upsert(Member, [member("m1"), member("m2")])
    with any_store.write("a") as unit:
        unit.session.execute(delete(StaleMark))
    with any_store.write("a") as unit:
        second = unit.upsert(Member, [member("m1"), member("m2", city="深圳"), member("m3")])
    assert (first.inserted, first.updated) == (["m1", "m2"], [])
    assert (second.inserted, second.updated, second.unchanged) == (["m3"], ["m2"], ["m1"])
    assert marks(any_store, "a") == {("vector", "member", "m2"), ("vector", "member", "m3")}


def test_upsert_keeps_columns_that_are_not_given(any_store: Store) -> None:
    with any_store.write("a") as unit:
        unit.upsert(Member, [member("m1", city="深圳", skills=["Python"])])
        unit.upsert(Member, [{"id": "m1", "headline": "new"}])
    with any_store.read("a") as unit:
        row = unit.get(Member, "m1")
        assert (row.city, row.headline, row.skills) == ("深圳", "new", ["Python"])


def test_marks_are_written_with_the_change_or_not_at_all(any_store: Store) -> None:
    with pytest.raises(ZeroDivisionError), any_store.write("a") as unit:
        unit.upsert(Member, [member("m1")])
        raise ZeroDivisionError
    assert marks(any_store, "a") == set()
    with any_store.write("a") as unit:
        unit.upsert(Member, [member("m1")])
        unit.add(ProfileText(id="t1", member_id="m1", aspect="has", position=0, text="会做饭"))
        unit.add(Channel(id="ch", platform="wechat", external_id="1", name="n", created_at=NOW))
        unit.session.flush()
        unit.add(Message(id="g1", channel_id="ch", external_id="1", sender_id="m1", sent_at=NOW, text="hi"))
    assert marks(any_store, "a") == {
        ("vector", "member", "m1"), ("reading", "message", "g1"), ("vector", "question", "g1"),
    }  # fmt: skip
    assert marks(any_store, "b") == set()


def test_a_new_mark_gets_a_new_token(any_store: Store) -> None:
    tokens = []
    for _ in range(2):
        with any_store.write("a") as unit:
            unit.mark_stale([("vector", "member", "m")])
        with any_store.read("a") as unit:
            tokens.append(unit.session.scalars(select(StaleMark.token)).one())
    assert tokens[0] != tokens[1]


def test_pages_cover_everything_once_in_order_with_ties(any_store: Store) -> None:
    with any_store.write("a") as unit:
        unit.upsert(Member, [member(f"m{i:02}", name=["", "same", f"n{i}"][i % 3]) for i in range(25)])
    for descending in (True, False):
        seen, cursor = [], None
        while True:
            with any_store.read("a") as unit:
                page = unit.page(
                    select(Member), (Member.name, Member.id), limit=4, cursor=cursor, descending=descending
                )
            seen += [(row.name, row.id) for row in page.items]
            cursor = page.next_cursor
            if not page.has_more:
                break
        assert len(seen) == 25
        assert seen == sorted(seen, reverse=descending)


def test_pages_by_time_work_and_strange_cursors_are_refused(any_store: Store) -> None:
    with any_store.write("a") as unit:
        for i in range(5):
            unit.add(Job(id=f"j{i}", kind="sync", created_at=NOW + timedelta(minutes=i)))
    with any_store.read("a") as unit:
        first = unit.page(select(Job), (Job.created_at, Job.id), limit=3, cursor=None)
        rest = unit.page(select(Job), (Job.created_at, Job.id), limit=3, cursor=first.next_cursor)
        assert [j.id for j in first.items + rest.items] == ["j4", "j3", "j2", "j1", "j0"]
        for cursor in ("x", "!!!!", "WzFd", "bnVsbA", "W" * 5000, "WyJ0IiwgIjIwMjYiLCAiYSJd"):
            with pytest.raises(InvalidInput):
                unit.page(select(Job), (Job.created_at, Job.id), limit=3, cursor=cursor)
        for limit in (0, -1, 201):
            with pytest.raises(InvalidInput):
                unit.page(select(Job), (Job.created_at, Job.id), limit=limit, cursor=None)


def test_a_cursor_of_another_list_or_order_is_refused(any_store: Store) -> None:
    with any_store.write("a") as unit:
        for i in range(3):
            unit.add(Job(id=f"j{i}", kind="sync", created_at=NOW + timedelta(minutes=i)))
            unit.audit("x", f"act{i}", ("job", f"j{i}"))
        unit.upsert(Member, [member(f"m{i}") for i in range(3)])
    lists = {
        (Job, Job.created_at, True), (AuditEntry, AuditEntry.at, True), (Member, Member.name, False),
        (Member, Member.name, True), (Member, Member.city, False),
    }  # fmt: skip
    with any_store.read("a") as unit:
        cursors = {
            (table, column, down): unit.page(
                select(table), (column, table.id), limit=1, cursor=None, descending=down
            ).next_cursor
            for table, column, down in lists
        }
        for made_for, cursor in cursors.items():
            for table, column, down in lists - {made_for}:
                with pytest.raises(InvalidInput) as refused:
                    unit.page(select(table), (column, table.id), limit=1, cursor=cursor, descending=down)
                assert refused.value.data["reason"] == "invalid_cursor"


@pytest.mark.parametrize(
    "value", [1, None, True, [], "2026", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "a\x00", "\ud800"]
)
def test_a_forged_value_in_a_cursor_is_refused(any_store: Store, value: object) -> None:
    with any_store.write("a") as unit:
        for i in range(2):
            unit.add(Job(id=f"j{i}", kind="sync", created_at=NOW + timedelta(minutes=i)))
    with any_store.read("a") as unit:
        cursor = unit.page(select(Job), (Job.created_at, Job.id), limit=1, cursor=None).next_cursor
        assert cursor is not None
        order = json.loads(base64.urlsafe_b64decode(cursor + "=="))[0]
        for forged in ([order, value, "j0"], [order, NOW.isoformat(), value]):
            if isinstance(forged[2], str) and forged[2].startswith(("0", "2")):
                continue  # a text like any other where an id is expected
            token = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
            with pytest.raises(InvalidInput):
                unit.page(select(Job), (Job.created_at, Job.id), limit=1, cursor=token)


def test_times_come_back_aware_in_utc_and_naive_ones_are_refused(any_store: Store) -> None:
    shanghai = timezone(timedelta(hours=8))
    with any_store.write("a") as unit:
        unit.add(Job(id="j", kind="sync", created_at=datetime(2026, 1, 1, 8, tzinfo=shanghai)))
    with any_store.read("a") as unit:
        assert unit.get(Job, "j").created_at == datetime(2026, 1, 1, 0, tzinfo=UTC)
    with pytest.raises(Exception, match="naive"), any_store.write("a") as unit:
        unit.add(Job(id="k", kind="sync", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the point of the test


def test_a_duplicate_identity_is_a_conflict_and_nothing_stays(any_store: Store) -> None:
    with any_store.write("a") as unit:
        unit.upsert(Member, [member("m1", "same")])
    with pytest.raises(Collision), any_store.write("a") as unit:
        unit.add(Member(**member("m0")))
        unit.add(Member(**member("m2", "same")))
    with any_store.read("a") as unit:
        assert set(unit.session.scalars(select(Member.id))) == {"m1"}


def test_a_record_that_needs_one_that_is_not_there_is_no_collision(any_store: Store) -> None:
    with pytest.raises(Conflict) as caught, any_store.write("a") as unit:
        unit.add(ProfileText(id="t", member_id="nobody", aspect="has", position=0, text="x"))
    assert not isinstance(caught.value, Collision), "doing it again would not help"


def test_deleting_a_member_takes_texts_messages_and_cases_along(any_store: Store) -> None:
    with any_store.write("a") as unit:
        unit.upsert(Member, [member("m1")])
        unit.add(Channel(id="ch", platform="wechat", external_id="1", name="n", created_at=NOW))
        unit.session.flush()
        unit.add(ProfileText(id="t1", member_id="m1", aspect="has", position=0, text="x"))
        unit.add(Message(id="g1", channel_id="ch", external_id="1", sender_id="m1", sent_at=NOW, text="hi"))
        unit.session.flush()
        unit.add(
            Case(
                id="k", message_id="g1", member_id="m1", category="spam", severity="low", score=0.5,
                evidence_start=0, evidence_end=2, quote="hi", detector="d", detector_version="1", created_at=NOW,
            )
        )  # fmt: skip
    with any_store.write("a") as unit:
        unit.session.delete(unit.get(Member, "m1"))
    with any_store.read("a") as unit:
        for table in (ProfileText, Message, Case):
            assert unit.session.scalar(select(func.count()).select_from(table)) == 0
        assert unit.find(Channel, "ch") is not None


def test_a_reading_unit_refuses_to_write(any_store: Store) -> None:
    with pytest.raises(RuntimeError, match="reading"), any_store.read("a") as unit:
        unit.add(Member(**member("m1")))


def test_the_audit_log_says_who_what_and_when(any_store: Store) -> None:
    with any_store.write("a") as unit:
        unit.audit("key_1", "case.decided", ("case", "k"), verdict="violation")
    with any_store.read("a") as unit:
        entry = unit.session.scalars(select(AuditEntry)).one()
        assert (entry.actor, entry.action, entry.subject_id, entry.at) == ("key_1", "case.decided", "k", NOW)
        assert entry.data == {"verdict": "violation"}


def test_writers_wait_for_each_other_and_lose_nothing(any_store: Store) -> None:
    with any_store.write("a") as unit:
        unit.add(Job(id="j", kind="sync", created_at=NOW))

    def count_up() -> None:
        for _ in range(20):
            with any_store.write("a") as unit:
                unit.session.execute(update(Job).where(Job.id == "j").values(done=Job.done + 1))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with any_store.read("a") as unit:
        assert unit.get(Job, "j").done == 80
