"""Generated requests against a running service: no server error, every answer as documented, bad input refused.

Twice: random ones with ids that exist, on SQLite, so that operations do their work; with generated ids, on PostgreSQL,
which is stricter about what text may hold, also every boundary and every wrong type that the document knows of. What is
refused for its form is refused before anything is looked up, so once is enough for those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import load_all_checks, positive_data_acceptance
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection

from api.app import create_app
from copilot.services import Services
from copilot.settings import Settings
from tests.servers import new_database
from tests.system.conftest import Prepared
from tests.system.existing import ids_of_records, rows_known
from tests.system.running import command, environment, serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
load_all_checks()
# Valid by the schema is not enough for a brief ("0"), a cursor or options; 400 and 422 are documented for them.
_EXCLUDED = [positive_data_acceptance]
_LINES = "application/x-ndjson"
_FORM = "multipart/form-data"
_BOUNDS = settings(
    max_examples=8, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
# Other methods of a path are the framework's to refuse.
_BOUNDARIES = {"coverage": {"unexpected-methods": []}}
_RANDOM = {"coverage": {"enabled": False}}
_IDS = (
    "member_id",
    "other_id",
    "target_id",
    "plan_id",
    "event_id",
    "feed_id",
    "outreach_id",
    "case_id",
    "key_id",
    "job_id",
    "resource_id",
    "loan_id",
    "agreement_id",
    "pair_id",
    "match_id",
    "introduction_id",
    "endorsement_id",
    "proposal_id",
    "round_id",
    "rotation_id",
    "rule_id",
    "topic_id",
    "webhook_id",
    "delivery_id",
    "thanks_id",
    "entry_id",
    "season_id",
    "team_id",
    "award_id",
    "reward_id",
    "redemption_id",
    "link_id",
)
_MEMBER = "/api/v1/communities/{community}/members/{member_id}"
# Done to the member that all other operations are about, these would leave them nothing to do.
_SPARING = {f"DELETE {_MEMBER}", f"PATCH {_MEMBER}/consent"}
_FIXED = {"POST /api/v1/communities/{community}/match-weights/{version}/activate"}
# Nothing of it is used but its description; opening stores is what `Services` does when first asked.
_DOCUMENT = create_app(Services(Settings(_env_file=None)), cast("Any", None)).openapi()  # type: ignore[call-arg]  # pydantic-settings' own


@schemathesis.serializer(_LINES)
def _as_lines(_context: Any, value: Any) -> bytes:
    """Return what was generated as it is: a text of lines."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def _schema(parameters: dict[str, str], phases: dict[str, Any]) -> Any:
    config = {"parameters": parameters, "generation": {"deterministic": True}, "phases": phases}
    return schemathesis.openapi.from_dict(_DOCUMENT, config=SchemathesisConfig.from_dict(config))


_KNOWN = _schema({"community": "qihang", **{name: f"known {name}" for name in _IDS}}, _RANDOM)
_UNKNOWN = _schema({"community": "qihang"}, _BOUNDARIES)


def _session() -> requests.Session:
    """Return what keeps the connection for the next request; it adds nothing to a request and reads no environment."""
    session = requests.Session()
    session.headers.clear()
    session.trust_env = False
    return session


@dataclass
class Target:
    """A running service. `ids` are of records that exist, by the name of the parameter."""

    url: str
    key: str
    ids: dict[str, str] = field(default_factory=dict)
    spare_member: str = ""
    session: requests.Session = field(default_factory=_session)
    answers: Counter[int] = field(default_factory=Counter)

    def check(self, case: Case) -> None:
        """Send a generated request and check the answer against the document."""
        for name, value in case.path_parameters.items():
            if value == f"known {name}":
                is_spared = name == "member_id" and case.operation.label in _SPARING
                case.path_parameters[name] = self.spare_member if is_spared else self.ids[name]
        headers = {"Authorization": f"Bearer {self.key}"}
        # Made invalid by its community alone, which is fixed above: what is sent is valid. Of a value given twice the last
        # one counts, and may be valid. Lines are answered line by line, whatever they hold,
        # and a part of a form is text, whatever it was.
        is_valid = (
            case.operation.label in _FIXED
            or case.media_type in {_LINES, _FORM}
            or any(isinstance(value, list | tuple | dict) for value in case.query.values())
        )
        excluded = [*_EXCLUDED, *([negative_data_rejection] if is_valid else [])]
        response = case.call_and_validate(
            base_url=self.url, session=self.session, headers=headers, excluded_checks=excluded, timeout=60
        )
        self.answers[response.status_code] += 1


@pytest.fixture(scope="module")
def told(request: pytest.FixtureRequest) -> Iterator[list[Target]]:
    """Says at the end how many cases there were."""
    targets: list[Target] = []
    yield targets
    terminal = request.config.pluginmanager.get_plugin("terminalreporter")
    for target in targets:
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(target.answers.items()))
        terminal.write_line(f"\n{target.answers.total()} generated cases; answers {answers}")


@pytest.fixture(scope="module")
def known(prepared: Prepared, told: list[Target], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A small community on SQLite."""
    folder = prepared.copy_to(tmp_path_factory.mktemp("schema") / "var")
    rows = rows_known(folder, prepared)
    with serving(folder) as service, service.client(prepared.keys["admin"]) as admin:
        ids = {**ids_of_records(service, admin, prepared), **rows}
        assert set(ids) == set(_IDS)
        target = Target(service.url, prepared.keys["admin"], ids, prepared.members["M007"])
        told.append(target)
        yield target


@pytest.fixture(scope="module")
def unknown(postgres_url: str, told: list[Target], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """An empty community on PostgreSQL."""
    folder = tmp_path_factory.mktemp("strict")
    with new_database(postgres_url) as database:
        made = command(environment(folder, database__url=database), "init", "--slug", "qihang", "--name", "x", "--json")
        assert made.code == 0, made.err
        with serving(folder, database__url=database) as service:
            target = Target(service.url, made.json()["key"])
            told.append(target)
            yield target


@_KNOWN.parametrize()
@_BOUNDS
def test_with_ids_that_exist(case: Case, known: Target) -> None:
    known.check(case)  # raises where an answer is not as documented


@_UNKNOWN.parametrize()
@_BOUNDS
def test_with_ids_that_are_made_up(case: Case, unknown: Target) -> None:
    unknown.check(case)  # as above
