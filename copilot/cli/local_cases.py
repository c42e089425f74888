"""The moderators' queue and members' reports from the stores of this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import to_jsonable_python

from copilot.cli.backend import Json
from copilot.community.message_view import message_in_context
from copilot.moderation.cases import CaseFilter
from copilot.moderation.decisions import Ruling
from copilot.services import Services

# Names of the API's query string, and of the filter where they differ.
_FIELDS = {"channel": "channel_id", "sender": "sender_id", "reported": "is_reported"}


class LocalCases:
    """Works on the cases of one community."""

    def __init__(self, services: Services, community_id: str, actor: str) -> None:
        self._services = services
        self._community_id = community_id
        self._actor = actor

    def listing(self, filters: Mapping[str, object], sort: str, limit: int) -> list[Json]:
        """List cases."""
        given: dict[str, Any] = {_FIELDS.get(name, name): value for name, value in filters.items() if name != "mine"}
        if filters.get("mine"):
            given["claimed_by"] = self._actor
        page = self._services.moderation.cases(self._community_id, CaseFilter(**given), sort=sort, limit=limit)
        return [_plain(row) for row in page.items]

    def show(self, case_id: str) -> Json:
        """Show a case; whoever may read the database file may know reporters."""
        return _plain(self._services.moderation.case(self._community_id, case_id, with_reporters=True))

    def act(self, case_id: str, action: str, body: Json) -> Json:
        """Claim, release, decide or undo."""
        service, who = self._services.moderation, self._actor
        if action == "claim":
            return _plain(service.claim(self._community_id, case_id, actor=who))
        if action == "release":
            return _plain(service.release(self._community_id, case_id, actor=who))
        if action == "undo":
            return _plain(service.undo(self._community_id, case_id, actor=who, reason=str(body["reason"])))
        return _plain(service.decide(self._community_id, case_id, Ruling.parse(**body), actor=who))

    def split(self, case_id: str, message_ids: Sequence[str]) -> Json:
        """Split a case."""
        return _plain(self._services.moderation.split(self._community_id, case_id, message_ids, actor=self._actor))

    def merge(self, case_id: str, case_ids: Sequence[str]) -> Json:
        """Merge cases."""
        return _plain(self._services.moderation.merge(self._community_id, case_id, case_ids, actor=self._actor))

    def report(self, message_id: str, member_id: str, category: str, text: str) -> Json:
        """Write a report down."""
        desk = self._services.moderation.reports
        return _plain(desk.submit(self._community_id, member_id, message_id, category, text, actor=self._actor))

    def message(self, message_id: str, around: int) -> Json:
        """Show a message."""
        with self._services.store.read(self._community_id) as unit:
            return _plain(message_in_context(unit, message_id, around, around))


def _plain(found: object) -> Json:
    return dict(to_jsonable_python(found))
