"""Topics: what the community asks for, what members could write, whom to ask this week, and posts from their notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from sqlalchemy import select
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.pages.searching import begin
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.tables import Channel, Member
from copilot.errors import InvalidInput
from copilot.topics.outreach import MAX_QUOTA
from copilot.topics.outreach_models import NEXT, Click, Status
from copilot.topics.post_models import MAX_NOTES_CHARS

router = APIRouter(prefix="/topics")
MemberId = Annotated[str, Path(max_length=64)]
TopicId = Annotated[str, Path(max_length=64)]
OutreachId = Annotated[str, Path(max_length=64)]
Cursor = Annotated[str | None, Query(max_length=500)]
_DEMAND, _QUIET, _TOPICS = 12, 20, 3


@router.get("")
def demand_page(visit: VisitDep) -> Response:
    """Show the board of demand."""
    visit.actor.require("topics:read")
    report = visit.services.topics.demand(visit.community_id, _DEMAND)
    with visit.services.store.read(visit.community_id) as unit:
        channels = {row.id: row.name for row in unit.session.scalars(select(Channel))}
        names = {row.id: row.name for row in unit.get_many(Member, {one.given_to for one in report.unanswered if one.given_to}).values()}  # fmt: skip
    return visit.page("topics.html", place="topics", report=report, channels=channels, names=names)


@router.get("/members")
def members_page(visit: VisitDep, cursor: Cursor = None) -> Response:
    """Show who knows much and says little, and what was suggested lately."""
    visit.actor.require("topics:read")
    quiet = visit.services.topics.reluctant(visit.community_id, _QUIET) if cursor is None else []
    page = visit.services.topics.history(visit.community_id, limit=20, cursor=cursor)
    with visit.services.store.read(visit.community_id) as unit:
        names = {row.id: row.name for row in unit.get_many(Member, {one.member_id for one in page.items}).values()}
    return visit.page(
        "topic_members.html", place="topics", quiet=quiet, topics=page.items, names=names, next_cursor=page.next_cursor
    )


@router.get("/members/{member_id}")
def member_page(visit: VisitDep, member_id: MemberId, cursor: Cursor = None) -> Response:
    """Show what was suggested to one member, newest first, and whether they may be asked."""
    visit.actor.require("topics:read")
    services, community_id = visit.services, visit.community_id
    page = services.topics.history(community_id, member_id=member_id, limit=10, cursor=cursor)
    setting = services.outreach.setting(community_id, member_id)
    with services.store.read(community_id) as unit:
        name = unit.get(Member, member_id).name
    return visit.page(
        "topic_member.html", place="topics", member_id=member_id, who=name, topics=page.items, setting=setting,
        next_cursor=page.next_cursor,
    )  # fmt: skip


@router.post("/members/{member_id}")
def suggest(visit: WritingDep, member_id: MemberId) -> Response:
    """Suggest topics to a member; fewer, or none, when there is no evidence for more."""
    visit.actor.require("topics:write")
    services, community_id, actor = visit.services, visit.community_id, visit.actor.key_id
    languages = (visit.language, visit.home.locale)

    def work(is_stopped: Callable[[], bool]) -> None:
        found = services.topics.suggest(community_id, member_id, _TOPICS, actor=actor, is_cancelled=is_stopped)
        if not found.topics and found.note is not None:
            sentence = dict.fromkeys(languages, found.note.sentence)
            raise InvalidInput("nothing to suggest", reason=found.note.code, sentence=sentence)

    return _written(visit, work, lambda now: now.go(f"{PREFIX}/topics/members/{member_id}"))


@router.post("/members/{member_id}/pause")
def pause(visit: WritingDep, member_id: MemberId, paused: Annotated[Literal["", "1"], Form()] = "") -> Response:
    """Ask a member no more, or again, on their word."""
    visit.actor.require("topics:write")
    visit.services.outreach.pause(visit.community_id, member_id, paused=bool(paused), actor=visit.actor.key_id)
    return _again(visit.is_htmx) or visit.go(f"{PREFIX}/topics/members/{member_id}")


@router.get("/outreach")
def outreach_page(visit: VisitDep, status: Status | Literal[""] = "", cursor: Cursor = None) -> Response:
    """Show whom to ask, with words to copy, and what came of it."""
    visit.actor.require("topics:read")
    service, community_id = visit.services.outreach, visit.community_id
    page = service.listed(community_id, status=status or None, limit=20, cursor=cursor)
    return visit.page(
        "outreach.html", place="topics", items=page.items, next_cursor=page.next_cursor, wanted=status,
        learned=service.learned(community_id), following=NEXT, max_quota=MAX_QUOTA,
    )  # fmt: skip


@router.post("/outreach")
def plan_outreach(visit: WritingDep, quota: Annotated[str, Form(max_length=4)] = "5") -> Response:
    """Fill this week's list."""
    visit.actor.require("topics:write")
    if not quota.strip().isascii() or not quota.strip().isdigit():
        sentence = {
            "zh-CN": f"名额是 1 到 {MAX_QUOTA} 的整数。",
            "en": f"Places are a whole number from 1 to {MAX_QUOTA}.",
        }
        raise InvalidInput("quota is a whole number", field="quota", sentence=sentence)
    visit.services.outreach.plan(visit.community_id, int(quota), actor=visit.actor.key_id)
    return _again(visit.is_htmx) or visit.go(f"{PREFIX}/topics/outreach")


@router.post("/outreach/{outreach_id}")
def click(visit: WritingDep, outreach_id: OutreachId, status: Annotated[Click, Form()]) -> Response:
    """Note that a message was sent, or what the member said."""
    visit.actor.require("topics:write")
    item = visit.services.outreach.click(visit.community_id, outreach_id, status, actor=visit.actor.key_id)
    if visit.is_htmx:
        return visit.fragment("outreach_card.html", item=item, following=NEXT)
    return visit.go(f"{PREFIX}/topics/outreach")


@router.get("/{topic_id}")
def topic_page(visit: VisitDep, topic_id: TopicId, cursor: Cursor = None) -> Response:
    """Show one topic with its sources, and the posts that were made from notes."""
    visit.actor.require("topics:read")
    stored = visit.services.topics.get(visit.community_id, topic_id)
    posts = visit.services.posts.of_topic(visit.community_id, topic_id, limit=5, cursor=cursor)
    with visit.services.store.read(visit.community_id) as unit:
        name = unit.get(Member, stored.member_id).name
    return visit.page(
        "topic.html", place="topics", stored=stored, topic=stored.topic, posts=posts.items, who=name,
        next_cursor=posts.next_cursor, max_notes=MAX_NOTES_CHARS,
    )  # fmt: skip


@router.post("/{topic_id}/posts")
def arrange(visit: WritingDep, topic_id: TopicId, notes: Annotated[str, Form(max_length=MAX_NOTES_CHARS)] = "") -> Response:  # fmt: skip
    """Arrange notes into the framework of a topic; nothing is invented and nothing is posted."""
    visit.actor.require("topics:write")
    services, community_id, actor = visit.services, visit.community_id, visit.actor.key_id

    def work(is_stopped: Callable[[], bool]) -> None:
        services.posts.arrange(community_id, topic_id, notes, actor=actor, is_cancelled=is_stopped)

    return _written(visit, work, lambda now: _again(now.is_htmx) or now.go(f"{PREFIX}/topics/{topic_id}#posts"))


def _written(visit: Visit, work: Callable[[Callable[[], bool]], None], show: Callable[[Visit], Response]) -> Response:
    """Have something written: at once by rules, while a model may take a minute, can be watched and be stopped."""
    if visit.services.model is None:
        work(lambda: False)
        return show(visit)
    seconds = visit.services.settings.llm.timeout_seconds
    return begin(visit, seconds, work, lambda now, _: show(now), asks_midway=True)


def _again(is_htmx: bool) -> Response | None:
    """Return what makes the browser load the page anew: its address stays the same."""
    return Response(status_code=204, headers={"HX-Refresh": "true"}) if is_htmx else None
