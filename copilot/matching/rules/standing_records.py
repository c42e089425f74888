"""Reads what is on record between members from the store: a few queries for any number of them. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, union_all

from copilot.community.prepared import Prepared, among
from copilot.community.store import Unit
from copilot.community.tables import Event, Match, PairRule, ResourceUse, Signup
from copilot.matching.records import Party, Setting
from copilot.matching.rules.constraints import has_exposure
from copilot.matching.rules.pairing import ACCEPTED, DECLINED, PROPOSED, PastProposal, Standing, StandingRule

Pair = tuple[str, str]
_CHUNK = 400
_PAST = (Match.member_id, Match.target_id, Match.status, Match.proposed_at, Match.created_at, Match.updated_at)
_FOR, _OF = (
    select(*_PAST).where(Match.kind == bindparam("kind"), side == bindparam("who"))
    for side in (Match.member_id, Match.target_id)
)
_MADE_FOR, _MADE_OF, _MADE = Prepared(_FOR), Prepared(_OF), Prepared(select(*union_all(_FOR, _OF).subquery().c))
_SHOWN = Prepared(
    select(Match.target_id, func.count())
    .where(Match.kind == bindparam("kind"), among(Match.target_id, "ids"))
    .where(or_(Match.status == PROPOSED, Match.status == ACCEPTED))
    .where(func.coalesce(Match.proposed_at, Match.created_at) > bindparam("since", type_=Match.created_at.type))
    .group_by(Match.target_id)
)
_IN_FORCE = select(
    PairRule.id, PairRule.kind, PairRule.first_id, PairRule.second_id, PairRule.note, PairRule.created_at,
    PairRule.expires_at,
).where(
    or_(PairRule.expires_at.is_(None), PairRule.expires_at > bindparam("now", type_=PairRule.created_at.type))
)  # fmt: skip
# Each side apart, in one statement: either has its own index.
_ABOUT = union_all(
    *(_IN_FORCE.where(side == bindparam("who")) for side in (PairRule.first_id, PairRule.second_id))
).subquery()
_RULES_OF = Prepared(select(*_ABOUT.c))
_SEATED = ("going", "attended")
_JOINED = (*_SEATED, "waitlisted")


def ordered(a: str, b: str) -> Pair:
    """Return two ids as the one key of their pair."""
    return (a, b) if a < b else (b, a)


def read_standings(
    unit: Unit,
    setting: Setting,
    askers: Sequence[Party],
    targets: Sequence[Party],
    rules_of_asker: Sequence[StandingRule] | None = None,
) -> dict[Pair, Standing]:
    """Return the standing of every asker with every target; on one of the two sides there is only one party.

    Args:
        unit: where it is read.
        setting: the moment and the limits.
        askers: who is proposed to.
        targets: of one kind.
        rules_of_asker: the rules about the one asker, when they were read before.
    """
    if not askers or not targets:
        return {}
    kind = targets[0].kind
    history = _history(unit, kind, askers, targets)
    rules = _rules_between(unit, askers, targets, rules_of_asker)
    exposure = _exposure(unit, setting, kind, [target.id for target in targets if has_exposure(target)])
    taken: dict[str, int] = {}
    joined: set[Pair] = set()
    limited = [target.id for target in targets if target.capacity is not None]
    if kind == "resource" and limited:
        taken = _places_in_use(unit, setting, limited)
    elif kind == "event":
        taken = _seats_taken(unit, limited)
        joined = _joined(unit, askers, targets)
    return {
        (asker.id, target.id): Standing(
            history=_latest_first(history.get((asker.id, target.id), ())),
            rules=tuple(rules.get((asker.id, target.person_id), ())) if target.person_id else (),
            taken=taken.get(target.id, 0),
            has_joined=(asker.id, target.id) in joined,
            exposure=exposure.get(target.id, 0),
        )
        for asker in askers
        for target in targets
    }


def _history(
    unit: Unit, kind: str, askers: Sequence[Party], targets: Sequence[Party]
) -> dict[Pair, list[PastProposal]]:  # fmt: skip
    """Return the proposals of the past by (asker, target); between members those made the other way, too."""
    who, statement = (askers[0].id, _MADE_FOR) if len(askers) == 1 else (targets[0].id, _MADE_OF)
    wanted = {(asker.id, target.id) for asker in askers for target in targets}
    found: dict[Pair, list[PastProposal]] = {}
    for row in unit.rows(_MADE if kind == "member" else statement, kind=kind, who=who):
        for pair in {(row.member_id, row.target_id), (row.target_id, row.member_id)} & wanted:
            found.setdefault(pair, []).append(_past(row))
    return found


def _proposals(unit: Unit, *conditions: ColumnElement[bool]) -> Iterable[Any]:
    return unit.session.execute(select(*_PAST).where(*conditions))


def _past(row: Any) -> PastProposal:
    return PastProposal(row.member_id, row.status, row.proposed_at or row.created_at, row.updated_at)


def _latest_first(history: Iterable[PastProposal]) -> tuple[PastProposal, ...]:
    return tuple(sorted(history, key=lambda past: (past.updated_at, past.member_id), reverse=True))


def _exposure(unit: Unit, setting: Setting, kind: str, target_ids: Sequence[str]) -> dict[str, int]:
    """Return to how many members each target was proposed lately who have not declined it."""
    if setting.limits.exposure_cap == 0:
        return {}
    since = setting.now - timedelta(days=setting.limits.exposure_days)
    found: dict[str, int] = {}
    for chunk in _chunks(target_ids):
        counts = unit.rows(_SHOWN, kind=kind, ids=chunk, since=since)
        found.update({str(target_id): int(count) for target_id, count in counts})
    return found


def _places_in_use(unit: Unit, setting: Setting, resource_ids: Sequence[str]) -> dict[str, int]:
    """Return how many places of each resource are taken: by open uses, and by those who said yes and come next.

    A yes keeps a place for `hold_days`, or until a use of the same member begins; then the use counts until it ends.
    """
    since = setting.now - timedelta(days=setting.limits.hold_days)
    found: dict[str, int] = {}
    for chunk in _chunks(resource_ids):
        uses = unit.session.execute(
            select(
                ResourceUse.resource_id,
                ResourceUse.member_id,
                ResourceUse.lent_at,
                ResourceUse.returned_at,
                ResourceUse.units,
            )
            .where(ResourceUse.resource_id.in_(chunk))
            .where(or_(ResourceUse.returned_at.is_(None), ResourceUse.lent_at >= since))
        ).all()
        for use in uses:
            found[use.resource_id] = found.get(use.resource_id, 0) + use.units * (use.returned_at is None)
        yes = _proposals(
            unit,
            Match.kind == "resource",
            Match.target_id.in_(chunk),
            Match.status == ACCEPTED,
            Match.updated_at > since,
        )
        for row in yes:
            has_begun = any(
                (use.resource_id, use.member_id) == (row.target_id, row.member_id)
                and (use.returned_at is None or use.lent_at >= row.updated_at)
                for use in uses
            )
            found[row.target_id] = found.get(row.target_id, 0) + (not has_begun)
    return found


def _seats_taken(unit: Unit, event_ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in _chunks(event_ids):
        statement = (
            select(Signup.event_id, func.count())
            .where(Signup.event_id.in_(chunk), Signup.status.in_(_SEATED))
            .group_by(Signup.event_id)
        )
        found.update({str(event_id): int(count) for event_id, count in unit.session.execute(statement)})
    return found


def _joined(unit: Unit, askers: Sequence[Party], targets: Sequence[Party]) -> set[Pair]:
    """Return who signed up for which event, waits for a place or speaks there."""
    who = {asker.id for asker in askers}
    found: set[Pair] = set()
    for chunk in _chunks([target.id for target in targets]):
        signups = select(Signup.member_id, Signup.event_id).where(
            Signup.event_id.in_(chunk), Signup.status.in_(_JOINED)
        )
        if len(who) == 1:
            signups = signups.where(Signup.member_id == askers[0].id)
        found.update((member, event) for member, event in unit.session.execute(signups) if member in who)
        speakers = unit.session.execute(select(Event.id, Event.speaker_ids).where(Event.id.in_(chunk)))
        found.update((member, event) for event, members in speakers for member in members if member in who)
    return found


def _rules_between(
    unit: Unit, askers: Sequence[Party], targets: Sequence[Party], known: Sequence[StandingRule] | None
) -> dict[tuple[str, str | None], list[StandingRule]]:
    """Return the rules in force by (asker, person behind the target)."""
    found: dict[tuple[str, str | None], list[StandingRule]] = {}
    if len(askers) == 1:
        for rule in read_rules_of(unit, askers[0].id) if known is None else known:
            found.setdefault((askers[0].id, other_of(rule, askers[0].id)), []).append(rule)
    elif person := targets[0].person_id:
        for rule in read_rules_of(unit, person):
            found.setdefault((other_of(rule, person), person), []).append(rule)
    return found


def read_rules_of(unit: Unit, member_id: str) -> list[StandingRule]:
    """Return the rules in force about one member, those that name them first before the others."""
    found = _sorted(unit.rows(_RULES_OF, who=member_id, now=unit.now))
    return sorted(found, key=lambda rule: rule.first_id != member_id)


def read_rules_among(unit: Unit, member_ids: set[str]) -> list[StandingRule]:
    """Return the rules in force whose two members are both among these."""
    found = [rule for chunk in _chunks(sorted(member_ids)) for rule in _rules(unit, PairRule.first_id.in_(chunk))]
    return [rule for rule in found if rule.second_id in member_ids]


def _rules(unit: Unit, condition: ColumnElement[bool]) -> Iterable[StandingRule]:
    return _sorted(unit.session.execute(_IN_FORCE.where(condition), {"now": unit.now}))


def _sorted(rows: Iterable[Any]) -> list[StandingRule]:
    # Sorted here: asked for an order, SQLite walks through all rules in that order instead of looking up the few.
    return sorted((StandingRule(*row) for row in rows), key=lambda rule: (rule.created_at, rule.id))


def other_of(rule: StandingRule, member_id: str) -> str:
    """Return the member of a rule who is not this one."""
    return rule.second_id if rule.first_id == member_id else rule.first_id


def read_standings_among(unit: Unit, setting: Setting, ids: set[str]) -> dict[Pair, Standing]:
    """Return the standing of those pairs of members of whom something is on record that counts for rounds and teams."""
    since = setting.now - timedelta(days=setting.limits.decline_rest_days)
    history: dict[Pair, list[PastProposal]] = {}
    for chunk in _chunks(sorted(ids)):
        rows = _proposals(
            unit,
            Match.kind == "member",
            Match.member_id.in_(chunk),
            Match.status.in_(DECLINED),
            Match.updated_at > since,
        )
        for row in rows:
            if row.target_id in ids:
                history.setdefault(ordered(row.member_id, row.target_id), []).append(_past(row))
    rules: dict[Pair, list[StandingRule]] = {}
    for rule in read_rules_among(unit, ids):
        rules.setdefault(ordered(rule.first_id, rule.second_id), []).append(rule)
    return {
        pair: Standing(history=_latest_first(history.get(pair, ())), rules=tuple(rules.get(pair, ())))
        for pair in history.keys() | rules.keys()
    }


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
