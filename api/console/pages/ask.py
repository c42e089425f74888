"""Ask: one box. What is wanted is read by rules and shown; the answer is looked for in the background and shown as it comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query
from sqlalchemy import select
from starlette.responses import Response

from api.console.inquiries import Asker, Inquiries, Inquiry, Tell, Work
from api.console.intents import Intent, named_in, read_intent
from api.console.navigation import PREFIX
from api.console.pages.plans import words
from api.console.visit import Visit, VisitDep, WritingDep
from api.console.writing import lines_so_far
from api.errors import in_language
from copilot.atmosphere.models import AtmosphereReading
from copilot.community.permission import open_to_match
from copilot.community.tables import Member
from copilot.community.text import clean_text
from copilot.errors import InvalidInput, ModelCancelled
from copilot.matching.models import FoundMember, FoundResource
from copilot.topics.models import ReluctantMember, TopicSet

router = APIRouter()
InquiryId = Annotated[str, Path(max_length=64)]
MAX_CHARS = 2_000
_PEOPLE, _RESOURCES, _TOPICS, _QUIET, _MOST_NAMES = 6, 4, 3, 6, 20_000
SCOPES = {
    Intent.PLAN: "events:write", Intent.PEOPLE: "matching:read", Intent.TOPICS: "topics:write",
    Intent.ROOM: "atmosphere:read",
}  # fmt: skip


@dataclass(frozen=True)
class PeopleAnswer:
    """Who and what answers a text."""

    people: list[FoundMember]
    resources: list[FoundResource]


@dataclass(frozen=True)
class TopicsAnswer:
    """Topics for somebody; when nobody was named, who could be."""

    sets: list[TopicSet]
    quiet: list[ReluctantMember]


@router.get("/ask")
def ask_page(visit: VisitDep) -> Response:
    """Show the box and what was asked lately."""
    visit.actor.require("matching:read")
    return _page(visit, None)


@router.post("/ask")
def ask(
    visit: WritingDep,
    text: Annotated[str, Form(max_length=MAX_CHARS)] = "",
    intent: Annotated[Literal["", "plan", "people", "topics", "room"], Form()] = "",
) -> Response:
    """Start looking for an answer."""
    visit.actor.require("matching:read")
    asked = clean_text(text)
    if not asked:
        sentence = {"zh-CN": "先写下想问什么。", "en": "Write what you want to know first."}
        raise InvalidInput("there is nothing to answer", field="text", sentence=sentence)
    wanted = Intent(intent) if intent else read_intent(asked)
    visit.actor.require(SCOPES[wanted])
    inquiry = _inquiries(visit).start(
        _asker(visit), (asked, wanted, bool(intent)), visit.services.clock.now(), _work(visit, wanted, asked)
    )
    return visit.go(f"{PREFIX}/ask/{inquiry.id}")


@router.get("/ask/{inquiry_id}")
def inquiry_page(visit: VisitDep, inquiry_id: InquiryId, seen: Annotated[str, Query(max_length=40)] = "") -> Response:  # fmt: skip
    """Show how far a question is, or its answer; asked by htmx again and again until there is one."""
    visit.actor.require("matching:read")
    inquiry = _inquiries(visit).get(_asker(visit), inquiry_id)
    if not visit.is_htmx:
        return _page(visit, inquiry)
    if seen == inquiry.mark:  # the page keeps what it has, and nothing is said twice to who listens
        return Response(status_code=204)
    return visit.fragment("inquiry.html", **_values(visit, inquiry))


@router.post("/ask/{inquiry_id}/stop")
def stop(visit: WritingDep, inquiry_id: InquiryId) -> Response:
    """Stop looking; nothing of an unfinished answer is kept."""
    visit.actor.require("matching:read")
    inquiry = _inquiries(visit).get(_asker(visit), inquiry_id)
    inquiry.stopped.set()
    if visit.is_htmx:
        return visit.fragment("inquiry.html", **_values(visit, inquiry))
    return visit.go(f"{PREFIX}/ask/{inquiry_id}")


def _page(visit: Visit, inquiry: Inquiry | None) -> Response:
    values = {"inquiry": None, "intents": _allowed(visit)} if inquiry is None else _values(visit, inquiry)
    latest = _inquiries(visit).latest(_asker(visit))
    return visit.page("ask.html", place="ask", latest=latest, max_chars=MAX_CHARS, **values)


def _allowed(visit: Visit) -> list[Intent]:
    return [intent for intent in Intent if visit.actor.may(SCOPES[intent])]


def _values(visit: Visit, inquiry: Inquiry) -> dict[str, Any]:
    said = "" if inquiry.error is None else in_language(inquiry.error, visit.language)
    return {
        "inquiry": inquiry, "intents": _allowed(visit),
        "problem": {"sentence": said, "fields": [], "status": 0} if said else None,
        **({"request_id": inquiry.request_id} if said else {}),
        "lines": [] if inquiry.is_over else lines_so_far(inquiry.words), **words(visit),
    }  # fmt: skip


def _inquiries(visit: Visit) -> Inquiries:
    found: Inquiries = visit.request.app.state.inquiries
    return found


def _asker(visit: Visit) -> Asker:
    return Asker(visit.community_id, visit.actor.key_id)


def _work(visit: Visit, intent: Intent, text: str) -> Work:
    services, community_id, actor = visit.services, visit.community_id, visit.actor.key_id

    def plan(tell: Tell, is_stopped: Callable[[], bool]) -> Any:
        return services.events.draft(
            community_id, text, actor=actor, on_progress=tell, is_cancelled=is_stopped
        )  # fmt: skip

    def people(tell: Tell, is_stopped: Callable[[], bool]) -> PeopleAnswer:
        tell("searching", {})
        found = services.matching.find_people(community_id, text, _PEOPLE)
        _go_on(is_stopped)
        tell("resources", {})
        return PeopleAnswer(found, services.matching.find_resources(community_id, text, _RESOURCES))

    def topics(tell: Tell, is_stopped: Callable[[], bool]) -> TopicsAnswer:
        tell("searching", {})
        with services.store.read(community_id) as unit:
            rows = unit.session.execute(select(Member.id, Member.name).where(*open_to_match()).limit(_MOST_NAMES)).all()
        named = named_in(text, [(str(row.id), str(row.name)) for row in rows])[:2]
        if not named:
            return TopicsAnswer([], services.topics.reluctant(community_id, _QUIET))
        tell("drafting", {})
        sets = []
        for member_id in named:
            _go_on(is_stopped)
            sets.append(services.topics.suggest(community_id, member_id, _TOPICS, actor=actor, is_cancelled=is_stopped))
        return TopicsAnswer(sets, [])

    def room(tell: Tell, _is_stopped: Callable[[], bool]) -> AtmosphereReading:
        tell("measuring", {})
        return services.atmosphere.read(community_id)

    works: dict[Intent, Work] = {Intent.PLAN: plan, Intent.PEOPLE: people, Intent.TOPICS: topics, Intent.ROOM: room}
    return works[intent]


def _go_on(is_stopped: Callable[[], bool]) -> None:
    """Raise `ModelCancelled` when somebody stopped the question."""
    if is_stopped():
        sentence = {"zh-CN": "已停止。", "en": "Stopped."}
        raise ModelCancelled("the question was stopped", sentence=sentence)
