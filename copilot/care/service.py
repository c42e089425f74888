"""CareDesk: the private queue of members who may need help, for the people whom the operators named, and for nobody else.

Every method asks for its scope by itself: an entrance that forgets to ask must not open the queue. The audit log says
that somebody looked, never at what.
"""

from __future__ import annotations

from sqlalchemy import or_, select

from copilot.care.library import CareLibrary, draft_for
from copilot.care.models import (
    CareDetail,
    CareNoteView,
    CarePerson,
    CareRow,
    CareStatus,
    HelplineView,
    OwnCare,
)
from copilot.care.rows import KEPT_AFTER_CLOSING, KEPT_AT_MOST, care_rows, kept_until, note_view
from copilot.care.wording import found_sentence, status_sentence
from copilot.community.access import Actor
from copilot.community.distress import DistressKind
from copilot.community.ids import new_id
from copilot.community.models import Role
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import ApiKey, CareItem, CareNote, Message, PrivateMessage
from copilot.community.text import clean_line
from copilot.errors import Conflict, Denied, InvalidInput, NotFound

READ, WRITE = "care:read", "care:write"
NOTE_MAX_CHARS = 2_000
MAX_NOTES = 200
_MOST_OWN = 200
_BATCH = 500


class CareDesk:
    """Feature key `care`. Nothing is sent, published or counted."""

    def __init__(self, store: Store, library: CareLibrary) -> None:
        self._store = store
        self._library = library

    def page(
        self,
        actor: Actor,
        *,
        status: str | None = None,
        kind: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[CareRow]:
        """List entries by time, oldest first: there is no ranking of people in need.

        Raises:
            Denied: the actor's key is not for care.
            InvalidInput: unknown status, kind or cursor.
        """
        actor.require(READ)
        statement = select(CareItem)
        if status is not None:
            statement = statement.where(CareItem.status == _known(status, [s.value for s in CareStatus], "status"))
        if kind is not None:
            statement = statement.where(CareItem.kind == _known(kind, [k.value for k in DistressKind], "kind"))
        with self._store.read(actor.community_id) as unit:
            page = unit.page(
                statement, (CareItem.created_at, CareItem.id), limit=limit, cursor=cursor, descending=False
            )
            return Page(care_rows(unit, page.items), page.next_cursor)

    def show(self, actor: Actor, care_id: str) -> CareDetail:
        """Return one entry with what was said, and note that somebody looked.

        Raises:
            Denied: the actor's key is not for care.
            NotFound: there is no such entry here.
        """
        actor.require(READ)
        with self._store.write(actor.community_id) as unit:
            item = _item(unit, care_id)
            unit.audit(actor.key_id, "care.looked_at", ("care", item.id))
            return self._detail(unit, item)

    def take(self, actor: Actor, care_id: str) -> CareRow:
        """Look after an entry; doing so twice changes nothing.

        Raises:
            Denied: the actor's key is not for care.
            NotFound: there is no such entry here.
            Conflict: somebody else looks after it, or it is closed.
        """
        actor.require(WRITE)
        with self._store.write(actor.community_id) as unit:
            item = _item(unit, care_id, lock=True)
            if item.status == CareStatus.CLOSED:
                raise Conflict("this entry is closed", care_id=item.id)
            if item.held_by not in {"", actor.key_id} and _is_live(unit, item.held_by):
                raise Conflict("somebody else looks after this; they can hand it over", held_by=item.held_by)
            if item.held_by != actor.key_id:
                item.held_by = actor.key_id
                item.status = CareStatus.LOOKED_AT.value if item.status == CareStatus.NEW else item.status
                unit.audit(actor.key_id, "care.taken", ("care", item.id))
            return care_rows(unit, [item])[0]

    def hand_over(self, actor: Actor, care_id: str, to: str) -> CareRow:
        """Give an entry that one looks after to another of the named people.

        Raises:
            Denied: the actor's key is not for care.
            NotFound: there is no such entry here, or no such person for care.
            Conflict: the actor does not look after it.
        """
        actor.require(WRITE)
        with self._store.write(actor.community_id) as unit:
            item = _held(unit, care_id, actor)
            if not _is_live(unit, to):
                raise NotFound("there is no such key for care here", kind="api_key", id=to)
            item.held_by = to
            unit.audit(actor.key_id, "care.handed_over", ("care", item.id), to=to)
            return care_rows(unit, [item])[0]

    def change(self, actor: Actor, care_id: str, status: str) -> CareRow:
        """Say how far one is: `looked_at`, `contacted` or `closed`. What is closed can be opened again.

        Raises:
            Denied: the actor's key is not for care.
            NotFound: there is no such entry here.
            Conflict: the actor does not look after it.
            InvalidInput: unknown status, or `new`.
        """
        actor.require(WRITE)
        _known(status, [s.value for s in CareStatus if s is not CareStatus.NEW], "status")
        with self._store.write(actor.community_id) as unit:
            item = _held(unit, care_id, actor)
            if item.status != status:
                item.status = status
                item.closed_at = unit.now if status == CareStatus.CLOSED else None
                if status == CareStatus.CONTACTED:
                    item.contacted_at = unit.now
                unit.audit(actor.key_id, "care.changed", ("care", item.id))
            return care_rows(unit, [item])[0]

    def note(self, actor: Actor, care_id: str, text: str) -> CareNoteView:
        """Write something down for the others who care.

        Raises:
            Denied: the actor's key is not for care.
            NotFound: there is no such entry here.
            InvalidInput: nothing or too much is written, or there are too many notes.
        """
        actor.require(WRITE)
        text = text.strip()
        if not 1 <= len(text) <= NOTE_MAX_CHARS:
            raise InvalidInput(f"a note has 1 to {NOTE_MAX_CHARS} characters", field="text", limit=NOTE_MAX_CHARS)
        with self._store.write(actor.community_id) as unit:
            item = _item(unit, care_id, lock=True)
            if len(_notes(unit, item.id)) >= MAX_NOTES:
                raise InvalidInput(f"an entry has at most {MAX_NOTES} notes", field="text", limit=MAX_NOTES)
            made = unit.add(
                CareNote(id=new_id("ntc"), care_id=item.id, text=text, written_by=actor.key_id, created_at=unit.now)
            )
            unit.audit(actor.key_id, "care.noted", ("care", item.id))
            return note_view(made)

    def people(self, actor: Actor) -> list[CarePerson]:
        """Return whom the operators named, by name: keys of role `care` that are valid now.

        Raises:
            Denied: the actor's key is not for care.
        """
        actor.require(READ)
        with self._store.read(actor.community_id) as unit:
            return [CarePerson(row.id, row.name) for row in _live_keys(unit)]

    def own(self, actor: Actor, member_id: str) -> list[OwnCare]:
        """Return what is kept about the member who asks; nobody else is told, whatever their key.

        Raises:
            Denied: it is not the member's own key.
        """
        _require_own(actor, member_id, "self:read")
        with self._store.read(actor.community_id) as unit:
            locale = unit.community().locale
            statement = select(CareItem).where(CareItem.member_id == member_id)
            rows = unit.session.scalars(statement.order_by(CareItem.created_at, CareItem.id).limit(_MOST_OWN))
            return [
                OwnCare(
                    id=row.id, message_id=row.message_id, kind=row.kind, status=row.status,
                    status_sentence=status_sentence(locale, row.status), created_at=row.created_at,
                    kept_until=kept_until(row),
                )
                for row in rows
            ]  # fmt: skip

    def forget_own(self, actor: Actor, member_id: str, care_id: str) -> None:
        """Delete an entry about the member who asks, with its notes; the message stays private and makes no new one.

        Raises:
            Denied: it is not the member's own key.
            NotFound: there is no such entry about them.
        """
        _require_own(actor, member_id, "self:write")
        with self._store.write(actor.community_id) as unit:
            item = unit.find(CareItem, care_id)
            if item is None or item.member_id != member_id:
                raise _unknown(care_id)
            _settle(unit, item)
            unit.audit(actor.key_id, "care.deleted", ("care", care_id))

    def purge(self, community_id: str) -> int:
        """Delete what was kept long enough and return how much: 30 days after closing, 180 after it came in."""
        with self._store.write(community_id) as unit:
            over = or_(
                CareItem.closed_at < unit.now - KEPT_AFTER_CLOSING, CareItem.created_at < unit.now - KEPT_AT_MOST
            )
            rows = unit.session.scalars(select(CareItem).where(over).order_by(CareItem.id).limit(_BATCH)).all()
            for row in rows:
                _settle(unit, row)
            return len(rows)

    def _detail(self, unit: Unit, item: CareItem) -> CareDetail:
        locale = unit.community().locale
        text = self._library.text(locale)
        words = text.first_words[DistressKind(item.kind)]
        message = unit.get(Message, item.message_id)
        row = care_rows(unit, [item])[0]
        return CareDetail(
            care=row,
            text=message.text,
            sent_at=message.sent_at,
            found=found_sentence(locale, item.kind, item.threshold),
            draft=draft_for(words, clean_line(row.member_name)),
            steps=list(words.steps),
            helplines=[
                HelplineView(h.name, h.reach, h.hours, h.source, h.reviewed_on.isoformat()) for h in text.helplines
            ]
            if words.with_helplines
            else [],
            check_before_use=text.check_before_use if words.with_helplines else "",
            notes=[note_view(note) for note in _notes(unit, item.id)],
        )


def _item(unit: Unit, care_id: str, *, lock: bool = False) -> CareItem:
    statement = select(CareItem).where(CareItem.id == care_id)
    found: CareItem | None = unit.session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise _unknown(care_id)
    return found


def _held(unit: Unit, care_id: str, actor: Actor) -> CareItem:
    item = _item(unit, care_id, lock=True)
    if item.held_by != actor.key_id:
        raise Conflict("take this entry first", held_by=item.held_by)
    return item


def _settle(unit: Unit, item: CareItem) -> None:
    """Delete an entry for good: its message stays private and is not brought in again."""
    private = unit.find(PrivateMessage, item.message_id)
    if private is not None:
        private.is_settled = True
    unit.session.delete(item)
    unit.session.flush()


def _notes(unit: Unit, care_id: str) -> list[CareNote]:
    statement = select(CareNote).where(CareNote.care_id == care_id)
    return list(unit.session.scalars(statement.order_by(CareNote.created_at, CareNote.id).limit(MAX_NOTES)))


def _live_keys(unit: Unit) -> list[ApiKey]:
    statement = select(ApiKey).where(
        ApiKey.role == Role.CARE.value, ApiKey.revoked_at.is_(None),
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > unit.now),
    )  # fmt: skip
    return list(unit.session.scalars(statement.order_by(ApiKey.name, ApiKey.id).limit(_MOST_OWN)))


def _is_live(unit: Unit, key_id: str) -> bool:
    return any(row.id == key_id for row in _live_keys(unit))


def _require_own(actor: Actor, member_id: str, scope: str) -> None:
    actor.require(scope)
    if actor.member_id != member_id:
        raise Denied("only the member's own key is told, and only of themselves", scope=scope)


def _known(value: str, allowed: list[str], field: str) -> str:
    if value not in allowed:
        raise InvalidInput(f"unknown {field} {value!r}", field=field, allowed=allowed)
    return value


def _unknown(care_id: str) -> NotFound:
    return NotFound(f"there is no care_item {care_id!r} in this community", kind="care_item", id=care_id)
