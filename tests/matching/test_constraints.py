"""Every rule about who may be proposed, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from copilot.community.tables import Match
from copilot.matching.constraints import RULES, Pairing, exclusions, is_findable
from copilot.matching.models import Exclusion
from copilot.matching.records import Party, Setting
from copilot.matching.wording import EXCLUSIONS
from tests.conftest import NOW

SETTING = Setting("c", "zh-CN", NOW, date(2026, 11, 16))
ASKER = Party(
    id="a", kind="member", name="a", person_id="a", consent_match=True, consent_ai=True, visibility="community"
)
OTHER = replace(ASKER, id="b", person_id="b")
RESOURCE = replace(OTHER, id="r", kind="resource", person_id="b")


def _match(status: str, days: float, member_id: str = "a") -> Match:
    return Match(id="m", member_id=member_id, status=status, updated_at=NOW - timedelta(days=days))


def _judge(asker: Party, target: Party, *history: Match) -> list[Exclusion]:
    return exclusions(Pairing(asker, target, SETTING, history))


def test_two_open_members_may_meet() -> None:
    assert _judge(ASKER, OTHER) == []
    assert _judge(ASKER, OTHER, _match("proposed", 0)) == []


@pytest.mark.parametrize(
    ("asker", "target", "expected"),
    [
        (ASKER, ASKER, Exclusion.OWN),
        (ASKER, replace(RESOURCE, person_id="a"), Exclusion.OWN),
        (replace(ASKER, consent_match=False), OTHER, Exclusion.CONSENT),
        (ASKER, replace(OTHER, consent_match=False), Exclusion.CONSENT),
        (ASKER, replace(RESOURCE, consent_match=False), Exclusion.CONSENT),
        (replace(ASKER, consent_ai=False), OTHER, Exclusion.CONSENT_AI),
        (ASKER, replace(OTHER, consent_ai=False), Exclusion.CONSENT_AI),
        (ASKER, replace(OTHER, visibility="operators"), Exclusion.VISIBILITY),
        (ASKER, replace(OTHER, visibility="hidden"), Exclusion.VISIBILITY),
        (replace(ASKER, visibility="hidden"), OTHER, Exclusion.VISIBILITY),
        (ASKER, replace(RESOURCE, expires_on=date(2026, 11, 15)), Exclusion.EXPIRED),
        (ASKER, replace(RESOURCE, status="withdrawn"), Exclusion.WITHDRAWN),
    ],
)
def test_each_rule_excludes(asker: Party, target: Party, expected: Exclusion) -> None:
    assert _judge(asker, target) == [expected]


def test_a_resource_is_good_on_its_last_day_and_without_an_owner() -> None:
    assert _judge(ASKER, replace(RESOURCE, expires_on=date(2026, 11, 16))) == []
    assert _judge(ASKER, replace(RESOURCE, person_id=None)) == []


def test_who_is_seen_by_operators_only_may_still_ask() -> None:
    assert _judge(replace(ASKER, visibility="operators"), OTHER) == []


def test_a_connection_lasts_and_a_no_rests_thirty_days() -> None:
    both = (_match("accepted", 400), _match("accepted", 1, "b"))
    assert _judge(ASKER, OTHER, *both) == _judge(OTHER, ASKER, *both) == [Exclusion.ALREADY_CONNECTED]
    assert _judge(ASKER, RESOURCE, _match("accepted", 400)) == [Exclusion.ALREADY_CONNECTED]
    assert _judge(ASKER, OTHER, _match("rejected", 29.9)) == [Exclusion.RECENTLY_PROPOSED]
    assert _judge(ASKER, OTHER, _match("ignored", 0)) == [Exclusion.RECENTLY_PROPOSED]
    assert _judge(ASKER, OTHER, _match("rejected", 30)) == []


def test_one_yes_is_no_connection() -> None:
    yes = _match("accepted", 400)
    assert _judge(ASKER, OTHER, yes) == [Exclusion.AWAITING_ANSWER]
    assert _judge(OTHER, ASKER, yes) == [], "who was not asked yet must still be asked"


def test_all_reasons_are_given_in_order() -> None:
    closed = replace(OTHER, consent_match=False, consent_ai=False, visibility="hidden")
    assert _judge(ASKER, closed) == [Exclusion.CONSENT, Exclusion.CONSENT_AI, Exclusion.VISIBILITY]


def test_finding_asks_the_same_rules_without_an_asker() -> None:
    assert is_findable(OTHER, SETTING)
    assert not is_findable(replace(OTHER, consent_match=False), SETTING)
    assert is_findable(replace(OTHER, consent_match=False), SETTING, require_consent=False)
    assert not is_findable(replace(OTHER, consent_ai=False), SETTING, require_consent=False)
    assert not is_findable(replace(RESOURCE, status="withdrawn"), SETTING)


def test_every_exclusion_is_explained_in_both_languages() -> None:
    assert {name for name, _ in RULES} | {Exclusion.LOW_SCORE} == set(Exclusion)
    for locale in ("zh-CN", "en"):
        assert set(EXCLUSIONS[locale]) == set(Exclusion)
