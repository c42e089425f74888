"""WeeklyService: makes the report of a week, keeps what it was composed from, and shows it checked against the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import select

from copilot.atmosphere.alert_models import AlertSettings, AlertView
from copilot.atmosphere.alert_wording import WHO
from copilot.atmosphere.alerts import AlertService
from copilot.atmosphere.models import AtmosphereReading
from copilot.atmosphere.periods import Period
from copilot.atmosphere.rooms import Room, for_reader, whole
from copilot.atmosphere.service import AtmosphereService
from copilot.atmosphere.stars.models import StarsReading
from copilot.atmosphere.stars.service import StarsService
from copilot.atmosphere.thresholds import Bounds, Thresholds
from copilot.atmosphere.weekly.actions import PASSAGES, actions
from copilot.atmosphere.weekly.checks import for_members, verified
from copilot.atmosphere.weekly.collect import day_points, earlier_weeks, spoken, upcoming, week_points
from copilot.atmosphere.weekly.compose import compose
from copilot.atmosphere.weekly.experts import Experts
from copilot.atmosphere.weekly.models import (
    Audience,
    Carried,
    OpenQuestion,
    Step,
    Summary,
    Today,
    WaitingAlert,
    WeeklyHead,
    WeeklyReport,
    WeeklySnapshot,
)
from copilot.atmosphere.weekly.records import records_for
from copilot.atmosphere.weekly.summary import FEATURE, SummaryWriter, checked
from copilot.atmosphere.weekly.weeks import week_name, week_period
from copilot.atmosphere.weekly.wording import EXPERTS
from copilot.atmosphere.wording import Locale
from copilot.community.conversation import latest_sent_at
from copilot.community.ids import derived_id
from copilot.community.reader import to_be_kept
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import WeeklyRecord
from copilot.errors import EmbeddingFailed, IndexUnavailable, InvalidInput, NotFound, TooLarge
from copilot.knowledge import KnowledgeBase

_MOST_ALERTS = 20
_ASK_FOR, _ASK_EACH = 8, 2
_LOOK_BACK = timedelta(weeks=1)


@dataclass(frozen=True)
class WeeklyParts:
    """What a report is made of."""

    atmosphere: AtmosphereService
    alerts: AlertService
    stars: StarsService
    experts: Experts
    writer: SummaryWriter
    knowledge: KnowledgeBase


class WeeklyService:
    """Feature key `atmosphere:weekly`. Safe between threads."""

    def __init__(self, store: Store, parts: WeeklyParts, thresholds: Thresholds | None = None) -> None:
        self._store = store
        self._parts = parts
        self._thresholds = thresholds or Thresholds()
        self._bounds = Bounds()

    def make(self, community_id: str, week: str | None = None, *, actor: str = "") -> WeeklyReport:
        """Make the report of a local week, by default that of the newest message, in place of an earlier one of it.

        Raises:
            NotFound: no such community.
            InvalidInput: no such week, or one that has not begun.
            TooLarge: more messages than can be read at once.
        """
        room, name, period = self._week(community_id, week)
        with to_be_kept():
            snapshot = self._snapshot(community_id, room, name, period)
            summary = self._parts.writer.write(snapshot)
        with self._store.write(community_id) as unit:
            record_id = derived_id("wkr", community_id, name)
            row = {
                "id": record_id, "week": name, "snapshot": snapshot.model_dump(mode="json"),
                "summary": summary.model_dump(mode="json"), "made_by": actor, "made_at": unit.now,
                "created_at": unit.now,
            }  # fmt: skip
            unit.upsert(WeeklyRecord, [row])
            unit.audit(actor, f"{FEATURE}:made", ("weekly_record", record_id), week=name)
        return self.get(community_id, name)

    def today(self, community_id: str) -> Today:
        """Return what the week of the newest message gives reason to do, as it is now; nothing is stored.

        It takes about as long as reading the room three times. No model is asked.

        Raises:
            NotFound: no such community.
            TooLarge: more messages than can be read at once.
        """
        room, name, period = self._week(community_id, None)
        with self._store.read(community_id) as unit:
            room = for_reader(unit, room)
        snapshot = self._snapshot(community_id, room, name, period)
        return Today(week=name, is_over=snapshot.is_over, locale=room.locale, actions=actions(snapshot, room.locale))

    def get(self, community_id: str, week: str | None = None, audience: Audience = "operators") -> WeeklyReport:
        """Return a stored report, the newest week's without one named, checked against the records as they are now.

        Raises:
            NotFound: none was made of this week.
            InvalidInput: a week of another form.
        """
        with self._store.read(community_id) as unit:
            room = whole(unit)
            if week is not None:
                week_period(week, room.zone)
            row = self._row(unit, week)
            snapshot, summary = read_weekly(row)
            report = compose(snapshot, checked(summary, snapshot))
            report = verified(report, records_for(unit, report, self._parts.knowledge))
        return for_members(report) if audience == "members" else report

    def listed(self, community_id: str, *, limit: int = 50, cursor: str | None = None) -> Page[WeeklyHead]:
        """Return the stored reports, the newest week first.

        Raises:
            NotFound: no such community.
            InvalidInput: limit or cursor is wrong.
        """
        with self._store.read(community_id) as unit:
            unit.community()
            page = unit.page(select(WeeklyRecord), (WeeklyRecord.week, WeeklyRecord.id), limit=limit, cursor=cursor)
            heads = [
                WeeklyHead(
                    id=row.id, week=row.week, made_at=row.made_at, made_by=row.made_by,
                    messages=row.snapshot["reading"]["counts"]["messages"],
                )
                for row in page.items
            ]  # fmt: skip
            return Page(heads, page.next_cursor)

    def _week(self, community_id: str, week: str | None) -> tuple[Room, str, Period]:
        with self._store.read(community_id) as unit:
            room = whole(unit)
            newest = latest_sent_at(unit) or unit.now
            name = week or week_name(newest, room.zone)
            period = week_period(name, room.zone)
            if period.start > max(unit.now, newest):
                raise InvalidInput(f"the week {name} has not begun", field="week")
        return room, name, period

    def _row(self, unit: Unit, week: str | None) -> WeeklyRecord:
        unit.community()
        statement = select(WeeklyRecord).order_by(WeeklyRecord.week.desc()).limit(1)
        if week is not None:
            statement = statement.where(WeeklyRecord.week == week)
        row = unit.session.scalar(statement)
        if row is None:
            raise NotFound(
                f"no report of {week or 'any week'} has been made; POST /atmosphere/weekly makes it",
                kind="weekly_report", id=week or "",
            )  # fmt: skip
        return row

    def _snapshot(self, community_id: str, room: Room, name: str, period: Period) -> WeeklySnapshot:
        atmosphere = self._parts.atmosphere
        reading = atmosphere.read(community_id, start=period.start, end=period.end)
        days = day_points(atmosphere.days(community_id, start=period.start, end=period.end))
        alerts, held_back = self._alerts(community_id, name, period)
        settings = self._parts.alerts.settings(community_id)
        stars = self._stars(community_id, period)
        with self._store.read(community_id) as unit:
            said = spoken(unit, period, self._thresholds, self._bounds.most_messages)
            earlier = earlier_weeks(unit, period.start)
            events = upcoming(unit, room, period)
            is_over, now, community = unit.now >= period.end, unit.now, unit.community().name
        questions, experts = self._with_experts(community_id, room.locale, said.questions)
        return WeeklySnapshot(
            community_id=community_id, name=community, locale=room.locale, kind=room.kind, week=name,
            made_at=now.astimezone(room.zone), is_over=is_over, reading=reading, previous=_just_before(earlier, period), weeks=week_points(room, [*earlier, reading]), days=days, alerts=alerts,
            held_back=held_back, best=said.best, questions=questions, question_count=said.question_count,
            open_count=said.open_count, experts=experts, events=events, carried=_carried(stars),
            takers=_takers(settings, room.locale), steps=self._steps(room.locale),
        )  # fmt: skip

    def _alerts(self, community_id: str, week: str, period: Period) -> tuple[list[WaitingAlert], int]:
        """Return the announced alerts of the week, or open since, whose step nobody has taken; and how many were held back."""
        page = self._parts.alerts.listed(community_id, limit=200)
        of_week = [one for one in page.items if _concerns(one, week, period)]
        waiting = [one for one in of_week if one.held_back is None and one.step.status == "waiting"]
        waiting.sort(key=lambda one: (-one.seriousness, one.id))
        return [_waiting(one) for one in waiting[:_MOST_ALERTS]], sum(one.held_back is not None for one in of_week)

    def _stars(self, community_id: str, period: Period) -> StarsReading | None:
        try:
            return self._parts.stars.read(community_id, end=period.end)
        except TooLarge:  # the report does without
            return None

    def _with_experts(
        self, community_id: str, locale: Locale, questions: list[OpenQuestion]
    ) -> tuple[list[OpenQuestion], str]:
        first = questions[:_ASK_FOR]
        asked = {one.excerpt.id: (one.excerpt.member_id, one.excerpt.quote) for one in first}
        try:
            found = self._parts.experts.find(community_id, asked, _ASK_EACH)
        except (IndexUnavailable, EmbeddingFailed):
            return questions, EXPERTS[locale]["no_index"]
        named = [one.model_copy(update={"ask": found.get(one.excerpt.id, [])}) for one in questions]
        nobody = bool(first) and not any(one.ask for one in named)
        return named, EXPERTS[locale]["nobody"] if nobody else ""

    def _steps(self, locale: Locale) -> dict[str, Step]:
        found: dict[str, Step] = {}
        for passage_id in PASSAGES:
            try:
                passage = self._parts.knowledge.passage(passage_id, locale)
            except NotFound:  # the operators' own version of the article has fewer sections
                continue
            found[passage_id] = Step(passage_id=passage.id, heading=passage.heading, text=passage.text)
        return found


def read_weekly(row: WeeklyRecord) -> tuple[WeeklySnapshot, Summary]:
    """Return what a stored report is composed from.

    Raises:
        ValueError: it cannot be read any more.
    """
    try:
        return WeeklySnapshot.model_validate(row.snapshot), Summary.model_validate(row.summary)
    except ValidationError as error:
        raise ValueError(f"the report of {row.week} cannot be read") from error


def _just_before(earlier: Sequence[AtmosphereReading], period: Period) -> AtmosphereReading | None:
    """Return the reading of the week before, if it is stored and there was something to read."""
    last = earlier[-1] if earlier else None
    is_next = last is not None and abs(period.start - last.window.end) < timedelta(hours=2)
    return last if is_next and last is not None and last.no_reading is None else None


def _concerns(alert: AlertView, week: str, period: Period) -> bool:
    if alert.opened_at >= period.end + _LOOK_BACK:
        return False
    return alert.week == week or (alert.opened_at < period.end and _is_open_at(alert, period.end))


def _is_open_at(alert: AlertView, moment: datetime) -> bool:
    return alert.closed_at is None or alert.closed_at > moment


def _waiting(alert: AlertView) -> WaitingAlert:
    step = None
    if alert.step.passage_id is not None:
        step = Step(passage_id=alert.step.passage_id, heading=alert.step.heading, text=alert.step.passage)
    return WaitingAlert(
        id=alert.id, sentence=alert.sentence, who=alert.step.who, seriousness=alert.seriousness, measure=alert.measure,
        step=step,
    )  # fmt: skip


def _carried(stars: StarsReading | None) -> Carried:
    if stars is None:
        return Carried()
    trend = stars.owner.trend
    return Carried(
        loaded=[one.member_id for one in stars.load.loaded], shoulders=stars.load.sentence, owner=stars.owner.sentence,
        owner_rises=trend is not None and trend.low is not None and trend.low > 0,
    )  # fmt: skip


def _takers(settings: AlertSettings, locale: Locale) -> dict[str, str]:
    named: Mapping[str, str] = {str(name): who for name, who in settings.takers.items() if who}
    return {**named, "": settings.default_taker or WHO[locale]}
