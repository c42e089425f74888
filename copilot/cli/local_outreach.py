"""Outreach, demand and posts from the stores of this machine."""

from __future__ import annotations

from typing import get_args

from pydantic import BaseModel

from copilot.cli.backend import Json
from copilot.errors import InvalidInput
from copilot.services import Services
from copilot.topics.outreach_models import Click


class LocalOutreach:
    """Works on the asks of one community."""

    def __init__(self, services: Services, community_id: str, actor: str) -> None:
        self._services = services
        self._community_id = community_id
        self._actor = actor

    def plan(self, quota: int) -> Json:
        """Fill this week's list."""
        return _plain(self._services.outreach.plan(self._community_id, quota, actor=self._actor))

    def listing(self, week: str | None, status: str | None, limit: int) -> list[Json]:
        """List asks."""
        page = self._services.outreach.listed(self._community_id, week=week, status=status, limit=limit)
        return [_plain(item) for item in page.items]

    def click(self, outreach_id: str, status: str) -> Json:
        """Note what was done or heard."""
        known: tuple[Click, ...] = get_args(Click)
        found = next((one for one in known if one == status), None)
        if found is None:
            raise InvalidInput(f"status is one of {', '.join(known)}, not {status!r}", field="status")
        return _plain(self._services.outreach.click(self._community_id, outreach_id, found, actor=self._actor))

    def learned(self) -> Json:
        """Show how often members said yes."""
        return _plain(self._services.outreach.learned(self._community_id))

    def pause(self, member_id: str, paused: bool) -> Json:
        """Let a member be asked no more, or again."""
        return _plain(self._services.outreach.pause(self._community_id, member_id, paused=paused, actor=self._actor))

    def demand(self, n: int) -> Json:
        """Show what the community asks for."""
        return _plain(self._services.topics.demand(self._community_id, n))

    def post(self, topic_id: str, notes: str) -> Json:
        """Arrange notes."""
        return _plain(self._services.posts.arrange(self._community_id, topic_id, notes, actor=self._actor))


def _plain(found: BaseModel) -> Json:
    return dict(found.model_dump(mode="json"))
