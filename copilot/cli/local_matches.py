"""Matches from the stores of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast, get_args

from pydantic import BaseModel, ValidationError

from copilot.cli.backend import Json, OnJob
from copilot.cli.match_backend import PAGE
from copilot.community.access import Actor
from copilot.errors import InvalidInput
from copilot.matching.audiences.models import AudienceKind
from copilot.matching.models import MatchKind, Wording
from copilot.matching.proposing.shortlist import Filters
from copilot.matching.proposing.stored_matches import Chosen
from copilot.matching.scores.pair_models import PairIn
from copilot.matching.service import MatchOptions
from copilot.services import Services


class LocalMatches:
    """Works on one community; `work` runs a job of a kind with parameters and returns it finished."""

    def __init__(
        self, services: Services, community_id: str, actor: Actor, work: Callable[[str, Json, OnJob], Json]
    ) -> None:
        self._matching = services.matching
        self._community_id = community_id
        self._actor = actor
        self._work = work

    def for_member(self, member_id: str, asked: Json) -> Json:
        """Return matches."""
        filters = Filters(city=asked["city"], industry=asked["industry"], type=asked["type"])
        options = MatchOptions(filters, cast(Wording, _one_of(Wording, asked["wording"], "wording")))
        found = self._matching.match(
            self._community_id, member_id, _kind(asked["kind"]), asked["n"], actor=self._actor.key_id, options=options
        )
        return _plain(found)

    def explanation(self, member_id: str, target_id: str, kind: str) -> Json:
        """Explain a pair."""
        return _plain(self._matching.explain(self._community_id, member_id, target_id, _kind(kind), actor=self._actor))

    def everybody(self, kind: str, n: int, on_job: OnJob) -> Json:
        """Run the job in this process."""
        return self._work("matches", {"kind": _kind(kind), "n": n}, on_job)

    def listing(self, kind: str) -> Iterator[Json]:
        """Yield all proposals, page by page."""
        chosen, cursor = Chosen(kind=_kind(kind), status="proposed"), None
        while True:
            page = self._matching.proposals(self._community_id, chosen, limit=PAGE, cursor=cursor)
            yield from map(_plain, page.items)
            cursor = page.next_cursor
            if cursor is None:
                return

    def scores(self, pairs: list[Json]) -> list[Json]:
        """Score pairs."""
        try:
            asked = [PairIn.model_validate(pair) for pair in pairs]
        except ValidationError as error:
            raise InvalidInput(error.errors()[0]["msg"], field="pairs") from error
        return [_plain(found) for found in self._matching.score_pairs(self._community_id, asked, actor=self._actor)]

    def audience(self, kind: str, target_id: str, n: int) -> Json:
        """Return an audience."""
        chosen = cast(AudienceKind, _one_of(AudienceKind, kind, "kind"))
        return _plain(self._matching.audience(self._community_id, target_id, n, kind=chosen, actor=self._actor))

    def newcomers(self, limit: int) -> list[Json]:
        """List newcomers."""
        page = self._matching.newcomers(self._community_id, actor=self._actor, limit=limit)
        return [_plain(item) for item in page.items]

    def welcome(self, member_id: str, channel: str | None) -> Json:
        """Draft a welcome."""
        return _plain(self._matching.welcome(self._community_id, member_id, channel, actor=self._actor))


def _kind(text: str) -> MatchKind:
    return cast(MatchKind, _one_of(MatchKind, text, "kind"))


def _one_of(words: Any, text: str, field: str) -> str:
    known = get_args(words)
    if text not in known:
        raise InvalidInput(f"{field} is one of {', '.join(known)}, not {text!r}", field=field)
    return text


def _plain(model: BaseModel) -> Json:
    return model.model_dump(mode="json")
