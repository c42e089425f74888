"""Proposals as rows: one per member, kind and target, kept when answered; and what members say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import bindparam, select, update

from copilot.community.outbox import emit_all
from copilot.community.prepared import Prepared, among
from copilot.community.store import Store, Unit
from copilot.community.tables import Match, Member
from copilot.community.text import clean_text
from copilot.errors import Denied, InvalidInput, NotFound, StoreBusy, StoreFull
from copilot.matching.models import FeedbackResult, MatchItem, Verdict
from copilot.matching.records import Setting
from copilot.matching.relations.introduction_models import IntroductionRules, Said
from copilot.matching.relations.introductions import hear, lock_members
from copilot.matching.rules.constraints import has_lapsed, rests
from copilot.matching.rules.pairing import ACCEPTED, DECLINED, PROPOSED
from copilot.matching.sources import Basis

_MEMBER = Prepared(select(Member.id).where(Member.id == bindparam("member_id")))
_STORED = Prepared(
    select(
        Match.id, Match.status, Match.score, Match.components, Match.reasons, Match.weights_version, Match.created_at,
        Match.proposed_at, Match.updated_at,
    ).where(among(Match.id, "ids"))
)  # fmt: skip


def store_proposals(store: Store, basis: Basis, member_id: str, items: Sequence[MatchItem], actor: str) -> None:
    """Write what is new or changed in one short transaction; asking again for the same writes nothing.

    A proposal that was accepted or declined meanwhile is left as it is. Nobody is refused an answer because the database
    takes no notes for now: the same proposals, under the same ids, are stored when they are next asked for.

    Raises:
        NotFound: the member was deleted meanwhile.
    """
    with suppress(StoreBusy, StoreFull):
        _store(store, basis, member_id, items, actor)


def _store(store: Store, basis: Basis, member_id: str, items: Sequence[MatchItem], actor: str) -> None:
    community_id = basis.setting.community_id
    wanted = [item.match_id for item in items]
    said = [(item, _content(basis, item)) for item in items]
    with store.read(community_id) as unit:
        if not _changes(unit, _stored(unit, wanted), basis.setting, said):
            return
    with store.write(community_id) as unit:
        if not unit.rows(_MEMBER, member_id=member_id):
            raise NotFound(f"there is no member {member_id!r} in this community", kind="member", id=member_id)
        stored = _stored(unit, wanted)
        changes = _changes(unit, stored, basis.setting, said)
        if not changes:
            return
        new = [{**row, "member_id": member_id} for row in changes if row["id"] not in stored]
        for row in changes:
            if row["id"] in stored:
                unit.session.execute(update(Match).where(Match.id == row["id"]).values(row))
        unit.insert(Match, new)
        emit_all(unit, "match.proposed", _notes(member_id, items, changes))
        if new:
            unit.audit(actor or "system", "match.propose", ("member", member_id), matches=[row["id"] for row in new])


def _stored(unit: Unit, match_ids: Sequence[str]) -> dict[str, Any]:
    return {row.id: row for row in unit.rows(_STORED, ids=match_ids)}


def _notes(member_id: str, items: Sequence[MatchItem], changes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what webhooks are told of the proposals that are made now, for the first time or again."""
    proposed = {row["id"] for row in changes if "status" in row}
    return [
        {
            "match_id": item.match_id, "member_id": member_id, "kind": item.kind, "target_id": item.target_id,
            "score": item.score,
        }
        for item in items
        if item.match_id in proposed
    ]  # fmt: skip


def record_feedback(
    store: Store,
    community_id: str,
    match_id: str,
    member_id: str,
    said: Said,
    rules: IntroductionRules,
) -> FeedbackResult:
    """Store what the member says of a match made for them, and set its status; the latest word counts.

    A yes to a member opens an introduction, or answers the one that waits for this member; a no ends it.

    Raises:
        NotFound: there is no such match.
        Denied: the match was made for somebody else.
        Conflict: a yes that cannot be followed up now, or a no after both are connected.
    """
    with store.read(community_id) as unit:
        match = unit.get(Match, match_id)
        if match.member_id != member_id:
            raise Denied("this match was made for another member", match_id=match_id)
    with store.write(community_id) as unit:
        if match.kind == "member":
            lock_members(unit, match.member_id, match.target_id)
        match = unit.get(Match, match_id)
        heard = hear(unit, match, said, rules)
        introduction_id = heard.introduction.id if heard.introduction else None
        return FeedbackResult(
            feedback_id=heard.feedback_id, match_id=match_id, status=match.status, introduction_id=introduction_id
        )


def read_said(verdict: Verdict | str, comment: str, rules: IntroductionRules) -> Said:
    """Return a member's word on a match, checked.

    Raises:
        InvalidInput: an unknown verdict, or a comment that is too long.
    """
    try:
        said = Verdict(verdict)
    except ValueError as error:
        known = ", ".join(item.value for item in Verdict)
        raise InvalidInput(f"a verdict is one of {known}", field="verdict") from error
    if len(comment) > rules.comment_chars:
        limit = rules.comment_chars
        raise InvalidInput(f"a comment has at most {limit} characters", field="comment", limit=limit)
    return Said(said, clean_text(comment))


def _content(basis: Basis, item: MatchItem) -> dict[str, Any]:
    """Return what a proposal says, as it is stored."""
    return {
        "score": item.score,
        "components": dict(item.components),
        "reasons": [reason.model_dump(mode="json") for reason in item.reasons],
        "weights_version": basis.weights_version,
    }


def _changes(
    unit: Unit, stored: Mapping[str, Any], setting: Setting, proposals: Sequence[tuple[MatchItem, dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return rows to write: new proposals, changed ones, and declined ones whose rest is over.

    Args:
        unit: where they are stored, or will be.
        stored: rows that are there, by id.
        setting: the moment and the limits.
        proposals: each with what it says.
    """
    changes: list[dict[str, Any]] = []
    for item, said in proposals:
        content = dict(said)
        row = stored.get(item.match_id)
        if row is None:
            content |= {"kind": item.kind, "target_id": item.target_id, "status": PROPOSED}
            content |= {"created_at": unit.now, "proposed_at": unit.now}
        elif row.status == ACCEPTED or _is_declined(row, item, setting):
            continue
        elif row.status != PROPOSED or has_lapsed(row.proposed_at or row.created_at, setting):
            content |= {"status": PROPOSED, "proposed_at": unit.now}
        elif all(getattr(row, name) == value for name, value in content.items()):
            continue
        changes.append({"id": item.match_id, "updated_at": unit.now, **content})
    return changes


def _is_declined(row: Any, item: MatchItem, setting: Setting) -> bool:
    """Whether a "no" holds: one that rests, or one said while the list was computed; operators overrule the former."""
    is_news = row.status in DECLINED and row.updated_at >= setting.now
    return is_news or (rests(row.status, row.updated_at, setting) and not item.required)
