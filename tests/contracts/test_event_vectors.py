"""Coming events have a vector on every database, and lose it when they begin, are cancelled or go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import create_engine, delete, text

from copilot.clock import FixedClock
from copilot.community import migrate
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store, Unit
from copilot.community.tables import Event, Member, StaleMark
from copilot.vectors.exact import ExactIndex
from copilot.vectors.sync import VectorSync
from tests.conftest import NOW
from tests.vectors.records import LetterEmbedder, member


def event(unit: Unit, event_id: str, **values: object) -> Event:
    fields = {
        "code": event_id, "title": "合伙人怎么谈开", "goal": "接下来的三十天先做什么", "format": "online_talk", "city": "线上",
        "starts_at": NOW + timedelta(days=3), "ends_at": NOW + timedelta(days=3, hours=2), "created_at": NOW,
    }  # fmt: skip
    return unit.add(Event(id=event_id, **(fields | values)))


def test_coming_published_events_are_embedded_by_title_and_goal(
    any_store: Store, sync: VectorSync, exact: ExactIndex, letters: LetterEmbedder
) -> None:
    with any_store.write("a") as unit:
        event(unit, "soon")
        event(unit, "begun", starts_at=NOW, ends_at=NOW + timedelta(hours=2))
        event(unit, "off", status="cancelled")
        event(unit, "bare", title="圆桌", goal=" ")
    sync.run("a")
    assert set(exact.scan("a", "event")) == {"soon", "bare"}
    assert set(letters.embedded) == {"合伙人怎么谈开\n接下来的三十天先做什么", "圆桌"}
    assert exact.scan("b", "event") == {} and sync.check("a").is_sound


@pytest.mark.parametrize("change", [{"status": "cancelled"}, {"starts_at": NOW - timedelta(minutes=1)}])
def test_an_event_that_is_called_off_or_moved_into_the_past_loses_its_vector_and_can_come_back(
    any_store: Store, sync: VectorSync, exact: ExactIndex, change: dict[str, object]
) -> None:
    with any_store.write("a") as unit:
        event(unit, "e1")
    sync.run("a")
    with any_store.write("a") as unit:
        row = unit.get(Event, "e1")
        before = {name: getattr(row, name) for name in change}
        for name, value in change.items():
            setattr(row, name, value)
    sync.run("a")
    assert exact.scan("a", "event") == {} and sync.check("a").is_sound
    with any_store.write("a") as unit:
        for name, value in before.items():
            setattr(unit.get(Event, "e1"), name, value)
    sync.run("a")
    assert set(exact.scan("a", "event")) == {"e1"}


def test_time_alone_takes_the_vector_of_an_event_away(
    any_store: Store, sync: VectorSync, exact: ExactIndex, clock: FixedClock
) -> None:
    with any_store.write("a") as unit:
        event(unit, "e1")
        event(unit, "later", starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10))
    sync.run("a")
    clock.advance(timedelta(days=3))
    assert sync.run("a").removed == 1
    assert set(exact.scan("a", "event")) == {"later"}
    assert sync.run("a").owners == 0


def test_a_changed_goal_is_embedded_again_and_a_deleted_event_goes(
    any_store: Store, sync: VectorSync, exact: ExactIndex, letters: LetterEmbedder
) -> None:
    with any_store.write("a") as unit:
        event(unit, "e1")
    sync.run("a")
    with any_store.write("a") as unit:
        unit.get(Event, "e1").goal = "怎么把股份写清楚"
    assert sync.run("a").embedded == 1 and letters.embedded[-1].endswith("怎么把股份写清楚")
    with any_store.write("a") as unit:
        unit.session.delete(unit.get(Event, "e1"))
    assert sync.run("a").removed == 1 and exact.scan("a", "event") == {}


def test_what_the_community_announces_stays_when_its_host_withdraws_or_goes(
    any_store: Store, sync: VectorSync, exact: ExactIndex
) -> None:
    with any_store.write("a") as unit:
        member(unit, "m1")
        event(unit, "e1", host_id="m1")
    sync.run("a")
    with any_store.write("a") as unit:
        unit.get(Member, "m1").consent_ai = False
    sync.run("a")
    assert set(exact.scan("a", "event")) == {"e1"}
    with any_store.write("a") as unit:
        unit.session.delete(unit.get(Member, "m1"))
    sync.forget("a", "member", "m1")
    sync.run("a")
    assert set(exact.scan("a", "event")) == {"e1"} and sync.check("a").is_sound


def test_reindex_and_repair_make_an_event_that_was_never_marked(
    any_store: Store, sync: VectorSync, exact: ExactIndex
) -> None:
    with any_store.write("a") as unit:
        event(unit, "e1")
    with any_store.write("a") as unit:
        unit.session.execute(delete(StaleMark))
    assert sync.run("a").embedded == 0
    assert sync.check("a", repair=True).was_repaired
    assert set(exact.scan("a", "event")) == {"e1"}
    assert sync.reindex("a").embedded == 1


@pytest.mark.slow
def test_events_of_an_older_database_wait_for_a_vector_once_it_is_upgraded(database_url: str) -> None:
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    with engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0001")
        at = "2026-12-01 00:00:00+00:00"
        connection.execute(
            text(
                'INSERT INTO community (id, slug, name, locale, timezone, kind, "values", policy, settings, created_at) '
                f"VALUES ('old', 'old', 'old', 'en', 'UTC', 'light', '[]', '[]', '{{}}', '{at}')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO event (community_id, id, code, title, format, starts_at, ends_at, city, speaker_ids, goal, status, "
                f"created_at) VALUES ('old', 'e1', 'e1', 'Talk', 'talk', '{at}', '{at}', '', '[]', 'why', 'published', '{at}')"
            )
        )
    engine.dispose()
    store, exact = Store.open(database_url, clock=FixedClock(NOW)), ExactIndex()
    assert VectorSync(StaleTexts(store), exact, LetterEmbedder()).run("old").embedded == 1
    assert set(exact.scan("old", "event")) == {"e1"}
    store.close()
