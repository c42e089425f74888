"""Events from the stores of this machine."""

from __future__ import annotations

from typing import Literal, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from copilot.cli.backend import Json
from copilot.community.access import Actor
from copilot.errors import InvalidInput
from copilot.events.life.desks import EventDesks
from copilot.events.life.models import Feedback, ReminderKind, SignupStatus
from copilot.events.reviews.models import Written
from copilot.events.reviews.spending import SpentRecord

T = TypeVar("T")
_WHEN: TypeAdapter[Literal["coming", "past"] | None] = TypeAdapter(Literal["coming", "past"] | None)
_KIND: TypeAdapter[ReminderKind] = TypeAdapter(ReminderKind)


class LocalEvents:
    """Works on one community."""

    def __init__(self, desks: EventDesks, community_id: str, actor: Actor) -> None:
        self._desks = desks
        self._community_id = community_id
        self._actor = actor

    def listing(self, when: str | None, limit: int) -> list[Json]:
        """List events."""
        chosen = _read(_WHEN, when, "when")
        page = self._desks.life.list(self._community_id, when=chosen, limit=limit)
        return [_plain(item) for item in page.items]

    def get(self, event_id: str) -> Json:
        """Return one event."""
        return _plain(self._desks.life.get(self._community_id, event_id))

    def publish(self, plan_id: str) -> Json:
        """Publish a plan version."""
        return _plain(self._desks.life.publish(self._community_id, plan_id, actor=self._actor))

    def cancel(self, event_id: str, reason: str) -> Json:
        """Cancel an event."""
        return _plain(self._desks.life.cancel(self._community_id, event_id, reason, actor=self._actor))

    def signups(self, event_id: str, status: str | None, limit: int) -> list[Json]:
        """List sign-ups."""
        wanted = None if status is None else _read(TypeAdapter(SignupStatus), status, "status")
        page = self._desks.signups.list(
            self._community_id, event_id, actor=self._actor, status=wanted, limit=limit
        )  # fmt: skip
        return [_plain(item) for item in page.items]

    def sign_up(self, event_id: str, member_id: str) -> Json:
        """Sign a member up."""
        return _plain(self._desks.signups.sign_up(self._community_id, event_id, member_id, actor=self._actor))

    def leave(self, event_id: str, member_id: str) -> Json:
        """Take a sign-up back."""
        return _plain(self._desks.signups.cancel(self._community_id, event_id, member_id, actor=self._actor))

    def code(self, event_id: str) -> Json:
        """Return the code for the door."""
        return _plain(self._desks.door.code(self._community_id, event_id))

    def check_in(self, event_id: str, member_id: str) -> Json:
        """Check a member in."""
        return _plain(self._desks.door.check_in(self._community_id, event_id, member_id, actor=self._actor))

    def reminders(self, event_id: str, kind: str | None, limit: int) -> list[Json]:
        """List whom to remind."""
        page = self._desks.reminders.list(
            self._community_id, event_id, actor=self._actor, kind=_kind(kind), limit=limit
        )  # fmt: skip
        return [_plain(item) for item in page.items]

    def feedback(self, event_id: str, member_id: str, body: Json) -> Json:
        """Type in what a member said."""
        said = _read(TypeAdapter(Feedback), body, "feedback")
        return _plain(self._desks.feedback.give(self._community_id, event_id, member_id, said, actor=self._actor))

    def review(self, event_id: str, body: Json | None) -> Json:
        """Review an event, or show the review."""
        if body is None:
            return _plain(self._desks.reviews.get(self._community_id, event_id))
        written = _read(TypeAdapter(Written), body, "review")
        return _plain(self._desks.reviews.make(self._community_id, event_id, written, actor=self._actor))

    def spending(self, event_id: str, body: Json | None) -> Json:
        """Record what was spent, or show it."""
        if body is None:
            return _plain(self._desks.spending.get(self._community_id, event_id))
        record = _read(TypeAdapter(SpentRecord), body, "spending")
        return _plain(self._desks.spending.record(self._community_id, event_id, record, actor=self._actor))

    def effects(self) -> Json:
        """Return the long-term effect."""
        return _plain(self._desks.effects.read(self._community_id))


def _kind(text: str | None) -> ReminderKind | None:
    if text is None:
        return None
    found: ReminderKind = _read(_KIND, text, "kind")
    return found


def _read(adapter: TypeAdapter[T], value: object, field: str) -> T:
    """Read what a command was given, with the first thing that is wrong as the error."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join([field, *(str(part) for part in first["loc"])])
        raise InvalidInput(f"{place}: {first['msg']}", field=field) from error


def _plain(model: BaseModel) -> Json:
    return model.model_dump(mode="json")
