"""What takes two people: proposed by one, confirmed by another one, never by the same, and not for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.access import create_key
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.community.tables import Sanction
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.moderation.case_views import CaseView
from copilot.moderation.decisions import Ruling
from copilot.moderation.service import ModerationService
from copilot.moderation.terms import Terms
from tests.moderation.conftest import Say

REMOVAL = Ruling.parse("violation", "removal", "第四次，多次提醒无效")


@pytest.fixture
def case(say: Say, service: ModerationService, room: str) -> CaseView:
    say("ann", "你就是个废物，滚出这个群，骗子")
    service.read_pending(room)
    return service.cases(room).items[0]


def test_one_person_alone_removes_nobody(room: str, case: CaseView, service: ModerationService) -> None:
    with pytest.raises(Conflict, match="takes two people") as caught:
        service.decide(room, case.id, REMOVAL, actor="mod-1")
    assert caught.value.data["reason"] == "second_opinion_required"
    assert set(caught.value.data["sentence"]) == {"zh-CN", "en"}
    assert service.case(room, case.id).case.status == "open"


def test_what_one_proposes_another_one_confirms_and_both_are_on_record(
    store: Store, room: str, case: CaseView, service: ModerationService
) -> None:
    service.claim(room, case.id, actor="mod-1")
    proposed = service.second_opinions.propose(room, case.id, REMOVAL, actor="mod-1")
    assert (proposed.status, proposed.clause_id, proposed.action) == ("waiting", "P1", "removal")
    waiting = service.case(room, case.id)
    assert waiting.proposal == proposed
    assert waiting.case.claimed_by is None, "the second one can take it"
    decision = service.second_opinions.confirm(room, proposed.id, actor="mod-2")
    assert (decision.decided_by, decision.confirmed_by, decision.action) == ("mod-1", "mod-2", "removal")
    found = service.second_opinions.get(room, proposed.id)
    assert (found.status, found.answered_by, found.decision_id) == ("confirmed", "mod-2", decision.id)
    with store.read(room) as unit:
        assert [(row.kind, row.member_id) for row in unit.session.scalars(select(Sanction))] == [("removal", "ann")]
    with pytest.raises(Conflict, match="confirmed"):
        service.second_opinions.confirm(room, proposed.id, actor="mod-3")


def test_nobody_confirms_their_own_proposal_with_any_of_their_keys(
    store: Store, room: str, case: CaseView, service: ModerationService
) -> None:
    with store.write(room) as unit:
        one, same, other = (create_key(unit, name, Role.MODERATOR).key_id for name in ("Xia", "xia", "Zhou"))
    proposed = service.second_opinions.propose(room, case.id, REMOVAL, actor=one)
    for actor in (one, same):
        with pytest.raises(Conflict, match="Nobody confirms what they proposed"):
            service.second_opinions.confirm(room, proposed.id, actor=actor)
    assert service.second_opinions.confirm(room, proposed.id, actor=other).confirmed_by == other


def test_while_a_proposal_waits_nobody_decides_otherwise_or_proposes_again(
    room: str, case: CaseView, service: ModerationService
) -> None:
    service.second_opinions.propose(room, case.id, REMOVAL, actor="mod-1")
    with pytest.raises(Conflict, match="waits for a second person"):
        service.decide(room, case.id, Ruling.parse("no_violation"), actor="mod-2")
    with pytest.raises(Conflict, match="waits for a second person"):
        service.second_opinions.propose(room, case.id, REMOVAL, actor="mod-2")
    with pytest.raises(Conflict, match="waits for a second person"):
        service.merge(room, case.id, ["cas_other"], actor="mod-2")


@pytest.mark.parametrize(("actor", "status"), [("mod-2", "declined"), ("mod-1", "withdrawn")])
def test_a_proposal_is_declined_by_another_one_or_withdrawn_by_its_author(
    room: str, case: CaseView, service: ModerationService, actor: str, status: str
) -> None:
    proposed = service.second_opinions.propose(room, case.id, REMOVAL, actor="mod-1")
    with pytest.raises(InvalidInput):
        service.second_opinions.decline(room, proposed.id, actor=actor, reason=" ")
    declined = service.second_opinions.decline(room, proposed.id, actor=actor, reason="先禁言")
    assert (declined.status, declined.answer) == (status, "先禁言")
    with pytest.raises(Conflict):
        service.second_opinions.confirm(room, proposed.id, actor="mod-3")
    service.decide(room, case.id, Ruling.parse("no_violation"), actor="mod-2")


def test_a_proposal_nobody_answers_lapses_and_the_case_goes_on(
    room: str, case: CaseView, service: ModerationService, clock: FixedClock
) -> None:
    proposed = service.second_opinions.propose(room, case.id, REMOVAL, actor="mod-1")
    clock.advance(timedelta(hours=72))
    assert service.second_opinions.get(room, proposed.id).status == "lapsed"
    with pytest.raises(Conflict, match="lapsed"):
        service.second_opinions.confirm(room, proposed.id, actor="mod-2")
    assert service.case(room, case.id).proposal is None
    listed = {status: [row.id for row in service.second_opinions.page(room, status, 50, None).items] for status in
              ("waiting", "lapsed", "confirmed", None)}  # fmt: skip
    assert listed == {"waiting": [], "lapsed": [proposed.id], "confirmed": [], None: [proposed.id]}
    service.second_opinions.propose(room, case.id, REMOVAL, actor="mod-1")


def test_a_community_lists_what_else_takes_two_people(room: str, case: CaseView, service: ModerationService) -> None:
    ruling = Ruling.parse("violation", "hide", "x")
    with pytest.raises(Conflict, match="takes one person"):
        service.second_opinions.propose(room, case.id, ruling, actor="mod-1")
    service.terms.put(room, Terms.model_validate({"second_opinion_categories": [case.category]}), actor="op")
    with pytest.raises(Conflict, match="takes two people"):
        service.decide(room, case.id, ruling, actor="mod-1")
    service.decide(room, case.id, Ruling.parse("no_violation"), actor="mod-1")


def test_of_two_who_confirm_at_once_one_does(room: str, case: CaseView, service: ModerationService) -> None:
    proposed = service.second_opinions.propose(room, case.id, REMOVAL, actor="mod-1")
    start = Barrier(2)

    def confirm(actor: str) -> int:
        start.wait()
        try:
            service.second_opinions.confirm(room, proposed.id, actor=actor)
        except Conflict:
            return 0
        return 1

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(confirm, ["mod-2", "mod-3"])) == 1
    assert len(service.case(room, case.id).decisions) == 1


def test_a_removal_of_nobody_and_words_nobody_knows_are_refused(
    room: str, say: Say, case: CaseView, service: ModerationService
) -> None:
    say(None, "你这个废物，滚，骗子")
    service.read_pending(room)
    nobody = next(row for row in service.cases(room).items if row.member_id is None)
    with pytest.raises(InvalidInput, match="nobody to warn"):
        service.second_opinions.propose(room, nobody.id, REMOVAL, actor="mod-1")
    with pytest.raises(InvalidInput):
        service.second_opinions.page(room, "forgotten", 50, None)
    for act in (service.second_opinions.get, service.second_opinions.confirm):
        with pytest.raises(NotFound):
            act(room, "prp_none", **({"actor": "mod-1"} if act != service.second_opinions.get else {}))
