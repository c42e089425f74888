"""Trust is named components with records, shown to whom they may be shown; a newcomer is below nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.community.erasure import erase_member
from copilot.community.store import Store
from copilot.community.tables import Endorsement, Member
from copilot.errors import NotFound
from copilot.resources.trust.models import TrustComponent, TrustView
from tests.conftest import NOW
from tests.resources.exchange import Exchange


def part(view: TrustView, name: str) -> TrustComponent:
    return next(item for item in view.components if item.name == name)


def trust(market: Exchange, who: int, reader: int | None = None) -> TrustView:
    actor = market.operator if reader is None else market.member(reader)
    return market.desks.trust.show(market.community, market.people[who], actor)


def vouch(store: Store, by: str, about: str) -> None:
    with store.write("c") as unit:
        unit.add(Endorsement(id=f"end_{by[-6:]}_{about[-6:]}", by_id=by, member_id=about, created_at=NOW))


def returned(market: Exchange, who: int, days_late: int = 0) -> str:
    radar = market.add()
    ahead = (market.clock.now() - NOW).days
    loan = market.lent(radar, who, ahead, ahead + 1)
    start = market.clock.now()
    market.clock.advance(timedelta(days=1 + days_late))
    market.desks.keep_up(market.community)
    market.step(loan, "hand_back", market.member(who))
    # The owner is slow to say so; that is not the borrower's fault.
    market.clock.advance(timedelta(days=3))
    market.step(loan, "confirm_return")
    assert market.clock.now() > start
    return loan.id


def test_a_newcomer_has_no_history_yet_which_speaks_for_and_against_nobody(market: Exchange) -> None:
    view = trust(market, 3)
    assert view.is_new and view.sentence.startswith("还没有记录")
    assert {(item.state, item.n, item.low) for item in view.components} == {("no_history", 0, None)}
    assert not {"score", "total", "rank"} & set(TrustView.model_fields) | {"score", "rank"} & set(
        TrustComponent.model_fields
    )


def test_each_component_counts_its_own_cases_and_names_them(market: Exchange) -> None:
    first, late = returned(market, 1), returned(market, 1, days_late=2)
    view = trust(market, 1)
    assert (part(view, "co_operation").n, part(view, "co_operation").others) == (2, 1)
    assert (part(view, "confirmed_returns").met, part(view, "confirmed_returns").n) == (2, 2)
    on_time = part(view, "on_time")
    assert (on_time.met, on_time.n) == (1, 2), "handed back on the day due, though confirmed three days later"
    # Wilson, 1 of 2: 0.0945 to 0.9055
    assert on_time.low == pytest.approx(0.0945, abs=1e-4) and on_time.high == pytest.approx(0.9055, abs=1e-4)
    assert {record.id: record.counts for record in on_time.records} == {first: True, late: False}
    assert "晚了 2 天" in on_time.records[0].sentence
    assert part(view, "disputes").state == "no_history" and not view.is_new
    lender = trust(market, 0)
    assert part(lender, "co_operation").n == 2 and part(lender, "confirmed_returns").state == "no_history"


def test_a_dispute_says_that_two_disagreed_and_only_those_who_deal_with_them_are_told(market: Exchange) -> None:
    loan = market.lent(market.add(), 1)
    market.step(loan, "dispute", market.member(1), words="少了配件")
    own = part(trust(market, 1, 1), "disputes")
    assert (own.n, own.met, own.state) == (1, 0, "shown")
    assert part(trust(market, 1, 0), "disputes").n == 1, "the owner has an open loan with them"
    stranger = part(trust(market, 1, 2), "disputes")
    assert (stranger.state, stranger.n, stranger.records, stranger.more) == ("withheld", None, [], 0)
    market.step(loan, "settle", market.operator, words="补齐了", settled_as="returned")
    assert part(trust(market, 1), "disputes").met == 1
    assert part(trust(market, 1, 0), "disputes").state == "withheld", "the loan is over"


def test_others_see_counts_and_of_records_only_their_own(market: Exchange) -> None:
    returned(market, 1)
    seen = part(trust(market, 1, 2), "co_operation")
    assert (seen.n, seen.records, seen.more) == (1, [], 1)
    assert len(part(trust(market, 1, 0), "co_operation").records) == 1, "the lender knows the own loan"


def test_endorsements_given_in_return_are_told_from_those_that_were_not(market: Exchange) -> None:
    people = market.people
    for by, about in ((2, 1), (3, 1), (1, 3)):
        vouch(market.store, people[by], people[about])
    found = part(trust(market, 1), "endorsements")
    assert (found.n, found.met, found.low) == (2, 1, None)
    assert {record.with_id: record.counts for record in found.records} == {people[2]: True, people[3]: False}


def test_hidden_members_are_not_found_and_are_no_names_in_others_records(market: Exchange) -> None:
    vouch(market.store, market.people[2], market.people[1])
    with market.store.write("c") as unit:
        unit.get(Member, market.people[2]).visibility = "hidden"
    with pytest.raises(NotFound):
        trust(market, 2, 1)
    [record] = part(trust(market, 1, 1), "endorsements").records
    assert (record.with_id, record.with_name) == (None, "一位成员")


def test_whoever_is_erased_leaves_a_case_without_a_name(market: Exchange) -> None:
    returned(market, 1)
    erase_member(market.store, "c", market.people[1], requested_by="t")
    [record] = part(trust(market, 0), "co_operation").records
    assert (record.with_id, record.with_name) == (None, "已离开的成员")
