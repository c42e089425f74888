"""Pair rules and endorsements from the stores of this machine."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError

from copilot.cli.backend import Json
from copilot.community.access import Actor
from copilot.community.models import RuleKind
from copilot.errors import InvalidInput
from copilot.matching.relations.pair_rule_models import RuleDraft
from copilot.services import Services


class LocalPairRules:
    """Works on the rules of one community."""

    def __init__(self, services: Services, community_id: str, actor: Actor) -> None:
        self._services = services
        self._community_id = community_id
        self._actor = actor

    def listing(self, member_id: str | None, kind: str | None, limit: int) -> list[Json]:
        """List rules."""
        if kind is not None and kind not in set(RuleKind):
            raise InvalidInput(f"kind is one of {', '.join(RuleKind)}, not {kind!r}", field="kind")
        page = self._services.pair_rules.rules(
            self._community_id,
            actor=self._actor,
            kind=RuleKind(kind) if kind else None,
            member_id=member_id,
            limit=limit,
        )
        return [_plain(row) for row in page.items]

    def add(self, body: Json) -> Json:
        """Set a rule."""
        try:
            draft = RuleDraft.model_validate(body)
        except ValidationError as error:
            wrong = error.errors()[0]
            field = ".".join(map(str, wrong["loc"]))
            raise InvalidInput(f"{field}: {wrong['msg']}", field=field) from error
        return _plain(self._services.pair_rules.add(self._community_id, draft, actor=self._actor))

    def remove(self, rule_id: str) -> Json:
        """Take a rule back."""
        return _plain(self._services.pair_rules.remove(self._community_id, rule_id, actor=self._actor))

    def endorsements(self, member_id: str, direction: str, limit: int) -> list[Json]:
        """List endorsements."""
        page = self._services.endorsements.listed(
            self._community_id,
            member_id,
            "given" if direction == "given" else "received",
            actor=self._actor,
            limit=limit,
        )
        return [_plain(row) for row in page.items]

    def withdraw(self, endorsement_id: str) -> Json:
        """Take an endorsement back."""
        return _plain(self._services.endorsements.withdraw(self._community_id, endorsement_id, actor=self._actor))


def _plain(model: BaseModel) -> Json:
    return model.model_dump(mode="json")
