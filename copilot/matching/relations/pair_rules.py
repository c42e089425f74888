"""Rules about two members: whom a member blocks, and whom operators keep apart or want proposed to each other.

Here they are set and lifted; what follows from them is judged in `constraints`. A block is never told to the blocked:
its entries in the audit log name the rule, not the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from copilot.community.access import Actor
from copilot.community.ids import new_id
from copilot.community.introduction_status import IntroductionStatus
from copilot.community.models import RuleKind
from copilot.community.permission import get_seen, is_seen_by, seen_by
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Introduction, Match, Member, PairRule
from copilot.community.text import clean_text
from copilot.errors import Conflict, Denied, InvalidInput, NotFound
from copilot.matching.records import match_id
from copilot.matching.relations.introductions import end, lock_members
from copilot.matching.relations.pair_rule_models import NOTE_CHARS, RuleBounds, RuleDraft, StoredBlock, StoredRule
from copilot.matching.relations.wording import refusal

_OPERATORS = (RuleKind.CANNOT_MATCH, RuleKind.MUST_MATCH)
_PREFIX = "rule"


class PairRuleService:
    """Sets, lists and lifts rules. Whether the actor may is checked by whoever calls."""

    def __init__(self, store: Store, bounds: RuleBounds | None = None) -> None:
        self._store = store
        self._bounds = bounds or RuleBounds()

    def block(self, community_id: str, member_id: str, other_id: str, note: str = "", *, actor: Actor) -> StoredBlock:
        """Keep the two from being proposed to each other, either way; doing so again changes nothing.

        Raises:
            NotFound: there is no such member, or none the actor may know of.
            InvalidInput: oneself, or a note of more than 500 characters.
            Conflict: the member blocks 200 already.
        """
        _check_note(note)
        if member_id == other_id:
            raise _invalid("oneself", "member_id")
        with self._store.write(community_id) as unit:
            lock_members(unit, member_id, other_id)
            other = _known(unit, actor, member_id, other_id)
            found = unit.session.scalar(select(PairRule).where(*_block_of(member_id, other_id)))
            if found is None:
                mine = and_(PairRule.kind == RuleKind.BLOCKED.value, PairRule.first_id == member_id)
                _require_room(unit, mine, self._bounds.blocks_per_member, "too_many_blocks")
                found = _add(unit, RuleKind.BLOCKED, (member_id, other_id), note, member_id)
                unit.audit(actor.key_id, "pair_rule.set", (_PREFIX, found.id), kind=found.kind)
                _close_introductions(unit, member_id, other_id)
            return _block_view(found, other, actor)

    def unblock(self, community_id: str, member_id: str, other_id: str, *, actor: Actor) -> StoredBlock:
        """Lift a block and return what it was.

        Raises:
            NotFound: the member has not blocked that one.
        """
        with self._store.write(community_id) as unit:
            found = unit.session.scalar(select(PairRule).where(*_block_of(member_id, other_id)))
            if found is None:
                raise NotFound(f"{other_id!r} is not blocked", kind="block", id=other_id)
            view = _block_view(found, unit.find(Member, other_id), actor)
            unit.session.delete(found)
            unit.audit(actor.key_id, "pair_rule.lifted", (_PREFIX, found.id), kind=found.kind)
            return view

    def blocks(
        self, community_id: str, member_id: str, *, actor: Actor, limit: int = 50, cursor: str | None = None
    ) -> Page[StoredBlock]:
        """Return whom a member blocked, the latest first.

        Raises:
            NotFound: there is no such member, or none the actor may know of.
            InvalidInput: limit or cursor is wrong.
        """
        mine = select(PairRule).where(PairRule.kind == RuleKind.BLOCKED.value, PairRule.first_id == member_id)
        with self._store.read(community_id) as unit:
            get_seen(unit, actor, member_id)
            page = unit.page(mine, (PairRule.created_at, PairRule.id), limit=limit, cursor=cursor)
            people = unit.get_many(Member, [row.second_id for row in page.items])
            return Page([_block_view(row, people.get(row.second_id), actor) for row in page.items], page.next_cursor)

    def add(self, community_id: str, draft: RuleDraft, *, actor: Actor) -> StoredRule:
        """Set an operators' rule; one of the same kind that has expired is replaced.

        Raises:
            NotFound: there is no such member, or none the actor may know of.
            InvalidInput: the same member twice, or an end in the past.
            Conflict: the two have this rule or its opposite, one blocked the other, or 5,000 rules are in force.
        """
        first, second = sorted(draft.member_ids)
        if first == second:
            raise _invalid("oneself", "member_ids")
        with self._store.write(community_id) as unit:
            if draft.expires_at is not None and draft.expires_at <= unit.now:
                raise _invalid("in_the_past", "expires_at")
            # Two operators at once must not set opposite rules.
            lock_members(unit, first, second)
            for member_id in (first, second):
                get_seen(unit, actor, member_id)
            self._make_room(unit, RuleKind(draft.kind), first, second)
            ends_at = draft.expires_at and draft.expires_at.astimezone(UTC)
            row = _add(unit, RuleKind(draft.kind), (first, second), draft.note, actor.key_id, ends_at)
            unit.audit(
                actor.key_id, "pair_rule.set", (_PREFIX, row.id),
                kind=row.kind, member_ids=[first, second], expires_at=row.expires_at and row.expires_at.isoformat(),
            )  # fmt: skip
            unit.session.flush()
            return _views(unit, [row])[0]

    def remove(self, community_id: str, rule_id: str, *, actor: Actor) -> StoredRule:
        """Take an operators' rule back and return what it was.

        Raises:
            NotFound: there is no such rule, or it is about somebody the actor may not know of.
            Denied: it is a member's block.
        """
        with self._store.write(community_id) as unit:
            row = _get(unit, rule_id, actor)
            if row.kind == RuleKind.BLOCKED:
                sentences = refusal("not_theirs")
                raise Denied(sentences["en"], reason="not_theirs", sentence=sentences)
            view = _views(unit, [row])[0]
            unit.session.delete(row)
            unit.audit(
                actor.key_id, "pair_rule.lifted", (_PREFIX, row.id),
                kind=row.kind, member_ids=[row.first_id, row.second_id],
            )  # fmt: skip
            return view

    def get(self, community_id: str, rule_id: str, *, actor: Actor) -> StoredRule:
        """Return one rule.

        Raises:
            NotFound: there is none with this id, or it is about somebody the actor may not know of.
        """
        with self._store.read(community_id) as unit:
            return _views(unit, [_get(unit, rule_id, actor)])[0]

    def rules(
        self,
        community_id: str,
        *,
        actor: Actor,
        kind: RuleKind | None = None,
        member_id: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[StoredRule]:
        """Return rules of all kinds, blocks included, the latest first; those about members hidden from the actor not.

        Raises:
            NotFound: there is no such member, or none the actor may know of.
            InvalidInput: limit or cursor is wrong.
        """
        statement = select(PairRule).where(*_seen(actor))
        if kind is not None:
            statement = statement.where(PairRule.kind == kind.value)
        with self._store.read(community_id) as unit:
            if member_id is not None:
                get_seen(unit, actor, member_id)
                statement = statement.where(or_(PairRule.first_id == member_id, PairRule.second_id == member_id))
            page = unit.page(statement, (PairRule.created_at, PairRule.id), limit=limit, cursor=cursor)
            return Page(_views(unit, page.items), page.next_cursor)

    def _make_room(self, unit: Unit, kind: RuleKind, first: str, second: str) -> None:
        """Pass when the rule can be set; drop what has expired between the two."""
        between = or_(
            and_(PairRule.first_id == first, PairRule.second_id == second),
            and_(PairRule.first_id == second, PairRule.second_id == first),
        )
        for row in unit.session.scalars(select(PairRule).where(between)).all():
            if row.expires_at is not None and row.expires_at <= unit.now:
                unit.session.delete(row)
            elif row.kind == kind:
                raise _conflict("rule_exists", rule_id=row.id)
            elif row.kind in _OPERATORS:
                raise _conflict("opposite_rule", rule_id=row.id)
            elif kind is RuleKind.MUST_MATCH:
                raise _conflict("blocked_pair", rule_id=row.id)
        unit.session.flush()
        in_force = or_(PairRule.expires_at.is_(None), PairRule.expires_at > unit.now)
        theirs = and_(PairRule.kind.in_([kind.value for kind in _OPERATORS]), in_force)
        _require_room(unit, theirs, self._bounds.operator_rules, "too_many_rules")


def _add(
    unit: Unit, kind: RuleKind, pair: tuple[str, str], note: str, by: str, expires_at: datetime | None = None
) -> PairRule:  # fmt: skip
    row = PairRule(
        id=new_id(_PREFIX), kind=kind.value, first_id=pair[0], second_id=pair[1], note=clean_text(note),
        created_by=by, created_at=unit.now, expires_at=expires_at,
    )  # fmt: skip
    return unit.add(row)


def _close_introductions(unit: Unit, member_id: str, other_id: str) -> None:
    """End what waits between the two; the other side learns what it would learn without a block, too."""
    waiting = select(Introduction).where(
        Introduction.status == IntroductionStatus.WAITING.value,
        or_(
            and_(Introduction.asker_id == member_id, Introduction.target_id == other_id),
            and_(Introduction.asker_id == other_id, Introduction.target_id == member_id),
        ),
    )
    for row in unit.session.scalars(waiting).all():
        is_own = row.asker_id == member_id
        end(unit, row, IntroductionStatus.WITHDRAWN if is_own else IntroductionStatus.IGNORED, member_id, None)


def _known(unit: Unit, actor: Actor, member_id: str, other_id: str) -> Member:
    """Return a member whom the actor may know of, or was proposed to or by."""
    other = unit.get(Member, other_id)
    met = (
        match_id(unit.community_id, *ids) for ids in ((member_id, "member", other_id), (other_id, "member", member_id))
    )
    if is_seen_by(actor, other) or unit.get_many(Match, met):
        return other
    return get_seen(unit, actor, other_id)


def _get(unit: Unit, rule_id: str, actor: Actor) -> PairRule:
    row = unit.session.scalar(select(PairRule).where(PairRule.id == rule_id, *_seen(actor)))
    if row is None:
        raise NotFound(f"there is no pair rule {rule_id!r} in this community", kind="pair_rule", id=rule_id)
    return row


def _seen(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    known = select(Member.id).where(seen_by(actor))
    return (PairRule.first_id.in_(known), PairRule.second_id.in_(known))


def _block_of(member_id: str, other_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        PairRule.kind == RuleKind.BLOCKED.value, PairRule.first_id == member_id, PairRule.second_id == other_id,
    )  # fmt: skip


def _require_room(unit: Unit, which: ColumnElement[bool], limit: int, reason: str) -> None:
    if (unit.session.scalar(select(func.count(PairRule.id)).where(which)) or 0) >= limit:
        raise _conflict(reason, limit=limit)


def _check_note(note: str) -> None:
    if len(note) > NOTE_CHARS:
        raise InvalidInput(f"a note has at most {NOTE_CHARS} characters", field="note", limit=NOTE_CHARS)


def _invalid(reason: str, field: str) -> InvalidInput:
    sentences = refusal(reason)
    return InvalidInput(sentences["en"], field=field, reason=reason, sentence=sentences)


def _conflict(reason: str, **values: object) -> Conflict:
    sentences = refusal(reason, **values)
    return Conflict(sentences["en"], reason=reason, sentence=sentences, **values)


def _views(unit: Unit, rows: Sequence[PairRule]) -> list[StoredRule]:
    people = unit.get_many(Member, [member_id for row in rows for member_id in (row.first_id, row.second_id)])
    return [
        StoredRule(
            id=row.id, kind=RuleKind(row.kind), first_id=row.first_id, first_name=people[row.first_id].name,
            second_id=row.second_id, second_name=people[row.second_id].name, note=row.note, created_by=row.created_by,
            created_at=row.created_at, expires_at=row.expires_at,
            is_in_force=row.expires_at is None or row.expires_at > unit.now,
        )
        for row in rows
    ]  # fmt: skip


def _block_view(row: PairRule, other: Member | None, actor: Actor) -> StoredBlock:
    name = other.name if other is not None and is_seen_by(actor, other) else ""
    return StoredBlock(member_id=row.second_id, name=name, note=row.note, created_at=row.created_at)
