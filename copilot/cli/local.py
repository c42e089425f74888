"""The backend that opens the stores itself, for when no service runs on the data folder.

What only some commands use is imported by those: all features together cost a command seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python
from sqlalchemy import or_, select

from copilot.cli.backend import Json, OnJob
from copilot.community.access import create_key, local_actor, revoke_key
from copilot.community.channels import find_channel
from copilot.community.import_options import ImportOptions
from copilot.community.member_export import export_member
from copilot.community.models import Role
from copilot.community.tables import ApiKey, Erasure, Job, Member
from copilot.errors import InvalidInput
from copilot.services import Services

if TYPE_CHECKING:
    from copilot.cli.local_alerts import LocalAlerts
    from copilot.cli.local_calibration import LocalCalibration
    from copilot.cli.local_cards import LocalCards
    from copilot.cli.local_cases import LocalCases
    from copilot.cli.local_circles import LocalCircles
    from copilot.cli.local_claims import LocalClaims
    from copilot.cli.local_decisions import LocalDecisions
    from copilot.cli.local_eval_cases import LocalEvalCases
    from copilot.cli.local_events import LocalEvents
    from copilot.cli.local_exchange import LocalExchange
    from copilot.cli.local_introductions import LocalIntroductions, LocalLearning
    from copilot.cli.local_matches import LocalMatches
    from copilot.cli.local_outreach import LocalOutreach
    from copilot.cli.local_partners import LocalPartners
    from copilot.cli.local_plans import LocalPlans
    from copilot.cli.local_profiles import LocalProfiles
    from copilot.cli.local_recognition import LocalRecognition
    from copilot.cli.local_rules import LocalPairRules
    from copilot.cli.local_seatings import LocalSeatings
    from copilot.cli.local_webhooks import LocalWebhooks
    from copilot.cli.local_weekly import LocalWeekly

_MOMENT: TypeAdapter[datetime] = TypeAdapter(datetime)


class LocalBackend:
    """Works on the stores of this machine."""

    def __init__(self, services: Services, community: str) -> None:
        self._services = services
        self._community_id = services.store.community_id(community)
        self._actor = local_actor(self._community_id)
        self._stack = ExitStack()

    @property
    def locale(self) -> str:
        """The community's language."""
        with self._services.store.read(self._community_id) as unit:
            return unit.community().locale

    @property
    def alerts(self) -> LocalAlerts:
        """What changed in the room, and what people did about it."""
        from copilot.cli.local_alerts import LocalAlerts

        return LocalAlerts(self._services.alerts, self._community_id, self._actor.key_id)

    @property
    def webhooks(self) -> LocalWebhooks:
        """The community's webhooks."""
        from copilot.cli.local_webhooks import LocalWebhooks

        return LocalWebhooks(self._services.webhooks, self._community_id, self._actor.key_id)

    @property
    def claims(self) -> LocalClaims:
        """What the records say of a message, and corrections."""
        from copilot.cli.local_claims import LocalClaims

        return LocalClaims(self._services.claims, self._community_id, self._actor.key_id)

    @property
    def eval_cases(self) -> LocalEvalCases:
        """Production as cases for evaluation."""
        from copilot.cli.local_eval_cases import LocalEvalCases

        return LocalEvalCases(self._services.eval_cases, self._community_id, self._actor.key_id)

    @property
    def cases(self) -> LocalCases:
        """The moderators' queue, and members' reports."""
        from copilot.cli.local_cases import LocalCases

        return LocalCases(self._services, self._community_id, self._actor.key_id)

    @property
    def calibration(self) -> LocalCalibration:
        """What scores are worth: thresholds, back-tests, audits."""
        from copilot.cli.local_calibration import LocalCalibration

        return LocalCalibration(self._services.calibration, self._community_id, self._actor.key_id, self._work)

    @property
    def decisions(self) -> LocalDecisions:
        """Second opinions, appeals, standing, terms and wellness."""
        from copilot.cli.local_decisions import LocalDecisions

        return LocalDecisions(self._services.moderation, self._community_id, self._actor.key_id)

    @property
    def weekly(self) -> LocalWeekly:
        """Stars and weekly reports."""
        from copilot.cli.local_weekly import LocalWeekly

        return LocalWeekly(self._services, self._community_id, self._actor.key_id)

    @property
    def plans(self) -> LocalPlans:
        """Plans in versions, and calendar feeds."""
        from copilot.cli.local_plans import LocalPlans

        return LocalPlans(self._services, self._community_id, self._actor.key_id)

    @property
    def events(self) -> LocalEvents:
        """Events from publishing to review."""
        from copilot.cli.local_events import LocalEvents

        return LocalEvents(self._services.desks, self._community_id, self._actor)

    @property
    def outreach(self) -> LocalOutreach:
        """Whom to ask for topics, what is asked for, and notes into posts."""
        from copilot.cli.local_outreach import LocalOutreach

        return LocalOutreach(self._services, self._community_id, self._actor.key_id)

    @property
    def cards(self) -> LocalCards:
        """Cards to share as pictures."""
        from copilot.cli.local_cards import LocalCards

        return LocalCards(self._services.cards, self._community_id, self._actor)

    @property
    def recognition(self) -> LocalRecognition:
        """Points, seasons, awards and rewards."""
        from copilot.cli.local_recognition import LocalRecognition

        return LocalRecognition(self._services.recognition, self._community_id, self._actor)

    @property
    def circles(self) -> LocalCircles:
        """Tiers, city circles and ventures."""
        from copilot.cli.local_circles import LocalCircles

        return LocalCircles(self._services, self._community_id, self._actor)

    @property
    def partners(self) -> LocalPartners:
        """Other communities that share resources."""
        from copilot.cli.local_partners import LocalPartners

        return LocalPartners(self._services.partners, self._community_id, self._actor)

    @property
    def seatings(self) -> LocalSeatings:
        """Rounds, rotations and teams."""
        from copilot.cli.local_seatings import LocalSeatings

        return LocalSeatings(self._services, self._community_id, self._actor)

    @property
    def exchange(self) -> LocalExchange:
        """Resources and loans."""
        from copilot.cli.local_exchange import LocalExchange

        return LocalExchange(self._services, self._community_id, self._actor)

    @property
    def introductions(self) -> LocalIntroductions:
        """What members make of their matches."""
        from copilot.cli.local_introductions import LocalIntroductions

        return LocalIntroductions(self._services, self._community_id, self._actor)

    @property
    def learning(self) -> LocalLearning:
        """What members said of their matches, and the weights learnt from it."""
        from copilot.cli.local_introductions import LocalLearning

        return LocalLearning(self._services, self._community_id, self._actor)

    @property
    def matching(self) -> LocalMatches:
        """Matches of every kind."""
        from copilot.cli.local_matches import LocalMatches

        return LocalMatches(self._services, self._community_id, self._actor, self._work)

    @property
    def pair_rules(self) -> LocalPairRules:
        """Rules about pairs of members, and who vouches for whom."""
        from copilot.cli.local_rules import LocalPairRules

        return LocalPairRules(self._services, self._community_id, self._actor)

    @property
    def profiles(self) -> LocalProfiles:
        """What was proposed for members' profiles."""
        from copilot.cli.local_profiles import LocalProfiles

        return LocalProfiles(self._services.profiles, self._community_id, self._actor)

    def import_file(self, path: Path, options: Json, on_job: OnJob) -> Json:
        """Import a file as a durable job of this process."""
        parsed = ImportOptions.parse(options)
        params = {"path": str(path.resolve()), "filename": path.name, "options": parsed.model_dump(mode="json")}
        return self._work("import", params, on_job)

    def run_job(self, kind: str, on_job: OnJob) -> Json:
        """Run a durable job in this process."""
        return self._work(kind, {}, on_job)

    def _work(self, kind: str, params: Json, on_job: OnJob) -> Json:
        from copilot.jobs import runner

        with runner(self._services, name="local") as jobs:
            job = jobs.submit(self._community_id, kind, params, created_by=self._actor.key_id)
            done = jobs.wait(self._community_id, job.id, on_progress=lambda row: on_job(_job(row)))
        return _job(done)

    def members(self, search: str) -> list[Json]:
        """Search members."""
        same = or_(
            Member.id == search,
            Member.external_id == search,
            Member.name.contains(search, autoescape=True),
        )
        with self._services.store.read(self._community_id) as unit:
            rows = unit.session.scalars(select(Member).where(same).order_by(Member.name).limit(200))
            return [{"id": row.id, "name": row.name, "external_id": row.external_id} for row in rows]

    def plan(self, brief: str, on_progress: Callable[[str], None]) -> Json:
        """Draft an event plan."""
        result = self._services.events.draft(
            self._community_id, brief, actor=self._actor.key_id, on_progress=lambda stage, _data: on_progress(stage)
        )
        return _plain(result)

    def plan_markdown(self, plan_id: str) -> str:
        """Return a stored plan as Markdown."""
        from copilot.events.export.markdown import render_markdown

        plan = self._services.events.get(self._community_id, plan_id)
        return render_markdown(plan.content, plan.drafted_by, plan.degraded, plan.checks)

    def topics(self, member_id: str, n: int) -> Json:
        """Suggest topics."""
        found = self._services.topics.suggest(self._community_id, member_id, n=n, actor=self._actor.key_id)
        return _plain(found)

    def suggested(self, member_id: str | None, limit: int) -> list[Json]:
        """List stored topics."""
        page = self._services.topics.history(self._community_id, member_id=member_id, limit=limit)
        return [_plain(row) for row in page.items]

    def atmosphere(self, room: Json) -> Json:
        """Read the room."""
        return _plain(self._services.atmosphere.read(self._community_id, **self._asked(room)))

    def atmosphere_days(self, room: Json) -> list[Json]:
        """Read the room day by day."""
        return [_plain(day) for day in self._services.atmosphere.days(self._community_id, **self._asked(room))]

    def atmosphere_weeks(self, room: Json) -> list[Json]:
        """Read the room week by week."""
        return [_plain(week) for week in self._services.atmosphere.weeks(self._community_id, **self._asked(room))]

    def _asked(self, room: Json) -> Json:
        return {
            "channel_id": self._channel_id(room.get("channel")), "group": room.get("group"),
            "start": _moment(room.get("start"), "start"), "end": _moment(room.get("end"), "end"),
        }  # fmt: skip

    def reply_pairs(self, channel: str | None, n: int) -> list[Json]:
        """Return who answers whom most."""
        pairs = self._services.atmosphere.reply_pairs(self._community_id, self._channel_id(channel), n)
        return [_plain(pair) for pair in pairs]

    def _channel_id(self, channel: str | None) -> str | None:
        if channel is None:
            return None
        with self._services.store.read(self._community_id) as unit:
            return find_channel(unit, channel).id

    def keys(self) -> list[Json]:
        """List keys."""
        with self._services.store.read(self._community_id) as unit:
            rows = unit.session.scalars(select(ApiKey).order_by(ApiKey.created_at.desc()).limit(200))
            return [_key(row) for row in rows]

    def create_key(self, body: Json) -> Json:
        """Make a key."""
        with self._services.store.write(self._community_id) as unit:
            made = create_key(
                unit, str(body["name"]), _role(str(body["role"])), member_id=body.get("member_id"),
                expires_at=_moment(body.get("expires_at"), "expires_at"),
            )  # fmt: skip
            unit.audit(self._actor.key_id, "key.created", ("api_key", made.key_id), role=body["role"])
            return {**_key(unit.get(ApiKey, made.key_id)), "secret": made.secret}

    def revoke_key(self, key_id: str) -> Json:
        """Revoke a key."""
        with self._services.store.write(self._community_id) as unit:
            revoke_key(unit, key_id)
            unit.audit(self._actor.key_id, "key.revoked", ("api_key", key_id))
            return _key(unit.get(ApiKey, key_id))

    def export_member(self, member_id: str) -> Json:
        """Return all that is stored about a member."""
        with self._services.store.read(self._community_id) as unit:
            return export_member(unit, member_id)

    def erase_member(self, member_id: str) -> Json:
        """Delete a member everywhere."""
        proof = self._services.erase(self._community_id, member_id, requested_by=self._actor.key_id)
        return _columns(proof, ("id", "erased_at", "requested_by", "counts", "index_confirmed_at"))

    def close(self) -> None:
        """Close the stores."""
        self._services.close()


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise InvalidInput(f"role is one of {', '.join(Role)}, not {text!r}", field="role") from error


def _moment(text: str | None, field: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = _MOMENT.validate_python(text)
    except ValidationError as error:
        raise InvalidInput(f"{field} is no ISO date and time: {text!r}", field=field) from error
    if moment.tzinfo is None:
        raise InvalidInput(f"{field} needs a time zone, such as {text}+08:00", field=field)
    return moment


def _plain(value: object) -> Json:
    """Return a result, a pydantic model or a dataclass, as the JSON the API would answer with."""
    return dict(to_jsonable_python(value))


def _columns(row: Job | ApiKey | Erasure, names: tuple[str, ...]) -> Json:
    """Return columns of a row as the API's answer holds them."""
    return dict(to_jsonable_python({name: getattr(row, name) for name in names}))


def _job(row: Job) -> Json:
    names = ("id", "kind", "status", "done", "total", "result", "error", "cancel_requested")
    return _columns(row, (*names, "created_at", "started_at", "finished_at"))


def _key(row: ApiKey) -> Json:
    names = ("id", "name", "role", "scopes", "member_id", "hint")
    return _columns(row, (*names, "created_at", "expires_at", "revoked_at", "last_used_at"))
