"""What topics need from the store: the window of chat, the member's own words, who may be named, what is taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from copilot.community.conversation import Line, newest_lines, visible
from copilot.community.demand import DemandKind, DemandRules
from copilot.community.industries import industry_spellings
from copilot.community.models import Aspect, Visibility
from copilot.community.permission import allowing_ai, allows_ai
from copilot.community.store import Unit
from copilot.community.tables import Channel, CheckIn, Event, Member, Message, ProfileText, Resource, TopicSuggestion
from copilot.errors import Denied
from copilot.topics.evidence import Statement, attended_by, resource_text, resources_of, statements_of, told_by
from copilot.topics.outcomes import SAID_NO, learned
from copilot.topics.snapshot import AskedQuestion, CommunityView, Evidence, Interest, MemberView, TopicSnapshot

SAMPLE_TEXTS = 300
MAX_NAMES = 5_000
_CHUNK = 400
# A question is not given to two members, nor proposed again after the member said no, within this time.
RESERVED = timedelta(days=30)
OPEN_STATUS = "suggested"
PUBLISHED = "published"
MAX_PUBLISHED = 2_000
MAX_PEERS = 200
MAX_GIVEN = 500
_FROM_CHAT = frozenset({"answer", "built", "tried"})


@dataclass(frozen=True)
class Asker:
    """Who asked, as far as it may be used: `name` is empty when the community does not see the member."""

    id: str
    name: str


@dataclass(frozen=True)
class Gathered:
    """One consistent look at the store.

    Attributes:
        window: visible messages, oldest first, as `newest_lines` gives them.
        statements: what the member says they have to offer, lends or sells, and told of in chat.
        attended: events the member was at; they speak for a topic only beside a statement.
        sample: statements of the community, this member's included, for comparison.
        given: texts of what was given to others within the month, by id.
        wants: what members look for, in general.
        peers: ids of other members of the same industry.
        askers: members whose questions may be used, by id: they consent to AI and are not hidden.
        taken: ids of questions that are not free for this member.
        published: ids of questions that a published topic answers, anybody's.
        liking: by how much members say yes to a framework more often than to others, by its key.
    """

    now: datetime
    community: CommunityView
    member: MemberView
    window: list[Line]
    statements: list[Statement]
    attended: list[Statement]
    sample: list[Statement]
    askers: dict[str, Asker]
    channels: dict[str, str]
    taken: frozenset[str]
    published: frozenset[str] = frozenset()
    given: dict[str, str] = field(default_factory=dict)
    wants: list[Statement] = field(default_factory=list)
    peers: list[str] = field(default_factory=list)
    liking: dict[str, float] = field(default_factory=dict)


def gather(unit: Unit, member_id: str, rules: DemandRules) -> Gathered:
    """Return everything about the member's topics.

    Raises:
        NotFound: no such community or member.
        Denied: the member does not let AI be used on their words (`no_ai_consent`) or is hidden (`hidden`).
    """
    member = unit.get(Member, member_id)
    _require_consent(member)
    community = unit.community()
    window = newest_lines(unit, rules.days)
    asker_ids = {line.sender_id for line in window if line.is_question}
    return Gathered(
        now=unit.now,
        community=CommunityView(
            id=community.id, name=community.name, locale=community.locale, timezone=community.timezone
        ),
        member=MemberView(id=member.id, name=member.name, headline=member.headline, industry=member.industry),
        window=window,
        statements=[
            *statements_of(unit, member_id),
            *resources_of(unit, member_id),
            *told_by(member_id, window, rules.harmless_score),
        ],
        attended=attended_by(unit, member_id),
        sample=_sample(unit),
        askers=askers_of(unit, asker_ids),
        channels={row.id: row.name for row in unit.get_many(Channel, {line.channel_id for line in window}).values()},
        taken=taken_questions(unit, member_id),
        published=published_questions(unit),
        given=given_subjects(unit, member_id),
        wants=_sample(unit, Aspect.WANTS),
        peers=_peers(unit, member),
        liking=learned(unit).liking(),
    )


def _require_consent(member: Member) -> None:
    if not member.consent_ai:
        raise Denied("this member does not let AI read or use their words", reason="no_ai_consent", member_id=member.id)
    if member.visibility == Visibility.HIDDEN.value:
        raise Denied("this member is hidden from the community", reason="hidden", member_id=member.id)


def _peers(unit: Unit, member: Member) -> list[str]:
    """Return the other members of the same industry, by whatever name, who let AI use what they say."""
    spellings = industry_spellings(member.industry)
    if not spellings:
        return []
    return list(
        unit.session.scalars(
            select(Member.id)
            .where(func.lower(func.trim(Member.industry)).in_(spellings), Member.id != member.id, *allowing_ai())
            .order_by(Member.id)
            .limit(MAX_PEERS)
        )
    )


def _sample(unit: Unit, aspect: Aspect = Aspect.HAS) -> list[Statement]:
    # Ids are hashes or begin with a time; either way the order has nothing to do with what the texts say.
    rows = unit.session.execute(
        select(ProfileText.id, ProfileText.member_id, ProfileText.text)
        .join(Member, Member.id == ProfileText.member_id)
        .where(ProfileText.aspect == aspect.value, *allowing_ai())
        .order_by(ProfileText.id)
        .limit(SAMPLE_TEXTS)
    )
    return [Statement(*row) for row in rows]


def askers_of(unit: Unit, member_ids: Iterable[str]) -> dict[str, Asker]:
    """Return those members whose questions may be used, by id."""
    found = {}
    for row in unit.get_many(Member, member_ids).values():
        if allows_ai(row):
            shown = row.visibility == Visibility.COMMUNITY.value
            found[row.id] = Asker(row.id, row.name if shown else "")
    return found


def taken_questions(unit: Unit, member_id: str) -> frozenset[str]:
    """Return the questions given to others within `RESERVED`, and those this member has already answered to."""
    recent = select(TopicSuggestion.subject_id).where(
        TopicSuggestion.member_id != member_id,
        TopicSuggestion.created_at > unit.now - RESERVED,
        TopicSuggestion.status != SAID_NO,  # somebody else may have something to say
    )
    own = select(TopicSuggestion.subject_id).where(
        TopicSuggestion.member_id == member_id, TopicSuggestion.status != OPEN_STATUS
    )
    return frozenset([*unit.session.scalars(recent), *unit.session.scalars(own)])


def given_subjects(unit: Unit, member_id: str) -> dict[str, str]:
    """Return what was given to others within `RESERVED`, newest first: texts of questions and of filled gaps by id."""
    rows = unit.session.execute(
        select(TopicSuggestion.subject_id, TopicSuggestion.snapshot)
        .where(
            TopicSuggestion.member_id != member_id, TopicSuggestion.created_at > unit.now - RESERVED,
            TopicSuggestion.status != SAID_NO,
        )
        .order_by(TopicSuggestion.created_at.desc(), TopicSuggestion.id)
        .limit(MAX_GIVEN)
    )  # fmt: skip
    found = {}
    for subject_id, snapshot in rows:
        # What it was answered from counts, too: two members may have done the same, and one of them was asked about it.
        parts = [*snapshot.get("questions", [])[:1], *snapshot.get("evidence", [])[:1]]
        found[subject_id] = ""
        found |= {
            str(one["id"]): str(one["text"]) for one in parts if isinstance(one, dict) and "id" in one and "text" in one
        }
    return found


def published_questions(unit: Unit) -> frozenset[str]:
    """Return the questions that published topics answer."""
    rows = unit.session.scalars(
        select(TopicSuggestion.subject_id)
        .where(TopicSuggestion.status == PUBLISHED)
        .order_by(TopicSuggestion.created_at.desc())
        .limit(MAX_PUBLISHED)
    )
    return frozenset(rows)


def still_stands(unit: Unit, snapshot: TopicSnapshot, question_ids: Iterable[str]) -> bool:
    """Whether all that topics on these questions rest on may be used as it was: people, messages and sentences.

    Rows are locked in passing: who takes something back meanwhile waits, and then finds the topic that quotes it.
    """
    member = unit.session.scalar(select(Member).where(Member.id == snapshot.member.id).with_for_update(read=True))
    if member is None or not allows_ai(member):
        return False
    parts = [snapshot.only(question_id) for question_id in question_ids]
    asked = [question for part in parts for question in part.questions]
    cited = [evidence for part in parts for evidence in part.evidence]
    caring = [one for question in asked for one in question.interest]
    if not _still_care(unit, caring):
        return False
    asked = [question for question in asked if question.kind is not DemandKind.GAP]
    said = _said(
        unit, [*(i for q in asked for i in (q.id, *q.same_ids)), *(e.id for e in cited if e.kind in _FROM_CHAT)]
    )
    texts = {message_id: message.text for message_id, (message, _) in said.items()} | _own_texts(unit, member.id, cited)
    return all(_is_as_asked(question, said) for question in asked) and all(
        texts.get(evidence.id, "").startswith(evidence.text) for evidence in cited
    )


def _still_care(unit: Unit, caring: Sequence[Interest]) -> bool:
    """Whether all who are cited as caring still are there, let AI use their words, and still say so."""
    members = {row.id for row in unit.get_many(Member, {one.member_id for one in caring}).values() if allows_ai(row)}
    messages = _said(unit, [one.id for one in caring if one.kind == "asked"])
    rows = unit.session.scalars(
        select(ProfileText)
        .where(ProfileText.id.in_([one.id for one in caring if one.kind == "wants"]))
        .with_for_update(read=True)
    )
    texts = {row.id: row.text for row in rows} | {key: message.text for key, (message, _) in messages.items()}
    return all(one.member_id in members and texts.get(one.id, "").startswith(one.text) for one in caring)


def _said(unit: Unit, message_ids: Sequence[str]) -> dict[str, tuple[Message, Member]]:
    """Return the messages that may be used, with their senders."""
    found: dict[str, tuple[Message, Member]] = {}
    for start in range(0, len(message_ids), _CHUNK):
        rows = unit.session.execute(
            select(Message, Member)
            .join(Member, Member.id == Message.sender_id)
            .where(Message.id.in_(message_ids[start : start + _CHUNK]), visible(), *allowing_ai())
            .with_for_update(read=True)
        )
        found.update((message.id, (message, sender)) for message, sender in rows)
    return found


def _own_texts(unit: Unit, member_id: str, cited: Sequence[Evidence]) -> dict[str, str]:
    rows = unit.session.scalars(
        select(ProfileText)
        .where(ProfileText.member_id == member_id, ProfileText.id.in_([e.id for e in cited if e.kind == "has"]))
        .with_for_update(read=True)
    )
    found = {row.id: row.text for row in rows}
    owned = unit.session.scalars(
        select(Resource)
        .where(Resource.owner_id == member_id, Resource.id.in_([e.id for e in cited if e.kind == "sells"]))
        .with_for_update(read=True)
    )
    found |= {row.id: resource_text(row) for row in owned}
    been = unit.session.execute(
        select(CheckIn.id, Event.title)
        .join(Event, Event.id == CheckIn.event_id)
        .where(CheckIn.member_id == member_id, CheckIn.id.in_([e.id for e in cited if e.kind == "attended"]))
    )
    return found | {row.id: row.title for row in been}


def _is_as_asked(question: AskedQuestion, said: dict[str, tuple[Message, Member]]) -> bool:
    if question.id not in said or any(message_id not in said for message_id in question.same_ids):
        return False
    message, asker = said[question.id]
    is_named = not question.asker_name or asker.visibility == Visibility.COMMUNITY.value
    return is_named and message.text.startswith(question.text)


def other_names(unit: Unit, known: Sequence[str]) -> frozenset[str]:
    """Return up to `MAX_NAMES` names of members that are not in `known`; a draft must not bring them up."""
    names = unit.session.scalars(select(Member.name).order_by(func.length(Member.name).desc()).limit(MAX_NAMES))
    return frozenset(name for name in names if name not in known)
