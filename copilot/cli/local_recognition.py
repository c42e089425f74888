"""Recognition from the stores of this machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel

from copilot.cli.backend import Json
from copilot.community.access import Actor
from copilot.errors import InvalidInput
from copilot.recognition.ledger_models import RuleChange, RuleName
from copilot.recognition.points import Kind
from copilot.recognition.rewards import NewReward
from copilot.recognition.season_models import BoardKind, RewardKind
from copilot.recognition.service import RecognitionService
from copilot.recognition.teams import NewTeam

T = TypeVar("T", bound=str)


class LocalRecognition:
    """Works on the ledger, the seasons and the rewards of one community."""

    def __init__(self, service: RecognitionService, community_id: str, actor: Actor) -> None:
        self._service = service
        self._community_id = community_id
        self._by = actor
        self._actor = actor.key_id

    def settle(self, days: int) -> Json:
        """Score what is not in the ledger yet."""
        return _plain(self._service.ledger.settle(self._community_id, days=days, actor=self._actor))

    def entries(self, member_id: str | None, rule: str | None, limit: int) -> list[Json]:
        """List entries."""
        if rule is not None:
            _one_of(get_args(RuleName), rule, "rule")
        page = self._service.points.entries(self._community_id, member_id=member_id, rule=rule, limit=limit)
        return _plains(page.items)

    def why(self, member_id: str) -> Json:
        """Say why a member has their points."""
        return _plain(self._service.points.why(self._community_id, member_id))

    def reverse(self, entry_id: str, reason: str) -> Json:
        """Take an entry back."""
        _one_of(("gamed", "mistake"), reason, "reason")
        back = self._service.ledger.reverse(self._community_id, entry_id, reason, actor=self._actor)
        return _plain(self._service.points.entry(self._community_id, back))

    def recount(self) -> Json:
        """Count the ledger again."""
        return _plain(self._service.ledger.recount(self._community_id))

    def export(self) -> bytes:
        """Return the ledger as CSV."""
        return self._service.points.export(self._community_id)

    def rules(self) -> Json:
        """Show what is worth points."""
        return _plain(self._service.book.view(self._community_id))

    def change_rule(self, change: Json) -> Json:
        """Switch a rule and weigh it."""
        named: RuleName = _one_of(get_args(RuleName), change["name"], "rule")
        wanted = RuleChange(name=named, enabled=change["enabled"], points=change["points"])
        return _plain(self._service.book.change(self._community_id, [wanted], actor=self._actor))

    def thank(self, member_id: str, body: Json) -> Json:
        """Note a member's thanks."""
        kinds: tuple[Kind, ...] = get_args(Kind)
        kind = _one_of(kinds, body["kind"], "kind")
        evidence = (body["evidence_kind"], body["evidence_id"])
        return _plain(self._service.points.thank(self._community_id, kind, member_id, evidence, actor=self._actor))

    def withdraw(self, member_id: str, thanks_id: str) -> Json:
        """Take thanks back."""
        return _plain(self._service.points.withdraw(self._community_id, member_id, thanks_id, actor=self._actor))

    def show(self, member_id: str, shown: bool) -> Json:
        """Take a member off every board, or let them be shown again."""
        return _plain(self._service.points.show(self._community_id, member_id, shown=shown, actor=self._actor))

    def seasons(self, limit: int) -> list[Json]:
        """List seasons."""
        return _plains(self._service.seasons.list(self._community_id, limit=limit).items)

    def make_season(self, body: Json) -> Json:
        """Make a season."""
        starts_at, ends_at = (_moment(body[name], name) for name in ("starts_at", "ends_at"))
        made = self._service.seasons.create(self._community_id, body["name"], starts_at, ends_at, actor=self._actor)
        return _plain(made)

    def board(self, season_id: str, kind: str, limit: int) -> Json:
        """Show a board."""
        known: tuple[BoardKind, ...] = get_args(BoardKind)
        return _plain(
            self._service.seasons.board(self._community_id, season_id, _one_of(known, kind, "kind"), limit=limit)
        )

    def standing(self, season_id: str, kind: str) -> Json:
        """Show a board as it was when the season ended."""
        known: tuple[BoardKind, ...] = get_args(BoardKind)
        return _plain(self._service.standings.board(self._community_id, season_id, _one_of(known, kind, "kind")))

    def teams(self, season_id: str) -> list[Json]:
        """List the teams of a season."""
        return _plains(self._service.teams.list(self._community_id, season_id))

    def form_teams(self, season_id: str, body: Json) -> list[Json]:
        """Form teams."""
        made = self._service.teams.form(
            self._community_id, season_id, body["project"], body["milestones"], body["teams"], actor=self._by
        )
        return _plains(made)

    def keep_team(self, season_id: str, body: Json) -> Json:
        """Keep a team."""
        team = NewTeam(body["name"], body["project"], body["member_ids"], body["milestones"])
        return _plain(self._service.teams.keep(self._community_id, season_id, team, actor=self._actor))

    def reach(self, team_id: str, number: int, done: bool) -> Json:
        """Note whether a milestone is reached."""
        return _plain(self._service.teams.reach(self._community_id, team_id, number, done=done, actor=self._actor))

    def gifts(self, season_id: str, budget: int, people: int) -> Json:
        """Suggest red packets."""
        return _plain(self._service.gifts.suggest(self._community_id, season_id, budget, people))

    def propose_awards(self, season_id: str) -> list[Json]:
        """Propose awards."""
        return _plains(self._service.awards.propose(self._community_id, season_id, actor=self._actor))

    def awards(self, season_id: str | None, limit: int) -> list[Json]:
        """List awards."""
        return _plains(self._service.awards.list(self._community_id, season_id=season_id, limit=limit).items)

    def decide_award(self, award_id: str, decision: str) -> Json:
        """Grant an award or decline it."""
        known: tuple[Literal["granted", "declined"], ...] = ("granted", "declined")
        meant = _one_of(known, decision, "decision")
        return _plain(self._service.awards.decide(self._community_id, award_id, meant, actor=self._actor))

    def rewards(self, limit: int) -> list[Json]:
        """List rewards."""
        return _plains(self._service.rewards.rewards(self._community_id, limit=limit).items)

    def offer(self, body: Json) -> Json:
        """Offer a reward."""
        known: tuple[RewardKind, ...] = get_args(RewardKind)
        new = NewReward(
            _one_of(known, body["kind"], "kind"), body["title"], body["description"], body["cost"] * 100, body["stock"]
        )
        return _plain(self._service.rewards.offer(self._community_id, new, actor=self._actor))

    def close_reward(self, reward_id: str) -> Json:
        """Offer a reward no more."""
        return _plain(self._service.rewards.close(self._community_id, reward_id, actor=self._actor))

    def redeem(self, reward_id: str, member_id: str) -> Json:
        """Exchange points."""
        return _plain(self._service.rewards.redeem(self._community_id, reward_id, member_id, actor=self._actor))

    def redemptions(self, member_id: str | None, limit: int) -> list[Json]:
        """List exchanges, newest first."""
        return _plains(self._service.rewards.redemptions(self._community_id, member_id=member_id, limit=limit).items)

    def decide_redemption(self, redemption_id: str, status: str) -> Json:
        """Note what became of an exchange."""
        known: tuple[Literal["handed_over", "cancelled"], ...] = ("handed_over", "cancelled")
        meant = _one_of(known, status, "status")
        return _plain(self._service.rewards.decide(self._community_id, redemption_id, meant, actor=self._actor))

    def planned(self, days: int) -> list[Json]:
        """List whose card is shown when."""
        return _plains(self._service.exposures.listed(self._community_id, None, days).items)

    def plan_slots(self, days: int, places: int) -> list[Json]:
        """Fill free days."""
        return _plains(self._service.exposures.plan(self._community_id, None, days, places, actor=self._actor).items)


def _moment(text: str, field: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no time such as 2026-10-01T00:00:00+08:00", field=field) from error


def _one_of(known: Sequence[T], given: str, field: str) -> T:
    found = next((one for one in known if one == given), None)
    if found is None:
        raise InvalidInput(f"{field} is one of {', '.join(known)}, not {given!r}", field=field)
    return found


def _plain(found: BaseModel) -> Json:
    return dict(found.model_dump(mode="json"))


def _plains(found: Sequence[Any]) -> list[Json]:
    return [_plain(one) for one in found]
