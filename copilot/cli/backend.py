"""What commands need, whoever answers: a running service over HTTP, or the stores opened by this process.

Both answer with the same JSON data (dicts and lists), which the commands print.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from copilot.cli.alert_backend import Alerts
    from copilot.cli.calibration_backend import Calibration
    from copilot.cli.card_backend import Cards
    from copilot.cli.case_backend import Cases
    from copilot.cli.circle_backend import Circles
    from copilot.cli.claim_backend import Claims
    from copilot.cli.decision_backend import Decisions
    from copilot.cli.eval_case_backend import EvalCases
    from copilot.cli.event_backend import Events
    from copilot.cli.exchange_backend import Exchange
    from copilot.cli.introduction_backend import Introductions, Learning
    from copilot.cli.match_backend import Matches
    from copilot.cli.outreach_backend import Outreaching
    from copilot.cli.partner_backend import Partners
    from copilot.cli.plan_backend import Plans
    from copilot.cli.profile_backend import Profiles
    from copilot.cli.recognition_backend import Recognition
    from copilot.cli.rule_backend import PairRules
    from copilot.cli.seating_backend import Seatings
    from copilot.cli.webhook_backend import Webhooks
    from copilot.cli.weekly_backend import Weekly

Json = dict[str, Any]
OnJob = Callable[[Json], None]


class Backend(Protocol):
    """One community's copilot. Every method raises `CopilotError` with a sentence for the person at the keyboard."""

    @property
    def locale(self) -> str:
        """The language errors are to be said in; empty when they are said in it already."""
        ...

    def import_file(self, path: Path, options: Json, on_job: OnJob) -> Json:
        """Import a file and return the finished job."""
        ...

    def run_job(self, kind: str, on_job: OnJob) -> Json:
        """Run sync, read, snapshot, reindex or check and return the finished job."""
        ...

    def members(self, search: str) -> list[Json]:
        """Return members whose id, external id or name contains `search`."""
        ...

    def plan(self, brief: str, on_progress: Callable[[str], None]) -> Json:
        """Draft an event plan."""
        ...

    def plan_markdown(self, plan_id: str) -> str:
        """Return a stored plan as Markdown."""
        ...

    def topics(self, member_id: str, n: int) -> Json:
        """Suggest topics."""
        ...

    def suggested(self, member_id: str | None, limit: int) -> list[Json]:
        """List topics that were suggested, to one member or to all, newest first."""
        ...

    def atmosphere(self, room: Json) -> Json:
        """Read the room; `room` may hold channel, group, start and end."""
        ...

    def atmosphere_days(self, room: Json) -> list[Json]:
        """Read the room day by day."""
        ...

    def atmosphere_weeks(self, room: Json) -> list[Json]:
        """Read the room week by week."""
        ...

    def reply_pairs(self, channel: str | None, n: int) -> list[Json]:
        """Return who answers whom most."""
        ...

    @property
    def claims(self) -> Claims:
        """What the records say of a message, and corrections."""
        ...

    @property
    def cases(self) -> Cases:
        """The moderators' queue, and members' reports."""
        ...

    @property
    def calibration(self) -> Calibration:
        """What scores are worth: thresholds, back-tests, audits."""
        ...

    @property
    def decisions(self) -> Decisions:
        """Second opinions, appeals, standing, terms and wellness."""
        ...

    def keys(self) -> list[Json]:
        """List keys."""
        ...

    def create_key(self, body: Json) -> Json:
        """Make a key; the answer holds the secret."""
        ...

    def revoke_key(self, key_id: str) -> Json:
        """Revoke a key."""
        ...

    @property
    def alerts(self) -> Alerts:
        """What changed in the room, and what people did about it."""
        ...

    @property
    def webhooks(self) -> Webhooks:
        """The community's webhooks."""
        ...

    @property
    def exchange(self) -> Exchange:
        """Resources and loans."""
        ...

    @property
    def introductions(self) -> Introductions:
        """What members make of their matches."""
        ...

    @property
    def learning(self) -> Learning:
        """What members said of their matches, and the weights learnt from it."""
        ...

    @property
    def weekly(self) -> Weekly:
        """Stars and weekly reports."""
        ...

    @property
    def plans(self) -> Plans:
        """Plans in versions, and calendar feeds."""
        ...

    @property
    def events(self) -> Events:
        """Events from publishing to review."""
        ...

    @property
    def outreach(self) -> Outreaching:
        """Whom to ask for topics, what is asked for, and notes into posts."""
        ...

    @property
    def seatings(self) -> Seatings:
        """Rounds, rotations and teams."""
        ...

    @property
    def matching(self) -> Matches:
        """Matches of every kind."""
        ...

    @property
    def pair_rules(self) -> PairRules:
        """Rules about pairs of members, and who vouches for whom."""
        ...

    @property
    def profiles(self) -> Profiles:
        """What was proposed for members' profiles."""
        ...

    @property
    def circles(self) -> Circles:
        """Tiers, city circles and ventures."""
        ...

    @property
    def partners(self) -> Partners:
        """Other communities that share resources."""
        ...

    @property
    def cards(self) -> Cards:
        """Cards to share as pictures."""
        ...

    @property
    def recognition(self) -> Recognition:
        """Points, seasons, awards and rewards."""
        ...

    @property
    def eval_cases(self) -> EvalCases:
        """Production as cases for evaluation."""
        ...

    def export_member(self, member_id: str) -> Json:
        """Return all that is stored about a member."""
        ...

    def erase_member(self, member_id: str) -> Json:
        """Delete a member everywhere and return the proof."""
        ...

    def close(self) -> None:
        """Let go of whatever is open."""
        ...
