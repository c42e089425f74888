"""People for those who run the community: found by words or by meaning, looked at with sources, consent and matches."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import func, select
from starlette.responses import Response

from api.console.pages.me import KINDS
from api.console.quotes import label_in, quoted
from api.console.visit import VisitDep
from copilot.community.member_search import found_members
from copilot.community.permission import get_seen, is_open_to_match
from copilot.community.tables import Member, Message, ProfileText
from copilot.matching.models import MatchKind
from copilot.matching.proposing.stored_matches import Chosen

router = APIRouter()
MemberId = Annotated[str, Path(max_length=64)]
Text = Annotated[str, Query(max_length=100)]
ASPECTS = ("is", "has", "wants")
_PAGE, _FOUND, _MATCHES, _INTRODUCTIONS, _SAID = 30, 6, 8, 5, 40


@router.get("/people")
def people_page(visit: VisitDep, q: Text = "", cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """List members by name, or those that a text finds; a page at a time, however many there are."""
    visit.actor.require("members:read")
    text = q.strip()
    statement = found_members(visit.actor, text)
    with visit.services.store.read(visit.community_id) as unit:
        page = unit.page(statement, (Member.name, Member.id), limit=_PAGE, cursor=cursor, descending=False)
        total = None if cursor else unit.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    values: dict[str, Any] = {
        "people": page.items, "next_cursor": page.next_cursor, "q": text, "total": total, "open": is_open_to_match,
        "is_more": cursor is not None,
    }  # fmt: skip
    if visit.is_htmx:
        return visit.fragment("people_found.html", **values)
    return visit.page("people.html", place="people", **values)


@router.get("/people/meaning")
def by_meaning(visit: VisitDep, q: Text = "") -> Response:
    """Find those whose offers answer a text, with the sentence that does."""
    visit.actor.require("matching:read")
    text = q.strip()
    found = visit.services.matching.find_people(visit.community_id, text, _FOUND) if text else []
    return visit.fragment("people_meaning.html", found=found, q=text)


@router.get("/people/{member_id}")
def person_page(visit: VisitDep, member_id: MemberId) -> Response:
    """Show one member: what they are, have and want, each with its source, and what they allow."""
    visit.actor.require("members:read")
    with visit.services.store.read(visit.community_id) as unit:
        member = get_seen(unit, visit.actor, member_id)
        statement = select(ProfileText).where(ProfileText.member_id == member_id)
        rows = unit.session.scalars(statement.order_by(ProfileText.position, ProfileText.id)).all()
        sent = select(func.count(Message.id), func.max(Message.sent_at)).where(Message.sender_id == member_id)
        messages, last_at = unit.session.execute(sent).one()
    texts = {aspect: [row for row in rows if row.aspect == aspect] for aspect in ASPECTS}
    introductions = []
    if visit.actor.may("matching:read"):
        introductions = visit.services.introductions.page(
            visit.community_id, visit.actor, member_id=member_id, limit=_INTRODUCTIONS
        ).items
    return visit.page(
        "person.html", place="people", member=member, texts=texts, messages=messages, last_at=last_at,
        introductions=introductions, is_open=is_open_to_match(member), kinds=KINDS,
    )  # fmt: skip


@router.get("/people/{member_id}/matches")
def person_matches(visit: VisitDep, member_id: MemberId, kind: Annotated[MatchKind, Query()] = "member") -> Response:
    """Show what is proposed to a member and why, and how many were left out for what reason."""
    visit.actor.require("matching:read")
    with visit.services.store.read(visit.community_id) as unit:
        get_seen(unit, visit.actor, member_id)
    found = visit.services.matching.match(
        visit.community_id, member_id, kind, _MATCHES, actor=visit.actor.key_id
    )  # fmt: skip
    answered = [
        one
        for one in visit.services.matching.proposals(
            visit.community_id, Chosen(kind, None, member_id), limit=_SAID
        ).items
        if one.status != "proposed" and all(one.match_id != item.match_id for item in found.items)
    ]
    return visit.fragment(
        "person_matches.html", found=found, answered=answered, kinds=KINDS, quoted=quoted, label_in=label_in
    )
