"""The resource exchange from the stores of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from copilot.cli.backend import Json
from copilot.community.access import Actor
from copilot.community.models import ResourceStatus, ResourceType
from copilot.community.row_files import FileFormat
from copilot.errors import InvalidInput
from copilot.resources.agreements.desk import DocumentForm
from copilot.resources.agreements.models import Acceptance, AgreementDraft
from copilot.resources.exports import What, export_lines
from copilot.resources.figures.desk import csv_lines
from copilot.resources.figures.measures import By
from copilot.resources.figures.models import ResourceFigures
from copilot.resources.loan_models import LoanRequest, LoanStep, OutcomeIn, ReminderKind
from copilot.resources.loans import LoanFilter
from copilot.resources.models import MAX_CLOSURES, Closure, Day, DuplicateStatus, ResourceFields, ResourcePatch
from copilot.resources.transitions import LoanStatus
from copilot.services import Services

Model = TypeVar("Model", bound=BaseModel)
_DAY: TypeAdapter[Any] = TypeAdapter(Day | None)


class LocalExchange:
    """Works on the resources and loans of one community."""

    def __init__(self, services: Services, community_id: str, actor: Actor) -> None:
        self._desks = services.exchange
        self._store = services.store
        self._community_id = community_id
        self._actor = actor

    def resources(self, params: Json) -> list[Json]:
        """List resources."""
        only = {name: str(params[name]) for name in ("type", "status", "owner_id", "tag") if params.get(name)}
        for name, words in (("type", ResourceType), ("status", ResourceStatus)):
            _among(only.get(name), [word.value for word in words], name)
        page = self._desks.library.page(
            self._community_id, self._actor, search=str(params.get("q", "")), only=only, limit=params["limit"]
        )
        return [_plain(item) for item in page.items]

    def classes(self) -> Json:
        """Return the classes."""
        return _plain(self._desks.library.classes(self._community_id, self._actor))

    def resource(self, resource_id: str) -> Json:
        """Return one resource."""
        return _plain(self._desks.library.get(self._community_id, resource_id, self._actor))

    def add(self, body: Json) -> Json:
        """Add a resource."""
        return _plain(self._desks.library.create(self._community_id, _read(ResourceFields, body), self._actor))

    def change(self, resource_id: str, body: Json) -> Json:
        """Change a resource."""
        patch = _read(ResourcePatch, body)
        return _plain(self._desks.library.change(self._community_id, resource_id, patch, self._actor))

    def confirm(self, resource_id: str) -> Json:
        """Say that a resource is still there."""
        return _plain(self._desks.library.confirm(self._community_id, resource_id, self._actor))

    def changes(self, resource_id: str, limit: int) -> list[Json]:
        """List changes."""
        page = self._desks.library.history(self._community_id, resource_id, self._actor, limit=limit)
        return [_plain(item) for item in page.items]

    def calendar(self, resource_id: str, days: Json) -> Json:
        """Show what can be had."""
        start, end = (_day(days.get(name), name) for name in ("start", "end"))
        return _plain(self._desks.calendars.show(self._community_id, resource_id, self._actor, start, end))

    def close_days(self, resource_id: str, closures: list[Json]) -> Json:
        """Replace the days on which units cannot be had."""
        if len(closures) > MAX_CLOSURES:
            raise InvalidInput(f"at most {MAX_CLOSURES} periods", field="closures", limit=MAX_CLOSURES)
        periods = [_read(Closure, item) for item in closures]
        return _plain(self._desks.calendars.close(self._community_id, resource_id, periods, self._actor))

    def duplicates(self, status: str | None, limit: int) -> list[Json]:
        """List pairs."""
        _among(status, [word.value for word in DuplicateStatus], "status")
        wanted = DuplicateStatus(status) if status else None
        page = self._desks.duplicates.page(self._community_id, self._actor, status=wanted, limit=limit)
        return [_plain(item) for item in page.items]

    def search_duplicates(self) -> Json:
        """Propose pairs."""
        return _plain(self._desks.duplicates.search(self._community_id, self._actor))

    def decide_duplicate(self, pair_id: str, keep_id: str | None) -> Json:
        """Decide a pair."""
        return _plain(self._desks.duplicates.decide(self._community_id, pair_id, keep_id, self._actor))

    def reminders(self, kind: str, limit: int) -> list[Json]:
        """List whom to write to."""
        known = [word for word in get_args(ReminderKind) if word == kind]
        _among(kind, list(get_args(ReminderKind)), "kind")
        page = self._desks.reminders.page(self._community_id, known[0], self._actor, limit=limit)
        return [_plain(item) for item in page.items]

    def loans(self, only: Json) -> list[Json]:
        """List loans."""
        status, member_id = only.get("status"), only.get("member_id")
        _among(status, [word.value for word in LoanStatus], "status")
        lent = only.get("side") == "lent"
        narrowed = LoanFilter(
            resource_id=only.get("resource_id"), borrower_id=None if lent else member_id,
            lender_id=member_id if lent else None, status=LoanStatus(status) if status else None,
        )  # fmt: skip
        page = self._desks.loans.page(self._community_id, self._actor, narrowed, limit=only["limit"])
        return [_plain(item) for item in page.items]

    def loan(self, loan_id: str) -> Json:
        """Return one loan with its history."""
        history = self._desks.loans.history(self._community_id, loan_id, self._actor, limit=200)
        found = self._desks.loans.get(self._community_id, loan_id, self._actor)
        return {**_plain(found), "history": [_plain(item) for item in history.items]}

    def request(self, resource_id: str, body: Json) -> Json:
        """Ask for units."""
        asked = _read(LoanRequest, body)
        return _plain(self._desks.loans.request(self._community_id, resource_id, asked, self._actor))

    def step(self, loan_id: str, body: Json) -> Json:
        """Take a step."""
        return _plain(self._desks.loans.step(self._community_id, loan_id, _read(LoanStep, body), self._actor))

    def outcome(self, loan_id: str, body: Json) -> Json:
        """Say what came of it."""
        said = _read(OutcomeIn, body)
        return _plain(self._desks.loans.tell_outcome(self._community_id, loan_id, said, self._actor))

    def export(self, what: str, form: str) -> Iterator[bytes]:
        """Yield the file."""
        kinds: list[What] = [word for word in get_args(What) if word == what]
        forms: list[FileFormat] = [word for word in get_args(FileFormat) if word == form]
        return export_lines(self._store, self._community_id, kinds[0], forms[0])

    def trust(self, member_id: str) -> Json:
        """Return what is known of a member."""
        return _plain(self._desks.trust.show(self._community_id, member_id, self._actor))

    def figures(self, params: Json) -> Json:
        """Return figures."""
        return _plain(self._figures(params))

    def figures_csv(self, params: Json) -> bytes:
        """Return figures as CSV."""
        return b"".join(csv_lines(self._figures(params)))

    def _figures(self, params: Json) -> ResourceFigures:
        start, end = (_day(params.get(name), name) for name in ("start", "end"))
        [by] = [word for word in get_args(By) if word == params.get("by", "all")]
        return self._desks.figures.show(self._community_id, self._actor, start, end, by)

    def demand(self, days: Json) -> Json:
        """Return what is not there."""
        start, end = (_day(days.get(name), name) for name in ("start", "end"))
        return _plain(self._desks.demand.show(self._community_id, self._actor, start, end))

    def templates(self) -> list[Json]:
        """List templates."""
        return [_plain(item) for item in self._desks.agreements.templates(self._community_id, self._actor)]

    def propose(self, loan_id: str, body: Json) -> Json:
        """Propose a version."""
        draft = _read(AgreementDraft, body)
        return _plain(self._desks.agreements.propose(self._community_id, loan_id, draft, self._actor))

    def agreements(self, loan_id: str) -> list[Json]:
        """List versions."""
        page = self._desks.agreements.page(self._community_id, loan_id, self._actor, limit=200)
        return [_plain(item) for item in page.items]

    def accept(self, agreement_id: str, body: Json) -> Json:
        """Accept a version."""
        said = _read(Acceptance, body)
        return _plain(self._desks.agreements.accept(self._community_id, agreement_id, said, self._actor))

    def document(self, agreement_id: str, form: str) -> str:
        """Return a version as a document."""
        [known] = [word for word in get_args(DocumentForm) if word == form]
        return self._desks.agreements.document(self._community_id, agreement_id, known, self._actor)


def _read(model: type[Model], body: Json) -> Model:
    """Return a body as the service would read it.

    Raises:
        InvalidInput: with the first field that is wrong.
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{field}: {first['msg']}", field=field) from error


def _day(text: str | None, field: str) -> Any:
    try:
        return _DAY.validate_python(text)
    except ValidationError as error:
        raise InvalidInput(f"{field} is a day, YYYY-MM-DD, not {text!r}", field=field) from error


def _among(word: str | None, known: list[str], field: str) -> None:
    if word is not None and word not in known:
        raise InvalidInput(f"{field} is one of {', '.join(known)}, not {word!r}", field=field)


def _plain(model: BaseModel) -> Json:
    return model.model_dump(mode="json")
