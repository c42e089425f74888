"""On every database: a note stands with its change, is sent until it arrives, and by one worker at a time."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.outbox import emit, emit_all
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Member, Webhook, WebhookDelivery
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.settings import WebhookSettings
from copilot.webhooks.delivery import KEPT, PAUSES
from copilot.webhooks.sender import Sender
from copilot.webhooks.service import WebhookService
from tests.contracts.conftest import member
from tests.webhooks.receiver import Receiver, receiving

MATCH = {"match_id": "mat_1", "member_id": "mem_a", "target_id": "mem_b", "kind": "member", "score": 0.5}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def service(any_store: Store) -> WebhookService:
    return WebhookService(any_store, Sender(WebhookSettings(allow_private=True, timeout_seconds=0.6)))


@pytest.fixture
def happen(any_store: Store) -> Callable[[int], None]:
    def write(times: int = 1) -> None:
        with any_store.write("a") as unit:
            emit_all(unit, "match.proposed", [{**MATCH, "match_id": f"mat_{n}"} for n in range(times)])

    return write


def rows(store: Store) -> list[WebhookDelivery]:
    with store.read("a") as unit:
        return list(unit.session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def test_a_note_is_there_with_its_change_or_not_at_all(any_store: Store, service: WebhookService) -> None:
    made = service.create("a", "https://hooks.example/x", ["match.proposed"], actor="key")
    with pytest.raises(RuntimeError, match="broken"), any_store.write("a") as unit:
        unit.upsert(Member, [member("one")])
        emit(unit, "match.proposed", MATCH)
        raise RuntimeError("broken")
    assert rows(any_store) == []
    with any_store.write("a") as unit:
        emit(unit, "match.proposed", MATCH)
    (row,) = rows(any_store)
    assert (row.webhook_id, row.event, row.payload, row.status) == (made.id, "match.proposed", MATCH, "waiting")


def test_only_active_webhooks_of_the_community_that_listen_are_told(any_store: Store, service: WebhookService) -> None:
    service.create("a", "https://one.example", ["match.accepted"], actor="key")
    off = service.create("a", "https://two.example", ["match.proposed"], actor="key")
    service.change("a", off.id, status="disabled", actor="key")
    service.create("b", "https://three.example", ["match.proposed"], actor="key")
    with any_store.write("a") as unit:
        emit(unit, "match.proposed", MATCH)
    assert rows(any_store) == []
    with pytest.raises(ValueError, match=r"match\.guessed"), any_store.write("a") as unit:
        emit(unit, "match.guessed", MATCH)


@pytest.mark.slow
def test_what_waits_is_sent_once_and_noted(
    any_store: Store, service: WebhookService, receiver: Receiver, happen: Callable[[int], None]
) -> None:
    service.create("a", receiver.url, ["match.proposed"], actor="key")
    happen(230)
    assert service.waits("a")
    assert not service.waits("b")
    assert service.deliver("a").delivered == 230
    assert len({got.id for got in receiver.got}) == 230
    assert {row.status for row in rows(any_store)} == {"delivered"}
    assert not service.waits("a")
    assert service.deliver("a").delivered == 0


@pytest.mark.slow
def test_a_receiver_that_is_away_is_asked_once_in_a_run_and_less_and_less_for_a_day(
    any_store: Store, service: WebhookService, receiver: Receiver, happen: Callable[[int], None], clock: FixedClock
) -> None:
    service.create("a", receiver.url, ["match.proposed"], actor="key")
    receiver.status, receiver.text = 503, "closed"
    happen(150)
    started, tries = clock.now(), []
    while any(row.status == "waiting" for row in rows(any_store)):
        tries.append(clock.now() - started)
        service.deliver("a")
        assert len(receiver.got) == len(tries)
        assert service.deliver("a").put_off == 0, "nothing is due before its time"
        clock.advance((rows(any_store)[0].next_try_at or clock.now()) - clock.now())
    assert [later - earlier for earlier, later in itertools.pairwise(tries)] == list(PAUSES)
    assert timedelta(hours=23) < tries[-1] < timedelta(hours=26)
    assert {(row.status, row.attempts, row.last_answer) for row in rows(any_store)} == {
        ("failed", 8, "503 Service Unavailable: closed")
    }


def test_a_letter_that_is_refused_does_not_hold_up_the_others(
    any_store: Store, service: WebhookService, receiver: Receiver, happen: Callable[[int], None]
) -> None:
    service.create("a", receiver.url, ["match.proposed"], actor="key")

    def refuse_the_first() -> None:
        receiver.status = 400 if len(receiver.got) == 1 else 200

    receiver.before_answer = refuse_the_first
    happen(3)
    report = service.deliver("a")
    assert (report.delivered, report.put_off) == (2, 1)
    first, *others = rows(any_store)
    assert (first.status, first.attempts) == ("waiting", 1)
    assert {row.status for row in others} == {"delivered"}


@pytest.mark.slow
def test_one_receiver_that_is_away_does_not_hold_up_another(
    any_store: Store, service: WebhookService, receiver: Receiver, happen: Callable[[int], None]
) -> None:
    with receiving() as slow:
        slow.before_answer = lambda: time.sleep(1)
        service.create("a", slow.url, ["match.proposed"], actor="key")
        service.create("a", receiver.url, ["match.proposed"], actor="key")
        happen(5)
        report = service.deliver("a")
    assert (report.delivered, report.put_off) == (5, 5)


def test_a_receiver_that_is_gone_is_told_nothing_more(
    any_store: Store, service: WebhookService, receiver: Receiver, happen: Callable[[int], None]
) -> None:
    made = service.create("a", receiver.url, ["match.proposed"], actor="key")
    receiver.status = 410
    happen(3)
    assert service.deliver("a").failed == 1
    assert service.get("a", made.id).status == "disabled"
    assert not service.waits("a")
    with any_store.read("a") as unit:
        assert "webhook.disabled" in unit.session.scalars(select(AuditEntry.action)).all()
    receiver.status = 200
    service.change("a", made.id, status="active", actor="key")
    assert service.deliver("a").delivered == 2, "what waited is sent when it is enabled again"


def test_what_a_worker_has_taken_no_other_sends_until_it_must_have_died(
    any_store: Store, service: WebhookService, receiver: Receiver, happen: Callable[[int], None], clock: FixedClock
) -> None:
    service.create("a", receiver.url, ["match.proposed"], actor="key")
    seen = []
    receiver.before_answer = lambda: seen.append(service.waits("a"))
    happen(2)
    service.deliver("a")
    assert seen == [False, False]
    receiver.got.clear()
    happen(1)

    class Killed(BaseException):
        pass

    class Dying(Sender):
        async def send(self, *args: object) -> None:  # type: ignore[override]  # handed on as it came
            await super().send(*args)  # type: ignore[arg-type]  # as above
            raise Killed

    settings = WebhookSettings(allow_private=True, timeout_seconds=0.6)
    with pytest.raises(Killed):
        WebhookService(any_store, Dying(settings)).deliver("a")
    assert service.deliver("a").delivered == 0
    clock.advance(timedelta(minutes=3))
    assert service.deliver("a").delivered == 1
    assert len(receiver.got) == 2
    assert len({got.id for got in receiver.got}) == 1, "twice, under the same id"


def test_deliveries_are_forgotten_after_a_month(
    any_store: Store, service: WebhookService, receiver: Receiver, happen: Callable[[int], None], clock: FixedClock
) -> None:
    made = service.create("a", receiver.url, ["match.proposed"], actor="key")
    happen(2)
    service.deliver("a")
    clock.advance(KEPT - timedelta(minutes=1))
    assert not service.waits("a")
    clock.advance(timedelta(minutes=2))
    assert service.waits("a")
    assert service.deliver("a").pruned == 2
    assert service.deliveries("a", made.id).items == []


def test_a_test_is_sent_at_once_once_and_says_what_became_of_it(
    any_store: Store, service: WebhookService, receiver: Receiver
) -> None:
    made = service.create("a", receiver.url, ["round.planned"], actor="key")
    sent = service.test("a", made.id, actor="key")
    assert (sent.status, sent.attempts, sent.event) == ("delivered", 1, "webhook.test")
    assert receiver.got[0].content["data"] == {"webhook_id": made.id}
    receiver.status = 500
    failed = service.test("a", made.id, actor="key")
    assert (failed.status, failed.next_try_at) == ("failed", None)
    assert failed.sentence == "没有送达，不再尝试：对方回应 500。"
    assert not service.waits("a")
    assert [row.id for row in service.deliveries("a", made.id).items] == [failed.id, sent.id]


@pytest.mark.slow
def test_a_delivery_that_was_given_up_can_be_tried_anew(
    any_store: Store, service: WebhookService, receiver: Receiver, happen: Callable[[int], None], clock: FixedClock
) -> None:
    made = service.create("a", receiver.url, ["match.proposed"], actor="key")
    receiver.status = 503
    happen(1)
    for pause in (*PAUSES, timedelta()):
        service.deliver("a")
        clock.advance(pause)
    (row,) = rows(any_store)
    assert row.status == "failed"
    again = service.retry("a", row.id, actor="key")
    assert (again.status, again.attempts) == ("waiting", 0)
    receiver.status = 200
    assert service.deliver("a").delivered == 1
    assert len({got.id for got in receiver.got}) == 1
    with pytest.raises(Conflict):
        service.retry("a", row.id, actor="key")
    service.change("a", made.id, status="disabled", actor="key")
    happen(1)
    assert len(rows(any_store)) == 1
    for method in (service.get, service.deliveries):
        with pytest.raises(NotFound):
            method("b", made.id)
    with pytest.raises(NotFound):
        service.retry("b", row.id, actor="key")


def test_a_new_secret_signs_what_is_sent_from_now_on(service: WebhookService, receiver: Receiver) -> None:
    made = service.create("a", receiver.url, ["match.proposed"], actor="key")
    rotated = service.rotate("a", made.id, actor="key")
    assert rotated.secret != made.secret
    assert not hasattr(service.get("a", made.id), "secret")


def test_a_community_has_at_most_20_webhooks_and_each_names_an_event(service: WebhookService) -> None:
    for wrong in ([], ["match.guessed"], ["match.proposed", "x"]):
        with pytest.raises(InvalidInput) as error:
            service.create("a", "https://hooks.example", wrong, actor="key")
        assert error.value.data["field"] == "#/events"
    for number in range(20):
        made = service.create("a", f"https://hooks.example/{number}", ["match.proposed"] * 3, actor="key")
        assert made.events == ["match.proposed"]
    with pytest.raises(Conflict):
        service.create("a", "https://hooks.example/20", ["match.proposed"], actor="key")
    service.create("b", "https://hooks.example/20", ["match.proposed"], actor="key")
    service.remove("a", made.id, actor="key")
    service.create("a", "https://hooks.example/20", ["match.proposed"], actor="key")
    page = service.list("a", limit=12)
    assert page.has_more
    assert len(page.items) + len(service.list("a", limit=12, cursor=page.next_cursor).items) == 20


def test_a_webhook_goes_with_its_deliveries(
    any_store: Store, service: WebhookService, happen: Callable[[int], None]
) -> None:
    made = service.create("a", "https://hooks.example", ["match.proposed"], actor="key")
    happen(2)
    service.remove("a", made.id, actor="key")
    assert rows(any_store) == []
    with any_store.read("a") as unit:
        assert unit.session.scalars(select(Webhook)).all() == []


def test_an_erased_member_stands_in_no_delivery_and_the_others_are_in_no_export(
    any_store: Store, service: WebhookService
) -> None:
    made = service.create("a", "https://hooks.example", ["match.proposed"], actor="key")
    with any_store.write("a") as unit:
        unit.upsert(Member, [member("mem_a"), member("mem_b")])
        emit(unit, "match.proposed", MATCH)
    with any_store.read("a") as unit:
        export = str(export_member(unit, "mem_a"))
    assert "mem_b" not in export
    assert made.secret not in export
    erase_member(any_store, "a", "mem_a", requested_by="key")
    (row,) = rows(any_store)
    assert row.payload == {**MATCH, "member_id": "erased"}
