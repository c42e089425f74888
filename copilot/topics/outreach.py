"""OutreachService: the weekly list of members to ask for a topic. It writes drafts and keeps their fate; it never sends."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from copilot.community.conversation import visible
from copilot.community.ids import new_id
from copilot.community.permission import allows_ai
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Community, Member, Message, Outreach, OutreachPause, TopicSuggestion
from copilot.errors import Conflict, Denied, InvalidInput
from copilot.topics.hours import best_hour
from copilot.topics.models import Topic
from copilot.topics.outcomes import Learned, learned
from copilot.topics.outreach_field import Field, Manners, field_of
from copilot.topics.outreach_models import NEXT, Click, OutreachItem, OutreachSetting, OutreachWeek
from copilot.topics.records import OPEN_STATUS, RESERVED, still_stands
from copilot.topics.service import TopicService
from copilot.topics.snapshot import TopicSnapshot
from copilot.topics.wording import both, say

FEATURE = "topics:outreach"
MAX_QUOTA = 20
_MESSAGES = 2_000


class OutreachService:
    """Plans whom to ask and remembers what came of it. Safe between threads."""

    def __init__(self, store: Store, topics: TopicService, manners: Manners | None = None) -> None:
        self._store = store
        self._topics = topics
        self._manners = manners or Manners()

    def plan(self, community_id: str, quota: int = 5, *, actor: str = "") -> OutreachWeek:
        """Fill this week's list up to `quota` (1-20) and return it; asking again adds nobody to a full list.

        The words are those of the frameworks, without a model: a list must not wait for twenty answers.

        Raises:
            NotFound: no such community.
            InvalidInput: `quota` is out of bounds.
        """
        if not 1 <= quota <= MAX_QUOTA:
            raise InvalidInput(
                f"quota must be between 1 and {MAX_QUOTA}", field="quota", limit=MAX_QUOTA,
                sentence=both("refused.quota", limit=MAX_QUOTA),
            )  # fmt: skip
        with self._store.read(community_id) as unit:
            week = iso_week(unit)
            listed = _listed(unit, week)
            field = field_of(unit, [row.member_id for row in listed], self._manners)
        chosen, without = self._with_topics(community_id, field, quota - len(listed), actor)
        with self._store.write(community_id) as unit:
            # Two operators who plan at once must not fill the list twice; SQLite has one writer anyway.
            unit.session.execute(select(Community).with_for_update())
            rows = _listed(unit, week)
            for member_id, topic_id in chosen:
                if len(rows) < quota and all(row.member_id != member_id for row in rows):
                    row = self._add(unit, week, member_id, topic_id, actor)
                    rows += [row] if row is not None else []
            unit.session.flush()
            items = _items(unit, rows)
            locale = unit.community().locale
        return OutreachWeek(
            week=week, quota=quota, items=items, considered=len(field.candidates) + field.resting + field.paused,
            resting=field.resting, paused=field.paused, without_topic=without,
            note="" if len(items) >= quota else say(locale, "outreach.short", count=len(items), quota=quota),
        )  # fmt: skip

    def listed(
        self,
        community_id: str,
        *,
        week: str | None = None,
        status: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[OutreachItem]:
        """Return asks, newest first, of one week or all, of one status or all.

        Raises:
            NotFound: no such community.
            InvalidInput: limit or cursor is wrong.
        """
        statement = select(Outreach).where(Outreach.topic_id.is_not(None))
        if week is not None:
            statement = statement.where(Outreach.week == week)
        if status is not None:
            statement = statement.where(Outreach.status == status)
        with self._store.read(community_id) as unit:
            unit.community()
            page = unit.page(statement, (Outreach.created_at, Outreach.id), limit=limit, cursor=cursor)
            return Page(_items(unit, page.items), page.next_cursor)

    def click(self, community_id: str, outreach_id: str, status: Click, *, actor: str = "") -> OutreachItem:
        """Note what the operator did or heard; the topic follows. The same click again changes nothing.

        Raises:
            NotFound: there is none with this id here.
            Conflict: the status does not follow from the present one.
            Denied: it is to be sent, but the member does not want to be asked, or takes back AI or visibility.
        """
        with self._store.write(community_id) as unit:
            row = unit.get(Outreach, outreach_id)
            if row.status != status:
                self._move(unit, row, status, actor)
            return _items(unit, [row])[0]

    def learned(self, community_id: str) -> Learned:
        """Return how often members said yes, by framework and hour."""
        with self._store.read(community_id) as unit:
            unit.community()
            return learned(unit)

    def setting(self, community_id: str, member_id: str) -> OutreachSetting:
        """Return whether a member may be asked."""
        with self._store.read(community_id) as unit:
            unit.get(Member, member_id)
            return _setting(member_id, unit.find(OutreachPause, member_id))

    def pause(self, community_id: str, member_id: str, *, paused: bool, actor: str = "") -> OutreachSetting:
        """Let a member be asked no more, or again; drafts for them leave the lists.

        Raises:
            NotFound: there is no such member.
        """
        with self._store.write(community_id) as unit:
            unit.get(Member, member_id)
            row = unit.find(OutreachPause, member_id)
            if paused and row is None:
                row = unit.add(OutreachPause(member_id=member_id, created_by=actor, created_at=unit.now))
                for draft in _drafts(unit, member_id):
                    unit.session.delete(draft)
                unit.audit(actor, "topics:outreach_pause", ("member", member_id), paused=True)
            elif not paused and row is not None:
                unit.session.delete(row)
                row = None
                unit.audit(actor, "topics:outreach_pause", ("member", member_id), paused=False)
            return _setting(member_id, row)

    def _with_topics(
        self, community_id: str, field: Field, places: int, actor: str
    ) -> tuple[list[tuple[str, str]], int]:
        """Return (member, topic) for up to `places` members, and for how many of those looked at there was no topic."""
        most = max(1, int(places * self._manners.industry_share + 0.5))
        chosen: list[tuple[str, str]] = []
        waiting: list[tuple[str, str]] = []
        industries: list[str] = []
        without = 0
        for item in field.candidates[: max(places, 0) * self._manners.tries]:
            if len(chosen) >= places:
                break
            topic_id = self._topic_for(community_id, item.member_id, actor)
            if topic_id is None:
                without += 1
                continue
            industry = field.industries.get(item.member_id, "")
            if industry and industries.count(industry) >= most:
                waiting.append((item.member_id, topic_id))
            else:
                chosen.append((item.member_id, topic_id))
                industries.append(industry)
        return [*chosen, *waiting][: max(places, 0)], without

    def _topic_for(self, community_id: str, member_id: str, actor: str) -> str | None:
        """Return the member's newest open topic that nobody asked about yet, or a fresh one."""
        with self._store.read(community_id) as unit:
            used = select(Outreach.topic_id).where(Outreach.topic_id.is_not(None))
            kept = unit.session.scalar(
                select(TopicSuggestion.id)
                .where(
                    TopicSuggestion.member_id == member_id, TopicSuggestion.status == OPEN_STATUS,
                    TopicSuggestion.created_at > unit.now - RESERVED, TopicSuggestion.id.not_in(used),
                )
                .order_by(TopicSuggestion.created_at.desc(), TopicSuggestion.id)
                .limit(1)
            )  # fmt: skip
        if kept is not None:
            return kept
        try:
            found = self._topics.suggest(community_id, member_id, 1, actor=actor, with_model=False)
        except Denied:
            return None  # consent was taken back since the list of candidates was read
        return found.topics[0].id if found.topics else None

    def _add(self, unit: Unit, week: str, member_id: str, topic_id: str, actor: str) -> Outreach | None:
        stored = unit.find(TopicSuggestion, topic_id)
        if stored is None or unit.find(OutreachPause, member_id) is not None:
            return None
        if not still_stands(unit, TopicSnapshot.model_validate(stored.snapshot), [stored.subject_id]):
            return None
        topic = Topic.model_validate(stored.content)
        row = unit.add(
            Outreach(
                id=new_id("out"), member_id=member_id, topic_id=topic_id, draft=topic.message, status="draft",
                week=week, reason=topic.reason, framework=topic.framework, best_hour=_hour(unit, member_id),
                created_by=actor, created_at=unit.now,
            )
        )  # fmt: skip
        unit.audit(actor, FEATURE, ("outreach", row.id), member_id=member_id, topic_id=topic_id, week=week)
        return row

    def _move(self, unit: Unit, row: Outreach, status: Click, actor: str) -> None:
        if status not in NEXT.get(row.status, frozenset()):
            raise Conflict(
                f"{row.status} cannot become {status}", reason="not_next", status=row.status,
                sentence=both("refused.not_next", now=row.status, asked=status),
            )  # fmt: skip
        if status == "sent":
            member = unit.get(Member, row.member_id)
            if not allows_ai(member) or unit.find(OutreachPause, row.member_id) is not None:
                raise Denied(
                    "this member does not want to be asked", reason="paused", member_id=row.member_id,
                    sentence=both("refused.paused"),
                )  # fmt: skip
            row.sent_at = unit.now
            row.sent_hour = unit.now.astimezone(ZoneInfo(unit.community().timezone)).hour
        else:
            row.decided_at = unit.now
            if row.topic_id is not None:
                unit.get(TopicSuggestion, row.topic_id).status = status
        unit.audit(actor, FEATURE, ("outreach", row.id), before=row.status, after=status)
        row.status, row.decided_by = status, actor


def iso_week(unit: Unit) -> str:
    """Return the week it is in the community's zone, such as `2026-W47`."""
    year, week, _ = unit.now.astimezone(ZoneInfo(unit.community().timezone)).isocalendar()
    return f"{year}-W{week:02d}"


def _listed(unit: Unit, week: str) -> list[Outreach]:
    statement = select(Outreach).where(Outreach.week == week, Outreach.topic_id.is_not(None))
    return list(unit.session.scalars(statement.order_by(Outreach.created_at, Outreach.id)))


def _drafts(unit: Unit, member_id: str) -> list[Outreach]:
    statement = select(Outreach).where(Outreach.member_id == member_id, Outreach.status == "draft")
    return list(unit.session.scalars(statement))


def _hour(unit: Unit, member_id: str) -> int | None:
    sent: list[datetime] = list(
        unit.session.scalars(
            select(Message.sent_at)
            .where(visible(), Message.sender_id == member_id)
            .order_by(Message.sent_at.desc())
            .limit(_MESSAGES)
        )
    )
    return best_hour(sent, ZoneInfo(unit.community().timezone), learned(unit).hour_weights())


def _items(unit: Unit, rows: list[Outreach]) -> list[OutreachItem]:
    members = unit.get_many(Member, {row.member_id for row in rows})
    topics = unit.get_many(TopicSuggestion, {row.topic_id for row in rows if row.topic_id is not None})
    locale = unit.community().locale
    return [
        OutreachItem(
            id=row.id, week=row.week, member_id=row.member_id, member_name=members[row.member_id].name,
            topic_id=row.topic_id, title=Topic.model_validate(topics[row.topic_id].content).titles[0],
            framework=row.framework, why_now=row.reason, message=row.draft, best_hour=row.best_hour,
            timing=say(locale, "outreach.no_hour" if row.best_hour is None else "outreach.hour", hour=row.best_hour),
            status=row.status, sent_at=row.sent_at, decided_at=row.decided_at, created_at=row.created_at,
        )
        for row in rows
        if row.topic_id is not None
    ]  # fmt: skip


def _setting(member_id: str, row: OutreachPause | None) -> OutreachSetting:
    return OutreachSetting(member_id=member_id, paused=row is not None, since=row.created_at if row else None)
