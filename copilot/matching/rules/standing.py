"""What is on record between members, read in a few queries for any number of them, and judged by `constraints`.

The only way from the store to the rules: lists of matches, explanations, rounds and teams all come through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copilot.community.models import RuleKind, Visibility
from copilot.community.store import Unit
from copilot.matching.models import Exclusion
from copilot.matching.records import Party, Setting, read_members, read_setting
from copilot.matching.rules.constraints import PAIR_CODES, exclusions, grounds
from copilot.matching.rules.pairing import Ground, Pairing, Standing, StandingRule
from copilot.matching.rules.standing_records import (
    Pair,
    ordered,
    other_of,
    read_rules_among,
    read_rules_of,
    read_standings,
    read_standings_among,
)


def judge(
    unit: Unit, setting: Setting, asker: Party, targets: Sequence[Party], rules: Sequence[StandingRule] | None = None
) -> dict[str, list[Exclusion]]:
    """Return by target id what forbids proposing it to the asker; an empty list where nothing does.

    The number of queries does not depend on the number of targets, which are all of one kind. Whoever has read the rules
    about the asker hands them in.
    """
    standings = read_standings(unit, setting, [asker], targets, rules)
    return {
        target.id: exclusions(Pairing(asker, target, setting, standings[asker.id, target.id])) for target in targets
    }


def judge_askers(unit: Unit, setting: Setting, askers: Sequence[Party], target: Party) -> dict[str, list[Exclusion]]:
    """Return by asker id what forbids proposing the one target to each of them: `judge` the other way round."""
    standings = read_standings(unit, setting, askers, [target])
    return {asker.id: exclusions(Pairing(asker, target, setting, standings[asker.id, target.id])) for asker in askers}


def judge_pair(unit: Unit, setting: Setting, asker: Party, target: Party) -> list[Ground]:
    """Return what forbids proposing the target to the asker, with the facts it rests on."""
    standings = read_standings(unit, setting, [asker], [target])
    return grounds(Pairing(asker, target, setting, standings[asker.id, target.id]))


def must_partners(unit: Unit, member_id: str) -> set[str]:
    """Return the members who operators want to be proposed to this one, and this one to them."""
    return wanted_by(read_rules_of(unit, member_id), member_id)


def wanted_by(rules: Iterable[StandingRule], member_id: str) -> set[str]:
    """Return the same from the rules about this member, for who has read them already."""
    return {other_of(rule, member_id) for rule in rules if rule.kind == RuleKind.MUST_MATCH}


def forbidden_pairs(unit: Unit, setting: Setting, member_ids: Iterable[str]) -> dict[Pair, list[Exclusion]]:
    """Return which of these members must not be put together in a round or a team, and why.

    Keys are ordered pairs (a < b). Asked both ways by the same rules as proposals, `PAIR_CODES` count: who does not
    consent or is not open to the community is in a pair with everybody else. Unknown ids are left out.
    """
    members = read_members(unit, member_ids)
    ids = set(members)
    standings = read_standings_among(unit, setting, ids)
    closed = {member.id for member in members.values() if _pair_codes([Pairing(_ANYBODY, member, setting)])}
    asked = set(standings) | {ordered(a, b) for a in closed for b in ids if a != b}
    found: dict[Pair, list[Exclusion]] = {}
    for a, b in sorted(asked):
        standing = standings.get((a, b), Standing())
        both = (Pairing(members[a], members[b], setting, standing), Pairing(members[b], members[a], setting, standing))
        codes = _pair_codes(both)
        if codes:
            found[a, b] = codes
    return found


def must_pairs(unit: Unit, member_ids: Iterable[str]) -> set[Pair]:
    """Return which of these members operators want together, as ordered pairs (a < b), as far as nothing forbids it."""
    ids = set(member_ids)
    wanted = {
        ordered(rule.first_id, rule.second_id)
        for rule in read_rules_among(unit, ids)
        if rule.kind == RuleKind.MUST_MATCH
    }  # fmt: skip
    people = {member_id for pair in wanted for member_id in pair}
    known = set(read_members(unit, people))
    forbidden = forbidden_pairs(unit, read_setting(unit), people) if wanted else {}
    return {pair for pair in wanted if known.issuperset(pair)} - forbidden.keys()


_ANYBODY = Party(
    id="", kind="member", name="", person_id=None, consent_match=True, consent_ai=True,
    visibility=Visibility.COMMUNITY.value,
)  # fmt: skip


def _pair_codes(pairings: Iterable[Pairing]) -> list[Exclusion]:
    found = {code for pairing in pairings for code in exclusions(pairing)} & PAIR_CODES
    return [code for code in Exclusion if code in found]
