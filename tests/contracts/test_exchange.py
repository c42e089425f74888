"""The last unit is lent once, whoever asks at once; codes are given once; who goes leaves no word. On both databases."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from copilot.clock import FixedClock
from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Loan, LoanEntry, LoanOutcome, Resource, ResourceChange, ResourceCode
from copilot.errors import Conflict
from copilot.resources.loan_models import OutcomeIn
from copilot.resources.loans import LoanFilter
from copilot.resources.service import ResourceDesks
from tests.conftest import NOW
from tests.contracts.lender import FIRST, ask_all, asks
from tests.events.life import add_members
from tests.resources.exchange import Exchange, exchange
from tests.zygote import Forked

WORKERS = 4
PEOPLE, SCARCE = 200, 10
CAPACITY = 3


@pytest.fixture
def market(any_store: Store, clock: FixedClock) -> Exchange:
    return exchange(any_store, clock, "a")


def add_scarce(store: Store, resources: int) -> None:
    with store.write("a") as unit:
        for number in range(resources):
            unit.add(
                Resource(
                    id=f"res_{number:02d}", code=f"S-{number:02d}", type="technology", title="样机", capacity=CAPACITY,
                    accepts_at_once=True, created_at=NOW,
                )
            )  # fmt: skip


def most_out(store: Store) -> dict[str, int]:
    """Return the most units out on any day, by resource, counted from the rows alone."""
    with store.read("a") as unit:
        taken = unit.session.scalars(select(Loan).where(Loan.status == "accepted")).all()
    return {
        resource: max(
            sum(loan.units for loan in taken if loan.resource_id == resource and loan.starts_on <= on <= loan.ends_on)
            for on in (FIRST + timedelta(days=number) for number in range(8))
        )
        for resource in {loan.resource_id for loan in taken}
    }


def require_whole(store: Store, accepted: int, requests: int) -> None:
    """Assert that nothing is lent twice, nothing that could be had was refused, and no request is lost."""
    with store.read("a") as unit:
        found = unit.session.execute(select(Loan.status, func.count()).group_by(Loan.status))
        counts = {str(status): int(number) for status, number in found}
        lines = unit.session.scalar(select(func.count()).select_from(LoanEntry).where(LoanEntry.step == "request"))
        audited = unit.session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "loan.accept")
        )
    assert sum(counts.values()) == lines == requests
    assert counts["accepted"] == accepted == audited
    most = most_out(store)
    assert set(most.values()) == {CAPACITY}, "every unit is out on the busiest day, and none is twice"


def test_a_few_who_ask_at_once_never_get_more_than_there_is(any_store: Store) -> None:
    add_members(any_store, "a", 12, consent_match=True)
    add_scarce(any_store, 2)
    start = Barrier(WORKERS)

    def work(part: int) -> int:
        start.wait()
        return ask_all(any_store, asks(part, WORKERS, 12, 2))

    with ThreadPoolExecutor(WORKERS) as pool:
        accepted = sum(pool.map(work, range(WORKERS)))
    require_whole(any_store, accepted, 24)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_two_thousand_requests_from_threads_of_two_processes_lend_nothing_twice(
    any_store: Store, database_url: str
) -> None:
    add_members(any_store, "a", PEOPLE, consent_match=True)
    add_scarce(any_store, SCARCE)
    parts = 2
    workers = [
        Forked(
            "tests.contracts.lender", [database_url, *map(str, (part, parts, PEOPLE, SCARCE))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for part in range(parts)
    ]  # fmt: skip
    accepted = 0
    try:
        for worker in workers:
            assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        for worker in workers:
            assert worker.stdout is not None
            accepted += int(worker.stdout.readline())
            assert worker.wait(60) == 0
    finally:
        for worker in workers:
            with worker:
                worker.kill()
    require_whole(any_store, accepted, PEOPLE * SCARCE)


def test_two_owners_accepting_at_once_give_the_last_unit_to_one(market: Exchange) -> None:
    radar = market.add()
    loans = [market.ask(radar, number) for number in (1, 2)]
    start = Barrier(2)

    def accept(number: int) -> str:
        start.wait()
        try:
            return market.step(loans[number], "accept", market.operator).status.value
        except Conflict as error:
            return str(error.data["reason"])

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(accept, range(2))) == ["accepted", "no_unit_free"]


def test_resources_made_at_once_have_codes_of_their_own(market: Exchange) -> None:
    start = Barrier(WORKERS)

    def make(_worker: int) -> list[str]:
        start.wait()
        return [str(market.add(market.operator).library_code) for _ in range(4)]

    with ThreadPoolExecutor(WORKERS) as pool:
        codes = [code for made in pool.map(make, range(WORKERS)) for code in made]
    assert sorted(codes) == [f"TEC-HW-{number:03d}" for number in range(1, 17)]
    with market.store.read("a") as unit:
        assert unit.session.scalar(select(func.count()).select_from(ResourceCode)) == 16


def test_a_borrower_who_is_erased_leaves_dates_and_no_words(market: Exchange) -> None:
    radar = market.add(capacity=2)
    lent, asked, next_one = market.lent(radar, 1), market.ask(radar, 1, 8, 9), market.ask(radar, 2)
    market.step(lent, "hand_back", market.member(1), words="放在前台了")
    market.step(lent, "confirm_return")
    market.desks.loans.tell_outcome("a", lent.id, OutcomeIn(result="met", words="很好用"), market.member(1))
    with market.store.read("a") as unit:
        exported = export_member(unit, market.people[1])["records"]
    assert [row["words"] for row in exported["loan_outcome"]] == ["很好用"]
    assert {row["text"] for row in exported["loan_entry"]} >= {"放在前台了"}
    erase_member(market.store, "a", market.people[1], requested_by="t")
    market.desks.keep_up("a")
    with market.store.read("a") as unit:
        kept = unit.get(Loan, lent.id)
        assert (kept.member_id, kept.status, kept.units) == (None, "returned", 1)
        assert unit.get(Loan, asked.id).status == "expired"
        assert unit.get(Loan, next_one.id).status == "requested"
        assert unit.session.scalars(select(LoanOutcome)).all() == []
        assert {row.author_id for row in unit.session.scalars(select(LoanEntry))} == {None, *market.people[:3:2]}


def test_an_owner_who_is_erased_takes_the_resource_along_and_its_code_stays_given(market: Exchange) -> None:
    radar = market.add()
    market.lent(radar, 1)
    erase_member(market.store, "a", market.people[0], requested_by="t")
    with market.store.read("a") as unit:
        for table in (Resource, ResourceChange, Loan, LoanEntry):
            assert unit.session.scalars(select(table)).all() == [], table
    assert market.add(market.operator).library_code == "TEC-HW-002"


def test_nothing_of_one_community_is_seen_from_another(market: Exchange, clock: FixedClock) -> None:
    radar = market.add()
    market.lent(radar, 1)
    other = exchange(market.store, clock, "b")
    assert other.desks.library.page("b", other.operator).items == []
    assert other.desks.loans.page("b", other.operator, LoanFilter()).items == []
    assert other.add().library_code == "TEC-HW-001", "each community counts its own codes"
    assert isinstance(other.desks, ResourceDesks)
