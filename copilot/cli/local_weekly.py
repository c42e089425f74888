"""Stars and weekly reports from the stores of this machine."""

from __future__ import annotations

from pydantic_core import to_jsonable_python

from copilot.atmosphere.weekly.models import Audience
from copilot.cli.backend import Json
from copilot.community.channels import find_channel
from copilot.services import Services


class LocalWeekly:
    """Works on the reports of one community."""

    def __init__(self, services: Services, community_id: str, actor: str) -> None:
        self._services = services
        self._community_id = community_id
        self._actor = actor

    def stars(self, channel: str | None, weeks: int) -> Json:
        """Say who answers, connects and calms."""
        channel_id = None
        if channel is not None:
            with self._services.store.read(self._community_id) as unit:
                channel_id = find_channel(unit, channel).id
        return _plain(self._services.stars.read(self._community_id, channel_id, weeks=weeks))

    def make(self, week: str | None) -> Json:
        """Make a report."""
        return _plain(self._services.weekly.make(self._community_id, week, actor=self._actor))

    def report(self, week: str | None, audience: str) -> Json:
        """Return a report."""
        for_whom: Audience = "members" if audience == "members" else "operators"
        return _plain(self._services.weekly.get(self._community_id, week, for_whom))

    def listing(self, limit: int) -> list[Json]:
        """List reports."""
        return [_plain(row) for row in self._services.weekly.listed(self._community_id, limit=limit).items]


def _plain(value: object) -> Json:
    return dict(to_jsonable_python(value))
