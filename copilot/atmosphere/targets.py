"""What a room aims at, by kind of operation; the one place these numbers stand.

`light`: members meet on their own, operators look in a few times a week; a question may wait, most members only read.
`heavy`: operators are there every day, a promise was made that people are answered and newcomers are met.
The numbers are judgements, checked on the sample's four weeks; they are aims, and alerts never rest on them: those
compare a room with itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from copilot.atmosphere.models import AtmosphereReading, Kind, Measure, Target


@dataclass(frozen=True)
class Aim:
    """A bound in the measure's own unit; `whole_weeks` where a day says nothing: most people are silent on most days."""

    at_least: float | None = None
    at_most: float | None = None
    whole_weeks: bool = False

    def judge(self, measure: Measure) -> Target:
        """Return the target; it is met or missed only when the whole interval says so."""
        met: bool | None = None
        if measure.low is not None and measure.high is not None:
            if self.at_least is not None:
                met = True if measure.low >= self.at_least else False if measure.high < self.at_least else None
            elif self.at_most is not None:
                met = True if measure.high <= self.at_most else False if measure.low > self.at_most else None
        return Target(at_least=self.at_least, at_most=self.at_most, met=met)


TARGETS: dict[Kind, dict[str, Aim]] = {
    "light": {
        "silent_share": Aim(at_most=0.80, whole_weeks=True),
        "net_sentiment": Aim(at_least=0.0),
        "followed_share": Aim(at_least=0.50),
        "first_response_seconds": Aim(at_most=4 * 3600),
        "newcomers_answered": Aim(at_least=0.50),
        "substantive_share": Aim(at_least=0.20),
        "originality": Aim(at_least=0.90),
        "concentration": Aim(at_most=0.70),
    },
    "heavy": {
        "silent_share": Aim(at_most=0.70, whole_weeks=True),
        "net_sentiment": Aim(at_least=0.0),
        "followed_share": Aim(at_least=0.65),
        "first_response_seconds": Aim(at_most=3600),
        "newcomers_answered": Aim(at_least=0.80),
        "substantive_share": Aim(at_least=0.25),
        "originality": Aim(at_least=0.95),
        "concentration": Aim(at_most=0.60),
    },
}


def set_targets(reading: AtmosphereReading, *, is_whole_week: bool) -> None:
    """Write into every measure what it should be, where its kind of operation has a target for it."""
    aims = TARGETS[reading.kind]
    for dimension in reading.dimensions.values():
        for measure in dimension.measures:
            aim = aims.get(measure.name)
            if aim is not None and (is_whole_week or not aim.whole_weeks):
                measure.target = aim.judge(measure)
