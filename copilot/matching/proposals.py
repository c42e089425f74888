"""Proposals as rows: one per member, kind and target, kept when answered; and what members say of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from copilot.community.ids import new_id
from copilot.community.outbox import emit_all
from copilot.community.store import Store, Unit
from copilot.community.tables import Match, MatchFeedback, Member
from copilot.community.text import clean_text
from copilot.errors import Denied, InvalidInput, NotFound, StoreBusy, StoreFull
from copilot.matching.constraints import has_lapsed, rests
from copilot.matching.models import FeedbackResult, MatchItem, Verdict
from copilot.matching.pairing import ACCEPTED, DECLINED, PROPOSED, STATUS_AFTER
from copilot.matching.records import Setting

_COMMENT_CHARS = 1000


def store_proposals(store: Store, setting: Setting, member_id: str, items: Sequence[MatchItem], actor: str) -> None:
    """Write what is new or changed in one short transaction; asking again for the same writes nothing.

    A proposal that was accepted or declined meanwhile is left as it is. Nobody is refused an answer because the database
    takes no notes for now: the same proposals, under the same ids, are stored when they are next asked for.

    Raises:
        NotFound: the member was deleted meanwhile.
    """
    with suppress(StoreBusy, StoreFull):
        _store(store, setting, member_id, items, actor)


def _store(store: Store, setting: Setting, member_id: str, items: Sequence[MatchItem], actor: str) -> None:
    with store.read(setting.community_id) as unit:
        if not _changes(unit, setting, member_id, items):
            return
    with store.write(setting.community_id) as unit:
        if unit.find(Member, member_id) is None:
            raise NotFound(f"there is no member {member_id!r} in this community", kind="member", id=member_id)
        changes = _changes(unit, setting, member_id, items)
        if not changes:
            return
        result = unit.upsert(Match, changes)
        emit_all(unit, "match.proposed", _notes(member_id, items, changes))
        if result.inserted:
            unit.audit(actor or "system", "match.propose", ("member", member_id), matches=result.inserted)


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
    store: Store, community_id: str, match_id: str, member_id: str, verdict: Verdict | str, comment: str = ""
) -> FeedbackResult:
    """Store what the member says of a match made for them, and set its status; the latest word counts.

    Raises:
        InvalidInput: an unknown verdict, or a comment of more than 1,000 characters.
        NotFound: there is no such match.
        Denied: the match was made for somebody else.
    """
    try:
        said = Verdict(verdict)
    except ValueError as error:
        known = ", ".join(item.value for item in Verdict)
        raise InvalidInput(f"a verdict is one of {known}", field="verdict") from error
    if len(comment) > _COMMENT_CHARS:
        raise InvalidInput(f"a comment has at most {_COMMENT_CHARS} characters", field="comment", limit=_COMMENT_CHARS)
    feedback_id = new_id("mfb")
    with store.write(community_id) as unit:
        match = unit.get(Match, match_id)
        if match.member_id != member_id:
            raise Denied("this match was made for another member", match_id=match_id)
        match.status = STATUS_AFTER[said]
        match.updated_at = unit.now
        unit.add(
            MatchFeedback(
                id=feedback_id, match_id=match_id, member_id=member_id, verdict=said.value,
                comment=clean_text(comment), created_at=unit.now,
            )
        )  # fmt: skip
        unit.audit(member_id, "match.feedback", ("match", match_id), verdict=said.value)
    return FeedbackResult(feedback_id=feedback_id, match_id=match_id, status=STATUS_AFTER[said])


def _changes(unit: Unit, setting: Setting, member_id: str, items: Sequence[MatchItem]) -> list[dict[str, Any]]:
    """Return rows to write: new proposals, changed ones, and declined ones whose rest is over."""
    stored = unit.get_many(Match, [item.match_id for item in items])
    changes: list[dict[str, Any]] = []
    for item in items:
        content: dict[str, Any] = {
            "score": item.score,
            "components": dict(item.components),
            "reasons": [reason.model_dump(mode="json") for reason in item.reasons],
        }
        row = stored.get(item.match_id)
        if row is None:
            whose = {"member_id": member_id, "kind": item.kind, "target_id": item.target_id}
            content |= whose | {"status": PROPOSED, "created_at": unit.now, "proposed_at": unit.now}
        elif row.status == ACCEPTED or _is_declined(row, item, setting):
            continue
        elif row.status != PROPOSED or has_lapsed(row.proposed_at or row.created_at, setting):
            content |= {"status": PROPOSED, "proposed_at": unit.now}
        elif all(getattr(row, name) == value for name, value in content.items()):
            continue
        changes.append({"id": item.match_id, "updated_at": unit.now, **content})
    return changes


def _is_declined(row: Match, item: MatchItem, setting: Setting) -> bool:
    """Whether a "no" holds: one that rests, or one said while the list was computed; operators overrule the former."""
    is_news = row.status in DECLINED and row.updated_at >= setting.now
    return is_news or (rests(row.status, row.updated_at, setting) and not item.required)
