"""The ledger of points and what points are exchanged for, on every database."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from copilot.community.erasure import erase_member
from copilot.community.store import Store
from copilot.community.tables import Community, PointEntry, PointPerson, Redemption
from copilot.errors import Conflict, CopilotError, InvalidInput, NotFound
from copilot.recognition.rewards import NewReward
from copilot.recognition.service import RecognitionService
from tests.recognition.world import Told, add_members, service

THREADS, CROWD = 8, 50


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def recognition(any_store: Store, told: Told) -> RecognitionService:
    add_members(any_store, "a", [f"m{number}" for number in range(THREADS)])
    return service(any_store, told)


def at_once(act: Callable[[int], object], count: int = THREADS) -> list[object]:
    """Return what each of several threads got, an error as its class."""
    found: list[object] = []
    ready = threading.Barrier(count)

    def run(number: int) -> None:
        ready.wait()
        try:
            found.append(act(number))
        except CopilotError as error:
            found.append(type(error))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize(
    "change",
    [
        update(PointEntry).values(hundredths=1),
        delete(PointEntry),
        text("UPDATE point_entry SET person_id = 'x'"),
        text("DELETE FROM point_entry"),
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(
    any_store: Store, recognition: RecognitionService, told: Told, change: Any
) -> None:
    told.tell("m0", "m1")
    recognition.ledger.settle("a")
    with pytest.raises((DatabaseError, CopilotError)), any_store.system(write=True) as session:
        session.execute(change, execution_options={"synchronize_session": False})
    assert recognition.points.why("a", "m0").points == 1.75


def test_the_ledger_goes_with_its_community_and_is_nobody_else_s(
    any_store: Store, recognition: RecognitionService, told: Told
) -> None:
    told.tell("m0", "m1")
    recognition.ledger.settle("a")
    entry = recognition.points.entries("a").items[0].id
    assert recognition.points.entries("b").items == []
    with pytest.raises(NotFound):
        recognition.ledger.reverse("b", entry, "gamed")
    with any_store.system(write=True) as session:
        session.execute(delete(Community).where(Community.id == "a"))
    with any_store.system() as session:
        assert list(session.scalars(select(PointEntry.id))) == []


def test_an_erased_member_leaves_entries_without_a_name(
    any_store: Store, recognition: RecognitionService, told: Told
) -> None:
    told.tell("m0", "m1")
    told.tell("m1", "m0")
    recognition.ledger.settle("a")
    erase_member(any_store, "a", "m1", requested_by="op")
    with any_store.read("a") as unit:
        assert list(unit.session.scalars(select(PointPerson.member_id))) == ["m0"]
        assert len(list(unit.session.scalars(select(PointEntry.id)))) == 2
    assert recognition.points.why("a", "m0").points == 1.75
    assert recognition.ledger.recount("a").is_equal


def test_those_who_settle_at_once_write_each_act_once(recognition: RecognitionService, told: Told) -> None:
    for number in range(20):
        told.tell("m0", f"m{1 + number % 7}", days=1 + number % 9)
    found = at_once(lambda _: recognition.ledger.settle("a").written)
    assert sum(one for one in found if isinstance(one, int)) == 20
    numbers = [view.number for view in recognition.points.entries("a").items]
    assert sorted(numbers) == list(range(1, 21))
    assert recognition.ledger.recount("a").is_equal


def test_an_entry_is_reversed_once_by_those_who_do_so_at_once(recognition: RecognitionService, told: Told) -> None:
    told.tell("m0", "m1")
    recognition.ledger.settle("a")
    entry = recognition.points.entries("a").items[0].id
    found = at_once(lambda _: recognition.ledger.reverse("a", entry, "gamed"))
    assert sum(isinstance(one, str) for one in found) == 1
    assert recognition.points.why("a", "m0").points == 0


def test_fifty_who_ask_for_the_last_prize_at_once_get_one_prize(
    any_store: Store, recognition: RecognitionService, told: Told
) -> None:
    names = [f"one{number}" for number in range(CROWD)]
    add_members(any_store, "a", names)
    for name in names:
        told.tell(name, None, rule="write_up")  # 6 points
    recognition.ledger.settle("a")
    prize = recognition.rewards.offer("a", NewReward("prize", "x", "", 100, 1)).id
    found = at_once(lambda number: recognition.rewards.redeem("a", prize, names[number]).id, CROWD)
    assert (sum(isinstance(one, str) for one in found), found.count(Conflict)) == (1, CROWD - 1)
    assert recognition.rewards.rewards("a").items[0].stock == 0
    with any_store.read("a") as unit:
        [taken] = unit.session.scalars(select(Redemption))  # nobody paid who got nothing
    assert recognition.points.why("a", taken.member_id).free == 5.0


def test_points_are_not_spent_twice_at_once(recognition: RecognitionService, told: Told) -> None:
    told.tell("m0", None, rule="write_up")  # 6 points
    recognition.ledger.settle("a")
    reward = recognition.rewards.offer("a", NewReward("prize", "x", "", 250, None)).id
    found = at_once(lambda _: recognition.rewards.redeem("a", reward, "m0").id)
    assert sum(isinstance(one, str) for one in found) == 2
    assert recognition.points.why("a", "m0").free == 1.0


def test_a_place_of_a_day_is_given_once(recognition: RecognitionService, told: Told) -> None:
    for number in range(THREADS):
        told.tell(f"m{number}", None, rule="write_up")
    recognition.ledger.settle("a")
    reward = recognition.rewards.offer("a", NewReward("exposure", "x", "", 100, None)).id
    found = at_once(lambda number: recognition.rewards.redeem("a", reward, f"m{number}").id)
    assert sum(isinstance(one, str) for one in found) == THREADS
    slots = recognition.exposures.listed("a", None, 7).items
    assert len({(slot.day, slot.place) for slot in slots}) == THREADS


def test_the_ledger_is_listed_by_its_numbers_page_by_page(recognition: RecognitionService, told: Told) -> None:
    for number in range(5):
        told.tell("m0", f"m{1 + number}", days=5 - number)
    recognition.ledger.settle("a")
    seen: list[int] = []
    cursor = None
    for _ in range(3):
        page = recognition.points.entries("a", limit=2, cursor=cursor)
        seen += [view.number for view in page.items]
        cursor = page.next_cursor
    assert (seen, cursor) == ([5, 4, 3, 2, 1], None)
    for strange in (2**31, -1, 1.5, True, "1", None):
        forged = base64.urlsafe_b64encode(json.dumps(["point_entry.number down", strange, "pnt_x"]).encode()).decode()
        with pytest.raises(InvalidInput, match="cursor"):
            recognition.points.entries("a", cursor=forged)
