"""Messages that nothing flagged, drawn by chance for a person to look at: the only way to learn what is missed.

Off unless the community's terms ask for some a week. Private, hidden and recalled messages, and those of members who let
no model read them, are never drawn.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import Select, func, select

from copilot.community.ids import derived_id
from copilot.community.models import Category
from copilot.community.private import not_private
from copilot.community.reader import reader_locale
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import AuditSample, CaseItem, Message, Reading
from copilot.errors import Conflict, InvalidInput
from copilot.moderation.calibrating.backtests import excerpts
from copilot.moderation.calibrating.known import known_items
from copilot.moderation.calibrating.proportions import wilson
from copilot.moderation.calibrating.wording import refusal, said
from copilot.moderation.drafts import CaseDraft, Evidence
from copilot.moderation.intake import open_or_join
from copilot.moderation.models import FoundBy, Verdict
from copilot.moderation.terms import terms_of

FEWEST_LOOKED = 30
_MOST_ELIGIBLE = 200_000
_WEEK = timedelta(days=7)
CLEAN = "clean"


class AuditView(BaseModel):
    """A message to look at."""

    id: str
    message_id: str
    week: str = Field(description="Monday (UTC) of the week it was written in")
    text: str = Field(description="empty where its words are not shown here any more")
    drawn_at: datetime
    verdict: str | None = Field(description="null: nobody looked yet; clean or violation")
    category: str
    looked_by: str | None
    looked_at: datetime | None
    case_id: str | None = Field(None, description="the case a violation opened, in the answer to looking")


class RecallEstimate(BaseModel):
    """How much of what should be found is found, estimated from what was drawn; null where too few were looked at."""

    weeks: list[str]
    found: int = Field(description="messages of these weeks that were upheld as violations")
    looked: int = Field(description="unflagged messages that somebody looked at")
    missed: int = Field(description="of these, violations")
    eligible: int = Field(description="unflagged messages of these weeks")
    recall: float | None
    low: float | None = Field(description="lower end of the 95 % interval")
    high: float | None
    sentence: str


class AuditDesk:
    """Draws, lists, and takes what people saw."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def draw(self, community_id: str) -> int:
        """Draw last week's messages unless that was done; return how many are new."""
        with self._store.write(community_id) as unit:
            wanted = terms_of(unit).terms.audit_per_week
            start = last_monday(unit.now) - _WEEK
            week = start.date().isoformat()
            if not wanted or unit.session.scalar(select(AuditSample.id).where(AuditSample.week == week).limit(1)):
                return 0
            eligible = _eligible(unit, start)
            # Seeded, so that a second try after a crash draws the same; nobody can guess it from outside.
            chance = random.Random(f"{unit.community_id} {week}")  # noqa: S311  # a sample, no secret
            drawn = sorted(chance.sample(eligible, min(wanted, len(eligible))))
            for message_id in drawn:
                unit.add(
                    AuditSample(
                        id=derived_id("smp", unit.community_id, message_id), message_id=message_id, week=week,
                        eligible=len(eligible), drawn_at=unit.now,
                    )
                )  # fmt: skip
            return len(drawn)

    def page(
        self, community_id: str, *, waiting: bool | None = None, limit: int = 50, cursor: str | None = None
    ) -> Page[AuditView]:
        """Return drawn messages, newest first; `waiting` keeps those that nobody looked at, or the others.

        Raises:
            InvalidInput: an unknown cursor, or a limit outside 1-200.
        """
        statement: Select[AuditSample] = select(AuditSample)
        if waiting is not None:
            statement = statement.where(AuditSample.verdict.is_(None) if waiting else AuditSample.verdict.is_not(None))
        with self._store.read(community_id) as unit:
            page = unit.page(statement, (AuditSample.drawn_at, AuditSample.id), limit=limit, cursor=cursor)
            return Page(_views(unit, page.items), page.next_cursor)

    def look(
        self, community_id: str, sample_id: str, *, verdict: str, category: Category | None, actor: str
    ) -> AuditView:
        """Note what a person saw; a violation opens a case, which is decided as any other.

        Raises:
            NotFound: there is no such message to look at here.
            Conflict: somebody looked at it already.
            InvalidInput: another verdict, a violation without category, or a category without violation.
        """
        if verdict not in {CLEAN, Verdict.VIOLATION.value}:
            raise InvalidInput(f"verdict is {CLEAN} or violation", field="verdict")
        if (verdict == Verdict.VIOLATION) != (category is not None):
            raise InvalidInput(field="category", **refusal("audit_category"))
        with self._store.write(community_id) as unit:
            statement = select(AuditSample).where(AuditSample.id == sample_id).with_for_update()
            unit.get(AuditSample, sample_id)
            row = unit.session.scalars(statement.execution_options(populate_existing=True)).one()
            if row.verdict is not None:
                raise Conflict(id=sample_id, **refusal("looked_already"))
            row.verdict, row.category = verdict, "" if category is None else category.value
            row.looked_by, row.looked_at = actor, unit.now
            unit.session.flush()
            case_id = None
            if category is not None:
                draft = CaseDraft(
                    found_by=FoundBy.AUDIT, category=category, evidence=(Evidence(row.message_id),), score=1.0,
                    detector="person", version="1", threshold=1.0,
                )  # fmt: skip
                case_id = open_or_join(unit, draft)
            unit.audit(actor, "audit.looked", ("audit_sample", row.id), verdict=verdict, category=row.category)
            return _views(unit, [row])[0].model_copy(update={"case_id": case_id})

    def recall(self, community_id: str) -> RecallEstimate:
        """Return how much is found, of all weeks in which somebody looked."""
        with self._store.read(community_id) as unit:
            return _recall(unit)


def last_monday(now: datetime) -> datetime:
    """Return the start of this week, UTC."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def _eligible(unit: Unit, start: datetime) -> list[str]:
    held = select(CaseItem.message_id).where(
        CaseItem.message_id == Message.id, CaseItem.community_id == Message.community_id
    )
    statement = (
        select(Message.id)
        .join(Reading, Reading.message_id == Message.id)
        .where(Message.sent_at >= start, Message.sent_at < start + _WEEK)
        .where(Message.recalled_at.is_(None), Message.hidden_at.is_(None), not_private(), ~held.exists())
        .order_by(Message.id)
        .limit(_MOST_ELIGIBLE)
    )
    return list(unit.session.scalars(statement))


def _recall(unit: Unit) -> RecallEstimate:
    counted = select(AuditSample.week, AuditSample.verdict, func.count(), func.max(AuditSample.eligible)).where(
        AuditSample.verdict.is_not(None)
    )
    looked: dict[str, int] = defaultdict(int)
    missed = 0
    eligible: dict[str, int] = {}
    for week, verdict, number, frame in unit.session.execute(counted.group_by(AuditSample.week, AuditSample.verdict)):
        looked[week] += number
        eligible[week] = frame
        missed += number if verdict == Verdict.VIOLATION else 0
    n, frame = sum(looked.values()), sum(eligible.values())
    found = _found(unit, frozenset(looked))
    locale = reader_locale(unit)
    values = {"weeks": sorted(looked), "found": found, "looked": n, "missed": missed, "eligible": frame}
    if n < FEWEST_LOOKED:
        sentence = said("recall_thin", locale, looked=n, needed=FEWEST_LOOKED)
        return RecallEstimate(**values, recall=None, low=None, high=None, sentence=sentence)
    low_share, high_share = wilson(missed, n)

    def recall(share_missed: float) -> float:
        total = found + frame * share_missed
        return round(found / total, 4) if total else 1.0

    value, low, high = recall(missed / n), recall(high_share), recall(low_share)
    sentence = said("recall", locale, value=value, low=low, high=high, found=found, looked=n, missed=missed)
    return RecallEstimate(**values, recall=value, low=low, high=high, sentence=sentence)


def _found(unit: Unit, weeks: frozenset[str]) -> int:
    """Return how many messages of these weeks were upheld that chance did not find."""
    upheld = {item.message_id for item in known_items(unit) if item.is_violation and item.found_by != FoundBy.AUDIT}
    messages = unit.get_many(Message, upheld)
    return sum(last_monday(message.sent_at).date().isoformat() in weeks for message in messages.values())


def _views(unit: Unit, rows: list[AuditSample]) -> list[AuditView]:
    words = {shown.message_id: shown.text for shown in excerpts(unit, [row.message_id for row in rows])}
    return [
        AuditView(
            id=row.id, message_id=row.message_id, week=row.week, text=words.get(row.message_id, ""),
            drawn_at=row.drawn_at, verdict=row.verdict, category=row.category or "", looked_by=row.looked_by,
            looked_at=row.looked_at,
        )
        for row in rows
    ]  # fmt: skip
