"""Two communities of one store, one Chinese and one English, with an index both are in."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from copilot.clock import FixedClock
from copilot.community.access import ROLE_SCOPES, SELF, Actor, local_actor
from copilot.community.models import ResourceType, Role
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Community, Member, ProfileText
from copilot.embeddings.base import Embedder
from copilot.partners.letters import Post
from copilot.partners.models import AcceptFields, InviteFields, PartnerView, ShareScope, SharingFields
from copilot.partners.service import PartnerService
from copilot.resources.library import Library
from copilot.resources.models import ResourceFields
from copilot.settings import WebhookSettings
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.sync import VectorSync
from tests.conftest import NOW

TECH = ShareScope(classes=[ResourceType.TECHNOLOGY])


@dataclass
class Neighbours:
    """What the tests act on; `home` is Chinese, `abroad` English, each with one member."""

    store: Store
    service: PartnerService
    library: Library
    index: ChromaIndex
    embedder: Embedder
    home: str = "c"
    abroad: str = "e"

    def actor(self, community: str) -> Actor:
        return local_actor(community)

    def operator(self, community: str) -> Actor:
        return Actor(community, "op", Role.OPERATOR, ROLE_SCOPES[Role.OPERATOR], key_id="key_op")

    def owner(self, community: str) -> Actor:
        return Actor(community, "m", Role.MEMBER, SELF, key_id="key_m", member_id=f"mem_{community}")

    def add(self, community: str, title: str, *, owned: bool = True, **more: object) -> str:
        fields = {"type": "technology", "title": title, "owner_id": f"mem_{community}" if owned else None, **more}
        return self.library.create(community, ResourceFields.model_validate(fields), self.actor(community)).id

    def share(self, community: str, resource_id: str, actor: Actor | None = None, **more: bool) -> None:
        fields = SharingFields(is_shared=True, **more)
        self.service.share(community, resource_id, fields, actor or self.actor(community))

    def partners(self, gives: ShareScope = TECH, takes: ShareScope | None = None) -> tuple[PartnerView, PartnerView]:
        """Return both sides' views of an agreement: abroad invites and gives, home accepts and takes."""
        agreements = self.service.agreements
        invited = agreements.invite(self.abroad, InviteFields(gives=gives), self.actor(self.abroad))
        taken = {"takes": takes} if takes is not None else {}
        accepted = agreements.accept(self.home, AcceptFields(token=invited.token, **taken), self.actor(self.home))  # type: ignore[arg-type]  # one field by name
        confirmed = agreements.confirm(self.abroad, invited.id, self.actor(self.abroad))
        return agreements.get(self.home, accepted.id, self.actor(self.home)), confirmed

    def sync(self) -> None:
        for community in (self.home, self.abroad):
            VectorSync(StaleTexts(self.store), self.index, self.embedder, 32).run(community)

    def titles(self, community: str = "c") -> list[str]:
        return [item.title for item in self.service.resources(community, self.actor(community)).items]

    def matched(self, **more: int) -> list[str]:
        found = self.service.match(self.home, "mem_c", self.actor(self.home), **more)
        return [item.resource.title for item in found.items]


def people(store: Store, community: str, wants: str) -> None:
    with store.write(community) as unit:
        unit.add(
            Member(
                id=f"mem_{community}", platform="wechat", external_id=f"X-{community}", name=f"Name of {community}",
                consent_match=True, consent_ai=True, visibility="community", created_at=unit.now,
            )
        )  # fmt: skip
        unit.session.flush()
        unit.add(
            ProfileText(id=f"txt_{community}", member_id=f"mem_{community}", aspect="wants", position=0, text=wants)
        )


@pytest.fixture
def neighbours(store: Store, clock: FixedClock, community: str, index: ChromaIndex, embedder: Embedder) -> Neighbours:
    with store.system(write=True) as session:
        session.add(
            Community(
                id="e", slug="abroad", name="Harbour Founders", locale="en", timezone="Europe/London", created_at=NOW,
                settings={"currency": "GBP"}, policy=[{"id": "R1", "text_en": "Write back within two days."}],
            )
        )  # fmt: skip
    people(store, community, "想找一台可以借用的工业级3D打印机做样品")
    people(store, "e", "a quiet room for interviews")
    service = PartnerService(
        store, lambda: index, lambda: embedder, Post(WebhookSettings(allow_private=True, timeout_seconds=2), clock)
    )
    return Neighbours(store, service, Library(store), index, embedder)
