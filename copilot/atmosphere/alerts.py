"""AlertService: opens, renews and closes alerts, and remembers what people did about them. It acts on nothing itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from copilot.atmosphere.alert_finding import Candidate, Finder
from copilot.atmosphere.alert_models import AlertReport, AlertSettings, AlertStatus, AlertView, Effect
from copilot.atmosphere.alert_views import view
from copilot.atmosphere.alert_wording import EFFECT, refusal
from copilot.atmosphere.effects import effect
from copilot.atmosphere.history import length_of
from copilot.atmosphere.quarrels import QuarrelSigns
from copilot.atmosphere.rooms import Room, for_reader, whole
from copilot.atmosphere.thresholds import Alerting, Bounds, Thresholds, Watch
from copilot.community.outbox import emit
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Alert, AtmosphereSnapshot, Channel, Community
from copilot.errors import Conflict, InvalidInput
from copilot.knowledge import KnowledgeBase

FEATURE = "atmosphere:alert"
_SETTINGS = "alerts"
_DAY = timedelta(days=1)
_NOTE_CHARS = 500
_CHANGING = ("content", "status", "seriousness", "closed_at")


class AlertService:
    """Feature key `atmosphere:alert`. Safe between threads."""

    def __init__(
        self, store: Store, knowledge: KnowledgeBase, *, watch: Watch | None = None, rules: Alerting | None = None
    ) -> None:
        self._store = store
        self._knowledge = knowledge
        self._watch = watch or Watch()
        self._rules = rules or Alerting()
        self._finder = Finder(self._watch, self._rules, QuarrelSigns(), Thresholds(), Bounds())

    def look(self, community_id: str) -> AlertReport:
        """Bring the alerts up to the stored snapshots and the newest messages; looking twice changes nothing.

        Raises:
            NotFound: no such community.
        """
        with self._store.read(community_id) as unit:
            room = whole(unit)
            found = [*self._finder.changes(unit, room), *self._finder.threads(unit, room)]
        with self._store.write(community_id) as unit:
            # Two lookers at once must not spend a week's budget twice; SQLite has one writer anyway.
            unit.session.execute(select(Community).with_for_update())
            return self._keep(unit, room, found)

    def listed(
        self,
        community_id: str,
        *,
        status: AlertStatus | None = None,
        held_back: bool | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[AlertView]:
        """Return alerts, newest first.

        Raises:
            NotFound: no such community.
            InvalidInput: limit or cursor is wrong.
        """
        statement = select(Alert).where(Alert.opened_at.is_not(None))
        if status is not None:
            statement = statement.where(Alert.status == status)
        if held_back is not None:
            statement = statement.where(Alert.held_back.is_(held_back))
        with self._store.read(community_id) as unit:
            unit.community()
            page = unit.page(statement, (Alert.opened_at, Alert.id), limit=limit, cursor=cursor)
            return Page(self._views(unit, page.items), page.next_cursor)

    def get(self, community_id: str, alert_id: str) -> AlertView:
        """Return an alert; once its step was taken, with what was measured before and after.

        Raises:
            NotFound: there is none with this id here.
        """
        with self._store.read(community_id) as unit:
            row = unit.get(Alert, alert_id)
            found = self._views(unit, [row])[0]
            return found.model_copy(update={"effect": self._effect(unit, row)})

    def decide(
        self, community_id: str, alert_id: str, step: Literal["taken", "dismissed"], note: str = "", *, actor: str = ""
    ) -> AlertView:
        """Note that the suggested step was taken, or why not. The same again changes nothing.

        Raises:
            NotFound: there is none with this id here.
            Conflict: the other was said before.
            InvalidInput: dismissed without a reason, or a note of more than 500 characters.
        """
        note = note.strip()
        if len(note) > _NOTE_CHARS:
            raise InvalidInput(f"a note has at most {_NOTE_CHARS} characters", field="note", limit=_NOTE_CHARS)
        if step == "dismissed" and not note:
            raise InvalidInput(**refusal("reason_missing"), field="reason")  # type: ignore[arg-type]  # message and data
        with self._store.write(community_id) as unit:
            row = unit.get(Alert, alert_id)
            if row.step not in {"waiting", step}:
                raise Conflict(**refusal("step_done", step=row.step), step=row.step)  # type: ignore[arg-type]  # as above
            if row.step != step:
                row.step, row.step_by, row.step_note, row.step_at = step, actor, note, unit.now
                unit.audit(actor, f"{FEATURE}:{step}", ("alert", row.id), measure=row.measure)
        return self.get(community_id, alert_id)

    def settings(self, community_id: str) -> AlertSettings:
        """Return who takes steps and how many alerts a week are announced."""
        with self._store.read(community_id) as unit:
            return _settings(unit)

    def configure(self, community_id: str, settings: AlertSettings, *, actor: str = "") -> AlertSettings:
        """Set who takes steps and the budget; alerts that were announced stay announced.

        Raises:
            InvalidInput: a name is too long.
        """
        if any(len(name) > 100 for name in settings.takers.values()):
            raise InvalidInput("a name has at most 100 characters", field="takers", limit=100)
        content = settings.model_dump(mode="json")
        with self._store.system(write=True) as session:
            row = session.get(Community, community_id, with_for_update=True)
            if row is not None:
                row.settings = {**row.settings, _SETTINGS: content}
        with self._store.write(community_id) as unit:
            unit.audit(actor, f"{FEATURE}:settings", ("community", community_id), budget=settings.budget)
            return _settings(unit)

    def _keep(self, unit: Unit, room: Room, found: Sequence[Candidate]) -> AlertReport:
        stored = list(unit.session.scalars(select(Alert).where(Alert.opened_at.is_not(None))))
        report = AlertReport()
        known = self._known(stored, found)
        new = [candidate for candidate in found if candidate.id not in known]
        for candidate in found:
            if candidate.id in known:
                _renew(known[candidate.id], candidate, report)
        seen = {row.id for row in known.values()}
        for row in stored:
            if row.status == "open" and row.id not in seen:  # what it rested on was recalled, hidden or read anew
                row.status, row.closed_at = "closed", unit.now
                report.closed += 1
        announced = [row for row in stored if not row.held_back]
        budget = _settings(unit).budget
        for candidate in sorted(new, key=lambda one: (-one.seriousness, one.opened_at, one.id)):
            row = _row(unit, candidate, room)
            same_week = sum(one.week == row.week for one in announced)
            reason = "same_change" if any(_overlap(row, one) for one in announced) else None
            reason = reason or ("budget" if same_week >= budget else None)
            if reason is None:
                announced.append(row)
            else:
                row.held_back, row.content = True, {**row.content, "held_back": reason}
                report.held_back += 1
            unit.add(row)
            report.opened += 1
            _tell(unit, row)
        return report

    def _known(self, stored: Sequence[Alert], found: Sequence[Candidate]) -> dict[str, Alert]:
        """Return the stored alert of each candidate that has one, by the candidate's id; no alert is taken twice."""
        by_id = {row.id: row for row in stored}
        known = {one.id: by_id[one.id] for one in found if one.id in by_id}
        free = [row for row in stored if row.id not in known]
        for candidate in found:
            row = next((one for one in free if self._is_same(one, candidate)), None)
            if candidate.id not in known and row is not None:
                known[candidate.id] = row
                free.remove(row)
        return known

    def _is_same(self, row: Alert, candidate: Candidate) -> bool:
        same = (row.kind, row.channel_id, row.group, row.measure) == (
            candidate.kind, candidate.room.channel_id, candidate.room.group, candidate.measure
        )  # fmt: skip
        # Late messages may move the day on which a change opened.
        return (
            same
            and row.kind == "change"
            and row.opened_at is not None
            and abs(row.opened_at - candidate.opened_at) <= self._rules.same_alert
        )

    def _views(self, unit: Unit, rows: Sequence[Alert]) -> list[AlertView]:
        channels = unit.get_many(Channel, {row.channel_id for row in rows if row.channel_id is not None})
        settings = _settings(unit)
        room = for_reader(unit, whole(unit))
        return [view(row, room, channels, self._knowledge, settings, self._watch) for row in rows]

    def _effect(self, unit: Unit, row: Alert) -> Effect | None:
        if row.step != "taken" or row.step_at is None:
            return None
        room = for_reader(unit, whole(unit))
        if row.kind == "thread":
            said = EFFECT[room.locale]["thread"]
            return Effect(before=None, after=None, days_before=0, days_after=0, sentence=said)
        before, after = _around(unit, row, row.step_at, self._rules.effect_days)
        return effect(before, after, room.locale, self._rules)


def _renew(row: Alert, candidate: Candidate, report: AlertReport) -> None:
    """Bring a stored alert up to what is known now; what people did about it stays."""
    content = candidate.content.model_dump(mode="json")
    content["held_back"] = row.content.get("held_back")
    values: dict[str, Any] = {
        "content": content, "status": _status(candidate), "seriousness": candidate.seriousness,
        "closed_at": candidate.closed_at,
    }  # fmt: skip
    changed = [name for name in _CHANGING if getattr(row, name) != values[name]]
    if changed:
        report.closed += "status" in changed and values["status"] == "closed"
        report.updated += 1
        for name in changed:
            setattr(row, name, values[name])


def _row(unit: Unit, candidate: Candidate, room: Room) -> Alert:
    year, week, _ = (candidate.opened_at - timedelta(microseconds=1)).astimezone(room.zone).isocalendar()
    return Alert(
        id=candidate.id, channel_id=candidate.room.channel_id, group=candidate.room.group, kind=candidate.kind,
        dimension=candidate.dimension, measure=candidate.measure, content=candidate.content.model_dump(mode="json"),
        status=_status(candidate), held_back=False, seriousness=candidate.seriousness, week=f"{year}-W{week:02d}",
        opened_at=candidate.opened_at, closed_at=candidate.closed_at, step="waiting", created_at=unit.now,
    )  # fmt: skip


def _status(candidate: Candidate) -> AlertStatus:
    return "open" if candidate.closed_at is None else "closed"


def _overlap(row: Alert, other: Alert) -> bool:
    """Return whether two alerts are of one thing: a change seen in the whole and in a part, or one channel's quarrel."""
    if (row.kind, row.measure) != (other.kind, other.measure) or row.opened_at is None or other.opened_at is None:
        return False
    if row.kind == "thread" and row.channel_id != other.channel_id:
        return False
    starts = max(row.opened_at, other.opened_at)
    return all(one.closed_at is None or one.closed_at > starts for one in (row, other))


def _tell(unit: Unit, row: Alert) -> None:
    """Audit the alert; tell webhooks of one that is announced and not over already."""
    unit.audit("system", f"{FEATURE}:opened", ("alert", row.id), measure=row.measure, held_back=row.held_back)
    if row.held_back or row.status != "open" or row.opened_at is None:
        return
    emit(
        unit,
        "alert.opened",
        {
            "alert_id": row.id, "kind": row.kind, "dimension": row.dimension, "measure": row.measure,
            "channel_id": row.channel_id, "group": row.group or None, "opened_at": row.opened_at.isoformat(),
            "seriousness": row.seriousness,
        },
    )  # fmt: skip


def _settings(unit: Unit) -> AlertSettings:
    stored = unit.community().settings.get(_SETTINGS)
    try:
        return AlertSettings() if stored is None else TypeAdapter(AlertSettings).validate_python(stored)
    except ValidationError:  # written by hand, or by a newer version
        return AlertSettings()


def _around(unit: Unit, row: Alert, moment: datetime, days: int) -> tuple[list[float], list[float]]:
    """Return the alert's figure on the days before and after the one of `moment`, which counts for neither."""
    same = AtmosphereSnapshot.channel_id.is_(None) if row.channel_id is None else (
        AtmosphereSnapshot.channel_id == row.channel_id
    )  # fmt: skip
    rows = unit.session.scalars(
        select(AtmosphereSnapshot)
        .where(same, AtmosphereSnapshot.group == row.group)
        .where(AtmosphereSnapshot.window_start > moment - (days + 1) * _DAY)
        .where(AtmosphereSnapshot.window_end <= moment + (days + 1) * _DAY)
        .order_by(AtmosphereSnapshot.window_start)
    )
    before, after = [], []
    for one in rows:
        point = (one.points or {}).get(row.measure)
        if point is None or length_of(one.window_start, one.window_end) != _DAY:
            continue
        value = math.expm1(point[0]) if row.measure == "active_members" else point[0]
        if one.window_end <= moment:
            before.append(value)
        elif one.window_start >= moment:
            after.append(value)
    return before[-days:], after[:days]
