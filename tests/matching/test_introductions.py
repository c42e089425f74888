"""A yes opens, a second yes connects; whatever else ends it, the other side is not told why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.access import ROLE_SCOPES, Actor, local_actor
from copilot.community.contact_details import state_contacts
from copilot.community.introduction_status import IntroductionStatus
from copilot.community.models import Role
from copilot.community.tables import (
    Introduction,
    Match,
    MatchFeedback,
    Member,
    PairRule,
    ProfileText,
    Webhook,
    WebhookDelivery,
)
from copilot.errors import Conflict, Denied, InvalidInput, NotFound
from copilot.matching.records import match_id
from copilot.matching.relations.introduction_models import DeclineReason, IntroductionRules, IntroductionView, Reply
from copilot.matching.relations.introduction_service import IntroductionService
from tests.conftest import NOW
from tests.matching.conftest import COLD, TRUCK, World

A, B = "mem_hotpot", "mem_trucker"
STAFF = local_actor("c")


def as_member(member_id: str) -> Actor:
    return Actor("c", "m", Role.MEMBER, ROLE_SCOPES[Role.MEMBER], f"key_{member_id}", member_id)


class Introduced:
    """The pair, and what each of the two does."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.service = IntroductionService(world.store)

    def match(self, asker: str = A, target: str = B) -> str:
        """Return the id of the match, after asking for it when it was never proposed."""
        wanted = match_id("c", asker, "member", target)
        with self.world.store.read("c") as unit:
            is_known = unit.find(Match, wanted) is not None
        if not is_known:
            assert target in self.world.targets(asker)
        return wanted

    def say(self, asker: str, verdict: str) -> str | None:
        return self.world.service.feedback(
            "c", self.match(asker, B if asker == A else A), asker, verdict
        ).introduction_id

    def opened(self) -> str:
        found = self.say(A, "accept")
        assert found is not None
        return found

    def reply(self, introduction_id: str, reply: Reply, reason: DeclineReason | None = None, comment: str = "") -> Any:
        return self.service.answer("c", introduction_id, as_member(B), reply, reason=reason, comment=comment)

    def connected(self) -> str:
        introduction_id = self.opened()
        self.reply(introduction_id, Reply.ACCEPT)
        return introduction_id

    def seen(self, introduction_id: str, by: str | None) -> IntroductionView:
        return self.service.get("c", introduction_id, as_member(by) if by else STAFF)

    def row(self, introduction_id: str) -> Introduction:
        with self.world.store.read("c") as unit:
            return unit.get(Introduction, introduction_id)

    def statuses(self) -> dict[str, str]:
        with self.world.store.read("c") as unit:
            rows = unit.session.scalars(select(Match).where(Match.status != "proposed"))
            return {row.member_id: row.status for row in rows}

    def put(self, member_id: str, **values: object) -> None:
        with self.world.store.write("c") as unit:
            member = unit.get(Member, member_id)
            for name, value in values.items():
                setattr(member, name, value)


@pytest.fixture
def two(pair: World) -> Introduced:
    with pair.store.write("c") as unit:
        state_contacts(unit, A, {"wechat": "hotpot-88", "phone": "13800000000"})
        state_contacts(unit, B, {"email": "trucks@example.com"})
    return Introduced(pair)


def test_contacts_are_shown_to_the_two_once_both_said_yes_and_to_nobody_else(two: Introduced) -> None:
    introduction_id = two.opened()
    for reader in (A, B, None):
        assert two.seen(introduction_id, reader).contacts is None
    assert two.reply(introduction_id, Reply.ACCEPT).contacts == {"wechat": "hotpot-88", "phone": "13800000000"}
    seen = two.seen(introduction_id, A)
    assert (seen.status, seen.side, seen.contacts) == ("connected", "asker", {"email": "trucks@example.com"})
    assert seen.connected_at == NOW
    staff = two.seen(introduction_id, None)
    assert (staff.status, staff.side, staff.contacts) == ("connected", None, None)
    with pytest.raises(NotFound):
        two.seen(introduction_id, "mem_lawyer")
    assert two.statuses() == {A: "accepted", B: "accepted"}
    for asker in (A, B):
        assert two.world.service.match("c", asker, n=50).excluded["already_connected"] == 1


def test_the_others_yes_to_their_own_match_is_the_answer(two: Introduced) -> None:
    match_of_b = two.match(B, A)
    introduction_id = two.opened()
    assert two.world.service.feedback("c", match_of_b, B, "accept").introduction_id == introduction_id
    assert two.row(introduction_id).status == "connected"
    assert two.service.page("c", STAFF).items[0].id == introduction_id
    assert len(two.service.page("c", STAFF).items) == 1


def test_saying_yes_twice_opens_one_and_audits_who_did_what(two: Introduced) -> None:
    first = two.opened()
    assert two.say(A, "accept") == first
    two.reply(first, Reply.ACCEPT)
    assert two.reply(first, Reply.ACCEPT).status == "connected"
    assert two.say(B, "accept") == first
    with two.world.store.read("c") as unit:
        assert len(unit.session.scalars(select(Introduction)).all()) == 1


@pytest.mark.parametrize(
    ("reply", "reason", "stored", "of_b"),
    [
        (Reply.DECLINE, DeclineReason.NOT_NOW, "declined", "rejected"),
        (Reply.IGNORE, None, "ignored", "ignored"),
    ],
)
def test_a_no_is_told_to_the_asker_as_not_taken_up_and_nothing_more(
    two: Introduced, reply: Reply, reason: DeclineReason | None, stored: str, of_b: str
) -> None:
    introduction_id = two.opened()
    told = two.reply(introduction_id, reply, reason, "最近太忙")
    assert (told.status, told.ending.by if told.ending else None) == (stored, "target")
    asker = two.seen(introduction_id, A)
    assert (asker.status, asker.ending, asker.drafts, asker.contacts) == ("not_taken_up", None, [], None)
    assert "最近太忙" not in asker.model_dump_json()
    staff = two.seen(introduction_id, None)
    assert (staff.status, staff.ending.comment if staff.ending else "") == (stored, "最近太忙")
    assert staff.ending is not None
    assert staff.ending.code == (reason.value if reason else "")
    assert two.statuses() == {A: "not_taken_up", B: of_b}
    assert two.world.targets(A, n=50).count(B) == 0


def test_who_was_not_answered_asks_again_only_after_the_rest(two: Introduced, clock: FixedClock) -> None:
    two.reply(two.opened(), Reply.DECLINE, DeclineReason.NOT_RELEVANT)
    with pytest.raises(Conflict) as caught:
        two.say(A, "accept")
    assert caught.value.data["reason"] == "resting"
    assert "2026-12-16" in caught.value.data["sentence"]["zh-CN"]  # type: ignore[index]  # both languages
    assert two.say(B, "accept") is not None, "who declined may change their mind"
    assert two.service.page("c", STAFF).items[0].asker.member_id == B
    clock.advance(timedelta(days=31))
    assert two.say(A, "accept") is not None


def test_two_weeks_of_silence_end_it_without_a_decline(two: Introduced, clock: FixedClock) -> None:
    introduction_id = two.opened()
    clock.advance(timedelta(days=13, hours=23))
    assert two.service.close_due("c") == 0
    clock.advance(timedelta(hours=1))
    assert two.seen(introduction_id, A).status == "not_taken_up"
    assert two.seen(introduction_id, B).status == "expired"
    staff = two.seen(introduction_id, None)
    assert (staff.status, staff.ending.by if staff.ending else None) == ("expired", "time")
    assert two.statuses() == {A: "not_taken_up"}
    with pytest.raises(Conflict) as caught:
        two.reply(introduction_id, Reply.ACCEPT)
    assert caught.value.data["reason"] == "closed"
    assert B not in two.world.targets(A, n=50), "silence rests, too"


def test_only_the_asked_member_answers_and_only_the_asker_takes_back(two: Introduced) -> None:
    introduction_id = two.opened()
    with pytest.raises(Denied):
        two.service.answer("c", introduction_id, as_member(A), Reply.ACCEPT)
    with pytest.raises(NotFound):
        two.service.answer("c", introduction_id, as_member("mem_lawyer"), Reply.ACCEPT)
    with pytest.raises(Denied):
        two.service.answer("c", introduction_id, STAFF, Reply.ACCEPT)
    with pytest.raises(Denied):
        two.service.withdraw("c", introduction_id, as_member(B))
    assert two.service.withdraw("c", introduction_id, as_member(A)).status == "withdrawn"
    assert two.service.withdraw("c", introduction_id, as_member(A)).status == "withdrawn"
    assert two.seen(introduction_id, B).status == "withdrawn"
    with pytest.raises(Conflict):
        two.reply(introduction_id, Reply.ACCEPT)
    assert two.statuses() == {A: "withdrawn"}


def test_a_later_no_to_the_match_takes_the_introduction_back_and_after_connecting_it_is_refused(
    two: Introduced,
) -> None:
    introduction_id = two.opened()
    two.say(A, "reject")
    assert (two.row(introduction_id).status, two.statuses()) == ("withdrawn", {A: "rejected"})
    connected = two.connected()
    for who, verdict in ((A, "ignore"), (B, "reject")):
        with pytest.raises(Conflict) as caught:
            two.world.service.feedback("c", two.match(A), A, verdict) if who == A else two.reply(
                connected, Reply.DECLINE, DeclineReason.OTHER
            )
        assert caught.value.data["reason"] == "connected"
    with pytest.raises(Conflict):
        two.service.withdraw("c", connected, as_member(A))
    assert two.statuses() == {A: "accepted", B: "accepted"}


@pytest.mark.parametrize("was_connected", [False, True])
def test_a_report_blocks_and_the_reported_one_is_not_told(two: Introduced, was_connected: bool) -> None:
    introduction_id = two.connected() if was_connected else two.opened()
    told = two.service.report("c", introduction_id, as_member(B), "一直推销")
    assert (told.status, told.contacts) == ("reported", None)
    assert told.ending is not None
    seen = two.seen(introduction_id, A)
    assert (seen.status, seen.ending, seen.contacts) == ("connected" if was_connected else "not_taken_up", None, None)
    assert "一直推销" not in seen.model_dump_json()
    listed = two.service.page("c", STAFF, status=IntroductionStatus.REPORTED).items
    assert [item.id for item in listed] == [introduction_id]
    assert two.seen(introduction_id, None).ending == told.ending
    with two.world.store.read("c") as unit:
        rule = unit.session.scalars(select(PairRule)).one()
    assert (rule.kind, rule.first_id, rule.second_id) == ("blocked", B, A)
    with pytest.raises(Conflict) as caught:
        two.say(A, "accept")
    assert caught.value.data["reason"] == "not_open"
    if was_connected:
        with pytest.raises(Conflict) as caught:
            two.service.withdraw("c", introduction_id, as_member(A))
        assert caught.value.data["reason"] == "connected", "it looks as it did before"
    with pytest.raises(InvalidInput):
        two.service.report("c", introduction_id, as_member(B), " ")
    two.service.report("c", introduction_id, as_member(A), "他先骂人")
    assert two.row(introduction_id).ended_by == B
    with two.world.store.read("c") as unit:
        assert {rule.note for rule in unit.session.scalars(select(PairRule))} == {"一直推销", "他先骂人"}


@pytest.mark.parametrize(
    "change", [{"consent_match": False}, {"consent_ai": False}, {"visibility": "hidden"}, {"visibility": "operators"}]
)
@pytest.mark.parametrize("whose", [A, B])
def test_who_no_longer_agrees_is_not_shown_and_cannot_be_reached(
    two: Introduced, whose: str, change: dict[str, object]
) -> None:
    introduction_id = two.connected()
    two.put(whose, **change)
    for reader in (A, B):
        seen = two.seen(introduction_id, reader)
        assert (seen.status, seen.contacts, seen.drafts) == ("connected", None, [])
    other = two.seen(introduction_id, B if whose == A else A)
    name = (other.asker if whose == A else other.target).name
    assert (name is None) == ("visibility" in change)
    if change.get("visibility") == "hidden":
        operator = Actor("c", "op", Role.OPERATOR, ROLE_SCOPES[Role.OPERATOR], "key_op")
        assert two.service.page("c", operator).items == []
        with pytest.raises(NotFound):
            two.service.get("c", introduction_id, operator)


def test_a_yes_while_one_does_not_agree_any_more_is_refused_and_changes_nothing(two: Introduced) -> None:
    introduction_id = two.opened()
    two.put(A, consent_match=False)
    with pytest.raises(Conflict) as caught:
        two.reply(introduction_id, Reply.ACCEPT)
    assert caught.value.data["reason"] == "not_open"
    assert (two.row(introduction_id).status, two.statuses()) == ("waiting", {A: "accepted"})
    two.put(A, consent_match=True)
    assert two.reply(introduction_id, Reply.ACCEPT).status == "connected"


def test_an_older_yes_without_an_introduction_counts(two: Introduced) -> None:
    with two.world.store.write("c") as unit:
        unit.get(Match, two.match(A)).status = "accepted"
    introduction_id = two.say(B, "accept")
    assert introduction_id is not None
    row = two.row(introduction_id)
    assert (row.status, row.asker_id, row.target_id) == ("connected", A, B)


def test_messages_quote_both_profiles_and_follow_their_changes(two: Introduced) -> None:
    introduction_id = two.opened()
    drafts = {draft.purpose: draft for draft in two.seen(introduction_id, None).drafts}
    invitation, news = drafts["invitation"], drafts["news"]
    assert (invitation.to, news.to) == (B, A)
    for draft in (invitation, news):
        assert all(item.quote in draft.text for item in draft.evidence)
    assert COLD[0] in invitation.text
    assert TRUCK[1] in invitation.text
    assert "hotpot-88" not in invitation.text + news.text
    assert "2026-11-30" in invitation.text
    assert two.row(introduction_id).drafts["invitation"]["text"] == invitation.text
    assert [draft.purpose for draft in two.seen(introduction_id, B).drafts] == ["invitation"]
    assert two.seen(introduction_id, A).drafts == []
    with two.world.store.write("c") as unit:
        unit.get(ProfileText, "trucker-has-0").text = "改卖咖啡了"
    changed = two.seen(introduction_id, B).drafts[0]
    assert TRUCK[1] not in changed.text
    assert two.row(introduction_id).drafts["invitation"]["text"] == changed.text
    two.reply(introduction_id, Reply.ACCEPT)
    assert [draft.purpose for draft in two.seen(introduction_id, A).drafts] == ["news"]


def test_outcomes_keep_the_figures_they_were_said_of(two: Introduced) -> None:
    introduction_id = two.opened()
    two.reply(introduction_id, Reply.ACCEPT)
    with two.world.store.read("c") as unit:
        said = {row.member_id: row for row in unit.session.scalars(select(MatchFeedback))}
        asked = unit.get(Match, two.match(A))
    assert said[A].components == asked.components == two.row(introduction_id).components
    assert said[B].components["forward"] == asked.components["backward"]
    assert (said[A].score, said[A].verdict, said[B].verdict) == (asked.score, "accept", "accept")


def test_webhooks_hear_of_each_yes_by_ids(two: Introduced) -> None:
    with two.world.store.write("c") as unit:
        unit.add(
            Webhook(
                id="whk",
                url="https://example.com",
                events=["match.accepted"],
                secret="s",
                status="active",
                created_at=NOW,
            )
        )
    introduction_id = two.connected()
    with two.world.store.read("c") as unit:
        rows = unit.session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()
    assert [row.event for row in rows] == ["match.accepted"] * 2
    by_member = {row.payload["member_id"]: row.payload for row in rows}
    assert [by_member[member]["is_connected"] for member in (A, B)] == [False, True]
    assert {row.payload["introduction_id"] for row in rows} == {introduction_id}


def test_nobody_has_more_than_the_stated_number_waiting(two: Introduced, clock: FixedClock) -> None:
    with two.world.store.write("c") as unit:
        for number in range(IntroductionRules().most_waiting):
            unit.add(
                Introduction(
                    id=f"i{number}", match_id=two.match(A), asker_id=A, target_id="mem_lawyer", status="waiting",
                    created_at=NOW, updated_at=NOW, expires_at=NOW + timedelta(days=1), drafts={}, components={},
                )
            )  # fmt: skip
    with pytest.raises(Conflict) as caught:
        two.say(A, "accept")
    assert caught.value.data["reason"] == "too_many_waiting"
    clock.advance(timedelta(days=2))
    assert two.say(A, "accept") is not None


@pytest.mark.parametrize(
    ("reply", "reason", "comment", "field"),
    [
        (Reply.DECLINE, None, "", "reason"),
        (Reply.ACCEPT, DeclineReason.OTHER, "", "reason"),
        (Reply.IGNORE, None, "x" * 1001, "comment"),
    ],
)
def test_an_answer_out_of_bounds_is_refused(
    two: Introduced, reply: Reply, reason: DeclineReason | None, comment: str, field: str
) -> None:
    introduction_id = two.opened()
    with pytest.raises(InvalidInput) as caught:
        two.reply(introduction_id, reply, reason, comment)
    assert caught.value.data["field"] == field
    with pytest.raises(NotFound):
        two.reply("intro_none", Reply.ACCEPT)


def test_every_reader_has_a_sentence_for_every_state_they_may_be_told(two: Introduced) -> None:
    from copilot.matching.relations.introduction_wording import ASKER, OPERATORS, REFUSALS, TARGET

    assert set(OPERATORS["en"]) == set(IntroductionStatus) - {IntroductionStatus.NOT_TAKEN_UP}
    for said in (ASKER, TARGET, OPERATORS):
        assert set(said["en"]) == set(said["zh-CN"])
    assert all(set(sentences) == {"zh-CN", "en"} for sentences in REFUSALS.values())
