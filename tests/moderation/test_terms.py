"""A community's terms: what strikes last, what the ladder suggests; they change nothing that is there already."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Strike
from copilot.errors import InvalidInput
from copilot.moderation.decisions import Ruling
from copilot.moderation.models import Action, Severity
from copilot.moderation.service import ModerationService
from copilot.moderation.terms import LadderStep, Terms, parse_terms
from tests.moderation.conftest import Say


def test_everybody_starts_with_the_same_terms_and_each_change_is_a_version_on_record(
    store: Store, room: str, service: ModerationService
) -> None:
    assert service.terms.get(room).version == 0
    changed = service.terms.put(room, Terms(appeal_days=7), actor="op")
    assert (changed.version, changed.changed_by, changed.terms.appeal_days) == (1, "op", 7)
    assert service.terms.put(room, Terms(appeal_days=7), actor="op").version == 1, "no change, no version"
    assert service.terms.put(room, Terms(), actor="op").version == 2
    with store.read(room) as unit:
        entries = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "terms.changed")).all()
        first = next(entry for entry in entries if entry.data["version"] == 1)
        assert (first.data["before"]["appeal_days"], first.data["after"]["appeal_days"]) == (14, 7)


@pytest.mark.parametrize(
    "given",
    [
        {"second_opinion_actions": []},
        {"second_opinion_actions": ["mute"]},
        {"ladder": [{"strikes": 2, "action": "warning"}, {"strikes": 1, "action": "removal"}]},
        {"ladder": [{"strikes": 1, "action": "warning"}, {"strikes": 1, "action": "removal"}]},
        {"ladder": [{"strikes": 1, "action": "mute"}]},
        {"ladder": [{"strikes": 1, "action": "warning", "mute_hours": 3}]},
        {"ladder": [{"strikes": n, "action": "warning"} for n in range(1, 12)]},
        {"ladder": [{"strikes": 1, "action": "ban"}]},
        {"strike_days": {"medium": -1}},
        {"strike_days": {"grave": 1}},
        {"strike_days": {"medium": float("nan")}},
        {"appeal_days": 0},
        {"proposal_hours": float("inf")},
        {"severe_per_day": 0},
        {"clemency": True},
        [],
        None,
    ],
)
def test_terms_that_make_no_sense_are_refused(given: Any) -> None:
    with pytest.raises(InvalidInput):
        parse_terms(given)


def test_a_severity_left_out_keeps_what_everybody_starts_with() -> None:
    days = parse_terms({"strike_days": {"low": 14}}).strike_days
    assert days == {Severity.LOW: 14, Severity.MEDIUM: 90, Severity.HIGH: 180}


def test_the_ladder_suggests_the_highest_step_that_is_reached() -> None:
    terms = Terms(ladder=[LadderStep(strikes=2, action=Action.WARNING), LadderStep(strikes=4, action=Action.REMOVAL)])
    assert [step and step.action for step in map(terms.suggested, range(6))] == [
        None, None, Action.WARNING, Action.WARNING, Action.REMOVAL, Action.REMOVAL,
    ]  # fmt: skip


def test_strikes_lift_the_suggestion_and_it_falls_again_when_they_expire(
    room: str, say: Say, service: ModerationService, clock: FixedClock
) -> None:
    def open_case(words: str) -> str:
        say("ann", words)
        service.read_pending(room)
        return next(row.id for row in service.cases(room).items if row.status == "open")

    suggested: list[tuple[int, str | None, int | None]] = []
    for words in ("你就是个废物，滚出这个群，骗子", "你这个白痴，闭嘴", "真是个垃圾人，滚"):
        case_id = open_case(words)
        found = service.case(room, case_id).suggestion
        assert found is not None
        suggested.append((found.strikes, found.action, found.mute_hours))
        service.decide(room, case_id, Ruling.parse("violation", "warning", "请对事不对人"), actor="mod-1")
        clock.advance(timedelta(days=30))
    assert suggested == [(1, "warning", None), (2, "mute", 24), (3, "mute", 168)]
    # Ninety days after the first: that one has expired, the second has a month to go and the third two.
    standing = service.standing.get(room, "ann")
    assert standing.strikes_in_force == 2
    assert [strike.is_in_force for strike in standing.strikes] == [True, True, False]
    clock.advance(timedelta(days=90))
    assert service.standing.get(room, "ann").strikes_in_force == 0


def test_shorter_terms_leave_earlier_strikes_alone(
    store: Store, room: str, say: Say, service: ModerationService, clock: FixedClock
) -> None:
    say("ann", "你就是个废物，滚出这个群，骗子")
    service.read_pending(room)
    [found] = service.cases(room).items
    service.decide(room, found.id, Ruling.parse("violation", "warning", "x"), actor="mod-1")
    service.terms.put(room, parse_terms({"strike_days": {"medium": 1}}), actor="op")
    with store.read(room) as unit:
        [strike] = unit.session.scalars(select(Strike)).all()
    assert strike.expires_at == clock.now() + timedelta(days=90)


def test_the_suggestion_speaks_the_community_s_language_and_decides_nothing(
    room: str, say: Say, service: ModerationService
) -> None:
    say("ann", "你就是个废物，滚出这个群，骗子")
    service.read_pending(room)
    [found] = service.cases(room).items
    suggestion = service.case(room, found.id).suggestion
    assert suggestion is not None
    assert suggestion.sentence == "如果认定违规，这将是有效期内的第 1 次；阶梯建议：警告。只是建议，由你决定。"
    assert service.standing.get(room, "ann").strikes == []
