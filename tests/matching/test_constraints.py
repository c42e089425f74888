"""Every rule about who may be proposed, one by one, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from copilot.community.models import RuleKind
from copilot.matching.models import Exclusion, ExclusionFacts
from copilot.matching.records import Party, Setting
from copilot.matching.rules.constraints import PAIR_CODES, RULES, as_told_to_members, exclusions, grounds, is_findable
from copilot.matching.rules.exclusion_notes import EXCLUSIONS, exclusion_note, low_score
from copilot.matching.rules.pairing import Ground, Pairing, PastProposal, Standing, StandingRule
from copilot.settings import MatchingSettings
from tests.conftest import NOW

SETTING = Setting("c", "zh-CN", NOW, date(2026, 11, 16))
ASKER = Party(
    id="a", kind="member", name="a", person_id="a", consent_match=True, consent_ai=True, visibility="community"
)
OTHER = replace(ASKER, id="b", person_id="b")
RESOURCE = replace(OTHER, id="r", kind="resource", person_id="b")
EVENT = replace(OTHER, id="e", kind="event", status="published", starts_at=NOW + timedelta(hours=1))
QUESTION = replace(OTHER, id="q", kind="thread", status="open", starts_at=NOW - timedelta(days=1))
KINDS = (OTHER, RESOURCE, EVENT, QUESTION)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def past(status: str, days: float, member_id: str = "a", shown: float | None = None) -> PastProposal:
    return PastProposal(member_id, status, ago(days if shown is None else shown), ago(days))


def rule(kind: RuleKind, days: float = 1, note: str = "", by: str = "a") -> StandingRule:
    other = "b" if by == "a" else "a"
    return StandingRule(f"rule_{kind.value}", kind.value, by, other, note, ago(days), None)


def judged(
    asker: Party, target: Party, *history: PastProposal, setting: Setting = SETTING, **on_record: Any
) -> list[str]:
    return exclusions(Pairing(asker, target, setting, Standing(history=history, **on_record)))


def test_two_open_members_may_meet() -> None:
    assert judged(ASKER, OTHER) == []
    assert judged(ASKER, OTHER, past("proposed", 0)) == []


def test_nothing_forbids_what_is_open_whatever_its_kind() -> None:
    assert [judged(ASKER, target) for target in KINDS] == [[], [], [], []]


@pytest.mark.parametrize(
    ("asker", "target", "expected"),
    [
        (ASKER, ASKER, Exclusion.OWN),
        (ASKER, replace(RESOURCE, person_id="a"), Exclusion.OWN),
        (ASKER, replace(EVENT, person_id="a"), Exclusion.OWN),
        (ASKER, replace(QUESTION, person_id="a"), Exclusion.OWN),
        (replace(ASKER, consent_match=False), OTHER, Exclusion.CONSENT),
        (ASKER, replace(OTHER, consent_match=False), Exclusion.CONSENT),
        (ASKER, replace(RESOURCE, consent_match=False), Exclusion.CONSENT),
        (ASKER, replace(QUESTION, consent_match=False), Exclusion.CONSENT),
        (replace(ASKER, consent_ai=False), OTHER, Exclusion.CONSENT_AI),
        (ASKER, replace(OTHER, consent_ai=False), Exclusion.CONSENT_AI),
        (ASKER, replace(OTHER, visibility="operators"), Exclusion.VISIBILITY),
        (ASKER, replace(OTHER, visibility="hidden"), Exclusion.VISIBILITY),
        (replace(ASKER, visibility="hidden"), OTHER, Exclusion.VISIBILITY),
        (ASKER, replace(RESOURCE, expires_on=date(2026, 11, 15)), Exclusion.EXPIRED),
        (ASKER, replace(RESOURCE, status="withdrawn"), Exclusion.WITHDRAWN),
        (ASKER, replace(EVENT, status="cancelled"), Exclusion.CANCELLED),
        (ASKER, replace(EVENT, status="draft"), Exclusion.CANCELLED),
        (ASKER, replace(EVENT, status="finished"), Exclusion.PAST),
        (ASKER, replace(EVENT, starts_at=NOW), Exclusion.PAST),
        (ASKER, replace(QUESTION, status="answered"), Exclusion.ANSWERED),
        (ASKER, replace(QUESTION, status="recalled"), Exclusion.RECALLED),
    ],
)
def test_each_rule_about_the_two_excludes(asker: Party, target: Party, expected: Exclusion) -> None:
    assert judged(asker, target) == [expected]


def test_a_resource_is_good_on_its_last_day_and_without_an_owner() -> None:
    assert judged(ASKER, replace(RESOURCE, expires_on=date(2026, 11, 16))) == []
    assert judged(ASKER, replace(RESOURCE, person_id=None)) == []


def test_who_is_seen_by_operators_only_may_still_ask() -> None:
    assert judged(replace(ASKER, visibility="operators"), OTHER) == []


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("by", ["a", "b"])
def test_a_block_works_both_ways_and_for_what_the_other_owns_hosts_or_asks(target: Party, by: str) -> None:
    assert judged(ASKER, target, rules=(rule(RuleKind.BLOCKED, by=by),)) == [Exclusion.BLOCKED]
    assert judged(ASKER, target, rules=(rule(RuleKind.CANNOT_MATCH),)) == [Exclusion.CANNOT_MATCH]


def test_a_connection_lasts_and_a_no_rests_thirty_days() -> None:
    both = (past("accepted", 400), past("accepted", 1, "b"))
    assert judged(ASKER, OTHER, *both) == judged(OTHER, ASKER, *both) == [Exclusion.ALREADY_CONNECTED]
    assert judged(ASKER, RESOURCE, past("accepted", 400)) == [Exclusion.ALREADY_CONNECTED]
    assert judged(ASKER, OTHER, past("rejected", 29.9)) == [Exclusion.RECENTLY_PROPOSED]
    assert judged(ASKER, OTHER, past("ignored", 0, "b")) == [Exclusion.RECENTLY_PROPOSED]
    assert judged(ASKER, OTHER, past("not_taken_up", 1)) == [Exclusion.RECENTLY_PROPOSED]
    assert judged(ASKER, OTHER, past("rejected", 30)) == []


def test_one_yes_is_no_connection() -> None:
    yes = past("accepted", 400)
    assert judged(ASKER, OTHER, yes) == [Exclusion.AWAITING_ANSWER]
    assert judged(OTHER, ASKER, yes) == [], "who was not asked yet must still be asked"


def test_what_nobody_answers_is_shown_for_thirty_days_and_rests_for_thirty() -> None:
    # Shown on day 0: day 29.9 still shown, 30 to 59.9 at rest, from 60 on made anew.
    found = {days: judged(ASKER, OTHER, past("proposed", 0, shown=days)) for days in (29.9, 30, 59.9, 60)}
    assert found == {29.9: [], 30: [Exclusion.UNANSWERED], 59.9: [Exclusion.UNANSWERED], 60: []}
    assert judged(OTHER, ASKER, past("proposed", 0, shown=45)) == [], "the other side was shown nothing"


def test_the_days_are_settings() -> None:
    limits = MatchingSettings(decline_rest_days=2, shown_days=3, unanswered_rest_days=4, exposure_cap=1)
    short = replace(SETTING, limits=limits)
    assert judged(ASKER, OTHER, past("rejected", 1.9), setting=short) == [Exclusion.RECENTLY_PROPOSED]
    assert judged(ASKER, OTHER, past("rejected", 2), setting=short) == []
    assert judged(ASKER, OTHER, past("proposed", 3), setting=short) == [Exclusion.UNANSWERED]
    assert judged(ASKER, OTHER, past("proposed", 7), setting=short) == []
    assert judged(ASKER, OTHER, exposure=1, setting=short) == [Exclusion.EXPOSURE]
    unlimited = replace(SETTING, limits=MatchingSettings(exposure_cap=0))
    assert judged(ASKER, OTHER, exposure=99_999, setting=unlimited) == []


def test_places_are_counted_where_there_is_a_number_of_them() -> None:
    for target in (RESOURCE, EVENT):
        assert judged(ASKER, replace(target, capacity=2), taken=1) == []
        assert judged(ASKER, replace(target, capacity=2), taken=2) == [Exclusion.FULL]
        assert judged(ASKER, replace(target, capacity=0)) == [Exclusion.FULL]
        assert judged(ASKER, target, taken=500) == []
    assert judged(ASKER, EVENT, has_joined=True) == [Exclusion.ALREADY_JOINED]


def test_nobody_is_sent_to_the_same_star_by_everybody_but_who_saw_them_goes_on_seeing_them() -> None:
    assert judged(ASKER, OTHER, exposure=9) == []
    assert judged(ASKER, OTHER, exposure=10) == [Exclusion.EXPOSURE]
    assert judged(ASKER, OTHER, past("proposed", 3), exposure=10) == []
    assert judged(ASKER, OTHER, past("proposed", 3, "b"), exposure=10) == [Exclusion.EXPOSURE], "it was the other way"
    # What people are asked for counts; what the community offers or announces does not.
    assert judged(ASKER, RESOURCE, exposure=10) == judged(ASKER, QUESTION, exposure=10) == [Exclusion.EXPOSURE]
    assert judged(ASKER, replace(RESOURCE, person_id=None), exposure=10) == judged(ASKER, EVENT, exposure=10) == []


def test_operators_overrule_rest_and_exposure_and_nothing_that_people_decided() -> None:
    must = rule(RuleKind.MUST_MATCH, days=1)
    assert judged(ASKER, OTHER, past("rejected", 2), past("proposed", 45), rules=(must,), exposure=10) == []
    assert judged(ASKER, OTHER, past("rejected", 0.5), rules=(must,)) == [Exclusion.RECENTLY_PROPOSED], (
        "said to the rule"
    )
    closed = replace(OTHER, consent_match=False, visibility="hidden")
    block = rule(RuleKind.BLOCKED, by="b")
    assert judged(ASKER, closed, rules=(must, block)) == [Exclusion.CONSENT, Exclusion.VISIBILITY, Exclusion.BLOCKED]


def test_all_reasons_are_given_in_order() -> None:
    closed = replace(OTHER, consent_match=False, consent_ai=False, visibility="hidden")
    assert judged(ASKER, closed) == [Exclusion.CONSENT, Exclusion.CONSENT_AI, Exclusion.VISIBILITY]
    for rules in RULES.values():
        assert [name for name, _ in rules] == [name for name in Exclusion if name in dict(rules)]


def test_finding_asks_the_same_rules_without_an_asker() -> None:
    assert is_findable(OTHER, SETTING)
    assert not is_findable(replace(OTHER, consent_match=False), SETTING)
    assert is_findable(replace(OTHER, consent_match=False), SETTING, require_consent=False)
    assert not is_findable(replace(OTHER, consent_ai=False), SETTING, require_consent=False)
    assert not is_findable(replace(RESOURCE, status="withdrawn"), SETTING)


class TestWhatOperatorsRead:
    def facts(self, *history: PastProposal, target: Party = OTHER, **on_record: Any) -> ExclusionFacts:
        (ground,) = grounds(Pairing(ASKER, target, SETTING, Standing(history=history, **on_record)))
        return ground.facts

    def text(self, ground: Ground, locale: Any = "en") -> str:
        return exclusion_note(ground, replace(SETTING, locale=locale, timezone="Asia/Shanghai")).text

    def test_every_exclusion_has_a_sentence_in_both_languages(self) -> None:
        ruled = {name for rules in RULES.values() for name, _ in rules}
        assert ruled | {Exclusion.LOW_SCORE, Exclusion.UNAVAILABLE} == set(Exclusion)
        for locale in ("zh-CN", "en"):
            assert set(EXCLUSIONS[locale]) == set(Exclusion)
            for code in Exclusion:
                said = self.text(Ground(code, ExclusionFacts()), locale)
                assert said and "{" not in said

    def test_a_rest_says_since_when_until_when_and_whose_no_it_was(self) -> None:
        facts = self.facts(past("rejected", 10, "b"))
        assert facts == ExclusionFacts(member_ids=["b"], since=ago(10), until=ago(-20))
        # 02:00 UTC is 10:00 in Shanghai: the same day.
        assert self.text(Ground(Exclusion.RECENTLY_PROPOSED, facts)) == (
            "Proposed, and ignored or declined on 2026-11-06; it rests until 2026-12-06."
        )
        assert self.facts(past("proposed", 40)) == ExclusionFacts(since=ago(40), until=ago(-20))

    def test_numbers_say_how_many_of_how_many(self) -> None:
        assert self.facts(target=replace(RESOURCE, capacity=2), taken=3) == ExclusionFacts(count=3, limit=2)
        exposed = self.facts(exposure=12)
        assert exposed == ExclusionFacts(count=12, limit=10)
        assert self.text(Ground(Exclusion.EXPOSURE, exposed), "zh-CN") == "最近 30 天已推荐给 12 位成员，上限是 10 位。"

    def test_a_rule_is_named_with_its_note_and_who_blocked(self) -> None:
        facts = self.facts(rules=(rule(RuleKind.BLOCKED, note="吵过架", by="b"),))
        assert facts == ExclusionFacts(member_ids=["b"], since=ago(1), rule_id="rule_blocked", note="吵过架")
        said = self.text(Ground(Exclusion.BLOCKED, facts), "zh-CN")
        assert "rule_blocked" in said and said.endswith("备注：吵过架")
        kept_apart = replace(rule(RuleKind.CANNOT_MATCH), expires_at=ago(-3))
        facts = self.facts(rules=(kept_apart,))
        assert facts.until == ago(-3)
        assert self.text(Ground(Exclusion.CANNOT_MATCH, facts)) == (
            "Operators do not want the two proposed to each other "
            "(rule rule_cannot_match, since 2026-11-15, until 2026-11-19)."
        )

    def test_consent_names_who_lacks_it(self) -> None:
        closed = replace(OTHER, consent_match=False)
        both = grounds(Pairing(replace(ASKER, consent_match=False), closed, SETTING))
        assert both[0].facts.member_ids == ["a", "b"]
        assert grounds(Pairing(ASKER, closed, SETTING))[0].facts.member_ids == ["b"]
        (resource,) = grounds(Pairing(ASKER, replace(RESOURCE, consent_match=False), SETTING))
        assert resource.facts.member_ids == ["b"], "the owner, not the resource"

    def test_a_low_score_is_an_exclusion_like_the_others(self) -> None:
        assert exclusion_note(low_score(), SETTING).model_dump() == {
            "code": Exclusion.LOW_SCORE, "text": "相关度不够。", "data": ExclusionFacts().model_dump(),
        }  # fmt: skip


def test_members_are_not_told_what_others_decided() -> None:
    counts = {Exclusion.BLOCKED: 1, Exclusion.CONSENT: 2, Exclusion.EXPOSURE: 3, Exclusion.LOW_SCORE: 4}
    assert as_told_to_members(counts) == {Exclusion.UNAVAILABLE: 6, Exclusion.LOW_SCORE: 4}
    assert as_told_to_members({}) == {}
    # A block alone reads exactly like somebody who withdrew consent, or whom operators keep apart.
    told = [as_told_to_members({code: 1}) for code in sorted(PAIR_CODES)]
    assert told == [{Exclusion.UNAVAILABLE: 1}] * len(PAIR_CODES)
