"""Events and open questions: what is found for whom, what is not, and what the reasons rest on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.clock import FixedClock
from copilot.community.access import local_actor
from copilot.community.import_messages import take_back
from copilot.community.tables import Match, Member, Message
from copilot.errors import InvalidInput, NotFound
from copilot.matching.models import Exclusion
from copilot.matching.proposing.shortlist import Filters
from copilot.matching.service import MatchOptions
from tests.conftest import NOW
from tests.matching.conftest import COLD, TRUCK, World

ASKED = "请教大家：有没有人知道广州到成都的冷链运输怎么才能隔天送到，一路冷得住？"
CLAY = "想问问各位老师，陶艺窑炉升温到一千二百度总是开裂，有没有人懂釉料配方怎么调？"

SOLAR = "请教各位：有没有人给民宿装过储能柜？想知道一个月的电费到底能省下多少钱。"
LABEL = "想问问大家：有没有人的冷藏车装过温度记录仪？哪一家的数据客户肯认？"


@pytest.fixture
def fair(pair: World) -> World:
    """The five of `pair`, and three events."""
    pair.event(
        "cold", "冷链运输怎么选车队", "二十八台冷藏车的老板讲隔天到、一路冷得住的账", city="成都", host_id="mem_lawyer"
    )
    pair.event("clay", "陶艺窑炉与釉料入门", "带你做一只杯子")
    pair.event("past", "冷链运输怎么选车队", "上一场", starts_at=NOW - timedelta(days=1), ends_at=NOW)
    return pair


@pytest.fixture
def room(pair: World) -> World:
    """The five of `pair`, and two open questions and an answered one in chat."""
    pair.say("cold", "mem_painter", ASKED, is_question=True)
    pair.say("clay", "mem_lawyer", CLAY, is_question=True, sent_at=NOW - timedelta(days=40))
    pair.say("old", "mem_coach", SOLAR, is_question=True, sent_at=NOW - timedelta(days=2))
    pair.say("reply", "mem_lawyer", "我们一直用顺丰冷运，很稳", reply_to_id="old", sent_at=NOW - timedelta(days=2))
    return pair


def test_a_coming_event_meets_a_want_with_its_date_and_place(fair: World) -> None:
    found = fair.service.match("c", "mem_hotpot", "event")
    assert [item.target_id for item in found.items] == ["evt_cold"]
    item = found.items[0]
    assert item.kind == "event" and item.mutuality is None
    assert set(item.components) == {"forward", "lexical", "city", "profile"} and item.components["city"] == 1.0
    assert [reason.kind for reason in item.reasons] == ["forward", "occasion"]
    assert item.reasons[0].evidence[1].quote == "冷链运输怎么选车队"
    # 02:00 UTC in three days is ten in the morning in Shanghai
    assert [evidence.quote for evidence in item.reasons[1].evidence] == ["2026年11月19日 10:00", "成都"]


def test_an_event_online_has_no_city_to_lose_by(fair: World) -> None:
    fair.member("potter", ["想学陶艺，窑炉和釉料都不懂"], city="成都")
    item = fair.service.match("c", "mem_potter", "event").items[0]
    assert item.target_id == "evt_clay" and "city" not in item.components
    assert [evidence.quote for evidence in item.reasons[1].evidence] == ["2026年11月19日 10:00"]


def test_own_past_and_cancelled_events_are_left_out_and_said_so(fair: World, clock: FixedClock) -> None:
    fair.event("off", "冷链运输怎么选车队", "又一场", status="cancelled")
    with fair.store.write("c") as unit:
        unit.get(Member, "mem_lawyer").consent_match = True
    excluded = fair.service.match("c", "mem_hotpot", "event").excluded
    assert excluded[Exclusion.PAST] == 1 and excluded[Exclusion.CANCELLED] == 1
    fair.member("host", [COLD[0]])
    fair.event("own", "冷链运输怎么选车队", "自己的一场", host_id="mem_host")
    assert fair.service.match("c", "mem_host", "event").excluded[Exclusion.OWN] == 1
    clock.advance(timedelta(days=4))
    assert fair.service.match("c", "mem_hotpot", "event").items == []


def test_an_open_question_finds_who_has_the_answer(room: World) -> None:
    found = room.service.match("c", "mem_trucker", "thread")
    assert [item.target_id for item in found.items] == ["cold"]
    item = found.items[0]
    assert item.kind == "thread" and item.mutuality is None and set(item.strengths) == {"backward"}
    assert set(item.components) == {"backward", "lexical", "language", "recency", "profile"}
    assert item.reasons[0].evidence[0].record_id == "cold" and item.reasons[0].evidence[0].quote in ASKED
    assert item.reasons[0].evidence[1].quote == TRUCK[1]


def test_what_somebody_is_counts_as_well_as_what_they_have(room: World) -> None:
    room.member("driver", says=["开了十年冷藏车，广州到成都冷链专线的司机"])
    assert [item.target_id for item in room.service.match("c", "mem_driver", "thread").items] == ["cold"]


def test_own_answered_old_and_recalled_questions_are_not_proposed(room: World) -> None:
    room.say("mine", "mem_trucker", LABEL, is_question=True)
    assert [item.target_id for item in room.service.match("c", "mem_trucker", "thread").items] == ["cold"]
    told = room.service.explain("c", "mem_trucker", "old", "thread", actor=local_actor("c"))
    assert told.exclusions[0].code == Exclusion.ANSWERED and told.score is not None
    told = room.service.explain("c", "mem_trucker", "mine", "thread", actor=local_actor("c"))
    assert Exclusion.OWN in [note.code for note in told.exclusions]
    with room.store.write("c") as unit:
        take_back(unit, unit.get(Message, "cold"), unit.now)
    assert room.service.match("c", "mem_trucker", "thread").items == []
    told = room.service.explain("c", "mem_trucker", "cold", "thread", actor=local_actor("c"))
    assert told.exclusions[0].code == Exclusion.RECALLED and told.pairs == []


def test_a_question_asked_twice_is_answered_once_for_both(room: World) -> None:
    room.say("again", "mem_coach", ASKED.replace("广州", "佛山"), is_question=True, sent_at=NOW - timedelta(days=2))
    assert room.targets("mem_trucker", kind="thread") == ["cold"]
    room.say("answer", "mem_lawyer", "找老陈的车队，隔天能到", reply_to_id="again", sent_at=NOW - timedelta(days=1))
    assert room.targets("mem_trucker", kind="thread") == []


def test_an_answer_closes_a_question_at_once(room: World) -> None:
    assert room.targets("mem_trucker", kind="thread") == ["cold"]
    room.say("answer", "mem_lawyer", "找老陈的车队，隔天能到", reply_to_id="cold", sent_at=NOW - timedelta(minutes=5))
    assert room.targets("mem_trucker", kind="thread") == []


def test_a_recalled_question_takes_the_proposals_that_quote_it_along(room: World) -> None:
    room.service.match("c", "mem_trucker", "thread")
    with room.store.write("c") as unit:
        assert unit.session.query(Match).filter(Match.kind == "thread").count() == 1
        take_back(unit, unit.get(Message, "cold"), unit.now)
    with room.store.read("c") as unit:
        assert unit.session.query(Match).filter(Match.kind == "thread").count() == 0


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"consent_match": False}, Exclusion.CONSENT),
        ({"consent_ai": False}, Exclusion.CONSENT_AI),
        ({"visibility": "hidden"}, Exclusion.VISIBILITY),
    ],
)
def test_nobody_outside_consent_is_shown_as_the_one_who_asks(
    room: World, fields: dict[str, object], reason: Exclusion
) -> None:
    with room.store.write("c") as unit:
        for name, value in fields.items():
            setattr(unit.get(Member, "mem_painter"), name, value)
    found = room.service.match("c", "mem_trucker", "thread")
    assert found.items == [] and found.excluded[reason] == 1


def test_where_there_is_nothing_to_look_at_the_note_says_so(pair: World) -> None:
    for kind in ("event", "thread", "resource"):
        assert [note.code for note in pair.service.match("c", "mem_hotpot", kind).notes] == ["nothing_there"]


def test_what_is_no_question_and_what_is_elsewhere_is_not_found(room: World) -> None:
    for kind, target in (("thread", "reply"), ("thread", "nothing"), ("event", "evt_nothing"), ("resource", "res_x")):
        with pytest.raises(NotFound):
            room.service.explain("c", "mem_trucker", target, kind, actor=local_actor("c"))


def test_filters_narrow_and_reach_beyond_what_is_near(pair: World) -> None:
    def ask(kind: str, **filters: str) -> list[str]:
        found = pair.service.match("c", "mem_hotpot", kind, options=MatchOptions(Filters(**filters)))
        return [item.target_id for item in found.items]

    pair.resource("truck", "冷链车队，隔天到成都", "二十八台冷藏车全程温控", city="Chengdu", type="channel")
    assert ask("member", city="Chengdu") == ["mem_trucker"] == ask("member", city="成都市")
    assert ask("member", city="北京") == []
    assert ask("resource", type="channel", city="成都") == ["res_truck"]
    assert ask("resource", type="funding") == []
    with pair.store.write("c") as unit:
        unit.get(Member, "mem_trucker").industry = "Logistics"
    assert ask("member", industry="物流") == ["mem_trucker"]


@pytest.mark.parametrize(
    ("kind", "filters", "field"),
    [
        ("member", {"type": "funding"}, "type"), ("resource", {"type": "magic"}, "type"),
        ("event", {"industry": "AI"}, "industry"), ("thread", {"city": "成都"}, "city"), ("member", {"city": "x" * 101}, "city"),
        ("member", {"city": "a\nb"}, "city"),
    ],
)  # fmt: skip
def test_filters_that_make_no_sense_are_refused(pair: World, kind: str, filters: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        pair.service.match("c", "mem_hotpot", kind, options=MatchOptions(Filters(**filters)))
    assert caught.value.data["field"] == field
