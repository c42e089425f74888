"""What is stored about a member and from where, what they allow, and the ways out: everything as a file, or nothing left."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path
from sqlalchemy import select
from starlette.responses import Response

from api.console.doors import door_page
from api.console.navigation import PREFIX
from api.console.own import own_member
from api.console.visit import SESSION, Visit, VisitDep, WritingDep
from copilot.community import consent, member_export
from copilot.community.contact_details import MAX_CONTACT_CHARS, contacts_of, state_contacts
from copilot.community.tables import Member, ProfileText
from copilot.profiles.decisions import Wording
from copilot.profiles.models import Source

router = APIRouter()
ASPECTS = ("is", "has", "wants")
Contact = Annotated[str, Form(max_length=MAX_CONTACT_CHARS)]


@router.get("/me/data")
def my_data(visit: VisitDep) -> Response:
    """Show the profile with its sources, what is proposed for it, what is allowed, and how much there is of what."""
    member_id = own_member(visit)
    return visit.page("my_data.html", place="me_data", **_shown(visit, member_id))


@router.get("/me/data/stored")
def stored(visit: VisitDep) -> Response:
    """Show how much there is of what; a busy member's records take seconds to gather."""
    member_id = own_member(visit)
    with visit.services.store.read(visit.community_id) as unit:
        records = member_export.export_member(unit, member_id)["records"]
    counted = sorted(((name, len(rows)) for name, rows in records.items() if rows), key=lambda one: -one[1])
    return visit.fragment("my_stored.html", stored=counted)


@router.post("/me/data/consent")
def change_consent(
    visit: WritingDep,
    name: Annotated[Literal["consent_match", "consent_ai", "visibility"], Form()],
    value: Annotated[Literal["yes", "no", "community", "operators", "hidden"], Form()],
) -> Response:
    """Change what the member allows; it acts at once, vectors included."""
    member_id = own_member(visit, "self:write")
    changes: dict[str, Any] = {name: value == "yes" if name != "visibility" else value}
    if (name == "visibility") == (value in {"yes", "no"}):
        return visit.go(f"{PREFIX}/me/data")  # no form of ours says this
    with visit.services.store.write(visit.community_id) as unit:
        consent.decide(unit, member_id, changes, visit.actor)
    if changes.get("consent_ai") is False or changes.get("visibility") == "hidden":
        visit.services.sync.forget(visit.community_id, "member", member_id)
    return _again(visit, member_id)


@router.post("/me/data/sources")
def change_source(
    visit: WritingDep,
    source: Annotated[Literal["introduction", "chat"], Form()],
    value: Annotated[Literal["yes", "no"], Form()],
) -> Response:
    """Say which of the member's words may be read for their profile."""
    member_id = own_member(visit, "self:write")
    changes: dict[Source, bool] = {source: value == "yes"}
    visit.services.profiles.change_sources(visit.community_id, member_id, changes, actor=visit.actor)
    return _again(visit, member_id)


@router.post("/me/data/proposals/{proposal_id}")
def answer_proposal(
    visit: WritingDep,
    proposal_id: Annotated[str, Path(max_length=64)],
    action: Annotated[Literal["confirm", "decline"], Form()],
    text: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Take a sentence into the profile, in one's own wording if one likes, or refuse it for good."""
    member_id = own_member(visit, "self:write")
    profiles = visit.services.profiles
    if action == "confirm":
        profiles.confirm(visit.community_id, proposal_id, Wording(text.strip() or None, None), actor=visit.actor)
    else:
        profiles.decline(visit.community_id, proposal_id, actor=visit.actor)
    return _again(visit, member_id)


@router.post("/me/data/contacts")
def change_contacts(  # one parameter for each field of the form
    visit: WritingDep, *, wechat: Contact = "", email: Contact = "", phone: Contact = "", telegram: Contact = "",
    other: Contact = "",
) -> Response:  # fmt: skip
    """State how to be reached; only somebody to whom both said yes ever sees it."""
    member_id = own_member(visit, "self:write")
    given = {"wechat": wechat, "email": email, "phone": phone, "telegram": telegram, "other": other}
    with visit.services.store.write(visit.community_id) as unit:
        before = contacts_of(unit.get(Member, member_id))
        # What was left as it is stays whose word it is: one that was never stated may still come with an import.
        changed = {kind: value.strip() for kind, value in given.items() if value.strip() != before.get(kind, "")}
        if changed:
            state_contacts(unit, member_id, changed)
    return visit.go(f"{PREFIX}/me/data")


@router.get("/me/data/export")
def export(visit: VisitDep) -> Response:
    """Give everything that is stored about the member as a file."""
    member_id = own_member(visit)
    with visit.services.store.read(visit.community_id) as unit:
        body = member_export.export_member(unit, member_id)
    headers = {"Content-Disposition": f'attachment; filename="{member_id}.json"', "Cache-Control": "no-store"}
    return Response(json.dumps(body, ensure_ascii=False, indent=1), media_type="application/json", headers=headers)


@router.get("/me/data/erase")
def erase_page(visit: VisitDep) -> Response:
    """Say what goes and what stays, and ask once more."""
    own_member(visit)
    return visit.page("my_erasure.html", place="me_data", is_wrong=False)


@router.post("/me/data/erase")
def erase(visit: WritingDep, word: Annotated[str, Form(max_length=40)] = "") -> Response:
    """Delete the member everywhere, once they typed the word, and show the proof; the session ends with it."""
    member_id = own_member(visit, "self:write")
    if word.strip().casefold() != visit.t("me_data.erase_word").casefold():
        return visit.page("my_erasure.html", place="me_data", status=422, is_wrong=True)
    proof = visit.services.erase(visit.community_id, member_id, requested_by=visit.actor.key_id)
    counts = {table: n for table, n in proof.counts.items() if n}
    response = door_page(
        visit.request, "erased.html", proof=proof, counts=counts, community=visit.home.name,
        timezone=visit.home.timezone,
    )  # fmt: skip
    response.delete_cookie(SESSION, path=PREFIX)
    return response


def _again(visit: Visit, member_id: str) -> Response:
    if not visit.is_htmx:
        return visit.go(f"{PREFIX}/me/data")
    return visit.fragment("my_data_body.html", **_shown(visit, member_id))


def _shown(visit: Visit, member_id: str) -> dict[str, Any]:
    services, community_id = visit.services, visit.community_id
    with services.store.read(community_id) as unit:
        member = unit.get(Member, member_id)
        statement = select(ProfileText).where(ProfileText.member_id == member_id)
        texts = unit.session.scalars(statement.order_by(ProfileText.position, ProfileText.id)).all()
        contacts = contacts_of(member)
    proposals = services.profiles.proposals(community_id, member_id, actor=visit.actor, status="proposed", limit=20)
    return {
        "member": member, "texts": {aspect: [row for row in texts if row.aspect == aspect] for aspect in ASPECTS},
        "contacts": contacts, "proposals": proposals.items,
        "sources": services.profiles.sources(community_id, member_id, actor=visit.actor),
    }  # fmt: skip
