"""Profiles from the stores of this machine."""

from __future__ import annotations

from typing import get_args

from pydantic import BaseModel

from copilot.cli.backend import Json
from copilot.community.access import Actor
from copilot.errors import InvalidInput
from copilot.profiles.models import Source, Status
from copilot.profiles.service import ProfileService

_PAGE = 200


class LocalProfiles:
    """Works on the proposals of one community, as the machine's owner."""

    def __init__(self, service: ProfileService, community_id: str, actor: Actor) -> None:
        self._service = service
        self._community_id = community_id
        self._actor = actor

    def introduce(self, member_id: str, text: str) -> Json:
        """Read an introduction."""
        return _plain(self._service.read_introduction(self._community_id, member_id, text, actor=self._actor))

    def scan(self, member_id: str) -> Json:
        """Read the chat."""
        return _plain(self._service.scan_chat(self._community_id, member_id, actor=self._actor))

    def proposals(self, member_id: str, status: str | None) -> list[Json]:
        """List proposals."""
        known: tuple[Status, ...] = get_args(Status)
        wanted = next((one for one in known if one == status), None)
        if status is not None and wanted is None:
            raise InvalidInput(f"status is one of {', '.join(known)}", field="status")
        page = self._service.proposals(self._community_id, member_id, actor=self._actor, status=wanted, limit=_PAGE)
        return [_plain(item) for item in page.items]

    def confirm(self, member_id: str, ids: list[str]) -> Json:
        """Ask for a confirmation, which the service refuses."""
        return _plain(self._service.confirm_many(self._community_id, member_id, ids, actor=self._actor))

    def sources(self, member_id: str, changes: Json) -> Json:
        """Show or change sources."""
        if not changes:
            return _plain(self._service.sources(self._community_id, member_id, actor=self._actor))
        named: dict[Source, bool] = {name: changes[name] for name in get_args(Source) if name in changes}
        delete = bool(changes.get("delete_confirmed", False))
        return _plain(
            self._service.change_sources(
                self._community_id, member_id, named, actor=self._actor, delete_confirmed=delete
            )
        )


def _plain(model: BaseModel) -> Json:
    return model.model_dump(mode="json")
