"""Rounds, rotations and teams from the stores of this machine."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from copilot.cli.backend import Json
from copilot.community.access import Actor
from copilot.errors import InvalidInput
from copilot.matching.seatings.models import RotationAsk, RoundAsk, SeatingStatus
from copilot.matching.teams.ask import TeamAsk
from copilot.services import Services

Asked = TypeVar("Asked", bound=BaseModel)


class LocalSeatings:
    """Works on one community."""

    def __init__(self, services: Services, community_id: str, actor: Actor) -> None:
        self._services = services
        self._community_id = community_id
        self._actor = actor

    def plan(self, body: Json) -> Json:
        """Plan rounds."""
        asked = _parsed(RoundAsk, body)
        return _plain(self._services.rounds.plan(self._community_id, asked, actor=self._actor))

    def rounds(self, series: str | None, status: str | None, limit: int) -> list[Json]:
        """List rounds."""
        page = self._services.rounds.history(
            self._community_id, series=series, status=None if status is None else _status(status), limit=limit
        )
        return [_plain(item) for item in page.items]

    def round(self, round_id: str) -> Json:
        """Return one round."""
        return _plain(self._services.rounds.get(self._community_id, round_id, actor=self._actor))

    def confirm(self, round_id: str, absent: list[str]) -> Json:
        """Note that a round was held."""
        return _plain(self._services.rounds.hold(self._community_id, round_id, absent, actor=self._actor))

    def cancel(self, round_id: str) -> Json:
        """Cancel a round."""
        return _plain(self._services.rounds.cancel(self._community_id, round_id, actor=self._actor))

    def preview(self, body: Json) -> Json:
        """Preview a rotation."""
        asked = _parsed(RotationAsk, body)
        return _plain(self._services.rotations.preview(self._community_id, asked, actor=self._actor))

    def rotations(self, series: str | None, limit: int) -> list[Json]:
        """List rotations."""
        page = self._services.rotations.history(self._community_id, series=series, limit=limit)
        return [_plain(item) for item in page.items]

    def settle(self, rotation_id: str, action: str) -> Json:
        """Apply or discard a preview."""
        rotations = self._services.rotations
        change = rotations.apply if action == "apply" else rotations.discard
        return _plain(change(self._community_id, rotation_id, actor=self._actor))

    def team(self, body: Json) -> Json:
        """Find teams."""
        asked = _parsed(TeamAsk, body)
        return _plain(self._services.teams.find(self._community_id, asked, actor=self._actor))


def _parsed(model: type[Asked], body: Json) -> Asked:
    """Read what a command was given, with the first thing that is wrong as the error."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{field}: {first['msg']}", field=field) from error


def _status(text: str) -> SeatingStatus:
    try:
        return SeatingStatus(text)
    except ValueError as error:
        raise InvalidInput("status is one of planned, held, cancelled", field="status") from error


def _plain(model: BaseModel) -> Json:
    return model.model_dump(mode="json")
