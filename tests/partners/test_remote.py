"""Agreements between two instances: two stores, and a service over a real socket at the side that shares."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from sqlalchemy import func, select

from api.app import create_app
from copilot.clock import FixedClock
from copilot.community.access import local_actor
from copilot.community.store import Store
from copilot.community.tables import Community, PartnerOffer, Partnership
from copilot.embeddings.base import Embedder
from copilot.errors import Conflict, InvalidInput
from copilot.partners.letters import PATH, PartnerAway, Post
from copilot.partners.models import AcceptFields, InviteFields, PartnerState, PartnerView, SharingFields
from copilot.partners.service import PartnerService
from copilot.resources.models import ResourceFields
from copilot.services import Services
from copilot.settings import Settings, WebhookSettings
from copilot.vectors.chroma import ChromaIndex
from copilot.webhooks.signing import headers_of
from tests.conftest import NOW
from tests.partners.conftest import TECH, people
from tests.servers import free_port

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
    private = {"allow_private": True, "timeout_seconds": 2}
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


def wants(ocean: Ocean, index: ChromaIndex, embedder: Embedder) -> None:
    from copilot.community.staleness import StaleTexts
    from copilot.vectors.sync import VectorSync

    VectorSync(StaleTexts(ocean.store), index, embedder, 32).run("c")


def test_resources_cross_between_instances_and_are_gone_when_the_other_side_revokes(
    ocean: Ocean, clock: FixedClock, index: ChromaIndex, embedder: Embedder
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
    # The letter that says so found nobody; what was fetched is not shown beyond its minutes.
    clock.advance(timedelta(minutes=5))
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


def test_a_letter_of_revocation_empties_the_cache_at_once(ocean: Ocean, clock: FixedClock) -> None:
    ocean.share(PRINTER)
    here, _ = ocean.partners()
    assert ocean.kept() + len(ocean.titles()) == 1
    with ocean.store.read("c") as unit:
        row = unit.get(Partnership, here.id)
    body = b'{"culture":{},"gives":{},"takes":{}}'
    ocean.home.gate.revoke(row.link_id, headers_of(row.secret, "ltr_1", clock.now(), body), body)
    assert (ocean.titles(), ocean.kept()) == ([], 0)


def test_what_was_fetched_is_forgotten_after_minutes_and_a_partner_who_is_away_is_named(
    ocean: Ocean, clock: FixedClock
) -> None:
    ocean.share(PRINTER)
    here, _ = ocean.partners()
    assert ocean.titles() == [PRINTER]
    with ocean.store.write("c") as unit:
        unit.get(Partnership, here.id).peer_url = "http://127.0.0.1:9"
    assert ocean.titles() == [PRINTER]
    clock.advance(timedelta(minutes=5))
    found = ocean.home.resources("c", local_actor("c"))
    assert (found.items, [one.name for one in found.unreachable]) == ([], ["Far Shore"])
    clock.advance(timedelta(seconds=1))
    assert (ocean.home.border.forget_old("c"), ocean.kept()) == (1, 0)


def test_letters_that_are_unsigned_old_or_for_another_link_are_refused_alike(ocean: Ocean, clock: FixedClock) -> None:
    here, there = ocean.partners()
    with ocean.far.store.read("f") as unit:
        row = unit.get(Partnership, there.id)
    body = b'{"culture":{},"gives":{},"takes":{"classes":["technology"]}}'
    signed = headers_of(row.secret, "ltr_1", clock.now(), body)
    late = headers_of(row.secret, "ltr_1", clock.now() - timedelta(minutes=6), body)
    other = headers_of("whsec_" + "A" * 43 + "=", "ltr_1", clock.now(), body)
    kind = {"Content-Type": "application/json"}
    with httpx.Client(base_url=ocean.url + PATH, trust_env=False) as client:
        for link, headers, content, status in (
            (row.link_id, signed, body, 200), (row.link_id, late, body, 401), (row.link_id, other, body, 401),
            (row.link_id, {}, body, 401), ("lnk_nobody", signed, body, 401), (row.link_id, signed, body + b" ", 401),
            (row.link_id, {**signed, "webhook-timestamp": "9" * 40}, body, 401), (row.link_id, signed, b"{}", 422),
        ):  # fmt: skip
            answer = client.post(f"/{link}/offers", content=content, headers={**headers, **kind})
            assert answer.status_code == status, (link, headers)
            assert status == 200 or answer.json()["code"] in {"unauthenticated", "invalid_input"}
    assert here.state is PartnerState.WAITING


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
    with pytest.raises(InvalidInput):
        strict.agreements.invite("c", InviteFields(url="https://169.254.169.254/latest"), local_actor("c"))
    clock.advance(timedelta(days=8))
    with pytest.raises(Conflict):
        ocean.home.agreements.accept("c", fields, local_actor("c"))
