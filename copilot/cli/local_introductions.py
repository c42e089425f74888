"""Introductions and learning from the stores of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel

from copilot.cli.backend import Json
from copilot.community.access import Actor, authenticate
from copilot.community.introduction_status import IntroductionStatus
from copilot.errors import Denied, InvalidInput
from copilot.matching.learning.outcomes import MOST_EXPORTED, as_lines, outcomes
from copilot.matching.relations.introduction_models import DeclineReason, Reply
from copilot.services import Services

Word = TypeVar("Word", bound=StrEnum)


class LocalIntroductions:
    """Works on the introductions of one community."""

    def __init__(self, services: Services, community_id: str, actor: Actor) -> None:
        self._services = services
        self._community_id = community_id
        self._actor = actor

    def listing(self, member_id: str | None, status: str | None, limit: int) -> list[Json]:
        """List introductions."""
        wanted = None if status is None else _one_of(IntroductionStatus, status, "status")
        page = self._services.introductions.page(
            self._community_id, self._actor, member_id=member_id, status=wanted, limit=limit
        )
        return [_plain(item) for item in page.items]

    def get(self, introduction_id: str) -> Json:
        """Return one introduction."""
        return _plain(self._services.introductions.get(self._community_id, introduction_id, self._actor))

    def answer(self, introduction_id: str, body: Json, key: str) -> Json:
        """Answer as the member whose key it is: who may open the file is not who was asked."""
        member = authenticate(self._services.store, key)
        member.require("self:write")
        if member.community_id != self._community_id:
            raise Denied("this key is of another community")
        reason = body.get("reason")
        view = self._services.introductions.answer(
            self._community_id, introduction_id, member, _one_of(Reply, body["answer"], "answer"),
            reason=_one_of(DeclineReason, reason, "reason") if reason else None, comment=str(body.get("comment", "")),
        )  # fmt: skip
        return _plain(view)


class LocalLearning:
    """Works on the outcomes and weights of one community."""

    def __init__(self, services: Services, community_id: str, actor: Actor) -> None:
        self._services = services
        self._community_id = community_id
        self._actor = actor

    def weights(self) -> Json:
        """Return versions and what is in force."""
        weights = self._services.weights
        page = weights.versions(self._community_id, limit=200)
        in_force = weights.in_force(self._community_id)
        return {"items": [_plain(item) for item in page.items], "in_force": _plain(in_force)}

    def change(self, action: str, version: int = 0) -> Json:
        """Learn, activate or roll back."""
        weights, who = self._services.weights, self._actor.key_id
        if action == "learn":
            return _plain(weights.learn(self._community_id, actor=who))
        if action == "activate":
            return _plain(weights.activate(self._community_id, version, actor=who))
        return _plain(weights.roll_back(self._community_id, actor=who))

    def outcomes(self, form: str) -> Iterator[str]:
        """Yield the lines of an export."""
        found = outcomes(self._services.store, self._community_id, most=MOST_EXPORTED)
        return as_lines(found, "csv" if form == "csv" else "jsonl")


def _one_of(kind: type[Word], text: str, field: str) -> Word:
    try:
        return kind(text)
    except ValueError as error:
        known = ", ".join(item.value for item in kind)
        raise InvalidInput(f"{field} is one of {known}, not {text!r}", field=field) from error


def _plain(model: BaseModel) -> Json:
    return model.model_dump(mode="json")
