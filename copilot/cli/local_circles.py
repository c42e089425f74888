"""Circles and ventures from the stores of this machine."""

from __future__ import annotations

from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError

from copilot.cli.backend import Json
from copilot.community.access import Actor
from copilot.errors import InvalidInput
from copilot.recognition.circles.models import Given, SeatFields, VentureAsk
from copilot.services import Services

Model = TypeVar("Model", bound=BaseModel)


class LocalCircles:
    """Works on the circles of one community."""

    def __init__(self, services: Services, community_id: str, actor: Actor) -> None:
        self._services = services
        self._community_id = community_id
        self._actor = actor

    def circles(self) -> list[Json]:
        """List tiers and city circles."""
        return [item.model_dump(mode="json") for item in self._services.circles.list(self._community_id).items]

    def of(self, member_id: str) -> Json:
        """Show where a member belongs."""
        return self._services.circles.of(self._community_id, member_id, self._actor).model_dump(mode="json")

    def seat(self, member_id: str, circle: str, body: Json) -> Json:
        """Put a member in a circle, or take them out."""
        known: list[Given] = [name for name in get_args(Given) if name == circle]
        if not known:
            raise InvalidInput(f"a circle is one of {', '.join(get_args(Given))}, not {circle!r}", field="circle")
        fields = _read(SeatFields, body)
        found = self._services.circles.seat(self._community_id, known[0], member_id, fields, self._actor)
        return found.model_dump(mode="json")

    def city(self, city: str, people: int) -> Json:
        """List whom to ask to a small event."""
        return self._services.circles.city(self._community_id, city, people).model_dump(mode="json")

    def ventures(self, body: Json) -> Json:
        """Propose ventures."""
        ask = _read(VentureAsk, body)
        return self._services.ventures.propose(self._community_id, ask, actor=self._actor).model_dump(mode="json")


def _read(model: type[Model], body: Json) -> Model:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{field}: {first['msg']}", field=field) from error
