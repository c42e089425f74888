"""Who may look, what they see, how care goes on and when it is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.care.intake import CareIntake
from copilot.care.rows import KEPT_AFTER_CLOSING, KEPT_AT_MOST
from copilot.care.service import MAX_NOTES, NOTE_MAX_CHARS, CareDesk
from copilot.clock import FixedClock
from copilot.community.access import ROLE_SCOPES, Actor, local_actor, revoke_key
from copilot.community.distress import DistressKind, DistressSign
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, CareItem, CareNote, Message, PrivateMessage, Webhook, WebhookDelivery
from copilot.errors import Conflict, Denied, InvalidInput, NotFound
from tests.care.conftest import LOW, Feel, holder


def only(desk: CareDesk, actor: Actor) -> str:
    [row] = desk.page(actor).items
    return row.id


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CARE])
def test_no_other_role_includes_care(role: Role) -> None:
    assert not ROLE_SCOPES[role] & ROLE_SCOPES[Role.CARE]
    assert ROLE_SCOPES[Role.CARE] == {"care:read", "care:write"}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OPERATOR, Role.MODERATOR])
def test_every_door_is_shut_to_other_keys(store: Store, room: str, desk: CareDesk, feel: Feel, role: Role) -> None:
    feel("ann")
    stranger = holder(store, room, "x", role)
    doors: list[Callable[[], object]] = [
        lambda: desk.page(stranger), lambda: desk.show(stranger, "x"), lambda: desk.take(stranger, "x"),
        lambda: desk.hand_over(stranger, "x", "y"), lambda: desk.change(stranger, "x", "closed"),
        lambda: desk.note(stranger, "x", "y"), lambda: desk.people(stranger), lambda: desk.own(stranger, "ann"),
        lambda: desk.forget_own(stranger, "ann", "x"), lambda: desk.page(local_actor(room)),
    ]  # fmt: skip
    for door in doors:
        with pytest.raises(Denied):
            door()


def test_the_list_is_in_order_of_time_whatever_the_signs_and_holds_no_words(
    desk: CareDesk, carer: Actor, feel: Feel, clock: FixedClock
) -> None:
    feel("ann", "好累", DistressKind.BURNOUT)
    clock.advance(timedelta(minutes=1))
    feel("bo")
    rows = desk.page(carer).items
    assert [(row.member_name, row.kind, row.status) for row in rows] == [
        ("Ann", "burnout", "new"), ("Bo", "self_harm", "new")
    ]  # fmt: skip
    assert rows[0].status_sentence == "还没有人看过"
    assert not any("好累" in str(row) or LOW in str(row) or "0.12" in str(row) for row in rows)
    first = desk.page(carer, limit=1)
    assert [row.member_id for row in desk.page(carer, limit=1, cursor=first.next_cursor).items] == ["bo"]
    assert [row.member_id for row in desk.page(carer, kind="self_harm").items] == ["bo"]
    assert desk.page(carer, status="closed").items == []


def test_looking_shows_the_words_a_draft_and_helplines_and_is_noted_without_what(
    store: Store, room: str, desk: CareDesk, carer: Actor, feel: Feel
) -> None:
    feel("ann")
    found = desk.show(carer, only(desk, carer))
    assert found.text == LOW
    assert found.draft.startswith("Ann，")
    assert next(line.reach for line in found.helplines) == "12356"
    assert all(line.source and line.reviewed_on for line in found.helplines)
    assert found.check_before_use
    assert "12%" in found.found
    with store.read(room) as unit:
        [entry] = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "care.looked_at"))
        assert (entry.actor, entry.subject_kind, entry.subject_id, entry.data) == (
            carer.key_id, "care", found.care.id, {}
        )  # fmt: skip


def test_a_mild_sign_comes_without_helplines(desk: CareDesk, carer: Actor, feel: Feel) -> None:
    feel("ann", "这阵子太累了", DistressKind.BURNOUT)
    found = desk.show(carer, only(desk, carer))
    assert (found.helplines, found.check_before_use) == ([], "")


def test_care_goes_from_hand_to_hand(desk: CareDesk, carer: Actor, other: Actor, feel: Feel) -> None:
    feel("ann")
    care_id = only(desk, carer)
    with pytest.raises(Conflict):
        desk.change(carer, care_id, "contacted")
    taken = desk.take(carer, care_id)
    assert (taken.status, taken.held_by_name) == ("looked_at", "林姐")
    assert desk.take(carer, care_id) == taken
    with pytest.raises(Conflict):
        desk.take(other, care_id)
    assert [person.name for person in desk.people(carer)] == ["林姐", "老周"]
    assert desk.hand_over(carer, care_id, other.key_id).held_by_name == "老周"
    with pytest.raises(Conflict):
        desk.change(carer, care_id, "closed")
    assert desk.change(other, care_id, "contacted").status == "contacted"
    desk.note(carer, care_id, " 电话里聊了半小时 ")
    assert [note.text for note in desk.show(other, care_id).notes] == ["电话里聊了半小时"]
    assert desk.change(other, care_id, "closed").status == "closed"
    assert desk.change(other, care_id, "looked_at").status == "looked_at"


def test_what_is_closed_is_not_taken_and_nothing_is_handed_to_strangers(
    store: Store, room: str, desk: CareDesk, carer: Actor, other: Actor, feel: Feel
) -> None:
    feel("ann")
    care_id = only(desk, carer)
    desk.take(carer, care_id)
    for key_id in ("key_none", holder(store, room, "mod", Role.MODERATOR).key_id):
        with pytest.raises(NotFound):
            desk.hand_over(carer, care_id, key_id)
    desk.change(carer, care_id, "closed")
    with pytest.raises(Conflict):
        desk.take(other, care_id)


def test_what_a_revoked_key_holds_can_be_taken(
    store: Store, room: str, desk: CareDesk, carer: Actor, other: Actor, feel: Feel
) -> None:
    feel("ann")
    care_id = only(desk, carer)
    desk.take(carer, care_id)
    with store.write(room) as unit:
        revoke_key(unit, carer.key_id)
    assert desk.take(other, care_id).held_by == other.key_id


def test_nonsense_is_refused(desk: CareDesk, carer: Actor, feel: Feel) -> None:
    feel("ann")
    care_id = only(desk, carer)
    for call in (
        lambda: desk.page(carer, status="lost"), lambda: desk.page(carer, kind="sad"),
        lambda: desk.page(carer, cursor="???"), lambda: desk.page(carer, limit=0), lambda: desk.change(carer, care_id, "new"),
        lambda: desk.note(carer, care_id, "  "), lambda: desk.note(carer, care_id, "x" * (NOTE_MAX_CHARS + 1)),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            call()
    with pytest.raises(NotFound):
        desk.show(carer, "car_none")


def test_an_entry_has_an_end_of_notes(store: Store, room: str, desk: CareDesk, carer: Actor, feel: Feel) -> None:
    feel("ann")
    care_id = only(desk, carer)
    with store.write(room) as unit:
        for number in range(MAX_NOTES):
            unit.add(CareNote(id=f"n{number}", care_id=care_id, text="x", written_by="k", created_at=unit.now))
    with pytest.raises(InvalidInput):
        desk.note(carer, care_id, "one more")


def test_members_see_and_delete_what_is_about_them(
    store: Store, room: str, desk: CareDesk, carer: Actor, feel: Feel
) -> None:
    message_id = feel("ann")
    care_id = only(desk, carer)
    desk.note(carer, care_id, "只给同伴看")
    ann, bo = (holder(store, room, name, Role.MEMBER, name) for name in ("ann", "bo"))
    [own] = desk.own(ann, "ann")
    assert (own.id, own.message_id, own.kind) == (care_id, message_id, "self_harm")
    assert "只给同伴看" not in str(own)
    assert desk.own(bo, "bo") == []
    with pytest.raises(Denied):
        desk.own(bo, "ann")
    with pytest.raises(NotFound):
        desk.forget_own(bo, "bo", care_id)
    desk.forget_own(ann, "ann", care_id)
    assert desk.page(carer).items == []
    with store.write(room) as unit:
        assert list(unit.session.scalars(select(CareNote))) == []
        assert unit.get(PrivateMessage, message_id).is_settled
        message = unit.get(Message, message_id)
        again = {message_id: DistressSign(DistressKind.SELF_HARM, 0.12, "v2")}
        CareIntake().take(unit, {message_id: message}, again)
        assert list(unit.session.scalars(select(CareItem))) == []


def test_a_sign_that_goes_takes_with_it_what_nobody_has_looked_at(
    store: Store, room: str, desk: CareDesk, carer: Actor, feel: Feel
) -> None:
    gone, kept = feel("ann"), feel("bo")
    desk.take(carer, next(row.id for row in desk.page(carer).items if row.member_id == "bo"))
    with store.write(room) as unit:
        CareIntake().take(unit, unit.get_many(Message, [gone, kept]), {})
    assert [row.member_id for row in desk.page(carer).items] == ["bo"]
    with store.read(room) as unit:
        assert [row.message_id for row in unit.session.scalars(select(PrivateMessage))] == [kept]


def test_reading_again_makes_nothing_new_and_a_clearer_sign_takes_the_place(
    store: Store, room: str, desk: CareDesk, carer: Actor, feel: Feel
) -> None:
    message_id = feel("ann", kind=DistressKind.BURNOUT)
    for kind in (DistressKind.BURNOUT, DistressKind.SELF_HARM):
        with store.write(room) as unit:
            sign = DistressSign(kind, 0.05, "v2")
            CareIntake().take(unit, unit.get_many(Message, [message_id]), {message_id: sign})
        assert [row.kind for row in desk.page(carer).items] == [kind.value]


def test_nothing_is_kept_for_good(
    store: Store, room: str, desk: CareDesk, carer: Actor, feel: Feel, clock: FixedClock
) -> None:
    feel("ann"), feel("bo")
    first = desk.page(carer).items[0]
    desk.take(carer, first.id)
    closed = desk.change(carer, first.id, "closed")
    assert closed.kept_until == clock.now() + KEPT_AFTER_CLOSING
    assert desk.purge(room) == 0
    clock.advance(KEPT_AFTER_CLOSING + timedelta(seconds=1))
    assert desk.purge(room) == 1
    assert [row.member_id for row in desk.page(carer).items] == ["bo"]
    clock.advance(KEPT_AT_MOST)
    assert desk.purge(room) == 1
    with store.read(room) as unit:
        assert all(row.is_settled for row in unit.session.scalars(select(PrivateMessage)))


def test_a_webhook_is_told_an_id_and_nothing_else(
    store: Store, room: str, desk: CareDesk, carer: Actor, feel: Feel
) -> None:
    with store.write(room) as unit:
        unit.add(
            Webhook(
                id="whk", url="https://example.org", secret="s", events=["care.opened"], status="active",  # no secret
                created_at=unit.now, created_by="key",
            )
        )  # fmt: skip
    feel("ann")
    with store.read(room) as unit:
        [told] = unit.session.scalars(select(WebhookDelivery))
        assert told.payload == {"care_id": only(desk, carer)}
