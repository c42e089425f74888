from __future__ import annotations

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.erasure import erase_member
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, PointEntry, PointPerson, Webhook, WebhookDelivery
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.recognition.ledger_models import RuleChange
from copilot.recognition.service import RecognitionService
from tests.conftest import NOW
from tests.recognition.world import Told, add_members, service


@pytest.fixture
def told(store: Store, community: str) -> Told:
    add_members(store, community, ["ann", "bo", "cy", "dee"])
    return Told()


@pytest.fixture
def recognition(store: Store, told: Told) -> RecognitionService:
    return service(store, told)


def entries(store: Store) -> list[PointEntry]:
    with store.read("c") as unit:
        return list(unit.session.scalars(select(PointEntry).order_by(PointEntry.number)))


def test_an_act_is_scored_once_however_often_the_ledger_is_settled(
    recognition: RecognitionService, told: Told, store: Store
) -> None:
    told.tell("ann", "bo")
    first = recognition.ledger.settle("c", actor="op")
    again = recognition.ledger.settle("c", actor="op")
    assert (first.written, first.points, again.written, again.acts) == (1, 1.75, 0, 1)
    [entry] = entries(store)
    assert (entry.number, entry.hundredths, entry.rules_version, entry.evidence_id) == (1, 175, 1, "msg_0")
    with store.read("c") as unit:
        actions = list(unit.session.scalars(select(AuditEntry.action)))
    assert sorted(actions) == ["points.rules", "points.settled"]


def test_nobody_gives_points_to_themselves_and_rules_that_are_off_give_none(
    recognition: RecognitionService, told: Told
) -> None:
    told.tell("ann", "ann")
    told.tell("ann", None, rule="report_upheld")
    assert recognition.ledger.settle("c").written == 0


def test_what_was_taken_back_is_reversed_by_another_entry(
    recognition: RecognitionService, told: Told, store: Store
) -> None:
    told.tell("ann", "bo")
    told.tell("ann", "cy")
    recognition.ledger.settle("c")
    told.withdrawn.add("msg_0")
    assert recognition.ledger.settle("c").reversed == 1
    assert recognition.ledger.settle("c").reversed == 0
    rows = entries(store)
    assert [row.hundredths for row in rows] == [175, 122, -175]
    assert (rows[2].reverses_id, rows[2].reason, rows[2].act_at) == (rows[0].id, "taken_back", rows[0].act_at)
    assert recognition.points.why("c", "ann").points == 1.22


def test_an_operator_reverses_an_entry_once_and_it_is_never_scored_again(
    recognition: RecognitionService, told: Told, store: Store
) -> None:
    told.tell("ann", "bo")
    recognition.ledger.settle("c")
    [entry] = entries(store)
    back = recognition.ledger.reverse("c", entry.id, "gamed", actor="op")
    with pytest.raises(Conflict, match="already"):
        recognition.ledger.reverse("c", entry.id, "gamed")
    with pytest.raises(Conflict, match="reversal"):
        recognition.ledger.reverse("c", back, "gamed")
    with pytest.raises(InvalidInput):
        recognition.ledger.reverse("c", entry.id, "because")
    with pytest.raises(NotFound):
        recognition.ledger.reverse("c", "pnt_none", "gamed")
    assert recognition.ledger.settle("c").written == 0
    assert recognition.points.why("c", "ann").points == 0


def test_a_recount_is_equal_byte_by_byte_through_reversals_and_new_rules(
    recognition: RecognitionService, told: Told, store: Store
) -> None:
    for day in range(9, 3, -1):
        told.tell("ann", "bo", days=day)
        told.tell("bo", "ann", days=day)
        told.tell("cy", "ann", days=day)
    recognition.ledger.settle("c")
    recognition.ledger.reverse("c", entries(store)[1].id, "mistake")
    recognition.book.change("c", [RuleChange(name="answer_thanked", enabled=True, points=50)])
    for _ in range(5):
        told.tell("dee", "cy", days=2)
    recognition.ledger.settle("c")
    found = recognition.ledger.recount("c")
    assert found.is_equal and found.stored_sha256 == found.counted_sha256 and found.differing == []
    assert (found.entries, found.persons) == (24, 4)
    assert found.points == sum(row.hundredths for row in entries(store)) / 100


def test_a_ledger_that_was_forged_is_found_out(recognition: RecognitionService, told: Told, store: Store) -> None:
    told.tell("ann", "bo")
    recognition.ledger.settle("c")
    [entry] = entries(store)
    with store.write("c") as unit:
        columns = {column.key: getattr(entry, column.key) for column in PointEntry.__table__.columns}
        unit.add(PointEntry(**{**columns, "id": "pnt_x", "number": 2, "act_key": "x", "hundredths": 99_999}))
    found = recognition.ledger.recount("c")
    assert (found.is_equal, found.differing) == (False, ["pnt_x"])


def test_an_erased_giver_leaves_points_that_still_add_up_and_no_name(
    recognition: RecognitionService, told: Told, store: Store
) -> None:
    told.tell("ann", "bo")
    told.tell("bo", "cy")
    recognition.ledger.settle("c")
    erase_member(store, "c", "bo", requested_by="op")
    found = recognition.points.why("c", "ann")
    assert (found.points, found.newest[0].giver_id) == (1.75, None)
    assert "来自一位已离开的成员" in found.newest[0].why
    assert recognition.ledger.recount("c").is_equal
    assert recognition.ledger.settle("c").reversed == 0
    with store.read("c") as unit:
        assert sorted(unit.session.scalars(select(PointPerson.member_id))) == ["ann", "cy"]
    gone = next(view for view in recognition.points.entries("c").items if view.member_id is None)
    assert gone.points == 1.75
    told.tell("ann", "cy")
    assert recognition.ledger.settle("c").written == 1


def test_the_database_refuses_to_change_an_entry(recognition: RecognitionService, told: Told, store: Store) -> None:
    told.tell("ann", "bo")
    recognition.ledger.settle("c")
    with pytest.raises(Conflict), store.write("c") as unit:
        unit.session.scalars(select(PointEntry)).one().hundredths = 9


def test_webhooks_hear_of_points_and_of_reversals(recognition: RecognitionService, told: Told, store: Store) -> None:
    with store.write("c") as unit:
        unit.add(
            Webhook(
                id="whk", url="https://example.org", events=["points.awarded", "points.reversed"], secret="s",
                created_at=NOW,
            )
        )  # fmt: skip
    told.tell("ann", "bo")
    recognition.ledger.settle("c")
    recognition.ledger.reverse("c", entries(store)[0].id, "gamed")
    with store.read("c") as unit:
        heard = {row.event: row.payload for row in unit.session.scalars(select(WebhookDelivery))}
    assert (heard["points.awarded"]["member_id"], heard["points.awarded"]["points"]) == ("ann", 1.75)
    assert (heard["points.reversed"]["reason"], heard["points.reversed"]["points"]) == ("gamed", -1.75)


def test_days_and_communities_are_bounded(recognition: RecognitionService, clock: FixedClock) -> None:
    with pytest.raises(InvalidInput, match="days"):
        recognition.ledger.settle("c", days=401)
    with pytest.raises(NotFound):
        recognition.ledger.settle("nowhere")
