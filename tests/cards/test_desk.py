"""Who has a card and what stands on it: asked anew for each card, so that hiding, opting out and deletion hold at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from copilot.cards.desk import CardDesk, Wish
from copilot.cards.fonts import FontBook
from copilot.community.access import ROLE_SCOPES, Actor
from copilot.community.erasure import erase_member
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.community.tables import Event, Exposure, Member, RecognitionPause, Season, TopicPost, TopicSuggestion
from copilot.errors import Conflict, Denied, NotFound
from tests.conftest import NOW
from tests.recognition.world import Told, add_members, service

WISH = Wish()
STAFF = Actor("c", "op", Role.OPERATOR, ROLE_SCOPES[Role.OPERATOR], key_id="op")
ANN = Actor("c", "ann", Role.MEMBER, ROLE_SCOPES[Role.MEMBER], key_id="ann", member_id="ann")
BO = replace(ANN, name="bo", key_id="bo", member_id="bo")


@pytest.fixture
def desk(store: Store, community: str) -> CardDesk:
    """A desk in a community where bo thanked ann, cy thanked bo."""
    add_members(
        store, "c", ["ann", "bo", "cy"], headline="call 13812345678 or ann@example.org", skills=["SQL", "微信 ann_1234"]
    )
    told = Told()
    told.tell("ann", "bo")
    told.tell("ann", "cy")
    told.tell("bo", "cy")
    service(store, told).ledger.settle("c", days=30, actor="op")
    with store.write("c") as unit:
        unit.add(Season(id="s", name="Autumn", starts_at=NOW - timedelta(days=20), ends_at=NOW + timedelta(days=20)))
    return CardDesk(store, FontBook(with_system=False))


def change(store: Store, member_id: str, **values: object) -> None:
    with store.write("c") as unit:
        row = unit.get(Member, member_id)
        for name, value in values.items():
            setattr(row, name, value)


def opt_out(store: Store, member_id: str) -> None:
    with store.write("c") as unit:
        unit.add(RecognitionPause(member_id=member_id, created_at=unit.now))


def test_a_card_has_points_and_no_contacts(desk: CardDesk) -> None:
    svg = desk.member("c", "ann", WISH, actor=ANN)
    assert ">Ann<" in svg
    assert ">积分<" in svg
    assert "SQL" in svg
    for private in ("138", "example.org", "ann_1234"):
        assert private not in svg
    assert "points" in desk.member("c", "ann", Wish(language="en"), actor=STAFF)


def test_who_opted_out_has_a_card_without_points_and_is_on_no_board(store: Store, desk: CardDesk) -> None:
    assert ">Ann<" in desk.ranking("c", "s", "individual", WISH)
    opt_out(store, "ann")
    assert ">Ann<" not in desk.ranking("c", "s", "individual", WISH)
    assert ">Bo<" in desk.ranking("c", "s", "individual", WISH)
    assert ">积分<" not in desk.member("c", "ann", WISH, actor=ANN)


def test_no_to_machines_takes_points_off_a_card(store: Store, desk: CardDesk) -> None:
    change(store, "ann", consent_ai=False)
    assert ">积分<" not in desk.member("c", "ann", WISH, actor=ANN)
    assert ">Ann<" not in desk.ranking("c", "s", "individual", WISH)


def test_who_hides_has_no_card(store: Store, desk: CardDesk) -> None:
    change(store, "ann", visibility="hidden")
    with pytest.raises(Conflict) as own:
        desk.member("c", "ann", WISH, actor=ANN)
    assert own.value.data["reason"] == "not_shown"
    with pytest.raises(NotFound):
        desk.member("c", "ann", WISH, actor=STAFF)
    assert ">Ann<" not in desk.ranking("c", "s", "individual", WISH)


def test_who_is_seen_by_operators_alone_draws_their_own_card_and_is_on_no_other(store: Store, desk: CardDesk) -> None:
    change(store, "ann", visibility="operators")
    assert ">Ann<" in desk.member("c", "ann", WISH, actor=ANN)
    with pytest.raises(Conflict):
        desk.member("c", "ann", WISH, actor=STAFF)
    assert ">Ann<" not in desk.ranking("c", "s", "individual", WISH)


def test_others_see_a_card_on_the_day_of_its_slot(store: Store, desk: CardDesk) -> None:
    with pytest.raises(Denied):
        desk.member("c", "ann", WISH, actor=BO)
    with store.write("c") as unit:
        for number, ahead in enumerate((0, 1)):
            member_id = ("ann", "cy")[number]
            day = NOW.date() + timedelta(days=ahead)
            unit.add(Exposure(id=f"x{number}", day=day, place=1, member_id=member_id, created_at=unit.now))
    assert ">Ann<" in desk.member("c", "ann", WISH, actor=BO)
    with pytest.raises(Denied):
        desk.member("c", "cy", WISH, actor=BO)
    opt_out(store, "ann")
    with pytest.raises(Denied):
        desk.member("c", "ann", WISH, actor=BO)


def test_deletion_takes_every_card_at_once(store: Store, desk: CardDesk) -> None:
    erase_member(store, "c", "ann", requested_by="op")
    with pytest.raises(NotFound):
        desk.member("c", "ann", WISH, actor=STAFF)
    assert ">Ann<" not in desk.ranking("c", "s", "individual", WISH)


def test_an_event_names_those_who_show_themselves(store: Store, desk: CardDesk) -> None:
    with store.write("c") as unit:
        unit.add(
            Event(
                id="e", code="e", title="下午茶", format="salon", starts_at=NOW + timedelta(days=5),
                ends_at=NOW + timedelta(days=5, hours=2), host_id="ann", speaker_ids=["bo", "gone"], capacity=12,
                goal="加微信 tea_12345", created_at=NOW,
            )
        )  # fmt: skip
    change(store, "ann", visibility="operators")
    svg = desk.event("c", "e", WISH)
    assert "下午茶" in svg
    assert "一起来的有 Bo<" in svg
    assert "还有 12 个名额" in svg
    assert "10:00 – 12:00" in svg, "the community's zone"
    assert "tea_12345" not in svg
    with pytest.raises(NotFound):
        desk.event("c", "nothing", WISH)


def test_a_write_up_is_its_authors_and_named_if_shown(store: Store, desk: CardDesk) -> None:
    sentence = {"text": "先看保压。", "spans": [{"start": 0, "end": 5}], "literal": True}
    content = {
        "titles": ["缩水印"], "sections": [{"heading": "做法", "sentences": [sentence], "ask": []}], "closing": "",
        "short": [sentence], "left_out": [], "markdown": "",
    }  # fmt: skip
    with store.write("c") as unit:
        unit.add(TopicSuggestion(id="t", member_id="ann", drafted_by="playbook", created_at=NOW))
        unit.session.flush()
        unit.add(TopicPost(id="p", topic_id="t", member_id="ann", notes="先看保压。", content=content, drafted_by="playbook", created_at=NOW))  # fmt: skip
    for actor in (ANN, STAFF):
        svg = desk.write_up("c", "p", WISH, actor=actor)
        assert "先看保压。" in svg
        assert ">Ann<" in svg
    with pytest.raises(NotFound):
        desk.write_up("c", "p", WISH, actor=BO)
    opt_out(store, "ann")
    assert ">Ann<" not in desk.write_up("c", "p", WISH, actor=STAFF)
    assert ">Ann<" in desk.write_up("c", "p", WISH, actor=ANN)
    change(store, "ann", visibility="hidden")
    with pytest.raises(Conflict):
        desk.write_up("c", "p", WISH, actor=STAFF)
