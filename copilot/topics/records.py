"""What topics need from the store: the window of chat, the member's own words, who may be named, what is taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from copilot.community.conversation import Line, latest_sent_at, lines
from copilot.community.models import Aspect, Visibility
from copilot.community.permission import allowing_ai, allows_ai
from copilot.community.store import Unit
from copilot.community.tables import Channel, Member, ProfileText, TopicSuggestion
from copilot.errors import Denied
from copilot.topics.demand import DemandRules
from copilot.topics.snapshot import CommunityView, MemberView

MAX_LINES = 50_000
MAX_STATEMENTS = 200
SAMPLE_TEXTS = 300
MAX_NAMES = 5_000
# A question is not given to two members, nor proposed again after the member said no, within this time.
RESERVED = timedelta(days=30)
OPEN_STATUS = "suggested"


@dataclass(frozen=True)
class Statement:
    """A profile sentence about what somebody has to offer."""

    id: str
    member_id: str
    text: str


@dataclass(frozen=True)
class Asker:
    """Who asked, as far as it may be used: `name` is empty when the community does not see the member."""

    id: str
    name: str


@dataclass(frozen=True)
class Gathered:
    """One consistent look at the store.

    Attributes:
        window: visible messages, oldest first, at most `MAX_LINES`, the newest kept.
        statements: what the member says they have to offer.
        sample: statements of the community, this member's included, for comparison.
        askers: members whose questions may be used, by id: they consent to AI and are not hidden.
        taken: ids of questions that are not free for this member.
    """

    now: datetime
    community: CommunityView
    member: MemberView
    window: list[Line]
    statements: list[Statement]
    sample: list[Statement]
    askers: dict[str, Asker]
    channels: dict[str, str]
    taken: frozenset[str]


def gather(unit: Unit, member_id: str, rules: DemandRules) -> Gathered:
    """Return everything about the member's topics.

    Raises:
        NotFound: no such community or member.
        Denied: the member does not let AI be used on their words (`no_ai_consent`) or is hidden (`hidden`).
    """
    member = unit.get(Member, member_id)
    _require_consent(member)
    community = unit.community()
    window = _window(unit, rules)
    asker_ids = {line.sender_id for line in window if line.is_question}
    return Gathered(
        now=unit.now,
        community=CommunityView(
            id=community.id, name=community.name, locale=community.locale, timezone=community.timezone
        ),
        member=MemberView(id=member.id, name=member.name, headline=member.headline, industry=member.industry),
        window=window,
        statements=_statements(unit, member_id),
        sample=_sample(unit),
        askers=_askers(unit, asker_ids),
        channels={row.id: row.name for row in unit.get_many(Channel, {line.channel_id for line in window}).values()},
        taken=taken_questions(unit, member_id),
    )


def _require_consent(member: Member) -> None:
    if not member.consent_ai:
        raise Denied("this member does not let AI read or use their words", reason="no_ai_consent", member_id=member.id)
    if member.visibility == Visibility.HIDDEN.value:
        raise Denied("this member is hidden from the community", reason="hidden", member_id=member.id)


def _window(unit: Unit, rules: DemandRules) -> list[Line]:
    newest = latest_sent_at(unit)
    if newest is None:
        return []
    start, end = newest - timedelta(days=rules.days), newest + timedelta(microseconds=1)
    return list(deque(lines(unit, start, end), maxlen=MAX_LINES))


def _statements(unit: Unit, member_id: str) -> list[Statement]:
    rows = unit.session.scalars(
        select(ProfileText)
        .where(ProfileText.member_id == member_id, ProfileText.aspect == Aspect.HAS.value)
        .order_by(ProfileText.position, ProfileText.id)
        .limit(MAX_STATEMENTS)
    )
    return [Statement(row.id, row.member_id, row.text) for row in rows]


def _sample(unit: Unit) -> list[Statement]:
    # Ids are hashes or begin with a time; either way the order has nothing to do with what the texts say.
    rows = unit.session.execute(
        select(ProfileText.id, ProfileText.member_id, ProfileText.text)
        .join(Member, Member.id == ProfileText.member_id)
        .where(ProfileText.aspect == Aspect.HAS.value, *allowing_ai())
        .order_by(ProfileText.id)
        .limit(SAMPLE_TEXTS)
    )
    return [Statement(*row) for row in rows]


def _askers(unit: Unit, member_ids: Iterable[str]) -> dict[str, Asker]:
    found = {}
    for row in unit.get_many(Member, member_ids).values():
        if allows_ai(row):
            shown = row.visibility == Visibility.COMMUNITY.value
            found[row.id] = Asker(row.id, row.name if shown else "")
    return found


def taken_questions(unit: Unit, member_id: str) -> frozenset[str]:
    """Return the questions given to others within `RESERVED`, and those this member has already answered to."""
    recent = select(TopicSuggestion.question_id).where(
        TopicSuggestion.member_id != member_id, TopicSuggestion.created_at > unit.now - RESERVED
    )
    own = select(TopicSuggestion.question_id).where(
        TopicSuggestion.member_id == member_id, TopicSuggestion.status != OPEN_STATUS
    )
    return frozenset([*unit.session.scalars(recent), *unit.session.scalars(own)])


def other_names(unit: Unit, known: Sequence[str]) -> frozenset[str]:
    """Return up to `MAX_NAMES` names of members that are not in `known`; a draft must not bring them up."""
    names = unit.session.scalars(select(Member.name).order_by(func.length(Member.name).desc()).limit(MAX_NAMES))
    return frozenset(name for name in names if name not in known)
