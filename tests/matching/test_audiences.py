"""Who should hear of something, and who can answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.community.access import ROLE_SCOPES, Actor, local_actor
from copilot.community.models import Role
from copilot.community.tables import Match, Member
from copilot.errors import InvalidInput, NotFound
from copilot.matching.models import Exclusion
from tests.conftest import NOW
from tests.matching.conftest import COLD, TRUCK, World
from tests.matching.test_kinds import ASKED

OPERATOR = Actor("c", "op", Role.OPERATOR, ROLE_SCOPES[Role.OPERATOR])


@pytest.fixture
def offered(pair: World) -> World:
    pair.resource("truck", "冷链车队，隔天到成都", "二十八台冷藏车全程温控", owner_id="mem_trucker")
    return pair


def test_those_whose_wants_it_answers_hear_of_a_resource(offered: World) -> None:
    found = offered.service.audience("c", "res_truck", actor=OPERATOR)
    assert [item.member_id for item in found.items] == ["mem_hotpot"]
    item = found.items[0]
    assert item.reasons[0].evidence[0].quote == COLD[0] and item.reasons[0].evidence[0].record_id == "hotpot-wants-0"
    assert "你" not in item.reasons[0].text and item.strength in {"strong", "likely"}
    assert found.excluded[Exclusion.LOW_SCORE] >= 1 and found.note
    # The owner is not told of their own resource, and nothing is stored.
    assert "mem_trucker" not in [listener.member_id for listener in found.items]
    with offered.store.read("c") as unit:
        assert unit.session.query(Match).count() == 0


def test_the_scores_are_those_of_the_other_way_round(offered: World) -> None:
    mine = offered.service.match("c", "mem_hotpot", "resource").items[0]
    heard = offered.service.audience("c", "res_truck", actor=OPERATOR).items[0]
    assert heard.score == mine.score
    assert {name: heard.components[name] for name in mine.components} == mine.components


def test_an_event_and_a_question_have_an_audience_too(pair: World) -> None:
    pair.event("cold", "冷链运输怎么选车队", "二十八台冷藏车的老板讲隔天到、一路冷得住的账", city="成都")
    heard = pair.service.audience("c", "evt_cold", kind="event", actor=OPERATOR)
    assert [item.member_id for item in heard.items][:1] == ["mem_hotpot"]
    pair.say("cold", "mem_painter", ASKED, is_question=True)
    answering = pair.service.audience("c", "cold", kind="thread", actor=OPERATOR)
    assert answering.items[0].member_id == "mem_trucker"
    assert answering.items[0].reasons[0].evidence[1].quote == TRUCK[1]
    assert "mem_painter" not in [item.member_id for item in answering.items]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"consent_match": None}, Exclusion.CONSENT),
        ({"consent_ai": False}, Exclusion.CONSENT_AI),
        ({"visibility": "hidden"}, Exclusion.VISIBILITY),
    ],
)
def test_nobody_outside_consent_is_named_even_with_vectors_left(
    offered: World, fields: dict[str, object], reason: Exclusion
) -> None:
    with offered.store.write("c") as unit:
        for name, value in fields.items():
            setattr(unit.get(Member, "mem_hotpot"), name, value)
    found = offered.service.audience("c", "res_truck", actor=OPERATOR)
    assert found.items == [] and found.excluded[reason] == 1


def test_what_cannot_be_proposed_has_no_audience_and_says_why(offered: World) -> None:
    offered.event("past", "冷链运输怎么选车队", "隔天到、一路冷得住", starts_at=NOW - timedelta(days=1), ends_at=NOW)
    found = offered.service.audience("c", "evt_past", kind="event", actor=OPERATOR)
    assert found.items == [] and set(found.excluded) == {Exclusion.PAST}


def test_what_is_not_there_or_belongs_to_the_hidden_is_not_found(offered: World) -> None:
    with pytest.raises(NotFound):
        offered.service.audience("c", "res_none", actor=OPERATOR)
    with pytest.raises(InvalidInput):
        offered.service.audience("c", "mem_trucker", kind="member", actor=OPERATOR)
    with pytest.raises(InvalidInput):
        offered.service.audience("c", "res_truck", 0, actor=OPERATOR)
    with offered.store.write("c") as unit:
        unit.get(Member, "mem_trucker").visibility = "hidden"
    with pytest.raises(NotFound):
        offered.service.audience("c", "res_truck", actor=OPERATOR)
    assert offered.service.audience("c", "res_truck", actor=local_actor("c")).items == []


def test_of_what_somebody_owns_who_switched_off_ai_nothing_is_computed(offered: World) -> None:
    with offered.store.write("c") as unit:
        unit.get(Member, "mem_trucker").consent_ai = False
    found = offered.service.audience("c", "res_truck", actor=OPERATOR)
    assert found.items == [] and found.considered == 0 and found.note
