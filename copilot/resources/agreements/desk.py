"""AgreementDesk: versions of what the two sides of a loan agree on, and who accepted which. A record, not legal advice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from copilot.community.access import Actor
from copilot.community.ids import derived_id, new_id
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Agreement, AgreementAcceptance, AgreementText, Loan, Resource
from copilot.currency import stored_currency
from copilot.errors import NotFound
from copilot.resources.agreements.documents import render_html, render_markdown
from copilot.resources.agreements.filling import Filled, check_draft, content_hash
from copilot.resources.agreements.models import Acceptance, AgreementDraft, AgreementView, FieldView, TemplateView
from copilot.resources.agreements.rows import SIDES, accepted_of, agreement_views, differs
from copilot.resources.agreements.templates import AgreementLibrary, AgreementTemplate
from copilot.resources.loan_models import OutcomeSide
from copilot.resources.loan_views import find_loan
from copilot.resources.occupancy import lock_resource
from copilot.resources.transitions import OPEN, LoanStatus, Side
from copilot.resources.viewing import require_reader, sides_of
from copilot.resources.wording import not_yours, refusal, wrong

MOST_VERSIONS = 50
DocumentForm = Literal["markdown", "html"]


class AgreementDesk:
    """Keeps agreements. Safe between threads and processes: versions are made under the resource's lock."""

    def __init__(self, store: Store, library: AgreementLibrary) -> None:
        self._store = store
        self._library = library

    def templates(self, community_id: str, actor: Actor) -> list[TemplateView]:
        """Return the templates in the community's language.

        Raises:
            Denied: the key may not look at resources.
        """
        require_reader(actor)
        with self._store.read(community_id) as unit:
            found = self._library.all(unit.community().locale)
        return [
            TemplateView(
                key=item.key, version=item.version, title=item.title, when_to_use=item.when_to_use, notice=item.notice,
                fields=[
                    FieldView(key=field.key, kind=field.kind, label=field.label, required=field.required)
                    for field in item.fields
                ],
            )
            for item in found
        ]  # fmt: skip

    def propose(self, community_id: str, loan_id: str, draft: AgreementDraft, actor: Actor) -> AgreementView:
        """Propose a version: the first, or a change. One that both accepted stays in force until both accept another.

        Raises:
            NotFound: there is no such loan that the actor has part in, or no such template.
            Denied: the key may not write.
            Conflict: the loan is over, or there are 50 versions.
            InvalidInput: fields that are missing or wrong, shares that do not sum to 100 %.
        """
        with self._changing(community_id, loan_id, actor) as (unit, loan, resource):
            side = _acting_side(actor, loan, resource)
            community = unit.community()
            key = draft.template or resource.in_return
            if not draft.template and key not in {item.key for item in self._library.all(community.locale)}:
                raise wrong("no_template", "template")
            template = self._library.get(key, community.locale)
            filled = check_draft(template, draft)
            number = int(
                unit.session.scalar(select(func.max(Agreement.number)).where(Agreement.loan_id == loan.id)) or 0
            )
            if number >= MOST_VERSIONS:
                raise refusal("too_many_versions", limit=MOST_VERSIONS)
            for older in unit.session.scalars(
                select(Agreement).where(Agreement.loan_id == loan.id, Agreement.status == "proposed")
            ):
                older.status = "replaced"
            row = Agreement(
                id=new_id("agr"), loan_id=loan.id, number=number + 1, template=template.key,
                template_version=template.version, locale=template.locale, currency=stored_currency(community.settings),
                lender_id=resource.owner_id, borrower_id=loan.member_id, units=loan.units, starts_on=loan.starts_on,
                ends_on=loan.ends_on, wording=_wording(template, resource, filled), terms=filled.terms,
                content_hash="", status="proposed", proposed_side=side.value, created_at=unit.now,
            )  # fmt: skip
            row.content_hash = content_hash(row, filled.texts)
            unit.add(row)
            unit.session.flush()
            author = None if side is Side.OPERATOR else actor.member_id
            for field, text in filled.texts.items():
                unit.add(
                    AgreementText(
                        id=derived_id("agt", row.id, field),
                        agreement_id=row.id,
                        author_id=author,
                        field=field,
                        text=text,
                    )
                )
            unit.audit(
                actor.key_id, "agreement.propose", ("agreement", row.id),
                loan_id=loan.id, number=row.number, side=side.value, content_hash=row.content_hash,
            )  # fmt: skip
            unit.session.flush()
            return agreement_views(unit, loan, [row])[0]

    def accept(self, community_id: str, agreement_id: str, said: Acceptance, actor: Actor) -> AgreementView:
        """Accept a version by its hash, each side for itself; when both have, it is in force.

        An operator speaks for the community's own resources, and may note what a side said elsewhere: then the record
        says that an operator noted it.

        Raises:
            NotFound: there is no such agreement that the actor has part in.
            Denied: the key may not write.
            Conflict: a newer version, another hash, accepted already, or the loan is over or has changed since.
            InvalidInput: an operator who does not say for which side.
        """
        with self._store.read(community_id) as unit:
            loan_id = _find(unit, actor, agreement_id)[0].loan_id
        with self._changing(community_id, loan_id, actor) as (unit, loan, resource):
            row = unit.get(Agreement, agreement_id)
            side, by_operator = _accepting_side(actor, loan, resource, said.side)
            if row.status == "replaced":
                raise refusal("not_newest")
            if said.content_hash != row.content_hash:
                raise refusal("other_hash")
            done = {item.side for item in accepted_of(unit, [row.id])[row.id]}
            if side in done:
                raise refusal("accepted_already")
            if differs(row, loan, resource):
                raise refusal("loan_changed")
            unit.add(
                AgreementAcceptance(
                    id=derived_id("aga", row.id, side), agreement_id=row.id, side=side,
                    member_id=loan.member_id if side == "borrower" else resource.owner_id, by_operator=by_operator,
                    content_hash=row.content_hash, accepted_at=unit.now,
                )
            )  # fmt: skip
            if done | {side} == set(SIDES):
                _put_in_force(unit, row)
            unit.audit(
                actor.key_id, "agreement.accept", ("agreement", row.id),
                side=side, by_operator=by_operator, content_hash=row.content_hash,
            )  # fmt: skip
            unit.session.flush()
            return agreement_views(unit, loan, [row])[0]

    def page(
        self, community_id: str, loan_id: str, actor: Actor, *, limit: int = 50, cursor: str | None = None
    ) -> Page[AgreementView]:
        """Return the versions of a loan's agreement, the latest first.

        Raises:
            NotFound: there is no such loan that the actor has part in.
            InvalidInput: limit or cursor is wrong.
        """
        with self._store.read(community_id) as unit:
            loan = find_loan(unit, actor, loan_id)
            statement = select(Agreement).where(Agreement.loan_id == loan.id)
            page = unit.page(statement, (Agreement.number, Agreement.id), limit=limit, cursor=cursor)
            return Page(agreement_views(unit, loan, page.items), page.next_cursor)

    def get(self, community_id: str, agreement_id: str, actor: Actor) -> AgreementView:
        """Return one version.

        Raises:
            NotFound: there is none that the actor has part in.
        """
        with self._store.read(community_id) as unit:
            row, loan = _find(unit, actor, agreement_id)
            return agreement_views(unit, loan, [row])[0]

    def document(self, community_id: str, agreement_id: str, form: DocumentForm, actor: Actor) -> str:
        """Return one version as a page in the language it was made in; what members wrote is text in it.

        Raises:
            NotFound: there is none that the actor has part in.
        """
        with self._store.read(community_id) as unit:
            row, loan = _find(unit, actor, agreement_id)
            view, locale, zone = agreement_views(unit, loan, [row])[0], row.locale, ZoneInfo(unit.community().timezone)
        return render_html(view, locale, zone) if form == "html" else render_markdown(view, locale, zone)

    @contextmanager
    def _changing(self, community_id: str, loan_id: str, actor: Actor) -> Iterator[tuple[Unit, Loan, Resource]]:
        """Yield a writing unit with an open loan as it is now, its resource locked."""
        with self._store.write(community_id) as unit:
            row = lock_resource(unit, find_loan(unit, actor, loan_id).resource_id)
            loan = find_loan(unit, actor, loan_id)
            if LoanStatus(loan.status) not in OPEN or loan.member_id is None:
                raise refusal("loan_over")
            yield unit, loan, row


def _find(unit: Unit, actor: Actor, agreement_id: str) -> tuple[Agreement, Loan]:
    """Return a version and its loan, of which the actor has part.

    Raises:
        NotFound: there is none here, or it is none of the actor's business; the two are not told apart.
    """
    row = unit.find(Agreement, agreement_id)
    missing = NotFound(
        f"there is no agreement {agreement_id!r} in this community", kind="agreement", id=agreement_id
    )  # fmt: skip
    if row is None:
        raise missing
    try:
        return row, find_loan(unit, actor, row.loan_id)
    except NotFound as error:
        raise missing from error


def _acting_side(actor: Actor, loan: Loan, resource: Resource) -> Side:
    """Return in which part the actor proposes: a member's own before the operator's.

    Raises:
        Denied: the key may not write.
    """
    sides = sides_of(actor, loan, resource.owner_id)
    for side in (Side.BORROWER, Side.LENDER):
        if side in sides and actor.may("self:write"):
            return side
    if Side.OPERATOR not in sides:
        raise not_yours("reads_only", loan_id=loan.id)
    return Side.OPERATOR


def _accepting_side(
    actor: Actor, loan: Loan, resource: Resource, named: OutcomeSide | None
) -> tuple[OutcomeSide, bool]:  # fmt: skip
    """Return for which side the actor accepts, and whether that is noted by an operator."""
    acting = _acting_side(actor, loan, resource)
    own: OutcomeSide | None = None
    if acting is not Side.OPERATOR:
        own = "borrower" if acting is Side.BORROWER else "lender"
    if own is not None and named in {None, own}:
        return own, False
    if Side.OPERATOR not in sides_of(actor, loan, resource.owner_id):
        raise not_yours("own_side", loan_id=loan.id)
    if named is None:
        raise wrong("side_needed", "side")
    # The community's own resources have nobody else to speak for them.
    return named, not (named == "lender" and resource.owner_id is None)


def _put_in_force(unit: Unit, row: Agreement) -> None:
    for older in unit.session.scalars(
        select(Agreement).where(Agreement.loan_id == row.loan_id, Agreement.status == "in_force")
    ):
        older.status = "replaced"
    row.status = "in_force"


def _wording(template: AgreementTemplate, resource: Resource, filled: Filled) -> dict[str, Any]:
    """Return what the version keeps of the template, so that it reads the same when the template changes."""
    return {
        "title": template.title, "notice": template.notice, "resource": resource.title,
        "code": resource.library_code or resource.code,
        "clauses": [clause.model_dump() for clause in template.clauses],
        "kinds": {field.key: field.kind for field in template.fields}, "texts": sorted(filled.texts),
    }  # fmt: skip
