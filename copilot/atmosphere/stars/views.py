"""What was found about members, put into the answer: names, definitions and sentences in the community's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from copilot.atmosphere.models import Measure, Window
from copilot.atmosphere.rooms import Room
from copilot.atmosphere.stars.graph import ReplyGraph
from copilot.atmosphere.stars.load import Burden
from copilot.atmosphere.stars.models import (
    Loaded,
    LoadReading,
    NoOwner,
    OwnerReading,
    OwnerWeek,
    Role,
    RoleReading,
    Star,
)
from copilot.atmosphere.stars.roles import Found
from copilot.atmosphere.stars.thresholds import StarRules
from copilot.atmosphere.stars.wording import (
    DEFINITION,
    LOADED,
    NO_OWNER,
    NOBODY,
    OWNER,
    SENTENCE,
    SHOULDERS,
    SIGN,
    percents,
)


@dataclass(frozen=True)
class View:
    """What every part of the answer needs.

    Attributes:
        names: of the members who may be named, by id.
    """

    room: Room
    window: Window
    names: Mapping[str, str]
    made_at: datetime
    rules: StarRules

    def role(
        self, role: Role, found: Sequence[Found], graph: ReplyGraph, *, weeks: int = 0, moments: int = 0
    ) -> RoleReading:
        """Return who fills a role, or the sentence that says why nobody is named."""
        locale, rules = self.room.locale, self.rules
        enough = len(graph.replies) >= rules.least_replies
        nobody = None
        if not found:
            if role == "calms":
                code = "nobody" if moments >= 2 * rules.least_moments else "few_moments"
            elif not enough:
                code = "too_little"
            else:
                code = "few_weeks" if role == "connects" and weeks < rules.least_weeks else "nobody"
            nobody = NOBODY[locale][code].format(
                replies=len(graph.replies), least_replies=rules.least_replies, weeks=weeks,
                least_weeks=rules.least_weeks, moments=moments,
            )  # fmt: skip
        return RoleReading(
            stars=[self._star(role, item) for item in found],
            definition=DEFINITION[locale][role].format(least_people=rules.least_people), nobody=nobody,
        )  # fmt: skip

    def _star(self, role: Role, item: Found) -> Star:
        first, shown = item.measures[0], item.measures[1 if role == "answers" else 0]
        people = "" if first.value is None else f"{first.value:.0f}"
        sentence = SENTENCE[self.room.locale][role].format(people=people, n=first.n, **percents(shown))
        return Star(
            member_id=item.member_id, name=self.names[item.member_id], measures=item.measures, sentence=sentence
        )

    def load(self, measures: list[Measure], burdens: Sequence[Burden]) -> LoadReading:
        """Return on how many shoulders answers rest and who carries too much."""
        top, half = measures
        words = SHOULDERS[self.room.locale]
        if top.value is None or half.value is None:
            sentence = words["too_few"].format(n=top.n, least_answers=self.rules.least_answers)
        else:
            sentence = words["found"].format(n=top.n, half=f"{half.value:.0f}", **percents(top))
        return LoadReading(measures=measures, loaded=[self._loaded(item) for item in burdens], sentence=sentence)

    def _loaded(self, item: Burden) -> Loaded:
        part, days, nights = item.measures
        before, between, after = LOADED[self.room.locale]
        said = percents(part)
        values = {
            "part": said["share"], "part_low": said["low"], "part_high": said["high"],
            "days": f"{days.value or 0:.1f}", "nights": percents(nights)["share"],
        }  # fmt: skip
        signs = between.join(SIGN[self.room.locale][sign].format(**values) for sign in item.signs)
        return Loaded(
            member_id=item.member_id, name=self.names[item.member_id], signs=item.signs, measures=item.measures,
            sentence=f"{before}{signs}{after}",
        )  # fmt: skip

    def owner(self, owner_id: str, share: Measure, weeks: list[OwnerWeek], trend: Measure) -> OwnerReading:
        """Return how central the owner is, and the trend as far as it is sure."""
        words = OWNER[self.room.locale]
        sentence = words["too_few"]
        if share.value is not None:
            sentence = words["found"].format(n=share.n, **percents(share))
            sentence += " " * (self.room.locale == "en") + words[_direction(trend)].format(
                weeks=trend.n, **_steps(trend)
            )
        return OwnerReading(member_id=owner_id, share=share, weeks=weeks, trend=trend, sentence=sentence)

    def no_owner(self, reason: NoOwner) -> OwnerReading:
        """Return why nothing is said of the owner."""
        return OwnerReading(member_id=None, reason=reason, sentence=NO_OWNER[self.room.locale][reason])


def _direction(trend: Measure) -> str:
    if trend.value is None or trend.low is None or trend.high is None:
        return "no_trend"
    return "less" if trend.high < 0 else "more" if trend.low > 0 else "same"


def _steps(trend: Measure) -> dict[str, str]:
    """Return the slope in points; for a sure rise or fall its size, so that the sentence says the direction."""
    if trend.value is None or trend.low is None or trend.high is None:
        return {"step": "", "step_low": "", "step_high": ""}
    low, value, high = trend.low, trend.value, trend.high
    if high < 0:
        low, value, high = -high, -value, -low
    return {"step": f"{100 * value:.1f}", "step_low": f"{100 * low:.1f}", "step_high": f"{100 * high:.1f}"}
