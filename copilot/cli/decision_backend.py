"""What surrounds decisions as commands need it, and how a running service is asked for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from copilot.cli.backend import Json


class Decisions(Protocol):
    """Second opinions, appeals, standing, terms and wellness of one community."""

    def propose(self, case_id: str, ruling: Json) -> Json:
        """Propose a ruling that takes two people."""
        ...

    def proposals(self, status: str | None, limit: int) -> list[Json]:
        """List proposals, newest first."""
        ...

    def confirm(self, proposal_id: str) -> Json:
        """Agree to a proposal."""
        ...

    def decline(self, proposal_id: str, reason: str) -> Json:
        """Say no to a proposal, or withdraw one's own."""
        ...

    def hand_over(self, case_id: str, to: str) -> Json:
        """Give a case one holds to another moderator."""
        ...

    def terms(self) -> Json:
        """Show the terms in force."""
        ...

    def set_terms(self, terms: Json) -> Json:
        """Replace the terms."""
        ...

    def wellness(self) -> Json:
        """Show one's own settings and day."""
        ...

    def set_wellness(self, settings: Json) -> Json:
        """Replace one's own settings."""
        ...

    def standing(self, member_id: str) -> Json:
        """Show how a member stands."""
        ...

    def appeal(self, decision_id: str, member_id: str, text: str) -> Json:
        """Write down a member's appeal."""
        ...

    def appeals(self, waiting: bool | None, limit: int) -> list[Json]:
        """List appeals, newest first."""
        ...

    def show_appeal(self, appeal_id: str) -> Json:
        """Show an appeal."""
        ...

    def answer(self, appeal_id: str, answer: Json) -> Json:
        """Uphold or overturn."""
        ...


class RemoteDecisions:
    """Asks the service; `ask` takes a method, a path and what httpx takes, and returns the answer's JSON."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def propose(self, case_id: str, ruling: Json) -> Json:
        """Propose a ruling."""
        return dict(self._ask("POST", f"/cases/{case_id}/propose", json=ruling))

    def proposals(self, status: str | None, limit: int) -> list[Json]:
        """List proposals."""
        params = {"limit": limit} | ({} if status is None else {"status": status})
        return list(self._ask("GET", "/case-proposals", params=params)["items"])

    def confirm(self, proposal_id: str) -> Json:
        """Agree."""
        return dict(self._ask("POST", f"/case-proposals/{proposal_id}/confirm"))

    def decline(self, proposal_id: str, reason: str) -> Json:
        """Say no."""
        return dict(self._ask("POST", f"/case-proposals/{proposal_id}/decline", json={"reason": reason}))

    def hand_over(self, case_id: str, to: str) -> Json:
        """Hand over."""
        return dict(self._ask("POST", f"/cases/{case_id}/hand-over", json={"to": to}))

    def terms(self) -> Json:
        """Show the terms."""
        return dict(self._ask("GET", "/moderation/terms"))

    def set_terms(self, terms: Json) -> Json:
        """Replace the terms."""
        return dict(self._ask("PUT", "/moderation/terms", json=terms))

    def wellness(self) -> Json:
        """Show one's own day."""
        return dict(self._ask("GET", "/moderation/wellness"))

    def set_wellness(self, settings: Json) -> Json:
        """Replace one's own settings."""
        return dict(self._ask("PUT", "/moderation/wellness", json=settings))

    def standing(self, member_id: str) -> Json:
        """Show how a member stands."""
        return dict(self._ask("GET", f"/members/{member_id}/standing"))

    def appeal(self, decision_id: str, member_id: str, text: str) -> Json:
        """Write an appeal down."""
        body = {"text": text, "member_id": member_id}
        return dict(self._ask("POST", f"/decisions/{decision_id}/appeal", json=body))

    def appeals(self, waiting: bool | None, limit: int) -> list[Json]:
        """List appeals."""
        params = {"limit": limit} | ({} if waiting is None else {"waiting": waiting})
        return list(self._ask("GET", "/appeals", params=params)["items"])

    def show_appeal(self, appeal_id: str) -> Json:
        """Show an appeal."""
        return dict(self._ask("GET", f"/appeals/{appeal_id}"))

    def answer(self, appeal_id: str, answer: Json) -> Json:
        """Uphold or overturn."""
        return dict(self._ask("POST", f"/appeals/{appeal_id}/answer", json=answer))
