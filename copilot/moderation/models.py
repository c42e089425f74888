"""Words of moderation that every part shares: what is read, what was found, and the thresholds in force. No storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from copilot.community.models import Category


class Severity(StrEnum):
    """How much harm a breach does, apart from how certain the machine is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class CaseStatus(StrEnum):
    """Where a case stands. `claimed` is an open case with a lease that has not run out; it is never stored."""

    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What the moderator found; says nothing of what follows."""

    VIOLATION = "violation"
    NO_VIOLATION = "no_violation"


class Action(StrEnum):
    """What follows a verdict. `mute` and `removal` are recommendations: nothing leaves the service."""

    NONE = "none"
    NOTE = "note"
    WARNING = "warning"
    HIDE = "hide"
    MUTE = "mute"
    REMOVAL = "removal"


class FoundBy(StrEnum):
    """What brought a message before the moderators."""

    SIGNAL = "signal"
    REPORT = "report"
    PATTERN = "pattern"
    LLM = "llm"
    AUDIT = "audit"
    # The community's own records say otherwise.
    CLAIM = "claim"


SEVERITY: dict[Category, Severity] = {
    Category.INSULT: Severity.MEDIUM,
    Category.THREAT: Severity.HIGH,
    Category.HATE: Severity.HIGH,
    Category.HARASSMENT: Severity.HIGH,
    Category.SEXUAL: Severity.MEDIUM,
    Category.SPAM: Severity.LOW,
    Category.UNSOLICITED_PROMOTION: Severity.LOW,
    Category.SCAM: Severity.HIGH,
    Category.MISINFORMATION_CLAIM: Severity.MEDIUM,
    Category.PRIVACY: Severity.HIGH,
}

# Rules give scores by hand, not calibrated probabilities: below `FLAG_SCORE` nothing is noted, from `CASE_SCORE` on a
# person is asked. The classifier brings its own pair (see its card).
FLAG_SCORE = 0.4
CASE_SCORE = 0.6


@dataclass(frozen=True)
class Earlier:
    """An earlier message, as context."""

    id: str
    channel_id: str
    sender_id: str | None
    sent_at: datetime
    text: str


@dataclass(frozen=True)
class MessageInput:
    """One message to read.

    Attributes:
        promo_allowed: the channel welcomes promotion.
        models_allowed: the sender lets AI read them; without it only rules look at the text and no reading is kept.
        recent: earlier messages of the same sender in any channel, oldest first, at most `RECENT_LIMIT`.
    """

    id: str
    channel_id: str
    sender_id: str | None
    sent_at: datetime
    text: str
    promo_allowed: bool = False
    models_allowed: bool = True
    recent: tuple[Earlier, ...] = ()


@dataclass(frozen=True)
class Context:
    """What stood around a message: up to five messages before it in the channel (oldest first) and what it answers."""

    before: tuple[Earlier, ...] = ()
    parent: Earlier | None = None

    @property
    def lines(self) -> list[Earlier]:
        """The messages, without doubles; what is answered comes last, as it counts most."""
        found = [message for message in self.before if self.parent is None or message.id != self.parent.id]
        return [*found, self.parent] if self.parent is not None else found

    @property
    def ids(self) -> list[str]:
        """The ids, parent first, without doubles."""
        found = [self.parent.id] if self.parent else []
        return found + [message.id for message in self.before if message.id not in found]


@dataclass(frozen=True)
class Signal:
    """What one detector found.

    Attributes:
        score: 0-1, how certain; calibrated for the classifier, set by hand for rules.
        start: half-open span of code points in the stored text.
        opens_case: certain enough to ask a person.
        threshold: from which score on the detector asks a person; the one in force when the signal was made.
    """

    category: Category
    score: float
    start: int
    end: int
    detector: str
    version: str
    opens_case: bool
    severity: Severity
    threshold: float = CASE_SCORE


@dataclass(frozen=True)
class MessageReading:
    """What the cascade says of one message; the three sentiments sum to 1.

    Attributes:
        stage: `local` (rules and models), `rules` (the sender does not let models read them: sentiment is not known),
            `llm` (a language model was asked and moved what the local models were not sure of) or `llm_failed` (it was
            asked in vain: the local word stands).
        probabilities: calibrated, by column of the room model; empty where it did not read. Never stored as a whole:
            what it says of distress is for nobody but the people whom the operator named.
        embedded: a sentence embedding was made, because n-grams alone were not sure.
        uncertain: the local models are not sure; a dearer stage may be asked.
        disguises: kinds of disguise that were undone.
        cpu_microseconds: by stage, this message's share of what its batch cost.
    """

    message_id: str
    negative: float
    neutral: float
    positive: float
    is_question: bool
    language: str
    stage: str
    signals: tuple[Signal, ...] = field(default=())
    probabilities: Mapping[str, float] = field(default_factory=dict)
    embedded: bool = False
    uncertain: bool = False
    disguises: tuple[str, ...] = ()
    cpu_microseconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def categories(self) -> dict[str, float]:
        """The highest score of each category any detector raised."""
        found: dict[str, float] = {}
        for signal in self.signals:
            found[signal.category.value] = max(signal.score, found.get(signal.category.value, 0.0))
        return {name: round(found[name], 4) for name in sorted(found)}

    def strongest(self) -> dict[Category, Signal]:
        """For each category, the signal a case would rest on."""
        best: dict[Category, Signal] = {}
        for signal in self.signals:
            held = best.get(signal.category)
            if held is None or (signal.opens_case, signal.score) > (held.opens_case, held.score):
                best[signal.category] = signal
        return best
