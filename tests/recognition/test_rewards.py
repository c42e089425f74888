from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from copilot.community.store import Store
from copilot.community.tables import Member
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.recognition.rewards import NewReward
from copilot.recognition.service import RecognitionService
from tests.recognition.world import Told, add_members, service

TODAY = date(2026, 11, 16)


@pytest.fixture
def recognition(store: Store, community: str) -> RecognitionService:
    add_members(store, community, ["ann", "bo", "cy"])
    told = Told()
    for name in ("ann", "bo"):
        for day in (2, 3):
            told.tell(name, None, days=day, rule="write_up")  # 6 points each
    made = service(store, told)
    made.ledger.settle("c")
    return made


def prize(cost: int, stock: int | None) -> NewReward:
    return NewReward("prize", "咖啡券", "", cost * 100, stock)


def test_points_are_spent_once_and_ranks_stay(recognition: RecognitionService) -> None:
    reward = recognition.rewards.offer("c", prize(7, 5)).id
    made = recognition.rewards.redeem("c", reward, "ann")
    assert (made.cost, made.status) == (7.0, "waiting")
    with pytest.raises(Conflict) as refused:
        recognition.rewards.redeem("c", reward, "ann")
    assert refused.value.data["sentence"]["zh-CN"] == "积分不够：需要 7，可用 5"
    found = recognition.points.why("c", "ann")
    assert (found.points, found.spent, found.free) == (12.0, 7.0, 5.0)
    assert recognition.rewards.rewards("c").items[0].stock == 4


def test_the_last_one_is_given_once_and_cancelling_gives_it_back(recognition: RecognitionService) -> None:
    reward = recognition.rewards.offer("c", prize(3, 1)).id
    made = recognition.rewards.redeem("c", reward, "ann")
    with pytest.raises(Conflict, match="none left"):
        recognition.rewards.redeem("c", reward, "bo")
    assert recognition.points.why("c", "bo").spent == 0, "who is refused pays nothing"
    cancelled = recognition.rewards.decide("c", made.id, "cancelled", actor="op")
    assert recognition.rewards.decide("c", made.id, "cancelled") == cancelled
    with pytest.raises(Conflict):
        recognition.rewards.decide("c", made.id, "handed_over")
    assert recognition.points.why("c", "ann").free == 12.0
    assert recognition.rewards.redeem("c", reward, "bo").status == "waiting"


def test_what_is_no_longer_offered_is_not_given(recognition: RecognitionService) -> None:
    reward = recognition.rewards.offer("c", prize(1, None)).id
    assert recognition.rewards.redeem("c", reward, "ann").cost == 1.0
    recognition.rewards.close("c", reward)
    with pytest.raises(Conflict, match="no longer"):
        recognition.rewards.redeem("c", reward, "ann")
    with pytest.raises(NotFound):
        recognition.rewards.redeem("c", reward, "nobody")
    assert len(recognition.rewards.redemptions("c", member_id="ann", status="waiting").items) == 1


def test_slots_go_round_fairly_and_planning_again_changes_nothing(
    recognition: RecognitionService, store: Store
) -> None:
    found = recognition.exposures.plan("c", None, 10, 1)
    assert Counter(view.member_id for view in found.items) == {"ann": 5, "bo": 5}, "who has no points has no turn"
    assert all(one.member_id != next_.member_id for one, next_ in zip(found.items, found.items[1:], strict=False))
    assert recognition.exposures.plan("c", None, 10, 1) == found
    both = recognition.exposures.plan("c", TODAY + timedelta(days=20), 2, 5)
    assert [(view.day.day, view.place) for view in both.items] == [(6, 1), (6, 2), (7, 1), (7, 2)], "once a day each"


def test_a_slot_can_be_bought_and_comes_back_when_cancelled(recognition: RecognitionService) -> None:
    reward = recognition.rewards.offer("c", NewReward("exposure", "上榜一天", "", 500, None)).id
    made = recognition.rewards.redeem("c", reward, "ann")
    [slot] = recognition.exposures.listed("c", None, 7).items
    assert (slot.day, slot.member_id, slot.redemption_id) == (TODAY + timedelta(days=1), "ann", made.id)
    recognition.rewards.decide("c", made.id, "cancelled")
    assert recognition.exposures.listed("c", None, 7).items == []
    recognition.points.show("c", "ann", shown=False)
    with pytest.raises(Conflict, match="shown"):
        recognition.rewards.redeem("c", reward, "ann")


def test_slots_are_bounded(recognition: RecognitionService, store: Store) -> None:
    for start, days, places in ((TODAY, 32, 1), (TODAY, 1, 6), (TODAY - timedelta(days=1), 1, 1), (date.max, 1, 1)):
        with pytest.raises(InvalidInput):
            recognition.exposures.plan("c", start, days, places)
    with pytest.raises(InvalidInput):
        recognition.exposures.listed("c", date.max, 7)
    with store.write("c") as unit:
        for name in ("ann", "bo"):
            unit.get(Member, name).consent_ai = False
    with pytest.raises(Conflict, match="nobody"):
        recognition.exposures.plan("c", None, 1, 1)
