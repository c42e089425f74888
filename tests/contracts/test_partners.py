"""Agreements, letters and what is kept of partners, on both databases: once is once, whoever comes at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from copilot.clock import FixedClock
from copilot.community.access import local_actor
from copilot.community.store import Store
from copilot.community.tables import IdempotencyRecord, PartnerOffer, Partnership
from copilot.errors import Conflict
from copilot.partners.letters import Acceptance, Address, Known, Post, Shared
from copilot.partners.models import (
    AcceptFields,
    Culture,
    InvitationView,
    InviteFields,
    PartnerState,
    SharedOffer,
    ShareScope,
    SharingFields,
)
from copilot.partners.service import PartnerService
from copilot.partners.tokens import letter_key
from copilot.resources.library import Library
from copilot.resources.models import ResourceFields
from copilot.settings import WebhookSettings
from copilot.vectors.exact import ExactIndex
from copilot.webhooks.signing import headers_of
from tests.vectors.records import LetterEmbedder

TECH = ShareScope(classes=["technology"])  # type: ignore[list-item]  # as it is written in JSON
AT_ONCE = 4


class Abroad(Post):
    """An instance elsewhere that accepts, and shows two resources."""

    def write(self, to: Address, what: str, body: object, reply: object) -> object:  # type: ignore[override]  # two answers
        known = {"is_standing": True, "culture": Culture(name="远方 \x00岸"), "gives": TECH, "takes": TECH}
        if what != "offers":
            return Known(**known)
        offers = [SharedOffer(id=f"r{n}", code=f"TEC-GE-00{n}", type="technology", title=f"abc{n}") for n in (1, 2)]
        return Shared(**known, offers=offers)


@pytest.fixture
def service(any_store: Store, clock: FixedClock, exact: ExactIndex, letters: LetterEmbedder) -> PartnerService:
    return PartnerService(any_store, lambda: exact, lambda: letters, Abroad(WebhookSettings(allow_private=True), clock))


def invited(service: PartnerService, url: str | None = None) -> InvitationView:
    return service.agreements.invite("a", InviteFields(gives=TECH, url=url), local_actor("a"))


def test_partners_of_one_instance_see_each_other_until_one_revokes(any_store: Store, service: PartnerService) -> None:
    made = Library(any_store).create(
        "a", ResourceFields.model_validate({"type": "technology", "title": "abc"}), local_actor("a")
    )
    service.share("a", made.id, SharingFields(is_shared=True), local_actor("a"))
    invitation = invited(service)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        fields = AcceptFields(token=invitation.token)
        tries = [pool.submit(service.agreements.accept, "b", fields, local_actor("b")) for _ in range(AT_ONCE)]
    assert {one.result().id for one in tries if not isinstance(one.exception(), Conflict)} != set()
    with any_store.read("b") as unit:
        assert unit.session.scalar(select(func.count()).select_from(Partnership)) == 1
    service.agreements.confirm("a", invitation.id, local_actor("a"))
    assert [item.title for item in service.resources("b", local_actor("b")).items] == ["abc"]
    service.agreements.revoke("a", invitation.id, local_actor("a"))
    assert service.resources("b", local_actor("b")).items == []


def test_one_letter_is_taken_once_and_forgotten_when_it_is_too_old_anyway(
    any_store: Store, service: PartnerService, clock: FixedClock
) -> None:
    invitation = invited(service, "http://127.0.0.1:9")
    with any_store.read("a") as unit:
        row = unit.get(Partnership, invitation.id)
    scope = TECH.model_dump(mode="json")
    letter = Acceptance.model_validate(
        {
            "token": invitation.token, "url": "http://127.0.0.1:9", "culture": {"name": "x\x00"}, "gives": scope,
            "takes": scope,
        }
    )  # fmt: skip
    body = letter.model_dump_json().encode()

    def send(letter_id: str) -> bool:
        key = letter_key(row.secret, "invited", "accept")
        try:
            service.gate.accept(row.link_id, letter, headers_of(key, letter_id, clock.now(), body), body)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sorted(pool.map(send, ["ltr_1"] * AT_ONCE)) == [False] * (AT_ONCE - 1) + [True]
    clock.advance(timedelta(minutes=16))
    assert send("ltr_2")
    with any_store.read("a") as unit:
        assert unit.session.scalars(select(IdempotencyRecord.key)).all() == ["ltr_2"]
        assert unit.get(Partnership, invitation.id).peer["name"] == "x"


def test_vectors_of_a_partner_elsewhere_are_kept_once_and_gone_with_the_agreement(
    any_store: Store, service: PartnerService
) -> None:
    invitation = invited(service, "http://127.0.0.1:9")
    with any_store.system(write=True) as session:
        # As if it had been written on another instance.
        session.get_one(Partnership, invitation.id).link_id = "lnk_other"
    fields = AcceptFields(token=invitation.token, url="http://127.0.0.1:10")
    here = service.agreements.accept("b", fields, local_actor("b"))

    def look(_: int) -> int:
        [shelf] = service.border.look("b", with_vectors=True)[0]
        return int(np.stack(list(shelf.vectors.values())).shape[0])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(look, range(AT_ONCE))) == [2] * AT_ONCE
    with any_store.read("b") as unit:
        assert unit.session.scalar(select(func.count()).select_from(PartnerOffer)) == 2
    active = service.agreements.get("b", here.id, local_actor("b"))
    assert (active.state, active.partner.name if active.partner else "") == (PartnerState.ACTIVE, "远方 岸")
    service.agreements.revoke("b", here.id, local_actor("b"))
    with any_store.read("b") as unit:
        assert unit.session.scalar(select(func.count()).select_from(PartnerOffer)) == 0
