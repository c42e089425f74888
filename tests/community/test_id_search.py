from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from copilot.community.id_search import IdSearch
from copilot.community.member_export import export_member
from copilot.community.store import Store
from copilot.community.tables import Channel, Job, Member, Message

_WORDS = st.text("ab_%", min_size=0, max_size=7)


@settings(max_examples=150, deadline=None)
@given(ids=st.lists(_WORDS, max_size=6), text=st.text("ab_%", max_size=30))
def test_an_id_is_found_exactly_where_it_stands(ids: list[str], text: str) -> None:
    assert IdSearch(ids).stands_in(text) is any(one in text for one in ids if one)


def test_a_busy_members_documents_are_found_without_a_condition_for_each_message(store: Store, community: str) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    with store.write(community) as unit:
        unit.add(Channel(id="chn_1", platform="p", external_id="1", name="c", created_at=now))
        unit.add(Member(id="mem_busy", platform="p", external_id="1", name="忙人", created_at=now))
        unit.session.flush()
        for n in range(1000):
            unit.add(Message(id=f"msg_{n:04}", channel_id="chn_1", external_id=str(n), sender_id="mem_busy", sent_at=now, text=""))  # fmt: skip
        unit.add(Job(id="job_1", kind="read", status="done", result={"lines": ["msg_0999"]}, created_at=now))
        unit.add(Job(id="job_2", kind="read", status="done", result={"lines": ["msg_1000"]}, created_at=now))
    statements: list[str] = []
    with store.read(community) as unit:
        connection = unit.session.connection()
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        exported = export_member(unit, "mem_busy")["records"]
    assert [one["id"] for one in exported["documents"]] == ["job_1"]
    assert max(said.count("LIKE") for said in statements) < 40
