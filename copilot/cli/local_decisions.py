"""What surrounds decisions, from the stores of this machine."""

from __future__ import annotations

from pydantic_core import to_jsonable_python

from copilot.cli.backend import Json
from copilot.errors import InvalidInput
from copilot.moderation.appeals import AppealAnswer
from copilot.moderation.rulings import Ruling
from copilot.moderation.service import ModerationService
from copilot.moderation.terms import parse_terms
from copilot.moderation.wellness import Blur


class LocalDecisions:
    """Works on the decisions of one community."""

    def __init__(self, service: ModerationService, community_id: str, actor: str) -> None:
        self._service = service
        self._community_id = community_id
        self._actor = actor

    def propose(self, case_id: str, ruling: Json) -> Json:
        """Propose a ruling."""
        desk = self._service.second_opinions
        return _plain(desk.propose(self._community_id, case_id, Ruling.parse(**ruling), actor=self._actor))

    def proposals(self, status: str | None, limit: int) -> list[Json]:
        """List proposals."""
        page = self._service.second_opinions.page(self._community_id, status, limit, None)
        return [_plain(row) for row in page.items]

    def confirm(self, proposal_id: str) -> Json:
        """Agree."""
        return _plain(self._service.second_opinions.confirm(self._community_id, proposal_id, actor=self._actor))

    def decline(self, proposal_id: str, reason: str) -> Json:
        """Say no."""
        desk = self._service.second_opinions
        return _plain(desk.decline(self._community_id, proposal_id, actor=self._actor, reason=reason))

    def hand_over(self, case_id: str, to: str) -> Json:
        """Hand over."""
        return _plain(self._service.handover.give(self._community_id, case_id, to, actor=self._actor))

    def terms(self) -> Json:
        """Show the terms."""
        return _plain(self._service.terms.get(self._community_id))

    def set_terms(self, terms: Json) -> Json:
        """Replace the terms."""
        return _plain(self._service.terms.put(self._community_id, parse_terms(terms), actor=self._actor))

    def wellness(self) -> Json:
        """Show one's own day."""
        return _plain(self._service.wellness.get(self._community_id, self._actor))

    def set_wellness(self, settings: Json) -> Json:
        """Replace one's own settings."""
        known = [blur.value for blur in Blur]
        if settings["blur"] not in known:
            raise InvalidInput(f"blur is one of {', '.join(known)}", field="blur")
        values = {**settings, "blur": Blur(settings["blur"])}
        return _plain(self._service.wellness.put(self._community_id, self._actor, **values))

    def standing(self, member_id: str) -> Json:
        """Show how a member stands."""
        return _plain(self._service.standing.get(self._community_id, member_id))

    def appeal(self, decision_id: str, member_id: str, text: str) -> Json:
        """Write an appeal down."""
        desk = self._service.appeals
        return _plain(desk.submit(self._community_id, decision_id, member_id, text, actor=self._actor))

    def appeals(self, waiting: bool | None, limit: int) -> list[Json]:
        """List appeals."""
        return [
            _plain(row) for row in self._service.appeals.page(self._community_id, waiting=waiting, limit=limit).items
        ]

    def show_appeal(self, appeal_id: str) -> Json:
        """Show an appeal."""
        return _plain(self._service.appeals.get(self._community_id, appeal_id))

    def answer(self, appeal_id: str, answer: Json) -> Json:
        """Uphold or overturn."""
        parsed = AppealAnswer.parse(**answer)
        return _plain(self._service.appeals.answer(self._community_id, appeal_id, parsed, actor=self._actor))


def _plain(found: object) -> Json:
    return dict(to_jsonable_python(found))
