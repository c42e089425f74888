"""Databases of older versions become today's and keep their rows; tables and migrations say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from copilot.community import migrate
from copilot.community.store import Store
from copilot.community.tables import Base, Event, Match, Member, Outreach, ProfileText, StaleMark, TopicSuggestion

FIRST = "0001"
_DAY = "2026-01-02 03:04:05.000000"
# What a database of the first schema held, in its own words: the tables of today cannot write it.
_ROWS: dict[str, dict[str, Any]] = {
    "community": {
        "id": "a", "slug": "old", "name": "老社区", "locale": "zh-CN", "timezone": "Asia/Shanghai", "kind": "light",
        "values": "[]", "policy": "[]", "settings": "{}", "created_at": _DAY,
    },
    "member": {
        "id": "mem_1", "community_id": "a", "platform": "wechat", "external_id": "1", "name": "安", "headline": "",
        "city": "成都", "industry": "", "role": "", "stage": "", "language": "", "skills": '["sales"]', "consent_match": True,
        "consent_ai": True, "visibility": "community", "consents_decided": "{}", "attributes": "{}", "created_at": _DAY,
    },
    "profile_text": {
        "id": "txt_1", "community_id": "a", "member_id": "mem_1", "aspect": "wants", "position": 0, "text": "想找货主",
        "source": "import",
    },
    "match": {
        "id": "match_1", "community_id": "a", "member_id": "mem_1", "kind": "member", "target_id": "mem_2", "score": 0.5,
        "components": '{"forward": 0.5}', "reasons": '[{"text": "好"}]', "status": "accepted", "created_at": _DAY,
        "updated_at": _DAY,
    },
    "match_feedback": {
        "id": "mfb_1", "community_id": "a", "match_id": "match_1", "member_id": "mem_1", "verdict": "accept",
        "comment": "好", "created_at": _DAY,
    },
    "event": {
        "id": "evt_1", "community_id": "a", "code": "E1", "title": "聚会", "format": "talk", "starts_at": _DAY,
        "ends_at": _DAY, "city": "", "speaker_ids": "[]", "goal": "", "status": "published", "created_at": _DAY,
    },
    "channel": {
        "id": "chn_1", "community_id": "a", "platform": "wechat", "external_id": "1", "name": "群", "purpose": "",
        "promo_allowed": False, "attributes": "{}", "created_at": _DAY,
    },
    "message": {
        "id": "msg_1", "community_id": "a", "channel_id": "chn_1", "external_id": "1", "sender_id": "mem_1",
        "sent_at": _DAY, "type": 0, "text": "怎么报关？", "mentions": "[]",
    },
    "topic_suggestion": {
        "id": "top_1", "community_id": "a", "member_id": "mem_1", "question_id": "msg_1", "snapshot": "{}",
        "content": "{}", "checks": "[]", "drafted_by": "playbook", "llm_call_ids": "[]", "status": "suggested",
        "created_by": "", "created_at": _DAY,
    },
    "outreach": {
        "id": "out_1", "community_id": "a", "member_id": "mem_1", "topic_id": "top_1", "draft": "你好", "status": "sent",
        "created_at": _DAY,
    },
}  # fmt: skip
_JSON = {
    "values",
    "policy",
    "settings",
    "skills",
    "consents_decided",
    "attributes",
    "components",
    "reasons",
    "speaker_ids",
    "mentions",
    "snapshot",
    "content",
    "checks",
    "llm_call_ids",
}


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = sa.create_engine(database_url)
    if made.dialect.name == "sqlite":
        sa.event.listen(made, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON"))
    yield made
    made.dispose()


def to(engine: sa.Engine, revision: str) -> None:
    with engine.begin() as connection:
        known = MigrationContext.configure(connection).get_current_revision() or "base"
        step = command.upgrade if known < revision or known == "base" else command.downgrade
        step(migrate.config(connection), revision)


def head() -> str:
    found = ScriptDirectory.from_config(migrate.config()).get_current_head()
    assert found is not None
    return found


@pytest.fixture
def lived(engine: sa.Engine) -> sa.Engine:
    """A database of the first schema with a member, what they said, a match they accepted and an event."""
    to(engine, FIRST)
    with engine.begin() as connection:
        for table, row in _ROWS.items():
            names = ", ".join(f'"{name}"' for name in row)
            cast = "CAST(:{} AS JSONB)" if connection.dialect.name == "postgresql" else ":{}"
            values = ", ".join(cast.format(name) if name in _JSON else f":{name}" for name in row)
            connection.execute(sa.text(f'INSERT INTO "{table}" ({names}) VALUES ({values})'), row)  # our own names
    return engine


def unlike_default(*compared: Any) -> bool | None:
    """Say that two empty texts are alike, which Alembic does not see on SQLite; None leaves the others to it."""
    _context, _inspected, _column, stored, _default, stated = compared
    return False if {stored is None, stated is None} == {False} and not f"{stored}{stated}".strip("()'") else None


@pytest.mark.slow
def test_tables_and_migrations_say_the_same(engine: sa.Engine) -> None:
    to(engine, "head")
    with engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": unlike_default}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def test_an_older_database_is_opened_with_everything_it_held(lived: sa.Engine, database_url: str) -> None:
    store = Store.open(database_url)
    with store.read("a") as unit:
        member = unit.get(Member, "mem_1")
        assert (member.name, member.skills, member.consent_match, member.created_at.year) == (
            "安",
            ["sales"],
            True,
            2026,
        )
        assert (member.contacts, member.consent_sources) == ({}, {})
        assert unit.get(ProfileText, "txt_1").text == "想找货主"
        match = unit.get(Match, "match_1")
        assert (match.status, match.components, match.reasons) == ("accepted", {"forward": 0.5}, [{"text": "好"}])
        assert (match.weights_version, match.proposed_at) == (0, None)
        assert unit.get(Event, "evt_1").title == "聚会"
        topic = unit.get(TopicSuggestion, "top_1")
        assert (topic.question_id, topic.subject_id) == ("msg_1", "msg_1")
        assert unit.get(Outreach, "out_1").draft == "你好", "making the table of topics anew takes nothing with it"
        marks = [(mark.purpose, mark.kind, mark.record_id) for mark in unit.session.scalars(sa.select(StaleMark))]
        assert ("vector", "event", "evt_1") in marks, "coming events wait for their vectors"
        assert ("vector", "member", "mem_1") in marks, "whole profiles wait for theirs"
    store.close()


@pytest.mark.slow
def test_a_database_goes_back_and_forth_and_keeps_what_both_schemas_hold(lived: sa.Engine, database_url: str) -> None:
    def counts() -> dict[str, int]:
        with lived.connect() as connection:
            return {
                table: connection.execute(sa.text(f'SELECT count(*) FROM "{table}"')).scalar_one()  # our own names
                for table in _ROWS
            }

    def tables() -> set[str]:
        return set(sa.inspect(lived).get_table_names())

    first, before = tables(), counts()
    for _ in range(2):
        to(lived, head())
        assert {"pair_rule", "endorsement", "seating", "webhook"} <= tables() and counts() == before
        to(lived, FIRST)
        assert tables() == first and counts() == before
    to(lived, "head")
    store = Store.open(database_url)
    with store.read("a") as unit:
        assert unit.get(Match, "match_1").status == "accepted"
    store.close()
