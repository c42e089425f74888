"""Alerts of the room from the stores of this machine."""

from __future__ import annotations

from typing import get_args

from copilot.atmosphere.alert_models import AlertStatus, AlertView
from copilot.atmosphere.alerts import AlertService
from copilot.cli.backend import Json
from copilot.errors import InvalidInput


class LocalAlerts:
    """Works on the alerts of one community."""

    def __init__(self, service: AlertService, community_id: str, actor: str) -> None:
        self._service = service
        self._community_id = community_id
        self._actor = actor

    def listing(self, status: str | None, held_back: bool | None, limit: int) -> list[Json]:
        """List alerts."""
        known: tuple[AlertStatus, ...] = get_args(AlertStatus)
        wanted = next((one for one in known if one == status), None)
        if status is not None and wanted is None:
            raise InvalidInput(f"status is one of {', '.join(known)}, not {status!r}", field="status")
        page = self._service.listed(self._community_id, status=wanted, held_back=held_back, limit=limit)
        return [_plain(item) for item in page.items]

    def show(self, alert_id: str) -> Json:
        """Show one alert."""
        return _plain(self._service.get(self._community_id, alert_id))

    def take(self, alert_id: str, note: str) -> Json:
        """Note that the step was taken."""
        return _plain(self._service.decide(self._community_id, alert_id, "taken", note, actor=self._actor))

    def dismiss(self, alert_id: str, reason: str) -> Json:
        """Note why it is not."""
        return _plain(self._service.decide(self._community_id, alert_id, "dismissed", reason, actor=self._actor))


def _plain(found: AlertView) -> Json:
    return dict(found.model_dump(mode="json"))
