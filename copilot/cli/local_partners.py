"""Partners from the stores of this machine."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from copilot.cli.backend import Json
from copilot.community.access import Actor
from copilot.errors import InvalidInput
from copilot.partners.models import AcceptFields, InviteFields, ScopeChange, SharingFields
from copilot.partners.service import PartnerService

Model = TypeVar("Model", bound=BaseModel)


class LocalPartners:
    """Works on the agreements of one community."""

    def __init__(self, service: PartnerService, community_id: str, actor: Actor) -> None:
        self._service = service
        self._community_id = community_id
        self._actor = actor

    def invite(self, body: Json) -> Json:
        """Make an invitation."""
        return _plain(self._service.agreements.invite(self._community_id, _read(InviteFields, body), self._actor))

    def accept(self, body: Json) -> Json:
        """Accept an invitation."""
        return _plain(self._service.agreements.accept(self._community_id, _read(AcceptFields, body), self._actor))

    def confirm(self, partnership_id: str) -> Json:
        """Say yes."""
        return _plain(self._service.agreements.confirm(self._community_id, partnership_id, self._actor))

    def change(self, partnership_id: str, body: Json) -> Json:
        """Change what is given or taken."""
        change = _read(ScopeChange, body)
        return _plain(self._service.agreements.change(self._community_id, partnership_id, change, self._actor))

    def revoke(self, partnership_id: str) -> Json:
        """End an agreement."""
        return _plain(self._service.agreements.revoke(self._community_id, partnership_id, self._actor))

    def partners(self, limit: int) -> list[Json]:
        """List agreements."""
        page = self._service.agreements.page(self._community_id, self._actor, limit=limit)
        return [_plain(item) for item in page.items]

    def share(self, resource_id: str, body: Json) -> Json:
        """Let a resource cross, or keep it at home."""
        fields = _read(SharingFields, body)
        return _plain(self._service.share(self._community_id, resource_id, fields, self._actor))

    def resources(self, partnership_id: str | None) -> Json:
        """List what partners share."""
        return _plain(self._service.resources(self._community_id, self._actor, partnership_id))

    def match(self, member_id: str, n: int) -> Json:
        """Match a member with partners' resources."""
        return _plain(self._service.match(self._community_id, member_id, self._actor, n))


def _read(model: type[Model], body: Json) -> Model:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{field}: {first['msg']}", field=field) from error


def _plain(model: BaseModel) -> Json:
    return model.model_dump(mode="json")
