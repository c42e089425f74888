"""The backend that asks a running service over HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from copilot.cli.alert_backend import RemoteAlerts
from copilot.cli.backend import Json, OnJob
from copilot.cli.calibration_backend import RemoteCalibration
from copilot.cli.card_backend import RemoteCards
from copilot.cli.care_backend import RemoteCare
from copilot.cli.case_backend import RemoteCases
from copilot.cli.circle_backend import RemoteCircles
from copilot.cli.claim_backend import RemoteClaims
from copilot.cli.decision_backend import RemoteDecisions
from copilot.cli.eval_case_backend import RemoteEvalCases
from copilot.cli.event_backend import RemoteEvents
from copilot.cli.exchange_backend import RemoteExchange
from copilot.cli.introduction_backend import RemoteIntroductions, RemoteLearning
from copilot.cli.match_backend import RemoteMatches
from copilot.cli.outreach_backend import RemoteOutreach
from copilot.cli.partner_backend import RemotePartners
from copilot.cli.plan_backend import RemotePlans
from copilot.cli.profile_backend import RemoteProfiles
from copilot.cli.recognition_backend import RemoteRecognition
from copilot.cli.rule_backend import RemotePairRules
from copilot.cli.seating_backend import RemoteSeatings
from copilot.cli.service_file import RunningService
from copilot.cli.webhook_backend import RemoteWebhooks
from copilot.cli.weekly_backend import RemoteWeekly
from copilot.errors import CopilotError

_TIMEOUT = httpx.Timeout(30.0, read=900.0)
_POLL_SECONDS = 0.3
_ENDED = {"done", "failed", "cancelled"}


class RemoteError(CopilotError):
    """The service answered with a problem; `data` keeps its code and request id."""

    code = "remote_error"


class RemoteBackend:
    """Asks the service of one community."""

    locale = ""  # the service says its errors in the community's language

    def __init__(self, service: RunningService, community: str) -> None:
        self._client = httpx.Client(
            base_url=f"{service.url}/api/v1/communities/{community}",
            headers={"Authorization": f"Bearer {service.token}"},
            timeout=_TIMEOUT,
            trust_env=False,
        )
        self.alerts = RemoteAlerts(self._ask)
        self.webhooks = RemoteWebhooks(self._ask)
        self.cases = RemoteCases(self._ask)
        self.weekly = RemoteWeekly(self._ask)
        self.decisions = RemoteDecisions(self._ask)
        self.calibration = RemoteCalibration(self._ask, self._watch)
        self.cards = RemoteCards(self._ask, self._answer)
        self.care = RemoteCare(self._ask)
        self.claims = RemoteClaims(self._ask)
        self.events = RemoteEvents(self._ask)
        self.eval_cases = RemoteEvalCases(self._answer)
        self.plans = RemotePlans(self._answer)
        self.outreach = RemoteOutreach(self._ask)
        self.seatings = RemoteSeatings(self._ask)
        self.recognition = RemoteRecognition(self._ask, self._answer)
        self.profiles = RemoteProfiles(self._ask)
        self.matching = RemoteMatches(self._ask, self._watch)
        self.pair_rules = RemotePairRules(self._ask)
        self.exchange = RemoteExchange(self._ask, self._answer)
        self.partners = RemotePartners(self._ask)
        self.circles = RemoteCircles(self._ask)
        self.introductions = RemoteIntroductions(self._ask)
        self.learning = RemoteLearning(self._ask, self._lines)

    def import_file(self, path: Path, options: Json, on_job: OnJob) -> Json:
        """Upload a file, then watch its job."""
        with path.open("rb") as content:
            files = {"file": (path.name, content)}
            job = self._ask("POST", "/imports", files=files, data={"options": json.dumps(options)})
        return self._watch(job, on_job)

    def run_job(self, kind: str, on_job: OnJob) -> Json:
        """Start a job, then watch it."""
        return self._watch(self._ask("POST", "/jobs", json={"kind": kind}), on_job)

    def _watch(self, job: Any, on_job: OnJob) -> Json:
        while True:
            on_job(job)
            if job["status"] in _ENDED:
                return dict(job)
            time.sleep(_POLL_SECONDS)
            job = self._ask("GET", f"/jobs/{job['id']}")

    def members(self, search: str) -> list[Json]:
        """Search members."""
        return list(self._ask("GET", "/members", params={"q": search, "limit": 200})["items"])

    def plan(self, brief: str, on_progress: Callable[[str], None]) -> Json:
        """Draft a plan over the stream, so that progress can be shown."""
        with self._open("POST", "/event-plans/stream", json={"brief": brief}) as response:
            for name, data in _events(response):
                if name == "progress":
                    on_progress(str(data.get("stage", "")))
                elif name == "error":
                    raise RemoteError(str(data.get("detail", "the draft failed")), **data)
                elif name == "message_end":
                    return dict(data["plan"])
        raise RemoteError("the stream ended before the plan did")

    def plan_markdown(self, plan_id: str) -> str:
        """Return a stored plan as Markdown."""
        return self._answer("GET", f"/event-plans/{plan_id}/markdown").text

    def topics(self, member_id: str, n: int) -> Json:
        """Suggest topics."""
        return dict(self._ask("POST", f"/members/{member_id}/topics", json={"n": n}))

    def suggested(self, member_id: str | None, limit: int) -> list[Json]:
        """List stored topics."""
        return list(self._ask("GET", "/topics", params=_given(member_id=member_id, limit=limit))["items"])

    def atmosphere(self, room: Json) -> Json:
        """Read the room."""
        return dict(self._ask("GET", "/atmosphere", params=_given(**room)))

    def atmosphere_days(self, room: Json) -> list[Json]:
        """Read the room day by day."""
        return list(self._ask("GET", "/atmosphere/days", params=_given(**room)))

    def atmosphere_weeks(self, room: Json) -> list[Json]:
        """Read the room week by week."""
        return list(self._ask("GET", "/atmosphere/weeks", params=_given(**room)))

    def reply_pairs(self, channel: str | None, n: int) -> list[Json]:
        """Return who answers whom most."""
        return list(self._ask("GET", "/atmosphere/reply-pairs", params=_given(channel=channel, n=n)))

    def keys(self) -> list[Json]:
        """List keys."""
        return list(self._ask("GET", "/keys", params={"limit": 200})["items"])

    def create_key(self, body: Json) -> Json:
        """Make a key."""
        return dict(self._ask("POST", "/keys", json=body))

    def revoke_key(self, key_id: str) -> Json:
        """Revoke a key."""
        return dict(self._ask("DELETE", f"/keys/{key_id}"))

    def export_member(self, member_id: str) -> Json:
        """Return all that is stored about a member."""
        return dict(self._ask("GET", f"/members/{member_id}/export"))

    def erase_member(self, member_id: str) -> Json:
        """Delete a member everywhere."""
        return dict(self._ask("DELETE", f"/members/{member_id}"))

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _open(self, method: str, path: str, **options: Any) -> Any:
        return self._client.stream(method, path, **options)

    def _lines(self, method: str, path: str, **options: Any) -> Iterator[str]:
        with self._open(method, path, **options) as response:
            if not response.is_success:
                response.read()
                raise _problem(response)
            for line in response.iter_lines():
                yield f"{line}\n"

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        return self._answer(method, path, **options).json()

    def _answer(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise RemoteError(f"the service does not answer: {error}") from error
        if answer.is_success:
            return answer
        raise _problem(answer)


def _problem(answer: httpx.Response) -> RemoteError:
    """Return a problem as one sentence: what is wrong, and in which fields when that is not said yet."""
    try:
        problem = answer.json()
        sentence, code = str(problem["detail"]), str(problem["code"])
        wrong = [f"{field['pointer']}: {field['detail']}" for field in problem["errors"] if field["detail"] != sentence]
    except (ValueError, KeyError, TypeError):
        return RemoteError(f"the service answered {answer.status_code}", status=answer.status_code)
    if wrong:
        sentence = "; ".join(wrong[:5])
    return RemoteError(sentence, code=code, status=answer.status_code)


def _events(response: httpx.Response) -> Iterator[tuple[str, Json]]:
    """Yield (event name, data) of a server-sent event stream."""
    if not response.is_success:
        response.read()
        raise _problem(response)
    name = "message"
    for line in response.iter_lines():
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            data = json.loads(line[5:])
            yield name, data if isinstance(data, dict) else {"text": data}
        elif not line:
            name = "message"


def _given(**params: object) -> dict[str, Any]:
    """Return the parameters that were given."""
    return {name: value for name, value in params.items() if value}
