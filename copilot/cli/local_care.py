"""Care from the stores of this machine."""

from __future__ import annotations

from pydantic_core import to_jsonable_python

from copilot.cli.backend import Json
from copilot.community.access import authenticate, enter
from copilot.services import Services


class LocalCare:
    """The queue as the holder of a key sees it."""

    def __init__(self, services: Services, community: str, secret: str) -> None:
        self._desk = services.care
        self._actor = authenticate(services.store, secret)
        enter(services.store, self._actor, community)
        with services.store.read(self._actor.community_id) as unit:
            self.locale = unit.community().locale

    def listing(self, status: str | None, kind: str | None, limit: int) -> list[Json]:
        """List entries."""
        page = self._desk.page(self._actor, status=status, kind=kind, limit=limit)
        return [_plain(row) for row in page.items]

    def show(self, care_id: str) -> Json:
        """Show one entry."""
        return _plain(self._desk.show(self._actor, care_id))

    def act(self, care_id: str, action: str, body: Json) -> Json:
        """Do something about an entry."""
        if action == "take":
            return _plain(self._desk.take(self._actor, care_id))
        if action == "hand-over":
            return _plain(self._desk.hand_over(self._actor, care_id, str(body["to"])))
        if action == "status":
            return _plain(self._desk.change(self._actor, care_id, str(body["status"])))
        return _plain(self._desk.note(self._actor, care_id, str(body["text"])))

    def people(self) -> list[Json]:
        """List people."""
        return [_plain(row) for row in self._desk.people(self._actor)]


def _plain(found: object) -> Json:
    return dict(to_jsonable_python(found))
