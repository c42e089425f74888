"""Alerts, the pulse and what erasure leaves of them, on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from copilot.assets import knowledge_dir
from copilot.atmosphere.alerts import AlertService
from copilot.atmosphere.pulses import PulseService
from copilot.atmosphere.service import AtmosphereService
from copilot.community.erasure import erase_member
from copilot.community.store import Store
from copilot.community.tables import Alert, Message, PulseAnswer
from copilot.knowledge import KnowledgeBase
from copilot.stored_documents import STORED_DOCUMENTS
from tests.atmosphere.chat import SAD, Room


def test_a_thread_is_kept_once_and_loses_the_messages_of_who_is_erased(any_store: Store) -> None:
    knowledge = KnowledgeBase.load([knowledge_dir()])
    alerts, room = AlertService(any_store, knowledge), Room(any_store, "a")
    Room(any_store, "b").chatter(40)
    room.chatter(40, minute=-3 * 24 * 60)
    said = [room.say("ab"[n % 2], n, sentiment=SAD) for n in range(6)]
    AtmosphereService(any_store, knowledge).snapshot("a")
    assert alerts.look("a").opened == 1
    assert alerts.look("a").opened == 0
    assert alerts.look("b").opened == 0
    (one,) = alerts.listed("a").items
    assert set(one.found.evidence) <= set(said)

    PulseService(any_store).answer("a", room.member("a"), 4)
    PulseService(any_store).answer("a", room.member("b"), 2)
    erase_member(any_store, "a", room.member("a"), requested_by="t", readers=STORED_DOCUMENTS)
    with any_store.read("a") as unit:
        assert [row.member_id for row in unit.session.scalars(select(PulseAnswer))] == [room.member("b")]
        gone = set(said) - set(unit.get_many(Message, said))
        assert gone == set(said[::2])
        stored = str([row.content for row in unit.session.scalars(select(Alert))])
    assert not any(name in stored for name in gone)
    assert alerts.listed("a").items[0].closed_at is None or alerts.look("a").opened == 0


def test_days_are_kept_for_every_room_and_compared(any_store: Store) -> None:
    service = AtmosphereService(any_store, KnowledgeBase.load([knowledge_dir()]))
    room = Room(any_store, "a")
    for day in range(12):
        room.chatter(30, minute=-day * 24 * 60)
    assert service.snapshot("a") > 0
    assert service.snapshot("a") == 0
    usual = service.days("a")[-1].dimensions["activity"].measures[0].baseline
    assert usual is not None
    assert (usual.n, usual.middle) == (11, 5.0)
    assert service.days("a")[-1].window.end - service.days("a")[-1].window.start == timedelta(days=1)
