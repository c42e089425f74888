"""Cases for evaluation from the stores of this machine."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter

from copilot.eval_cases.models import What
from copilot.eval_cases.service import EvalCaseService

_KINDS: TypeAdapter[list[What]] = TypeAdapter(list[What])


class LocalEvalCases:
    """Exports from one community."""

    def __init__(self, service: EvalCaseService, community_id: str, actor: str) -> None:
        self._service = service
        self._community_id = community_id
        self._actor = actor

    def export(self, what: Sequence[str]) -> bytes:
        """Return an export; the kinds were checked where they were typed."""
        return self._service.export(self._community_id, _KINDS.validate_python(what), actor=self._actor).content
