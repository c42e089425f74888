"""Two who accept at once are both recorded, versions are numbered once, and nothing crosses communities. On both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from copilot.assets import knowledge_dir
from copilot.clock import FixedClock
from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.store import Store
from copilot.community.tables import Agreement, AgreementAcceptance, AgreementText
from copilot.errors import NotFound
from copilot.resources.agreements.models import Acceptance, AgreementDraft, AgreementView
from copilot.resources.agreements.templates import AgreementLibrary
from copilot.resources.service import ResourceDesks
from tests.resources.exchange import Exchange, exchange

DRAFT = AgreementDraft.model_validate(
    {
        "template": "swap", "texts": [{"field": "in_return", "text": "帮忙拍一天照"}],
        "days": [{"field": "due_on", "day": "2026-12-01"}],
    }
)  # fmt: skip


@pytest.fixture
def market(any_store: Store, clock: FixedClock) -> Exchange:
    made = exchange(any_store, clock, "a")
    made.desks = ResourceDesks(any_store, made.index, AgreementLibrary.load([knowledge_dir()]))
    return made


def test_both_sides_at_once_put_a_version_in_force(market: Exchange) -> None:
    loan = market.ask(market.add(), 1)
    start = Barrier(2)

    def propose(who: int) -> AgreementView:
        start.wait()
        return market.desks.agreements.propose("a", loan.id, DRAFT, market.member(who))

    with ThreadPoolExecutor(2) as pool:
        versions = list(pool.map(propose, range(2)))
    assert sorted(view.number for view in versions) == [1, 2]
    newest = max(versions, key=lambda view: view.number)

    def accept(who: int) -> None:
        start.wait()
        market.desks.agreements.accept("a", newest.id, Acceptance(content_hash=newest.content_hash), market.member(who))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(accept, range(2)))
    found = market.desks.agreements.page("a", loan.id, market.operator).items
    assert [(view.number, view.status, len(view.accepted)) for view in found] == [
        (2, "in_force", 2),
        (1, "replaced", 0),
    ]
    assert found[0].complete, "the hash is of what the database gives back"


def test_words_go_with_who_wrote_them_and_are_in_their_export(market: Exchange) -> None:
    loan = market.ask(market.add(), 1)
    view = market.desks.agreements.propose("a", loan.id, DRAFT, market.member(1))
    with market.store.read("a") as unit:
        exported = export_member(unit, market.people[1])["records"]
    assert [row["text"] for row in exported["agreement_text"]] == ["帮忙拍一天照"]
    erase_member(market.store, "a", market.people[1], requested_by="t")
    with market.store.read("a") as unit:
        assert unit.session.scalars(select(AgreementText)).all() == []
        assert unit.get(Agreement, view.id).borrower_id is None
    erase_member(market.store, "a", market.people[0], requested_by="t")
    with market.store.read("a") as unit:
        assert unit.session.scalars(select(Agreement)).all() == [], "with its owner, a resource and its loans go"


def test_trust_figures_and_agreements_of_another_community_are_not_seen(market: Exchange, clock: FixedClock) -> None:
    loan = market.lent(market.add(), 1)
    view = market.desks.agreements.propose("a", loan.id, DRAFT, market.owner)
    market.desks.agreements.accept("a", view.id, Acceptance(content_hash=view.content_hash), market.owner)
    other = exchange(market.store, clock, "b")
    desks = ResourceDesks(market.store, other.index, AgreementLibrary.load([knowledge_dir()]))
    with pytest.raises(NotFound):
        desks.agreements.get("b", view.id, other.operator)
    with pytest.raises(NotFound):
        desks.trust.show("b", market.people[1], other.operator)
    [line] = desks.figures.show("b", other.operator).lines
    assert (line.resources, line.uses, line.requests) == (0, 0, 0)
    [ours] = desks.figures.show("a", market.operator).lines
    assert (ours.resources, ours.uses, ours.requests) == (1, 1, 1)
    with market.store.read("b") as unit:
        assert unit.session.scalars(select(AgreementAcceptance)).all() == []
