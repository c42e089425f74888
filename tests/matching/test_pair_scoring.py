"""Any pairs scored at once: the same numbers as one by one, and errors that stay with their pair."""

from __future__ import annotations

import pytest

from copilot.community.access import ROLE_SCOPES, Actor, local_actor
from copilot.community.models import Role
from copilot.community.tables import Match, Member
from copilot.errors import InvalidInput
from copilot.matching.models import Exclusion
from copilot.matching.scores.pair_models import PairIn
from tests.conftest import NOW
from tests.matching.conftest import World
from tests.matching.test_kinds import ASKED

OPERATOR = Actor("c", "op", Role.OPERATOR, ROLE_SCOPES[Role.OPERATOR])


def _pair(member: str, other: str, kind: str = "member") -> PairIn:
    return PairIn(member=member, other=other, kind=kind)


def test_pairs_of_all_kinds_score_as_their_explanations_do(pair: World) -> None:
    pair.resource("truck", "冷链车队，隔天到成都", "二十八台冷藏车全程温控", owner_id="mem_trucker")
    pair.event("cold", "冷链运输怎么选车队", "二十八台冷藏车的老板讲隔天到")
    pair.say("q", "mem_painter", ASKED, is_question=True)
    pairs = [
        _pair("hotpot", "trucker"), _pair("mem_trucker", "mem_hotpot"), _pair("hotpot", "painter"),
        _pair("hotpot", "truck", "resource"), _pair("hotpot", "cold", "event"), _pair("trucker", "q", "thread"),
        _pair("hotpot", "trucker"),
    ]  # fmt: skip
    outcomes = pair.service.score_pairs("c", pairs, actor=OPERATOR)
    assert [(outcome.member, outcome.other) for outcome in outcomes] == [(p.member, p.other) for p in pairs]
    for outcome in outcomes:
        assert outcome.error is None and outcome.member_id and outcome.target_id
        told = pair.service.explain("c", outcome.member_id, outcome.target_id, outcome.kind, actor=OPERATOR)
        assert (outcome.score, outcome.components) == (told.score, told.components)
        assert outcome.exclusions == [note.code for note in told.exclusions]
    assert outcomes[0] == outcomes[-1]
    with pair.store.read("c") as unit:
        assert unit.session.query(Match).count() == 0


def test_names_that_are_nobodys_or_several_peoples_are_errors_of_their_pair(pair: World) -> None:
    with pair.store.write("c") as unit:
        for platform in ("x", "y"):
            unit.add(Member(id=f"mem_{platform}", platform=platform, external_id="twin", name="twin", created_at=NOW))
    pairs = [
        _pair("nobody", "trucker"),
        _pair("hotpot", "nothing", "event"),
        _pair("hotpot", "twin"),
        _pair("hotpot", "trucker"),
    ]
    outcomes = pair.service.score_pairs("c", pairs, actor=OPERATOR)
    assert [outcome.error.code if outcome.error else None for outcome in outcomes] == [
        "not_found",
        "not_found",
        "conflict",
        None,
    ]
    assert outcomes[0].score is None and "nobody" in (outcomes[0].error.message if outcomes[0].error else "")


def test_who_is_hidden_is_nobody_to_operators(pair: World) -> None:
    with pair.store.write("c") as unit:
        unit.get(Member, "mem_trucker").visibility = "hidden"
    asked = [_pair("hotpot", "trucker")]
    assert pair.service.score_pairs("c", asked, actor=OPERATOR)[0].error is not None
    shown = pair.service.score_pairs("c", asked, actor=local_actor("c"))[0]
    assert shown.error is None and Exclusion.VISIBILITY in shown.exclusions


def test_nothing_is_compared_of_who_switched_off_ai(pair: World) -> None:
    with pair.store.write("c") as unit:
        unit.get(Member, "mem_trucker").consent_ai = False
    outcome = pair.service.score_pairs("c", [_pair("hotpot", "trucker")], actor=OPERATOR)[0]
    assert (outcome.score, outcome.components, outcome.exclusions) == (None, {}, [Exclusion.CONSENT_AI])


def test_more_than_two_hundred_are_refused_and_none_is_none(pair: World) -> None:
    with pytest.raises(InvalidInput) as caught:
        pair.service.score_pairs("c", [_pair("a", str(n)) for n in range(201)], actor=OPERATOR)
    assert caught.value.data["limit"] == 200
    assert pair.service.score_pairs("c", [], actor=OPERATOR) == []
