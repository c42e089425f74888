"""One way into the queue: what belongs together is one case, nothing is lost, and handing in twice is once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.case_records import forget_words
from copilot.community.models import Category
from copilot.community.store import Store
from copilot.community.tables import Case, CaseFinding, CaseItem, Message
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.moderation.case_views import CaseDetail
from copilot.moderation.cases import CaseQueue
from copilot.moderation.decisions import DecisionDesk, Ruling
from copilot.moderation.drafts import CaseDraft, Evidence, PatternFacts
from copilot.moderation.intake import open_or_join
from copilot.moderation.models import FoundBy, Severity
from tests.moderation.conftest import Say

ADVERT = "源头工厂承接各类礼品定制，量大从优，欢迎各位老板咨询，电话138****6621"
SENTENCE = {"zh-CN": "三天里反复针对同一个人", "en": "Again and again at one person over three days"}


def signal(message_id: str, category: Category = Category.INSULT, score: float = 0.9, end: int | None = 2) -> CaseDraft:
    return CaseDraft(
        found_by=FoundBy.SIGNAL, category=category, evidence=(Evidence(message_id, 0, end),), score=score,
        detector="test", version="1", threshold=0.7,
    )  # fmt: skip


def pattern(*message_ids: str, key: str = "ann-bo", score: float = 0.8) -> CaseDraft:
    return CaseDraft(
        found_by=FoundBy.PATTERN, category=Category.HARASSMENT, evidence=tuple(Evidence(one) for one in message_ids),
        score=score, detector="pair-window", version="1",
        pattern=PatternFacts(key, affected=("bo",), facts={"days": 3, "count": len(message_ids)}, sentence=SENTENCE),
    )  # fmt: skip


def take(store: Store, room: str, *drafts: CaseDraft) -> list[str]:
    with store.write(room) as unit:
        return [open_or_join(unit, draft) for draft in drafts]


def detail(store: Store, room: str, case_id: str) -> CaseDetail:
    return CaseQueue(store).detail(room, case_id)


def ids(store: Store, room: str) -> set[str]:
    with store.read(room) as unit:
        return set(unit.session.scalars(select(Case.id)))


def test_several_categories_of_one_message_are_one_case_that_the_gravest_stands_for(
    store: Store, room: str, say: Say
) -> None:
    said = say("ann", "你等着，废物")
    first, second = take(store, room, signal(said), signal(said, Category.THREAT, 0.8, 3))
    assert first == second
    found = detail(store, room, first)
    assert (found.case.category, found.case.severity, found.case.quote) == ("threat", "high", "你等着")
    assert found.case.categories == ["threat", "insult"]
    assert [(item.category, item.quote, item.threshold) for item in found.items] == [
        ("threat", "你等着", 0.7),
        ("insult", "你等", 0.7),
    ]


def test_the_same_text_of_one_sender_in_two_channels_is_one_case(store: Store, room: str, say: Say) -> None:
    one, two = say("ann", ADVERT), say("ann", ADVERT + "！！", channel="market")
    other = say("bo", ADVERT)
    first, second, third = take(store, room, *(signal(m, Category.SPAM) for m in (one, two, other)))
    assert first == second != third
    assert {item.message_id for item in detail(store, room, first).items} == {one, two}


def test_copies_of_another_week_or_of_nobody_known_are_cases_of_their_own(
    store: Store, room: str, say: Say, clock: FixedClock
) -> None:
    said = [
        say("ann", ADVERT),
        say("ann", ADVERT, at=clock.now() + timedelta(days=7)),
        say(None, ADVERT),
        say(None, ADVERT),
    ]
    assert len(set(take(store, room, *(signal(m, Category.SPAM) for m in said)))) == 4


def test_handing_in_twice_is_once(store: Store, room: str, say: Say) -> None:
    said = say("ann", "废物")
    before = take(store, room, signal(said))
    shown = detail(store, room, before[0])
    assert take(store, room, signal(said), signal(said)) == [*before, *before]
    assert detail(store, room, before[0]) == shown


def test_a_better_score_refreshes_the_case_and_its_priority(store: Store, room: str, say: Say) -> None:
    said = say("ann", "废物")
    [case_id] = take(store, room, signal(said, score=0.7))
    before = detail(store, room, case_id).case
    take(store, room, signal(said, score=0.9))
    after = detail(store, room, case_id).case
    assert (before.score, after.score) == (0.7, 0.9)
    assert after.priority > before.priority
    assert after.priority == pytest.approx(after.harm * after.certainty * after.reach, abs=1e-6)


def test_what_a_person_decided_is_not_opened_again_but_another_breach_is(store: Store, room: str, say: Say) -> None:
    said = say("ann", "废物一个")
    [case_id] = take(store, room, signal(said))
    DecisionDesk(store).decide(room, case_id, Ruling.parse("no_violation"), actor="mod-1")
    again, other = take(store, room, signal(said, score=0.99), signal(said, Category.SCAM))
    assert again == case_id != other
    assert detail(store, room, case_id).case.score == 0.9


def test_a_pattern_is_one_case_that_takes_in_what_is_open(store: Store, room: str, say: Say) -> None:
    said = [say("ann", f"没用的东西，第{word}回了") for word in "一二三"]
    first, second = take(store, room, signal(said[0]), signal(said[1]))
    [case_id] = take(store, room, pattern(*said))
    assert ids(store, room) == {case_id}
    found = detail(store, room, first)
    assert found.case.id == case_id, "the old id leads to the case it became part of"
    assert detail(store, room, second).case.id == case_id
    assert {(i.message_id, i.category) for i in found.items} == {
        (said[0], "insult"), (said[1], "insult"), *((one, "harassment") for one in said)
    }  # fmt: skip
    assert (found.case.category, found.case.messages) == ("harassment", 3)
    [finding] = found.findings
    assert finding.evidence == {"facts": {"days": 3, "count": 3}, "sentence": SENTENCE}
    assert [(person.member_id, person.how) for person in found.affected] == [("bo", "pattern")]


def test_a_pattern_that_grows_stays_one_case(store: Store, room: str, say: Say) -> None:
    said = [say("ann", f"没用的东西，第{word}回了") for word in "一二三四"]
    assert (
        take(store, room, pattern(*said[:3])) == take(store, room, pattern(*said)) == take(store, room, pattern(*said))
    )
    with store.read(room) as unit:
        assert [row.evidence["facts"]["count"] for row in unit.session.scalars(select(CaseFinding))] == [4]
        assert len(unit.session.scalars(select(CaseItem)).all()) == 4


def test_a_decided_pattern_that_goes_on_is_a_new_case_of_what_was_said_since(
    store: Store, room: str, say: Say, clock: FixedClock
) -> None:
    said = [say("ann", f"没用的东西，第{word}回了") for word in "一二三"]
    [first] = take(store, room, pattern(*said))
    clock.advance(timedelta(minutes=5))
    DecisionDesk(store).decide(room, first, Ruling.parse("violation", "note", "提醒过", clause_id="P1"), actor="mod-1")
    assert take(store, room, pattern(*said)) == [first]
    since = say("ann", "没用的东西，又来", at=clock.now() + timedelta(hours=1))
    [second] = take(store, room, pattern(*said, since))
    assert second != first
    assert {item.message_id for item in detail(store, room, second).items} == {since}
    assert detail(store, room, second).history is not None
    assert detail(store, room, second).history.upheld == 1  # type: ignore[union-attr]  # asserted above


def test_a_pattern_leaves_a_case_alone_that_somebody_holds(store: Store, room: str, say: Say) -> None:
    said = [say("ann", f"没用的东西，第{word}回了") for word in "一二三"]
    [held] = take(store, room, signal(said[0]))
    CaseQueue(store).claim(room, held, "mod-1")
    [case_id] = take(store, room, pattern(*said))
    assert ids(store, room) == {held, case_id}
    CaseQueue(store).release(room, held, "mod-1")
    take(store, room, pattern(*said))
    assert ids(store, room) == {case_id}


def test_two_patterns_over_the_same_messages_do_not_fight_over_the_case(store: Store, room: str, say: Say) -> None:
    said = [say("ann", f"没用的东西，第{word}回了") for word in "一二三"]
    both = (pattern(*said), pattern(*said, key="ring"))
    take(store, room, *both)
    settled = ids(store, room)
    assert len(settled) == 1
    assert set(take(store, room, *both)) == settled
    [case_id] = settled
    assert len(detail(store, room, case_id).findings) == 2


def test_a_case_is_split_with_its_words_and_stays_split(store: Store, room: str, say: Say) -> None:
    one, two = say("ann", ADVERT), say("ann", ADVERT, channel="market")
    [case_id, _] = take(store, room, signal(one, Category.SPAM), signal(two, Category.SPAM))
    made = CaseQueue(store).split(room, case_id, [one], "mod-1")
    assert made.id != case_id
    assert (made.message_id, detail(store, room, case_id).case.message_id) == (one, two)
    assert made.priority > 0
    assert take(store, room, signal(one, Category.SPAM), signal(two, Category.SPAM)) == [made.id, case_id]
    back = CaseQueue(store).merge(room, case_id, [made.id], "mod-1")
    assert {item.message_id for item in detail(store, room, back.id).items} == {one, two}
    assert detail(store, room, made.id).case.id == case_id


def test_what_cannot_be_split_or_merged_is_refused(store: Store, room: str, say: Say) -> None:
    queue = CaseQueue(store)
    one, two = say("ann", ADVERT), say("ann", ADVERT, channel="market")
    case_id, _, other = take(
        store, room, signal(one, Category.SPAM), signal(two, Category.SPAM), signal(say("bo", "废物"))
    )
    for wanted in ([], [one, two], ["msg_nowhere"], [one, "msg_nowhere"]):
        with pytest.raises(InvalidInput):
            queue.split(room, case_id, wanted, "mod-1")
    with pytest.raises(InvalidInput, match="itself"):
        queue.merge(room, case_id, [case_id], "mod-1")
    with pytest.raises(NotFound):
        queue.merge(room, case_id, ["cas_nowhere"], "mod-1")
    queue.claim(room, other, "mod-2")
    with pytest.raises(Conflict, match="mod-2 holds"):
        queue.merge(room, case_id, [other], "mod-1")
    with pytest.raises(Conflict, match="mod-2 holds"):
        queue.split(room, other, ["msg_nowhere"], "mod-1")
    assert len(detail(store, room, case_id).items) == 2


def test_decisions_move_with_a_merged_case(store: Store, room: str, say: Say) -> None:
    desk, queue = DecisionDesk(store), CaseQueue(store)
    first, second = take(store, room, signal(say("ann", "废物")), signal(say("bo", "笨蛋")))
    desk.decide(room, first, Ruling.parse("violation", reason="骂人"), actor="mod-1")
    desk.undo(room, first, actor="mod-1")
    queue.merge(room, second, [first], "mod-1")
    assert [decision.verdict for decision in detail(store, room, second).decisions] == ["violation"]


def test_a_message_that_is_taken_back_leaves_the_others_of_its_case(store: Store, room: str, say: Say) -> None:
    one, two = say("ann", ADVERT), say("ann", ADVERT, channel="market")
    [case_id, _] = take(store, room, signal(one, Category.SPAM, end=None), signal(two, Category.SPAM, end=None))
    with store.write(room) as unit:
        forget_words(unit, one)
    found = detail(store, room, case_id)
    assert (found.case.message_id, [item.message_id for item in found.items]) == (two, [two])
    with store.write(room) as unit:
        forget_words(unit, two)
    assert ids(store, room) == set()


def test_a_case_from_before_items_is_shown_joined_and_split_like_any_other(store: Store, room: str, say: Say) -> None:
    said = say("ann", "你等着，废物")
    with store.write(room) as unit:
        unit.add(
            Case(
                id="cas_old", message_id=said, member_id="ann", category="insult", severity="medium", score=0.9,
                evidence_start=4, evidence_end=6, quote="废物", detector="old", detector_version="1", created_at=unit.now,
            )
        )  # fmt: skip
    assert [(item.quote, item.found_by) for item in detail(store, room, "cas_old").items] == [("废物", "signal")]
    assert take(store, room, signal(said, Category.THREAT)) == ["cas_old"]
    found = detail(store, room, "cas_old")
    assert [item.category for item in found.items] == ["threat", "insult"]
    assert found.case.priority > 0


def test_an_evidence_span_never_leaves_the_text(store: Store, room: str, say: Say) -> None:
    said = say("ann", "废物")
    draft = CaseDraft(
        found_by=FoundBy.LLM, category=Category.INSULT, evidence=(Evidence(said, -3, 99),), score=0.8, detector="llm",
        version="1", severity=Severity.LOW,
    )  # fmt: skip
    [case_id] = take(store, room, draft)
    case = detail(store, room, case_id).case
    assert (case.evidence_start, case.evidence_end, case.quote, case.severity) == (0, 2, "废物", "low")


def test_a_draft_that_makes_no_sense_is_refused(store: Store, room: str, say: Say) -> None:
    said = say("ann", "我撑不住了")
    with pytest.raises(ValueError, match="distress"):  # who needs help is never a case
        CaseDraft(
            found_by=FoundBy.SIGNAL, category="distress", evidence=(Evidence(said),), score=0.9, detector="d",  # type: ignore[arg-type]  # wrong on purpose
            version="1",
        )  # fmt: skip
    for score in (-0.1, 1.1, float("nan")):
        with pytest.raises(InvalidInput, match="score"):
            signal(said, score=score)
    with pytest.raises(InvalidInput, match="messages"):
        pattern()
    with pytest.raises(InvalidInput, match="pattern"):
        CaseDraft(
            found_by=FoundBy.PATTERN, category=Category.SPAM, evidence=(Evidence(said),), score=0.9, detector="d",
            version="1",
        )  # fmt: skip
    with pytest.raises(NotFound):
        take(store, room, signal("msg_nowhere"))


def test_reach_counts_who_wrote_there_within_a_day_by_hand(
    store: Store, room: str, say: Say, clock: FixedClock
) -> None:
    say("quiet", "上周的事", at=clock.now() - timedelta(days=2))
    say("bo", "早")
    say("cai", "早")
    [case_id] = take(store, room, signal(say("ann", "废物")))
    # ann, bo and cai: log10(4) / 3 = 0.200687; 0.5 + 0.100343 = 0.600343
    assert detail(store, room, case_id).case.reach == 0.600343


def test_whom_it_was_done_to_is_read_from_answers_and_mentions(store: Store, room: str, say: Say) -> None:
    asked = say("bo", "怎么算的？")
    said = say("ann", "废物", reply_to=asked)
    with store.write(room) as unit:
        unit.get(Message, said).mentions = ["cai", "ann"]
    [case_id] = take(store, room, signal(said))
    found = detail(store, room, case_id)
    assert [(p.member_id, p.name, p.how) for p in found.affected] == [
        ("bo", "Bo", "answered"),
        ("cai", "Cai", "mentioned"),
    ]
