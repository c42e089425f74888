"""Where acts come from: the chat, thanks by key, events, loans, reports. Real rows, each with what must not count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.atmosphere.stars.thanked import ThankedInChat
from copilot.community.acts import Act, Acts
from copilot.community.store import Store
from copilot.community.tables import (
    Case,
    Channel,
    CheckIn,
    Decision,
    Event,
    Loan,
    LoanOutcome,
    Member,
    Message,
    Report,
    Resource,
)
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.recognition.sources.events import HostedEvents
from copilot.recognition.sources.loans import ReturnedLoans
from copilot.recognition.sources.reports import UpheldReports
from tests.conftest import NOW
from tests.recognition.world import Told, add_members, service

DAY = NOW - timedelta(days=2)


@pytest.fixture
def here(store: Store, community: str) -> Store:
    add_members(store, community, ["ann", "bo", "cy", "dee", "eve"])
    add_members(store, community, ["new"], joined_at=NOW - timedelta(days=5))
    with store.write(community) as unit:
        unit.add(Channel(id="main", platform="t", external_id="main", name="main", created_at=NOW))
    return store


def said(store: Store, *lines: tuple[str, str, str, str | None], **more: object) -> None:
    """Store messages (id, sender, text, replied to), a minute apart."""
    with store.write("c") as unit:
        for minute, (name, sender, text, reply_to) in enumerate(lines):
            given = {
                "id": name, "channel_id": "main", "external_id": name, "sender_id": sender, "text": text,
                "sent_at": DAY + timedelta(minutes=minute), "mentions": [], "reply_to_id": reply_to, **more,
            }  # fmt: skip
            unit.add(Message(**given))
            unit.session.flush()


def acts(store: Store, source: Acts) -> list[tuple[str, str, str | None, str]]:
    with store.read("c") as unit:
        found: list[Act] = list(source.done(unit, NOW - timedelta(days=35), NOW))
    return [(act.rule, act.earner_id, act.giver_id, act.evidence_id) for act in found]


def test_an_answer_counts_when_whoever_asked_says_thanks(here: Store) -> None:
    said(
        here, ("q", "ann", "怎么开票？", None), ("a", "bo", "去税务局网站", "q"), ("t", "ann", "谢谢，解决了", "a"),
        ("also", "cy", "谢谢", "a"), ("post", "bo", "大家好", None), ("thanks", "cy", "谢谢分享", "post"),
    )  # fmt: skip
    assert acts(here, ThankedInChat()) == [("answer_thanked", "bo", "ann", "a")], "thanks of others prove nothing here"


def test_thanks_that_turn_round_and_ones_by_hidden_members_do_not_count(here: Store) -> None:
    said(here, ("q", "ann", "怎么开票？", None), ("a", "bo", "去官网", "q"), ("t", "ann", "谢谢，但是没用", "a"))
    assert acts(here, ThankedInChat()) == []
    said(here, ("t2", "ann", "谢谢", "a"))
    assert len(acts(here, ThankedInChat())) == 1
    with here.write("c") as unit:
        unit.get(Member, "ann").consent_ai = False
    assert acts(here, ThankedInChat()) == []


def test_a_welcome_counts_when_the_newcomer_answers_it(here: Store) -> None:
    said(
        here, ("hi", "new", "大家好，我是新来的", None), ("w", "bo", "欢迎", "hi"), ("r", "new", "你好呀", "w"),
        ("again", "bo", "在哪个城市", "hi"), ("r2", "new", "上海", "again"),
    )  # fmt: skip
    assert acts(here, ThankedInChat()) == [("newcomer_welcomed", "bo", "new", "w")]


def test_a_recalled_answer_is_taken_back(here: Store) -> None:
    said(here, ("q", "ann", "怎么开票？", None), ("a", "bo", "去官网", "q"))
    with here.write("c") as unit:
        unit.get(Message, "a").recalled_at = NOW
    with here.read("c") as unit:
        assert ThankedInChat().taken_back(unit, "message", ["a", "q", "gone"]) == {"a"}
        assert ThankedInChat().taken_back(unit, "event", ["a"]) == set()


def test_an_event_counts_by_its_guests_once_three_came(here: Store) -> None:
    with here.write("c") as unit:
        for code in ("full", "thin"):
            unit.add(
                Event(
                    id=code, code=code, title="沙龙", format="salon", starts_at=DAY, ends_at=DAY, host_id="ann",
                    created_at=NOW,
                )
            )  # fmt: skip
        unit.session.flush()
        for event_id, guests in (("full", ("ann", "bo", "cy", "dee")), ("thin", ("ann", "bo", "cy"))):
            for guest in guests:
                unit.add(CheckIn(id=f"{event_id}{guest}", event_id=event_id, member_id=guest, checked_in_at=DAY))
    found = acts(here, HostedEvents())
    assert found == [("event_hosted", "ann", guest, "full") for guest in ("bo", "cy", "dee")]
    with here.write("c") as unit:
        unit.get(Event, "full").status = "cancelled"
    with here.read("c") as unit:
        assert HostedEvents().taken_back(unit, "event", ["full", "thin"]) == {"full"}


def test_a_loan_counts_when_it_is_back_and_the_borrower_says_what_came_of_it(here: Store) -> None:
    with here.write("c") as unit:
        unit.add(Resource(id="res", code="R1", type="technology", title="相机", owner_id="ann", created_at=NOW))
        unit.session.flush()
        for name, back_at, result in (("good", DAY, "met"), ("out", None, "met"), ("bad", DAY, "not_met")):
            unit.add(
                Loan(
                    id=name, resource_id="res", member_id="bo", units=1, starts_on=DAY.date(), ends_on=DAY.date(),
                    mode="lend", status="returned", requested_at=DAY, back_at=back_at,
                )
            )  # fmt: skip
            unit.session.flush()
            unit.add(
                LoanOutcome(id=f"o{name}", loan_id=name, side="borrower", author_id="bo", result=result, given_at=DAY)
            )
    assert acts(here, ReturnedLoans()) == [("resource_returned", "ann", "bo", "good")]


def test_a_report_counts_while_the_decision_on_it_stands(here: Store) -> None:
    said(here, ("m", "bo", "滚", None))
    with here.write("c") as unit:
        unit.add(
            Case(
                id="cas", message_id="m", member_id="bo", category="insult", severity="low", score=0.9,
                evidence_start=0, evidence_end=1, quote="滚", detector="x", detector_version="1", created_at=DAY,
            )
        )  # fmt: skip
        unit.add(Report(id="rep", message_id="m", reporter_id="cy", category="insult", case_id="cas", created_at=DAY))
        unit.session.flush()
        unit.add(
            Decision(
                id="dec", case_id="cas", verdict="violation", decided_by="mod", decided_at=DAY + timedelta(hours=1)
            )
        )
    assert acts(here, UpheldReports()) == [("report_upheld", "cy", None, "rep")]
    with here.write("c") as unit:
        unit.get(Decision, "dec").undone_at = NOW
    assert acts(here, UpheldReports()) == []
    with here.read("c") as unit:
        assert UpheldReports().taken_back(unit, "report", ["rep"]) == {"rep"}


def test_thanks_by_key_are_for_visible_messages_of_others(here: Store) -> None:
    said(here, ("a", "bo", "去官网", None), ("old", "cy", "x", None))
    recognition = service(here, Told())
    made = recognition.points.thank("c", "answer", "ann", ("message", "a"), actor="key")
    assert recognition.points.thank("c", "answer", "ann", ("message", "a")) == made
    with pytest.raises(InvalidInput, match="themselves"):
        recognition.points.thank("c", "answer", "bo", ("message", "a"))
    with pytest.raises(InvalidInput, match="joined"):
        recognition.points.thank("c", "welcome", "ann", ("message", "a"))
    assert recognition.points.thank("c", "welcome", "new", ("message", "a")).kind == "welcome"
    with here.write("c") as unit:
        unit.get(Message, "old").hidden_at = NOW
    for missing in (("message", "old"), ("message", "none"), ("topic", "none")):
        with pytest.raises(NotFound):
            recognition.points.thank("c", "write_up", "ann", missing)
    assert recognition.ledger.settle("c").written == 2
    recognition.points.withdraw("c", "ann", made.id)
    assert recognition.points.why("c", "bo").by_rule[0].points == 0
    with pytest.raises(NotFound):
        recognition.points.withdraw("c", "bo", made.id)
    with pytest.raises(Conflict):
        recognition.points.thank("c", "answer", "ann", ("message", "a"))
