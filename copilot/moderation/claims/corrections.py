"""Corrections: sentences that a moderator vouches for, with where they come from and until when they count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from copilot.community.ids import new_id
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Correction
from copilot.community.text import clean_line
from copilot.errors import Conflict, InvalidInput

TEXT_MAX_CHARS, SOURCE_MAX_CHARS = 1_000, 500
MAX_IN_FORCE = 500


@dataclass(frozen=True)
class CorrectionView:
    """A correction; `is_in_force` says whether messages are held against it now."""

    id: str
    text: str
    source: str
    expires_at: datetime | None
    withdrawn_at: datetime | None
    is_in_force: bool
    created_by: str
    created_at: datetime


class Corrections:
    """Keeps corrections; what is withdrawn stays on record."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self, community_id: str, text: str, source: str, *, expires_at: datetime | None = None, actor: str
    ) -> CorrectionView:
        """Record a correction.

        Raises:
            InvalidInput: no text or source, too long, an end in the past, or too many are in force.
        """
        text, source = _checked(text, "text", TEXT_MAX_CHARS), _checked(source, "source", SOURCE_MAX_CHARS)
        with self._store.write(community_id) as unit:
            _require_future(unit, expires_at)
            in_force = unit.session.scalars(_in_force(unit).with_only_columns(Correction.id).limit(MAX_IN_FORCE)).all()
            if len(in_force) >= MAX_IN_FORCE:
                raise InvalidInput(
                    f"at most {MAX_IN_FORCE} corrections are in force at once; withdraw one",
                    field="text",
                    limit=MAX_IN_FORCE,
                )
            row = unit.add(
                Correction(
                    id=new_id("cor"), text=text, source=source, expires_at=expires_at, created_by=actor,
                    created_at=unit.now,
                )
            )  # fmt: skip
            unit.audit(actor, "correction.added", ("correction", row.id))
            return _view(row, unit.now)

    def page(
        self, community_id: str, *, in_force: bool | None = None, limit: int = 50, cursor: str | None = None
    ) -> Page[CorrectionView]:
        """List corrections, newest first.

        Raises:
            InvalidInput: unknown cursor or a limit outside 1-200.
        """
        with self._store.read(community_id) as unit:
            statement = select(Correction)
            if in_force is not None:
                ids = _in_force(unit).with_only_columns(Correction.id)
                statement = statement.where(Correction.id.in_(ids) if in_force else Correction.id.not_in(ids))
            page = unit.page(statement, (Correction.created_at, Correction.id), limit=limit, cursor=cursor)
            return Page([_view(row, unit.now) for row in page.items], page.next_cursor)

    def get(self, community_id: str, correction_id: str) -> CorrectionView:
        """Return one.

        Raises:
            NotFound: there is no such correction here.
        """
        with self._store.read(community_id) as unit:
            return _view(unit.get(Correction, correction_id), unit.now)

    def change(
        self, community_id: str, correction_id: str, *, source: str | None = None, expires_at: datetime | None = None,
        actor: str,
    ) -> CorrectionView:  # fmt: skip
        """Change where it comes from or until when it counts; another text is another correction.

        Raises:
            NotFound: there is no such correction here.
            Conflict: it is withdrawn.
            InvalidInput: nothing is to change, or as for `add`.
        """
        if source is None and expires_at is None:
            raise InvalidInput("say what is to change: the source or the end", field="source")
        with self._store.write(community_id) as unit:
            row = unit.get(Correction, correction_id)
            if row.withdrawn_at is not None:
                raise Conflict("this correction is withdrawn; record a new one", correction_id=row.id)
            _require_future(unit, expires_at)
            row.source = row.source if source is None else _checked(source, "source", SOURCE_MAX_CHARS)
            row.expires_at = expires_at or row.expires_at
            unit.audit(actor, "correction.changed", ("correction", row.id))
            return _view(row, unit.now)

    def withdraw(self, community_id: str, correction_id: str, *, actor: str) -> CorrectionView:
        """Let a correction count no more; doing so twice changes nothing.

        Raises:
            NotFound: there is no such correction here.
        """
        with self._store.write(community_id) as unit:
            row = unit.get(Correction, correction_id)
            if row.withdrawn_at is None:
                row.withdrawn_at = unit.now
                unit.audit(actor, "correction.withdrawn", ("correction", row.id))
            return _view(row, unit.now)


def _in_force(unit: Unit):  # type: ignore[no-untyped-def]  # a select of rows, narrowed by the caller
    return select(Correction).where(
        Correction.withdrawn_at.is_(None), or_(Correction.expires_at.is_(None), Correction.expires_at > unit.now)
    )


def _view(row: Correction, now: datetime) -> CorrectionView:
    counts = row.withdrawn_at is None and (row.expires_at is None or row.expires_at > now)
    return CorrectionView(
        row.id, row.text, row.source, row.expires_at, row.withdrawn_at, counts, row.created_by, row.created_at
    )


def _checked(text: str, field: str, limit: int) -> str:
    text = clean_line(text)
    if not 1 <= len(text) <= limit:
        raise InvalidInput(f"{field} has 1 to {limit} characters", field=field, limit=limit)
    return text


def _require_future(unit: Unit, expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at.tzinfo is None:
        raise InvalidInput("the end needs a time zone", field="expires_at")
    if expires_at is not None and expires_at <= unit.now:
        raise InvalidInput("a correction cannot end in the past", field="expires_at")
