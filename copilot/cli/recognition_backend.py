"""Recognition as commands need it, from the stores of this machine or from a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json


class Recognition(Protocol):
    """Points, seasons, awards and rewards of one community."""

    def settle(self, days: int) -> Json:
        """Score what is not in the ledger yet."""
        ...

    def entries(self, member_id: str | None, rule: str | None, limit: int) -> list[Json]:
        """List entries, newest first."""
        ...

    def why(self, member_id: str) -> Json:
        """Say why a member has their points."""
        ...

    def reverse(self, entry_id: str, reason: str) -> Json:
        """Take an entry back with another one."""
        ...

    def recount(self) -> Json:
        """Count the ledger again."""
        ...

    def export(self) -> bytes:
        """Return the ledger as CSV."""
        ...

    def rules(self) -> Json:
        """Show what is worth points."""
        ...

    def change_rule(self, change: Json) -> Json:
        """Switch a rule and weigh it."""
        ...

    def thank(self, member_id: str, body: Json) -> Json:
        """Note a member's thanks."""
        ...

    def withdraw(self, member_id: str, thanks_id: str) -> Json:
        """Take thanks back."""
        ...

    def show(self, member_id: str, shown: bool) -> Json:
        """Take a member off every board, or let them be shown again."""
        ...

    def seasons(self, limit: int) -> list[Json]:
        """List seasons."""
        ...

    def make_season(self, body: Json) -> Json:
        """Make a season."""
        ...

    def board(self, season_id: str, kind: str, limit: int) -> Json:
        """Show a board."""
        ...

    def standing(self, season_id: str, kind: str) -> Json:
        """Show a board as it was when the season ended."""
        ...

    def teams(self, season_id: str) -> list[Json]:
        """List the teams of a season."""
        ...

    def form_teams(self, season_id: str, body: Json) -> list[Json]:
        """Form teams for one project."""
        ...

    def keep_team(self, season_id: str, body: Json) -> Json:
        """Keep a team."""
        ...

    def reach(self, team_id: str, number: int, done: bool) -> Json:
        """Note whether a milestone is reached."""
        ...

    def gifts(self, season_id: str, budget: int, people: int) -> Json:
        """Suggest red packets in words."""
        ...

    def propose_awards(self, season_id: str) -> list[Json]:
        """Propose awards with their evidence."""
        ...

    def awards(self, season_id: str | None, limit: int) -> list[Json]:
        """List awards."""
        ...

    def decide_award(self, award_id: str, decision: str) -> Json:
        """Grant an award or decline it."""
        ...

    def rewards(self, limit: int) -> list[Json]:
        """List rewards."""
        ...

    def offer(self, body: Json) -> Json:
        """Offer a reward."""
        ...

    def close_reward(self, reward_id: str) -> Json:
        """Offer a reward no more."""
        ...

    def redeem(self, reward_id: str, member_id: str) -> Json:
        """Exchange a member's points."""
        ...

    def redemptions(self, member_id: str | None, limit: int) -> list[Json]:
        """List exchanges, newest first."""
        ...

    def decide_redemption(self, redemption_id: str, status: str) -> Json:
        """Note that a reward was handed over, or cancel."""
        ...

    def planned(self, days: int) -> list[Json]:
        """List whose card is shown when."""
        ...

    def plan_slots(self, days: int, places: int) -> list[Json]:
        """Fill free days in turn."""
        ...


class RemoteRecognition:
    """Asks the service; `ask` returns the answer's JSON, `answer` the answer itself."""

    def __init__(self, ask: Callable[..., Any], answer: Callable[..., Any]) -> None:
        self._ask = ask
        self._answer = answer

    def settle(self, days: int) -> Json:
        """Score what is not in the ledger yet."""
        return dict(self._ask("POST", "/points/settle", json={"days": days}))

    def entries(self, member_id: str | None, rule: str | None, limit: int) -> list[Json]:
        """List entries."""
        given = {"member_id": member_id, "rule": rule, "limit": limit}
        params = {name: value for name, value in given.items() if value is not None}
        return list(self._ask("GET", "/points", params=params)["items"])

    def why(self, member_id: str) -> Json:
        """Say why a member has their points."""
        return dict(self._ask("GET", f"/members/{member_id}/points"))

    def reverse(self, entry_id: str, reason: str) -> Json:
        """Take an entry back."""
        return dict(self._ask("POST", f"/points/{entry_id}/reversal", json={"reason": reason}))

    def recount(self) -> Json:
        """Count the ledger again."""
        return dict(self._ask("GET", "/points/recount"))

    def export(self) -> bytes:
        """Return the ledger as CSV."""
        return bytes(self._answer("GET", "/points/export.csv").content)

    def rules(self) -> Json:
        """Show what is worth points."""
        return dict(self._ask("GET", "/points/rules"))

    def change_rule(self, change: Json) -> Json:
        """Switch a rule and weigh it."""
        return dict(self._ask("PUT", "/points/rules", json={"rules": [change]}))

    def thank(self, member_id: str, body: Json) -> Json:
        """Note a member's thanks."""
        return dict(self._ask("POST", f"/members/{member_id}/thanks", json=body))

    def withdraw(self, member_id: str, thanks_id: str) -> Json:
        """Take thanks back."""
        return dict(self._ask("POST", f"/members/{member_id}/thanks/{thanks_id}/withdrawal"))

    def show(self, member_id: str, shown: bool) -> Json:
        """Take a member off every board, or let them be shown again."""
        return dict(self._ask("PUT", f"/members/{member_id}/recognition", json={"is_shown": shown}))

    def seasons(self, limit: int) -> list[Json]:
        """List seasons."""
        return list(self._ask("GET", "/seasons", params={"limit": limit})["items"])

    def make_season(self, body: Json) -> Json:
        """Make a season."""
        return dict(self._ask("POST", "/seasons", json=body))

    def board(self, season_id: str, kind: str, limit: int) -> Json:
        """Show a board."""
        return dict(self._ask("GET", f"/seasons/{season_id}/boards/{kind}", params={"limit": limit}))

    def standing(self, season_id: str, kind: str) -> Json:
        """Show a board as it was when the season ended."""
        return dict(self._ask("GET", f"/seasons/{season_id}/standings/{kind}"))

    def teams(self, season_id: str) -> list[Json]:
        """List the teams of a season."""
        return list(self._ask("GET", f"/seasons/{season_id}/teams")["items"])

    def form_teams(self, season_id: str, body: Json) -> list[Json]:
        """Form teams."""
        return list(self._ask("POST", f"/seasons/{season_id}/teams/formation", json=body)["items"])

    def keep_team(self, season_id: str, body: Json) -> Json:
        """Keep a team."""
        return dict(self._ask("POST", f"/seasons/{season_id}/teams", json=body))

    def reach(self, team_id: str, number: int, done: bool) -> Json:
        """Note whether a milestone is reached."""
        return dict(self._ask("PUT", f"/season-teams/{team_id}/milestones/{number}", json={"done": done}))

    def gifts(self, season_id: str, budget: int, people: int) -> Json:
        """Suggest red packets."""
        params = {"budget": budget, "people": people}
        return dict(self._ask("GET", f"/seasons/{season_id}/gifts", params=params))

    def propose_awards(self, season_id: str) -> list[Json]:
        """Propose awards."""
        return list(self._ask("POST", f"/seasons/{season_id}/awards")["items"])

    def awards(self, season_id: str | None, limit: int) -> list[Json]:
        """List awards."""
        params = {"limit": limit} | ({} if season_id is None else {"season_id": season_id})
        return list(self._ask("GET", "/awards", params=params)["items"])

    def decide_award(self, award_id: str, decision: str) -> Json:
        """Grant an award or decline it."""
        return dict(self._ask("POST", f"/awards/{award_id}/decision", json={"decision": decision}))

    def rewards(self, limit: int) -> list[Json]:
        """List rewards."""
        return list(self._ask("GET", "/rewards", params={"limit": limit})["items"])

    def offer(self, body: Json) -> Json:
        """Offer a reward."""
        return dict(self._ask("POST", "/rewards", json=body))

    def close_reward(self, reward_id: str) -> Json:
        """Offer a reward no more."""
        return dict(self._ask("POST", f"/rewards/{reward_id}/closing"))

    def redeem(self, reward_id: str, member_id: str) -> Json:
        """Exchange points."""
        return dict(self._ask("POST", f"/rewards/{reward_id}/redemptions", json={"member_id": member_id}))

    def redemptions(self, member_id: str | None, limit: int) -> list[Json]:
        """List exchanges, newest first."""
        params = {"limit": limit} | ({} if member_id is None else {"member_id": member_id})
        return list(self._ask("GET", "/redemptions", params=params)["items"])

    def decide_redemption(self, redemption_id: str, status: str) -> Json:
        """Note what became of an exchange."""
        return dict(self._ask("POST", f"/redemptions/{redemption_id}/decision", json={"status": status}))

    def planned(self, days: int) -> list[Json]:
        """List whose card is shown when."""
        return list(self._ask("GET", "/exposures", params={"days": days})["items"])

    def plan_slots(self, days: int, places: int) -> list[Json]:
        """Fill free days."""
        return list(self._ask("POST", "/exposures", json={"days": days, "places": places})["items"])
