"""Plans and calendars from the stores of this machine."""

from __future__ import annotations

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from copilot.cli.backend import Json
from copilot.errors import InvalidInput
from copilot.events.briefs.brief import make_brief
from copilot.events.export.plans import Format, export_plan
from copilot.events.export.spreadsheets import CsvPart
from copilot.events.revisions.patch import PlanPatch
from copilot.services import Services

T = TypeVar("T")
_FORMAT: TypeAdapter[Format] = TypeAdapter(Format)
_PART: TypeAdapter[CsvPart | None] = TypeAdapter(CsvPart | None)
_PATCH: TypeAdapter[PlanPatch] = TypeAdapter(PlanPatch)


class LocalPlans:
    """Works on the plans of one community."""

    def __init__(self, services: Services, community_id: str, actor: str) -> None:
        self._services = services
        self._community_id = community_id
        self._actor = actor

    def draft(self, brief: str | Json) -> Json:
        """Draft a plan."""
        wanted = brief if isinstance(brief, str) else make_brief(brief)
        return _plain(self._services.events.draft(self._community_id, wanted, actor=self._actor))

    def listing(self, limit: int) -> list[Json]:
        """List plans."""
        return [_plain(row) for row in self._services.events.list(self._community_id, limit=limit).items]

    def get(self, plan_id: str) -> Json:
        """Return one version."""
        return _plain(self._services.events.get(self._community_id, plan_id))

    def versions(self, plan_id: str, limit: int) -> list[Json]:
        """List versions."""
        page = self._services.plan_versions.versions(self._community_id, plan_id, limit=limit)
        return [_plain(row) for row in page.items]

    def differences(self, plan_id: str, other: str | None) -> list[Json]:
        """Compare versions."""
        return [_plain(item) for item in self._services.plan_versions.compare(self._community_id, plan_id, other)]

    def revise(self, plan_id: str, request: str) -> Json:
        """Change a plan as asked."""
        return _plain(
            self._services.plan_versions.revise(self._community_id, plan_id, request, actor=self._actor)
        )  # fmt: skip

    def edit(self, plan_id: str, patch: Json) -> Json:
        """Set parts by hand."""
        wanted = _read(_PATCH, patch, "patch")
        return _plain(self._services.plan_versions.edit(self._community_id, plan_id, wanted, actor=self._actor))

    def restore(self, plan_id: str, earlier_id: str) -> Json:
        """Bring a version back."""
        return _plain(
            self._services.plan_versions.restore(self._community_id, plan_id, earlier_id, actor=self._actor)
        )  # fmt: skip

    def lock(self, plan_id: str, locks: list[str]) -> Json:
        """Replace locks."""
        return _plain(self._services.plan_versions.lock(self._community_id, plan_id, locks, actor=self._actor))

    def export(self, plan_id: str, file_format: str, part: str | None) -> bytes:
        """Return a file."""
        plan = self._services.events.get(self._community_id, plan_id)
        with self._services.store.read(self._community_id) as unit:
            name = unit.community().name
        wanted, table = _read(_FORMAT, file_format, "format"), _read(_PART, part, "part")
        return export_plan(plan, wanted, table, community_name=name).content

    def feeds(self) -> list[Json]:
        """List feeds."""
        return [_plain(row) for row in self._services.calendars.list(self._community_id, limit=200).items]

    def make_feed(self, name: str) -> Json:
        """Make a feed."""
        return _plain(self._services.calendars.create(self._community_id, name, actor=self._actor))

    def revoke_feed(self, feed_id: str) -> Json:
        """Revoke a feed."""
        return _plain(self._services.calendars.revoke(self._community_id, feed_id, actor=self._actor))


def _read(adapter: TypeAdapter[T], value: object, name: str) -> T:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, (name, *first["loc"])))
        raise InvalidInput(f"{where}: {first['msg']}", field=where) from error


def _plain(value: object) -> Json:
    return dict(to_jsonable_python(value))
