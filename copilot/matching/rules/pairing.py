"""A possible proposal and what is on record of it: what the rules of `constraints` are asked about. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from copilot.community.models import RuleKind
from copilot.matching.models import Exclusion, ExclusionFacts, Verdict
from copilot.matching.records import Party, Setting

PROPOSED = "proposed"
ACCEPTED = "accepted"
# The last two are the asker's side of an introduction that came to nothing, and of one that was taken back.
DECLINED = ("ignored", "rejected", "not_taken_up", "withdrawn")
STATUS_AFTER: dict[Verdict, str] = {
    Verdict.ACCEPT: ACCEPTED,
    Verdict.IGNORE: "ignored",
    Verdict.REJECT: "rejected",
}


@dataclass(frozen=True)
class PastProposal:
    """One proposal of the past between two parties; `member_id` is whom it was made to."""

    member_id: str
    status: str
    proposed_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class StandingRule:
    """A pair rule in force."""

    id: str
    kind: str
    first_id: str
    second_id: str
    note: str
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """What is on record of a proposal of one party to one member.

    Attributes:
        history: proposals of the past between the two, either way.
        rules: pair rules in force between the member and the person behind the other party.
        taken: places of the resource or event that are taken.
        has_joined: whether the member takes part in the event already.
        exposure: to how many members the other party was proposed lately and who have not declined.
    """

    history: tuple[PastProposal, ...] = ()
    rules: tuple[StandingRule, ...] = ()
    taken: int = 0
    has_joined: bool = False
    exposure: int = 0


@dataclass(frozen=True)
class Pairing:
    """A possible proposal of `target` to `asker`."""

    asker: Party
    target: Party
    setting: Setting
    standing: Standing = field(default_factory=Standing)

    @property
    def required(self) -> StandingRule | None:
        """The operators' rule that the two must be proposed to each other, if there is one."""
        return self.rule(RuleKind.MUST_MATCH)

    def rule(self, kind: RuleKind) -> StandingRule | None:
        """Return the rule of this kind between the two, if there is one."""
        return next((rule for rule in self.standing.rules if rule.kind == kind), None)

    def accepting(self) -> dict[str, datetime]:
        """Return who said yes, and when."""
        return {past.member_id: past.updated_at for past in self.standing.history if past.status == ACCEPTED}


@dataclass(frozen=True)
class Ground:
    """A rule that forbids a proposal, and what it rests on."""

    code: Exclusion
    facts: ExclusionFacts
