"""Agreements: filled from the loan, accepted by both by hash, changed as a new version; hostile words stay words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from copilot.assets import knowledge_dir
from copilot.clock import FixedClock
from copilot.community.access import Actor
from copilot.community.erasure import erase_member
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Community, Loan
from copilot.errors import Conflict, CopilotError, Denied, InvalidInput, KnowledgeInvalid, NotFound
from copilot.resources.agreements.filling import percent, split
from copilot.resources.agreements.models import Acceptance, AgreementDraft, AgreementView
from copilot.resources.agreements.templates import AgreementLibrary
from copilot.resources.loan_models import LoanView
from copilot.resources.service import ResourceDesks
from tests.resources.exchange import Exchange, day, exchange

SHARES = [
    {"party": "lender", "basis_points": 6250},
    {"party": "borrower", "basis_points": 3000},
    {"party": "community", "basis_points": 750},
]
HOSTILE = "# 标题\n[点我](javascript:alert(1)) <img src=x onerror=alert(1)> {shares} {{7*7}} \u202e100 |a| `b`"


@pytest.fixture
def market(store: Store, clock: FixedClock, community: str) -> Exchange:
    made = exchange(store, clock, community)
    made.desks = ResourceDesks(store, made.index, AgreementLibrary.load([knowledge_dir()]))
    return made


def revenue(**more: Any) -> dict[str, Any]:
    return {
        "template": "revenue_share", "texts": [{"field": "project", "text": "一起做居家试用"}], "shares": SHARES,
        "numbers": [{"field": "expected", "number": 100_001}, {"field": "settle_within_days", "number": 7}], **more,
    }  # fmt: skip


def propose(market: Exchange, loan: LoanView, body: dict[str, Any], actor: Actor | None = None) -> AgreementView:
    draft = AgreementDraft.model_validate(body)
    return market.desks.agreements.propose("c", loan.id, draft, actor or market.owner)


def accept(
    market: Exchange, view: AgreementView, actor: Actor, side: Any = None, content_hash: str = ""
) -> AgreementView:
    said = Acceptance(content_hash=content_hash or view.content_hash, side=side)
    return market.desks.agreements.accept("c", view.id, said, actor)


def reason(error: pytest.ExceptionInfo[CopilotError]) -> object:
    assert set(error.value.data["sentence"]) == {"zh-CN", "en"}  # type: ignore[call-overload]  # a mapping
    return error.value.data["reason"]


def test_a_version_is_filled_from_the_loan_and_is_in_force_when_both_have_accepted_it(market: Exchange) -> None:
    loan = market.ask(market.add(), 1)
    first = propose(market, loan, revenue())
    assert (first.number, first.status, first.waiting_for) == (1, "proposed", ["lender", "borrower"])
    assert (first.starts_on, first.ends_on, first.units, first.currency) == (day(0), day(3), 1, "CNY")
    texts = {clause.heading: clause.text for clause in first.clauses}
    assert texts["怎么分"].endswith("提供方 62.5%，使用方 30%，社区 7.5%。")
    # 1,000.01 yuan: 62500.625 + 30000.3 + 7500.075 minor units; the one that is left goes to the largest remainder.
    assert "提供方 625.01 元，使用方 300 元，社区 75 元" in texts["算一遍"]
    assert "TEC-HW-001" in texts["一起做什么"] and "一起做居家试用" in texts["一起做什么"]
    assert "不是法律意见" in first.notice and first.complete and not first.differs_from_loan
    half = accept(market, first, market.owner)
    assert (half.status, half.waiting_for) == ("proposed", ["borrower"])
    done = accept(market, first, market.member(1))
    assert done.status == "in_force"
    assert [(item.side, item.member_id, item.by_operator, item.content_hash) for item in done.accepted] == [
        ("lender", market.people[0], False, first.content_hash), ("borrower", market.people[1], False, first.content_hash),
    ]  # fmt: skip
    with market.store.read("c") as unit:
        audited = unit.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == first.id)).all()
    assert sorted(audited) == ["agreement.accept", "agreement.accept", "agreement.propose"]


def test_a_change_is_a_new_version_that_both_accept_again_and_the_old_one_holds_until_then(market: Exchange) -> None:
    loan = market.ask(market.add(), 1)
    first = propose(market, loan, revenue())
    for who in (0, 1):
        accept(market, first, market.member(who))
    second = propose(market, loan, revenue(shares=[{"party": "borrower", "basis_points": 10_000}]), market.member(1))
    assert second.number == 2 and second.content_hash != first.content_hash
    versions = market.desks.agreements.page("c", loan.id, market.owner).items
    assert [(item.number, item.status) for item in versions] == [(2, "proposed"), (1, "in_force")]
    accept(market, second, market.member(1))
    accept(market, second, market.owner)
    versions = market.desks.agreements.page("c", loan.id, market.owner).items
    assert [(item.number, item.status) for item in versions] == [(2, "in_force"), (1, "replaced")]
    with pytest.raises(Conflict) as error:
        accept(market, first, market.owner)
    assert reason(error) == "not_newest"


def test_nobody_accepts_what_they_have_not_read_twice_or_for_the_other_side(market: Exchange) -> None:
    loan = market.ask(market.add(), 1)
    view = propose(market, loan, revenue())
    with pytest.raises(Conflict) as error:
        accept(market, view, market.owner, content_hash="0" * 64)
    assert reason(error) == "other_hash"
    with pytest.raises(Denied) as denied:
        accept(market, view, market.owner, "borrower")
    assert reason(denied) == "own_side"
    with pytest.raises(NotFound):
        accept(market, view, market.member(2))
    with pytest.raises(NotFound):
        market.desks.agreements.page("c", loan.id, market.member(2))
    accept(market, view, market.owner)
    with pytest.raises(Conflict) as error:
        accept(market, view, market.owner)
    assert reason(error) == "accepted_already"
    with pytest.raises(InvalidInput) as unsaid:
        accept(market, view, market.operator)
    assert (reason(unsaid), unsaid.value.data["pointer"]) == ("side_needed", "/side")
    noted = accept(market, view, market.operator, "borrower")
    assert noted.accepted[1].by_operator, "the record says that an operator noted it"
    page = market.desks.agreements.document("c", view.id, "markdown", market.owner)
    assert "由运营代记" in page and "2026-11-16 10:00" in page, "02:00 in London is 10:00 where the community is"


def test_the_communitys_own_resources_are_spoken_for_by_operators(market: Exchange) -> None:
    loan = market.ask(market.add(market.operator), 1)
    view = propose(market, loan, revenue(), market.operator)
    assert (view.lender_id, view.proposed_side) == (None, "operator")
    assert accept(market, view, market.operator, "lender").accepted[0].by_operator is False


def test_a_loan_that_changed_needs_a_new_version_and_one_that_is_over_takes_none(market: Exchange) -> None:
    loan = market.lent(market.add(), 1)
    view = propose(market, loan, revenue())
    market.step(loan, "extend", until=day(9).isoformat())
    with pytest.raises(Conflict) as error:
        accept(market, view, market.owner)
    assert reason(error) == "loan_changed"
    assert market.desks.agreements.get("c", view.id, market.owner).differs_from_loan
    market.step(loan, "confirm_return")
    with pytest.raises(Conflict) as error:
        propose(market, loan, revenue())
    assert reason(error) == "loan_over"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"shares": SHARES[:2]}, "shares_sum"),
        ({"shares": [SHARES[0], SHARES[0]]}, "share_twice"),
        ({"shares": []}, "field_missing"),
        ({"texts": []}, "field_missing"),
        ({"texts": [{"field": "project", "text": "\u200b \n"}]}, "field_empty"),
        ({"texts": [{"field": "nothing", "text": "x"}]}, "unknown_field"),
        ({"texts": [{"field": "expected", "text": "x"}]}, "field_kind"),
        ({"texts": [{"field": "project", "text": "x"}] * 2}, "field_twice"),
        ({"numbers": [{"field": "settle_within_days", "number": 0}]}, "number_range"),
        ({"template": None}, "no_template"),
        ({"template": "swap"}, "unknown_field"),
    ],
)
def test_what_does_not_fit_the_template_is_refused_in_both_languages(
    market: Exchange, more: dict[str, Any], said: str
) -> None:
    loan = market.ask(market.add(), 1)
    with pytest.raises(InvalidInput) as error:
        propose(market, loan, revenue(**more))
    assert reason(error) == said


def test_without_a_template_it_is_the_one_that_goes_with_what_is_asked_in_return(market: Exchange) -> None:
    loan = market.ask(market.add(terms={"in_return": "revenue_share"}), 1)
    assert propose(market, loan, revenue(template=None)).template == "revenue_share"
    with pytest.raises(NotFound):
        propose(market, loan, revenue(template="nothing_like_it"))


def test_hostile_words_make_no_heading_link_tag_or_share(market: Exchange) -> None:
    loan = market.ask(market.add(title="样机<script>alert(1)</script>{shares}"), 1)
    view = propose(market, loan, revenue(texts=[{"field": "project", "text": HOSTILE}]))
    [clause] = [item.text for item in view.clauses if "{{7*7}}" in item.text]
    assert "{shares}" in clause and "62.5" not in clause, "what was filled in is not read for placeholders"
    page = market.desks.agreements.document("c", view.id, "html", market.owner)
    assert "<script" not in page and "<img" not in page and "\u202e" not in page
    text = market.desks.agreements.document("c", view.id, "markdown", market.owner)
    assert "<img" not in text.replace("\\<", "") and "](javascript" not in text.replace("\\]", "")
    assert sum(line.startswith("#") for line in text.splitlines()) == 2 + len(view.clauses)


def test_the_document_is_in_the_communitys_language_and_says_what_it_is_not(market: Exchange) -> None:
    with market.store.system(write=True) as session:
        session.get_one(Community, "c").locale = "en"
    view = propose(market, market.ask(market.add(), 1), revenue())
    given = str.maketrans("", "", "毫米波雷达样机一起做居家试用成员")
    for form in ("markdown", "html"):
        text = market.desks.agreements.document("c", view.id, form, market.owner)  # type: ignore[arg-type]  # both of them
        assert "not legal advice" in text and "Nobody has accepted it yet." in text
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in text.translate(given)), text
    names = {item.key for item in market.desks.agreements.templates("c", market.owner)}
    assert names == {"introduction_fee", "revenue_share", "swap", "write_up"}


def test_an_erased_borrower_leaves_the_record_without_name_and_words(market: Exchange) -> None:
    loan = market.ask(market.add(), 1)
    view = propose(market, loan, revenue(), market.member(1))
    accept(market, view, market.member(1))
    erase_member(market.store, "c", market.people[1], requested_by="t")
    kept = market.desks.agreements.get("c", view.id, market.owner)
    assert (kept.borrower_id, kept.borrower_name, kept.complete) == (None, "已离开的成员", False)
    assert kept.content_hash == view.content_hash and kept.accepted[0].member_id is None
    assert "（已随成员删除）" in kept.clauses[0].text and "居家试用" not in kept.clauses[0].text
    with market.store.read("c") as unit:
        assert unit.get(Loan, loan.id).member_id is None


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10_000), min_size=2, max_size=2))
def test_an_amount_is_shared_out_to_the_last_unit(amount: int, cuts: list[int]) -> None:
    first, second = sorted(cuts)
    shares: list[tuple[Any, int]] = [("lender", first), ("borrower", second - first), ("community", 10_000 - second)]
    parts = split(amount, shares)
    assert sum(parts) == amount
    assert all(
        abs(part - amount * points / 10_000) < 1.001 for part, (_party, points) in zip(parts, shares, strict=True)
    )


def test_shares_are_written_as_people_write_them() -> None:
    assert [percent(points) for points in (10_000, 6250, 5, 0, 1230)] == ["100", "62.5", "0.05", "0", "12.3"]
    with pytest.raises(InvalidInput):
        split(100, [("lender", 5000)])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{fee}", "{price}", "unknown placeholders price"),
        ("not legal advice", "good advice", "not legal advice"),
        ("{success}", "when it is done", "no clause says success"),
        ("version: 1", "version: 2", "same version and fields"),
        ("{purpose}.", "{purpose}. {", "braces"),
        ("kind: money", "kind: shares", "same version and fields"),
    ],
)
def test_a_template_that_does_not_hold_together_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "agreements").mkdir()
    for path in (knowledge_dir() / "agreements").glob("introduction_fee.*"):
        text = path.read_text(encoding="utf-8")
        changed = text.replace(old, new) if path.name.endswith(".en.yaml") else text
        (tmp_path / "agreements" / path.name).write_text(changed, encoding="utf-8")
    with pytest.raises(KnowledgeInvalid, match=said):
        AgreementLibrary.load([knowledge_dir(), tmp_path])
