"""Cases on both databases: intake, orders with cursors, splitting, merging, races, erasure and export."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.models import Category
from copilot.community.store import Store
from copilot.community.tables import Case, CaseFinding, CaseItem, Channel, Member, Message, Report
from copilot.errors import NotFound
from copilot.moderation.cases import CaseFilter, CaseQueue, CaseSort
from copilot.moderation.drafts import CaseDraft, Evidence, PatternFacts
from copilot.moderation.intake import open_or_join
from copilot.moderation.models import FoundBy
from copilot.moderation.reports import ReportDesk
from tests.conftest import NOW
from tests.contracts.conftest import member

WORDS = "他昨天私下也这样骂我"
PEOPLE = ("ann", "bo", "cy")


@pytest.fixture
def store(any_store: Store) -> Store:
    """Three members, and twelve messages of theirs in turn."""
    with any_store.write("a") as unit:
        for name in PEOPLE:
            unit.add(Member(**member(name)))
        unit.add(Channel(id="main", platform="wechat", external_id="main", name="main", created_at=NOW))
        unit.session.flush()
        for number in range(12):
            unit.add(
                Message(
                    id=f"msg_{number:02d}", channel_id="main", external_id=str(number), sender_id=PEOPLE[number % 3],
                    sent_at=NOW, text=f"第{'〇一二三四五六七八九十百'[number]}句", mentions=[],
                )
            )  # fmt: skip
    return any_store


def draft(number: int, category: Category = Category.INSULT, score: float = 0.9) -> CaseDraft:
    return CaseDraft(
        found_by=FoundBy.SIGNAL, category=category, evidence=(Evidence(f"msg_{number:02d}"),), score=score,
        detector="test", version="1",
    )  # fmt: skip


def pattern(*numbers: int) -> CaseDraft:
    return CaseDraft(
        found_by=FoundBy.PATTERN, category=Category.HARASSMENT, score=0.8, detector="pair-window", version="1",
        evidence=tuple(Evidence(f"msg_{number:02d}") for number in numbers),
        pattern=PatternFacts("ann-bo", affected=("bo",), facts={"count": len(numbers)}, sentence={"en": "again"}),
    )  # fmt: skip


def take(store: Store, *drafts: CaseDraft) -> list[str]:
    with store.write("a") as unit:
        return [open_or_join(unit, one) for one in drafts]


def test_every_order_pages_through_equal_and_unequal_values(store: Store) -> None:
    take(store, *(draft(n, (Category.INSULT, Category.THREAT)[n % 2], (0.9, 0.7, 1 / 3)[n % 3]) for n in range(12)))
    queue = CaseQueue(store)
    for sort in CaseSort:
        whole = [row.id for row in queue.page("a", CaseFilter(), 200, None, sort).items]
        seen: list[str] = []
        cursor = None
        while True:
            page = queue.page("a", CaseFilter(), 5, cursor, sort)
            seen += [row.id for row in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == whole
        assert len(set(seen)) == 12


def test_filters_over_items_find_every_message_of_a_case(store: Store) -> None:
    *_, case_id = take(store, draft(0), draft(0, Category.THREAT), pattern(0, 3, 6))
    queue = CaseQueue(store)
    for wanted in (
        CaseFilter(category="insult"), CaseFilter(category="harassment"), CaseFilter(detector="pair-window"),
        CaseFilter(sender_id="ann"), CaseFilter(channel_id="main"), CaseFilter(status="open", is_reported=False),
    ):  # fmt: skip
        assert case_id in [row.id for row in queue.page("a", wanted, 50, None).items], wanted
    assert queue.page("a", CaseFilter(sender_id="bo"), 50, None).items == []


def test_a_pattern_takes_in_open_cases_and_a_split_gives_them_back(store: Store) -> None:
    first, second = take(store, draft(0), draft(3))
    assert first != second
    [whole] = take(store, pattern(0, 3, 6))
    queue = CaseQueue(store)
    assert [row.id for row in queue.page("a", CaseFilter(), 50, None).items] == [whole]
    assert {queue.detail("a", one).case.id for one in (first, second)} == {whole}
    made = queue.split("a", whole, ["msg_03"], "mod-1")
    assert {item.message_id for item in queue.detail("a", made.id).items} == {"msg_03"}
    assert queue.merge("a", whole, [made.id], "mod-1").id == whole
    with store.read("a") as unit:
        assert unit.session.scalar(select(func.count()).select_from(CaseItem)) == 5
        assert unit.session.scalar(select(func.count()).select_from(CaseFinding)) == 1


def test_cases_of_another_community_are_not_there(store: Store) -> None:
    [case_id] = take(store, draft(0))
    queue = CaseQueue(store)
    assert queue.page("b", CaseFilter(), 50, None).items == []
    with pytest.raises(NotFound):
        queue.detail("b", case_id)
    with pytest.raises(NotFound):
        queue.split("b", case_id, ["msg_00"], "mod-1")
    with pytest.raises(NotFound), store.write("b") as unit:
        open_or_join(unit, draft(0))
    with pytest.raises(NotFound):
        ReportDesk(store).submit("b", "bo", "msg_00", "insult", actor="key")


@pytest.mark.slow
def test_members_who_report_one_message_at_once_meet_in_one_case(store: Store) -> None:
    desk, start = ReportDesk(store), Barrier(2)

    def work(name: str) -> list[str]:
        start.wait()
        return [
            desk.submit("a", name, f"msg_{number:02d}", "insult", actor=name).id for number in (0, 3)
        ]  # three in common would be one voice

    with ThreadPoolExecutor(2) as pool:
        told = [one for found in pool.map(work, ["bo", "cy"]) for one in found]
    with store.read("a") as unit:
        reports = unit.get_many(Report, told).values()
        assert len(reports) == 4
        assert len({(report.message_id, report.case_id) for report in reports}) == 2
        assert unit.session.scalar(select(func.count()).select_from(CaseItem)) == 2
    # the weight of the second voice is in: 1 - 0.5 * 0.5
    assert {row.certainty for row in CaseQueue(store).page("a", CaseFilter(), 50, None).items} == {0.75}


def test_who_reported_is_in_no_export_but_their_own(store: Store) -> None:
    ReportDesk(store).submit("a", "bo", "msg_00", "insult", WORDS, actor="key")
    take(store, pattern(0, 3, 6))
    with store.read("a") as unit:
        theirs, own = (json.dumps(export_member(unit, name), ensure_ascii=False, default=str) for name in ("ann", "bo"))
    assert WORDS not in theirs
    assert "rpt_" not in theirs
    assert WORDS in own
    assert "cit_" not in theirs + own
    assert "cfi_" not in theirs + own


def test_an_erased_reporter_leaves_the_report_without_words(store: Store) -> None:
    told = ReportDesk(store).submit("a", "bo", "msg_00", "insult", WORDS, actor="key")
    take(store, pattern(0, 3, 6))
    erase_member(store, "a", "bo", requested_by="key")
    with store.read("a") as unit:
        row = unit.get(Report, told.id)
        assert (row.reporter_id, row.text) == (None, "")
        assert "bo" not in unit.session.scalars(select(CaseFinding)).one().affected
        case_id = str(row.case_id)
    found = CaseQueue(store).detail("a", case_id, with_reporters=True)
    assert (found.voices, found.reports[0].reporter_id, found.reports[0].reliability) == (1, None, 0.5)


def test_an_erased_sender_takes_the_cases_along(store: Store) -> None:
    ReportDesk(store).submit("a", "bo", "msg_00", "insult", WORDS, actor="key")
    take(store, pattern(0, 3, 6), draft(1))
    erase_member(store, "a", "ann", requested_by="key")
    with store.read("a") as unit:
        assert [row.member_id for row in unit.session.scalars(select(Case))] == ["bo"]
        for table in (CaseFinding, Report):
            assert unit.session.scalars(select(table)).all() == []
        assert [row.message_id for row in unit.session.scalars(select(CaseItem))] == ["msg_01"]
