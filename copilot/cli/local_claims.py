"""Claims and corrections from the stores of this machine."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from copilot.cli.backend import Json
from copilot.errors import InvalidInput
from copilot.moderation.claims.service import ClaimService

_MOST = 200
_MOMENT: TypeAdapter[datetime] = TypeAdapter(datetime)


class LocalClaims:
    """Works on the records of one community."""

    def __init__(self, service: ClaimService, community_id: str, actor: str) -> None:
        self._service = service
        self._community_id = community_id
        self._actor = actor

    def check(self, text: str) -> Json:
        """Hold a text against the records."""
        return _plain(self._service.check(self._community_id, text))

    def correct(self, text: str, source: str, expires: str | None) -> Json:
        """Record a correction."""
        try:
            until = None if expires is None else _MOMENT.validate_python(expires)
        except ValidationError as error:
            raise InvalidInput("the end is an ISO time with zone", field="expires_at") from error
        added = self._service.corrections.add(self._community_id, text, source, expires_at=until, actor=self._actor)
        return _plain(added)

    def corrections(self) -> list[Json]:
        """List corrections."""
        return [_plain(row) for row in self._service.corrections.page(self._community_id, limit=_MOST).items]

    def withdraw(self, correction_id: str) -> Json:
        """Let a correction count no more."""
        return _plain(self._service.corrections.withdraw(self._community_id, correction_id, actor=self._actor))


def _plain(found: object) -> Json:
    return dict(to_jsonable_python(found))
