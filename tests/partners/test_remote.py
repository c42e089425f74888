"""Agreements between two instances: two stores, and a service over a real socket at the side that shares."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from sqlalchemy import delete, func, select

from api.app import create_app
from copilot.clock import FixedClock
from copilot.community.access import local_actor
from copilot.community.store import Store
from copilot.community.tables import Community, PartnerOffer, Partnership
from copilot.embeddings.base import Embedder
from copilot.errors import Conflict, InvalidInput
from copilot.partners.letters import PATH, PartnerAway, Post
from copilot.partners.models import (
    AcceptFields,
    InviteFields,
    PartnerState,
    PartnerView,
    ScopeChange,
    ShareScope,
    SharingFields,
)
from copilot.partners.service import PartnerService
from copilot.partners.tokens import letter_key, read_token, write_token
from copilot.resources.models import ResourceFields
from copilot.services import Services
from copilot.settings import Settings, WebhookSettings
from copilot.vectors.chroma import ChromaIndex
from copilot.webhooks.signing import headers_of
from tests.conftest import NOW
from tests.partners.conftest import TECH, people
from tests.servers import free_port

BODY = b'{"culture":{},"gives":{},"takes":{"classes":["technology"]}}'
PRINTER = "工业级3D打印机，可借用做样品"


@dataclass
class Ocean:
    """`home` asks, `far` is served at `url`."""

    store: Store
    home: PartnerService
    far: Services
    url: str

    def share(self, title: str) -> str:
        fields = ResourceFields.model_validate({"type": "technology", "title": title})
        made = self.far.exchange.library.create("f", fields, local_actor("f")).id
        self.far.partners.share("f", made, SharingFields(is_shared=True), local_actor("f"))
        return made

    def partners(self) -> tuple[PartnerView, PartnerView]:
        far, home = self.far.partners.agreements, self.home.agreements
        invited = far.invite("f", InviteFields(gives=TECH, url=self.url), local_actor("f"))
        fields = AcceptFields(token=invited.token, url="http://127.0.0.1:9")  # nobody answers there
        accepted = home.accept("c", fields, local_actor("c"))
        return accepted, far.confirm("f", invited.id, local_actor("f"))

    def titles(self) -> list[str]:
        return [item.title for item in self.home.resources("c", local_actor("c")).items]

    def kept(self) -> int:
        with self.store.read("c") as unit:
            return unit.session.scalar(select(func.count()).select_from(PartnerOffer)) or 0


@pytest.fixture
def ocean(
    store: Store, clock: FixedClock, community: str, index: ChromaIndex, embedder: Embedder, tmp_path: Path
) -> Iterator[Ocean]:
    private = {"allow_private": True, "timeout_seconds": 30}
    settings = Settings.model_validate({"data_dir": tmp_path / "far", "webhooks": private})
    far = Services(settings, clock)
    with far.store.system(write=True) as session:
        session.add(Community(id="f", slug="far", name="Far Shore", locale="en", timezone="Asia/Tokyo", created_at=NOW))
    people(store, community, "想找一台可以借用的工业级3D打印机做样品")
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(create_app(far, None), host="127.0.0.1", port=port, log_level="error")  # type: ignore[arg-type]  # no jobs here
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    post = Post(WebhookSettings(**private), clock)  # type: ignore[arg-type]  # two fields by name
    yield Ocean(store, PartnerService(store, lambda: index, lambda: embedder, post), far, f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join()
    far.close()


@contextmanager
def far_community(ocean: Ocean) -> Iterator[Community]:
    with ocean.far.store.system(write=True) as session:
        yield session.scalars(select(Community).where(Community.id == "f")).one()


def wants(ocean: Ocean, index: ChromaIndex, embedder: Embedder) -> None:
    from copilot.community.staleness import StaleTexts
    from copilot.vectors.sync import VectorSync

    VectorSync(StaleTexts(ocean.store), index, embedder, 32).run("c")


def test_resources_cross_between_instances_and_are_gone_when_the_other_side_revokes(
    ocean: Ocean, index: ChromaIndex, embedder: Embedder
) -> None:
    ocean.share(PRINTER)
    wants(ocean, index, embedder)
    here, there = ocean.partners()
    assert (here.state, there.state, there.partner.name if there.partner else "") == ("waiting", "active", "示例社区")
    found = ocean.home.match("c", "mem_c", local_actor("c"))
    assert [(item.resource.title, item.resource.from_partner.is_remote) for item in found.items] == [(PRINTER, True)]
    assert (ocean.titles(), ocean.kept()) == ([PRINTER], 1)
    assert ocean.home.agreements.get("c", here.id, local_actor("c")).state is PartnerState.ACTIVE
    ocean.far.partners.agreements.revoke("f", there.id, local_actor("f"))
    # The letter that says so found nobody, and no time passes: the next request shows nothing all the same.
    assert ocean.home.match("c", "mem_c", local_actor("c")).items == []
    assert (ocean.titles(), ocean.kept()) == ([], 0)
    assert ocean.home.agreements.get("c", here.id, local_actor("c")).revoked_by == "them"
    assert index.scan("c", "resource") == {}


def test_revoking_here_deletes_what_was_fetched_and_tells_the_other_side(ocean: Ocean) -> None:
    ocean.share(PRINTER)
    here, there = ocean.partners()
    assert ocean.titles() == [PRINTER]
    ocean.home.agreements.revoke("c", here.id, local_actor("c"))
    assert (ocean.titles(), ocean.kept()) == ([], 0)
    told = ocean.far.partners.agreements.get("f", there.id, local_actor("f"))
    assert (told.state, told.revoked_by) == ("revoked", "them")


def signed(clock: FixedClock, row: Partnership, what: str, writer: str, **more: object) -> dict[str, str]:
    """Return the headers of a letter; `writer` is inviter (abroad) or invited (here)."""
    at = clock.now() + timedelta(minutes=int(str(more.get("minutes", 0))))
    secret = str(more.get("secret", row.secret))
    return headers_of(letter_key(secret, writer, what), str(more.get("letter", f"ltr_{what}")), at, BODY)


def test_a_letter_of_revocation_ends_it_at_once_and_deletes_what_was_kept(
    ocean: Ocean, clock: FixedClock, index: ChromaIndex, embedder: Embedder
) -> None:
    ocean.share(PRINTER)
    wants(ocean, index, embedder)
    here, _ = ocean.partners()
    assert ocean.home.match("c", "mem_c", local_actor("c")).items
    assert ocean.kept() == 1
    with ocean.store.read("c") as unit:
        row = unit.get(Partnership, here.id)
    letter = signed(clock, row, "revoke", "inviter")
    ocean.home.gate.revoke(row.link_id, letter, BODY)
    assert (ocean.titles(), ocean.kept()) == ([], 0)
    with pytest.raises(Conflict, match="taken already"):
        ocean.home.gate.revoke(row.link_id, letter, BODY)


def test_every_change_abroad_holds_in_the_next_request(ocean: Ocean) -> None:
    here, there = ocean.partners()
    assert (ocean.titles(), ocean.titles()) == ([], [])
    resource = ocean.share(PRINTER)
    assert ocean.titles() == [PRINTER]
    far = ocean.far.partners
    far.agreements.change("f", there.id, ScopeChange(gives=ShareScope()), local_actor("f"))
    assert ocean.titles() == []
    far.agreements.change("f", there.id, ScopeChange(gives=TECH), local_actor("f"))
    assert ocean.titles() == [PRINTER]
    far.share("f", resource, SharingFields(is_shared=False), local_actor("f"))
    assert ocean.titles() == []
    with far_community(ocean) as row:
        row.name = "Far\x00 Harbour"  # what no PostgreSQL stores is made storable
    assert ocean.home.resources("c", local_actor("c")).items == []
    named = ocean.home.agreements.get("c", here.id, local_actor("c")).partner
    assert (named.name if named else "") == "Far Harbour"


def test_of_a_partner_who_is_away_nothing_is_shown_and_vectors_are_forgotten_after_minutes(
    ocean: Ocean, clock: FixedClock, index: ChromaIndex, embedder: Embedder
) -> None:
    ocean.share(PRINTER)
    wants(ocean, index, embedder)
    here, _ = ocean.partners()
    assert len(ocean.home.match("c", "mem_c", local_actor("c")).items) == 1
    with ocean.store.read("c") as unit:
        kept = unit.session.scalars(select(PartnerOffer)).one()
        assert set(kept.content) == {"digest"}  # no word of theirs stays here
    with ocean.store.write("c") as unit:
        row = unit.get(Partnership, here.id)
        url, row.peer_url = row.peer_url, "http://127.0.0.1:9"
    found = ocean.home.match("c", "mem_c", local_actor("c"))
    assert (found.items, [(one.name, one.reason) for one in found.unreachable]) == (
        [], [("Far Shore", "现在联系不上伙伴社区。")]
    )  # fmt: skip
    with ocean.store.write("c") as unit:
        unit.get(Partnership, here.id).peer_url = url
    assert ocean.titles() == []  # they are not asked in each of the next requests
    clock.advance(timedelta(seconds=30))
    assert ocean.titles() == [PRINTER]
    clock.advance(timedelta(minutes=5, seconds=1))
    assert (ocean.home.border.overseas.forget_old("c"), ocean.kept()) == (1, 0)


def test_a_wrong_clock_or_an_unknown_agreement_shows_nothing_but_ends_nothing(ocean: Ocean, clock: FixedClock) -> None:
    ocean.share(PRINTER)
    here, _ = ocean.partners()
    assert ocean.titles() == [PRINTER]
    with ocean.store.write("c") as unit:
        row = unit.get(Partnership, here.id)
        secret, row.secret = row.secret, "whsec_" + "A" * 43 + "="
    found = ocean.home.resources("c", local_actor("c"))
    assert (found.items, [one.reason[:11] for one in found.unreachable]) == ([], ["伙伴社区不认这份合作："[:11]])
    with ocean.store.write("c") as unit:
        unit.get(Partnership, here.id).secret = secret
    clock.advance(timedelta(seconds=30))
    assert ocean.titles() == [PRINTER]


def test_letters_that_are_unsigned_old_replayed_or_meant_for_something_else_are_refused(
    ocean: Ocean, clock: FixedClock
) -> None:
    here, there = ocean.partners()
    with ocean.far.store.read("f") as unit:
        row = unit.get(Partnership, there.id)
    good = signed(clock, row, "offers", "invited")
    fresh = signed(clock, row, "offers", "invited", letter="ltr_2")
    kind = {"Content-Type": "application/json"}
    with httpx.Client(base_url=ocean.url + PATH, trust_env=False) as client:
        for what, link, headers, content, status in (
            ("offers", row.link_id, good, BODY, 200),
            ("offers", row.link_id, good, BODY, 409),  # again
            ("revoke", row.link_id, fresh, BODY, 401),  # sent on as another kind of letter
            ("confirm", row.link_id, fresh, BODY, 401),
            ("offers", row.link_id, signed(clock, row, "offers", "inviter"), BODY, 401),  # sent back to its writer
            ("offers", row.link_id, signed(clock, row, "offers", "invited", minutes=-6), BODY, 401),
            ("offers", row.link_id, signed(clock, row, "offers", "invited", minutes=6), BODY, 401),
            ("offers", row.link_id, signed(clock, row, "offers", "invited", secret="whsec_" + "A" * 43 + "="), BODY, 401),
            ("offers", row.link_id, {}, BODY, 401),
            ("offers", "lnk_nobody", fresh, BODY, 401),
            ("offers", row.link_id, fresh, BODY + b" ", 401),
            ("offers", row.link_id, {**fresh, "webhook-timestamp": "9" * 40}, BODY, 401),
            ("offers", row.link_id, fresh, b"{}", 422),
            ("offers", row.link_id, fresh, b'"' + b"x" * 6_000_000 + b'"', 413),
            ("offers", row.link_id, fresh, BODY, 200),
        ):  # fmt: skip
            answer = client.post(f"/{link}/{what}", content=content, headers={**headers, **kind})
            assert answer.status_code == status, (what, link, headers, answer.text)
            assert status == 200 or answer.json()["code"] in {
                "unauthenticated",
                "invalid_input",
                "conflict",
                "too_large",
            }
    assert here.state is PartnerState.WAITING
    assert ocean.far.partners.agreements.get("f", there.id, local_actor("f")).state is PartnerState.ACTIVE


def test_what_is_wrong_with_an_invitation_from_elsewhere_is_said_as_it_is(ocean: Ocean) -> None:
    far, home = ocean.far.partners.agreements, ocean.home.agreements
    back = "http://127.0.0.1:9"
    invited = far.invite("f", InviteFields(gives=TECH, url=ocean.url), local_actor("f"))
    far.revoke("f", invited.id, local_actor("f"))
    with pytest.raises(Conflict, match="revoked"):
        home.accept("c", AcceptFields(token=invited.token, url=back), local_actor("c"))
    used = far.invite("f", InviteFields(gives=TECH, url=ocean.url), local_actor("f"))
    accepted = home.accept("c", AcceptFields(token=used.token, url=back), local_actor("c"))
    with pytest.raises(Conflict, match="accepted already"):
        home.accept("c", AcceptFields(token=used.token, url="http://127.0.0.1:10"), local_actor("c"))
    home.revoke("c", accepted.id, local_actor("c"))
    with pytest.raises(Conflict, match="revoked"):
        home.accept("c", AcceptFields(token=used.token, url=back), local_actor("c"))
    with pytest.raises(Conflict, match="revoked"):
        far.confirm("f", used.id, local_actor("f"))
    with ocean.far.store.system(write=True) as session:
        session.execute(delete(Partnership))
    forgotten = read_token(used.token)
    with pytest.raises(InvalidInput, match="does not recognise"):
        ocean.home.agreements.accept(
            "c", AcceptFields(token=write_token(forgotten.model_copy(update={"link": "lnk_x"}), "k"), url=back),
            local_actor("c"),
        )  # fmt: skip


def test_private_addresses_are_refused_and_an_invitation_needs_a_way_back(
    ocean: Ocean, clock: FixedClock, index: ChromaIndex, embedder: Embedder
) -> None:
    invited = ocean.far.partners.agreements.invite("f", InviteFields(gives=TECH, url=ocean.url), local_actor("f"))
    with pytest.raises(InvalidInput):
        ocean.home.agreements.accept("c", AcceptFields(token=invited.token), local_actor("c"))
    strict = PartnerService(ocean.store, lambda: index, lambda: embedder, Post(WebhookSettings(), clock))
    fields = AcceptFields(token=invited.token, url="https://copilot.example.org")
    with pytest.raises(PartnerAway):
        strict.agreements.accept("c", fields, local_actor("c"))
    for url in (
        "https://169.254.169.254/latest",
        "http://example.org",
        "https://example.org/?to=",
        "https://u:p@a.org",
    ):
        with pytest.raises(InvalidInput, match="Partners are not reached there"):
            strict.agreements.invite("c", InviteFields(url=url), local_actor("c"))
    clock.advance(timedelta(days=8))
    with pytest.raises(Conflict):
        ocean.home.agreements.accept("c", fields, local_actor("c"))
