"""PulseService: one question a week, "how do you feel here?", answered by members for themselves."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, Field

from copilot.community.ids import derived_id
from copilot.community.store import Store
from copilot.community.tables import Member, PulseAnswer
from copilot.errors import InvalidInput


class PulseView(BaseModel):
    """A member's answer of this week, for the member alone; operators see means of five people or more."""

    week: str = Field(examples=["2026-W47"])
    score: int | None = Field(description="1 (bad) to 5 (good); null when nothing was answered this week")
    answered_at: AwareDatetime | None = None


class PulseService:
    """Keeps one answer per member and local week."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def answer(self, community_id: str, member_id: str, score: int) -> PulseView:
        """Keep a member's answer of this week; a later one takes its place.

        Raises:
            NotFound: there is no such member.
            InvalidInput: the score is not 1 to 5.
        """
        if not 1 <= score <= 5:
            raise InvalidInput("a score is 1 to 5", field="score")
        with self._store.write(community_id) as unit:
            unit.get(Member, member_id)
            year, week, _ = unit.now.astimezone(ZoneInfo(unit.community().timezone)).isocalendar()
            name = f"{year}-W{week:02d}"
            row = {
                "id": derived_id("pul", community_id, member_id, name), "member_id": member_id, "week": name,
                "score": score, "answered_at": unit.now,
            }  # fmt: skip
            unit.upsert(PulseAnswer, [row])
            return PulseView(week=name, score=score, answered_at=unit.now)

    def mine(self, community_id: str, member_id: str) -> PulseView:
        """Return a member's answer of this week.

        Raises:
            NotFound: there is no such member.
        """
        with self._store.read(community_id) as unit:
            unit.get(Member, member_id)
            year, week, _ = unit.now.astimezone(ZoneInfo(unit.community().timezone)).isocalendar()
            name = f"{year}-W{week:02d}"
            row = unit.find(PulseAnswer, derived_id("pul", community_id, member_id, name))
            return PulseView(
                week=name, score=None if row is None else row.score,
                answered_at=None if row is None else row.answered_at,
            )  # fmt: skip
