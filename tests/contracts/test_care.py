"""Private messages and the queue of care on every database."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from copilot.assets import knowledge_dir
from copilot.care.intake import CareIntake
from copilot.care.library import CareLibrary
from copilot.care.service import CareDesk
from copilot.community.access import Actor, authenticate, create_key
from copilot.community.conversation import count_lines, lines
from copilot.community.distress import DistressKind, DistressSign
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.community.tables import Channel, Member, Message
from copilot.errors import Conflict
from tests.conftest import NOW

SIGN = DistressSign(DistressKind.BURNOUT, 0.12, "test")


@pytest.fixture
def spoken(any_store: Store) -> Store:
    with any_store.write("a") as unit:
        unit.add(Channel(id="main", platform="t", external_id="main", name="main", created_at=NOW))
        unit.add(Member(id="ann", platform="t", external_id="ann", name="Ann", created_at=NOW))
        unit.session.flush()
        for name in ("low", "plain"):
            unit.add(
                Message(
                    id=name, channel_id="main", external_id=name, sender_id="ann", sent_at=NOW, text=name, mentions=[]
                )
            )
    with any_store.write("a") as unit:
        CareIntake().take(unit, unit.get_many(Message, ["low", "plain"]), {"low": SIGN})
    return any_store


def carer(store: Store, name: str) -> Actor:
    with store.write("a") as unit:
        made = create_key(unit, name, Role.CARE)
    return authenticate(store, made.secret)


def test_a_private_message_is_in_no_reading_and_comes_back_with_its_sign(spoken: Store) -> None:
    start, end = NOW - timedelta(days=1), NOW + timedelta(days=1)
    with spoken.read("a") as unit:
        assert [line.id for line in lines(unit, start, end)] == ["plain"]
        assert count_lines(unit, start, end) == 1
    with spoken.write("a") as unit:
        CareIntake().take(unit, unit.get_many(Message, ["low", "plain"]), {})
    with spoken.read("a") as unit:
        assert count_lines(unit, start, end) == 2


def test_of_two_who_take_an_entry_at_once_one_has_it(spoken: Store) -> None:
    desk = CareDesk(spoken, CareLibrary.load([knowledge_dir()]))
    actors = [carer(spoken, "one"), carer(spoken, "two")]
    care_id = desk.page(actors[0]).items[0].id
    outcomes: list[str] = []
    both = threading.Barrier(2)

    def grab(actor: Actor) -> None:
        both.wait()
        try:
            outcomes.append(desk.take(actor, care_id).held_by)
        except Conflict:
            outcomes.append("late")

    threads = [threading.Thread(target=grab, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("late") == 1
    assert desk.page(actors[0]).items[0].held_by in outcomes
