"""Who calms: after whose words heated conversations cooled down more than they do anyway. Pure functions.

A conversation that is heated at some moment is, on average, less so later, whoever speaks (regression to the mean). So
the fall after a member's words is compared with the fall after everybody else's at moments as heated: only what lies
beyond that, with its whole 95 % interval, is said of anybody. It is an association; nobody was drawn by lot to speak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from copilot.atmosphere.figures import Sample, measure
from copilot.atmosphere.intervals import Estimate, Figures, bootstrap
from copilot.atmosphere.stars.roles import Found, grouped
from copilot.atmosphere.stars.thresholds import StarRules
from copilot.community.conversation import Line


@dataclass(frozen=True)
class Moment:
    """Somebody wrote into a heated conversation.

    Attributes:
        before: mean probability of "negative" of what others wrote just before, 0-1.
        after: the same of what others wrote just after.
    """

    message_id: str
    member_id: str
    before: float
    after: float

    @property
    def fall(self) -> float:
        """By how much it cooled down, -1 to 1."""
        return self.before - self.after


def heated_moments(lines: Sequence[Line], rules: StarRules) -> list[Moment]:
    """Return the moments at which somebody wrote into a heated conversation, in order, a burst counted once.

    What the member wrote is not part of either side: saying something friendly oneself is not yet calming others.
    """
    found: list[Moment] = []
    for channel in grouped(lines, lambda line: line.channel_id).values():
        found += _of_channel([line for line in channel if line.sentiment is not None], rules)
    return found


def _of_channel(said: Sequence[Line], rules: StarRules) -> list[Moment]:
    found: list[Moment] = []
    last: dict[str, Line] = {}
    for at, line in enumerate(said):
        earlier = last.get(line.sender_id)
        last[line.sender_id] = line
        if earlier is not None and line.sent_at - earlier.sent_at <= rules.near:
            continue
        before = _tone(said, at, -1, rules)
        after = _tone(said, at, 1, rules)
        if before is not None and after is not None and before >= rules.heat_before:
            found.append(Moment(line.id, line.sender_id, before, after))
    return found


def _tone(said: Sequence[Line], at: int, step: int, rules: StarRules) -> float | None:
    """Return how negative others were on one side of a message, or None with too few of them nearby."""
    here, tones = said[at], list[float]()
    place = at + step
    while 0 <= place < len(said) and len(tones) < rules.around:
        other = said[place]
        if abs(other.sent_at - here.sent_at) > rules.near:
            break
        if other.sender_id != here.sender_id and other.sentiment is not None:
            tones.append(other.sentiment[0])
        place += step
    return sum(tones) / len(tones) if len(tones) >= rules.least_around else None


def calming(moments: Sequence[Moment], rules: StarRules) -> list[Found]:
    """Return after whose words it surely cooled down more than after others', most first."""
    found: list[Found] = []
    for member_id, own in grouped(moments, lambda moment: moment.member_id).items():
        others = [moment for moment in moments if moment.member_id != member_id]
        if len(own) < rules.least_moments or len(others) < rules.least_moments:
            continue
        beyond = _beyond(own, others)
        if beyond.low is None or round(beyond.low, 4) <= 0:
            continue
        best = sorted(own, key=lambda moment: (-moment.fall, moment.message_id))[:3]
        sample: Sample = (len(own), "moments")
        falls = np.array([[moment.fall, 1.0] for moment in own], dtype=np.float64)
        found.append(
            Found(
                member_id,
                [
                    measure("cooled_beyond_others", "net", beyond, sample, [moment.message_id for moment in best]),
                    measure("cooled", "net", bootstrap(falls, _mean), sample),
                ],
            )
        )
    return sorted(found, key=lambda item: (-(item.measures[0].value or 0.0), item.member_id))[: rules.most_named]


def _beyond(own: Sequence[Moment], others: Sequence[Moment]) -> Estimate:
    """Return the mean of the member's falls less what others' falls from the same heat would be.

    Others' falls are fitted by a straight line of the heat before; the interval is Student's t over the member's
    moments, widened by the error of the line's middle.
    """
    heat = np.array([moment.before for moment in others])
    fall = np.array([moment.fall for moment in others])
    spread = float(((heat - heat.mean()) ** 2).sum())
    slope = float(((heat - heat.mean()) * (fall - fall.mean())).sum()) / spread if spread > 1e-9 else 0.0
    residual = fall - fall.mean() - slope * (heat - heat.mean())
    expected = [float(fall.mean()) + slope * (moment.before - float(heat.mean())) for moment in own]
    rest = np.array([moment.fall - usual for moment, usual in zip(own, expected, strict=True)])
    from scipy.special import stdtrit  # a tenth of a second

    # Few moments: a bootstrap of five named 5.6 % of people without any effect, Student's t half of that.
    error = np.hypot(rest.std(ddof=1) / np.sqrt(len(rest)), residual.std() / np.sqrt(len(others)))
    half = float(stdtrit(len(rest) - 1, 0.975) * error)
    return Estimate(float(rest.mean()), float(rest.mean()) - half, float(rest.mean()) + half)


def _mean(rows: Figures) -> Figures:
    sums = rows.sum(axis=-2)
    return np.asarray(sums[..., 0] / sums[..., 1])
