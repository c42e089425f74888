"""Alerts over a real store: opened once, within a budget, told, closed, and decided by people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.assets import knowledge_dir
from copilot.atmosphere.alert_models import AlertSettings
from copilot.atmosphere.alerts import AlertService
from copilot.clock import FixedClock
from copilot.community.ids import derived_id
from copilot.community.store import Store
from copilot.community.tables import (
    Alert,
    AtmosphereSnapshot,
    AuditEntry,
    Channel,
    Community,
    Message,
    Webhook,
    WebhookDelivery,
)
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.knowledge import KnowledgeBase
from tests.atmosphere.chat import SAD, Room
from tests.conftest import NOW

DAY = timedelta(days=1)
STEADY = [0.20, 0.25, 0.15, 0.22, 0.18, 0.20, 0.21] * 4
FALLEN = [-0.30, -0.35, -0.30]
# Midnight in Shanghai of the day of NOW (Monday).
TODAY = NOW - timedelta(hours=10)


@pytest.fixture
def alerts(store: Store, knowledge: KnowledgeBase) -> AlertService:
    return AlertService(store, knowledge)


def past(room: Room, values: list[float], channel: str | None = "main", measure: str = "net_sentiment") -> None:
    """Store one day's snapshot per value, the last one yesterday, and a message of today."""
    with room.store.write(room.community_id) as unit:
        for at, value in enumerate(reversed(values)):
            start = TODAY - (at + 1) * DAY
            channel_id = room.channel(channel) if channel else None
            row: dict[str, Any] = {
                "id": derived_id("snap", channel or "", start.isoformat()), "channel_id": channel_id,
                "window_start": start, "window_end": start + DAY, "created_at": NOW,
                "content": {"counts": {"messages": 9, "speakers": 5}, "dimensions": {}, "sentiment": None},
            }  # fmt: skip
            found = unit.find(AtmosphereSnapshot, row["id"])
            points = {**(found.points if found else {}), measure: [value, 0.01, 30]}
            unit.upsert(AtmosphereSnapshot, [{**row, "points": points}])
        if unit.find(Message, "today") is None:
            unit.add(
                Message(
                    id="today", channel_id=room.channel(), external_id="today", text="早", mentions=[],
                    sender_id=room.member("a"), sent_at=NOW,
                )
            )  # fmt: skip


def rows(store: Store, table: Any) -> list[Any]:
    with store.read("c") as unit:
        return list(unit.session.scalars(select(table)))


def test_a_fall_opens_one_alert_with_one_step(room: Room, alerts: AlertService) -> None:
    past(room, [*STEADY, *FALLEN])
    assert alerts.look("c").opened == 1
    (one,) = alerts.listed("c").items
    assert (one.kind, one.dimension, one.measure, one.status) == (
        "change", "satisfaction", "net_sentiment", "open"
    )  # fmt: skip
    assert one.room.channel_name == "Main"
    assert one.opened_at == TODAY - DAY  # the end of the second bad day
    assert one.sentence.startswith("“Main”的情绪变低了：-0.35，平时约 0.2")
    assert one.step.passage_id == "room-actions#2"
    assert one.step.draft_id == "room-messages#1"
    assert (one.step.who, one.step.status) == ("值班运营", "waiting")
    assert "2%" in one.false_alarms
    assert one.effect is None


def test_looking_again_changes_nothing_and_going_on_renews_it(room: Room, alerts: AlertService) -> None:
    past(room, [*STEADY, *FALLEN])
    alerts.look("c")
    again = alerts.look("c")
    assert (again.opened, again.updated, again.closed, again.held_back) == (0, 0, 0, 0)
    assert len(rows(room.store, Alert)) == 1


def test_it_closes_when_the_room_is_itself_again_and_people_s_word_stays(room: Room, alerts: AlertService) -> None:
    past(room, [*STEADY, *FALLEN])
    alerts.look("c")
    (one,) = alerts.listed("c").items
    alerts.decide("c", one.id, "taken", "私聊了", actor="key_1")
    # Ten good days later; the newest message moves on with them.
    with room.store.write("c") as unit:
        unit.get(Message, "today").sent_at = NOW + 10 * DAY
        for at in range(10):
            start = TODAY + at * DAY
            unit.add(
                AtmosphereSnapshot(
                    id=f"later-{at}", channel_id=room.channel(), window_start=start, window_end=start + DAY,
                    created_at=NOW, content={"counts": {"messages": 9, "speakers": 5}},
                    points={"net_sentiment": [0.2 + at / 100, 0.01, 30]},
                )
            )  # fmt: skip
    report = alerts.look("c")
    assert (report.opened, report.closed) == (0, 1)
    closed = alerts.get("c", one.id)
    assert (closed.status, closed.step.status, closed.step.note) == ("closed", "taken", "私聊了")
    assert closed.closed_at is not None
    assert closed.effect is not None
    # Before: three bad days and four good; after: seven good ones, the day of the step counting for neither.
    assert (closed.effect.days_before, closed.effect.days_after) == (7, 7)
    assert closed.effect.after == pytest.approx(sum(0.2 + at / 100 for at in range(1, 8)) / 7, abs=1e-4)
    assert closed.effect.difference is not None
    assert closed.effect.low is not None
    assert closed.effect.high is not None
    assert closed.effect.low < closed.effect.difference < closed.effect.high
    assert "不能说明是这一步起了作用" in closed.effect.sentence


def test_a_steady_or_short_or_empty_room_has_none(room: Room, alerts: AlertService) -> None:
    assert alerts.look("c").opened == 0
    past(room, STEADY)
    assert alerts.look("c").opened == 0
    assert alerts.listed("c").items == []


def test_the_same_change_in_the_whole_is_listed_as_held_back(room: Room, alerts: AlertService) -> None:
    past(room, [*STEADY, *FALLEN])
    past(room, [*STEADY, -0.32, -0.36, -0.3], channel=None)
    report = alerts.look("c")
    assert (report.opened, report.held_back) == (2, 1)
    (held,) = alerts.listed("c", held_back=True).items
    assert held.held_back == "same_change"
    assert len(alerts.listed("c", held_back=False).items) == 1


def test_the_budget_goes_to_the_most_serious(room: Room, alerts: AlertService) -> None:
    alerts.configure("c", AlertSettings(budget=1, takers={"satisfaction": "小满"}), actor="key_1")
    past(room, [*STEADY, *FALLEN])
    past(room, [0.6 + value / 10 for value in STEADY] + [0.3, 0.25, 0.3], measure="substantive_share")
    assert alerts.look("c").held_back == 1
    (told,) = alerts.listed("c", held_back=False).items
    (held,) = alerts.listed("c", held_back=True).items
    assert (told.measure, held.measure, held.held_back) == ("net_sentiment", "substantive_share", "budget")
    assert told.seriousness > held.seriousness
    assert (told.step.who, held.step.who) == ("小满", "值班运营")


def test_webhooks_are_told_of_announced_open_alerts_by_ids_and_figures(room: Room, alerts: AlertService) -> None:
    with room.store.write("c") as unit:
        unit.add(
            Webhook(
                id="whk_1", url="https://example.org", events=["alert.opened"], status="active", secret="s",
                created_by="k", created_at=NOW,
            )
        )  # fmt: skip
    past(room, [*STEADY, *FALLEN])
    alerts.look("c")
    alerts.look("c")
    (delivery,) = rows(room.store, WebhookDelivery)
    assert delivery.event == "alert.opened"
    assert delivery.payload["measure"] == "net_sentiment"
    assert "值班" not in str(delivery.payload)
    actions = {row.action for row in rows(room.store, AuditEntry)}
    assert "atmosphere:alert:opened" in actions


def test_a_heated_thread_is_deferred_to_people(room: Room, alerts: AlertService) -> None:
    room.chatter(250, minute=-3 * 24 * 60)
    ids = [room.say("ab"[n % 2], n, sentiment=SAD) for n in range(6)]
    alerts.look("c")
    (one,) = alerts.listed("c").items
    assert (one.kind, one.measure, one.status) == ("thread", "heat", "open")
    assert set(one.found.evidence) <= set(ids)
    assert "可能要吵起来：2 个人" in one.sentence
    assert one.step.passage_id == "room-actions#7"
    assert not any(name in one.model_dump_json() for name in (room.member("a"), room.member("b")))
    taken = alerts.decide("c", one.id, "taken", actor="key_1")
    assert taken.effect is not None
    assert taken.effect.before is None


def test_what_it_rested_on_was_recalled_so_it_closes(room: Room, alerts: AlertService) -> None:
    room.chatter(250, minute=-3 * 24 * 60)
    ids = [room.say("ab"[n % 2], n, sentiment=SAD) for n in range(6)]
    alerts.look("c")
    with room.store.write("c") as unit:
        for row in unit.get_many(Message, ids).values():
            row.recalled_at = NOW
    assert alerts.look("c").closed == 1
    assert alerts.listed("c", status="open").items == []


def test_a_step_is_decided_once(room: Room, alerts: AlertService) -> None:
    past(room, [*STEADY, *FALLEN])
    alerts.look("c")
    (one,) = alerts.listed("c").items
    with pytest.raises(InvalidInput):
        alerts.decide("c", one.id, "dismissed", " ", actor="k")
    with pytest.raises(InvalidInput):
        alerts.decide("c", one.id, "taken", "字" * 501, actor="k")
    dismissed = alerts.decide("c", one.id, "dismissed", "大家都在放假", actor="k")
    assert dismissed == alerts.decide("c", one.id, "dismissed", "大家都在放假", actor="other")
    with pytest.raises(Conflict):
        alerts.decide("c", one.id, "taken", actor="k")
    with pytest.raises(NotFound):
        alerts.get("c", "alr_missing")


def test_another_community_sees_none_of_it(room: Room, store: Store, alerts: AlertService) -> None:
    past(room, [*STEADY, *FALLEN])
    alerts.look("c")
    (one,) = alerts.listed("c").items
    with store.system(write=True) as session:
        session.add(Community(id="o", slug="o", name="O", locale="en", created_at=NOW))
    assert alerts.listed("o").items == []
    assert alerts.look("o").opened == 0
    for ask in (lambda: alerts.get("o", one.id), lambda: alerts.decide("o", one.id, "taken")):
        with pytest.raises(NotFound):
            ask()


def test_an_english_community_is_told_in_english(room: Room, store: Store, alerts: AlertService) -> None:
    with store.system(write=True) as session:
        row = session.get(Community, "c")
        assert row is not None
        row.locale = "en"
    past(room, [*STEADY, *FALLEN], channel=None)
    alerts.look("c")
    (one,) = alerts.listed("c").items
    assert one.sentence.startswith("The mood in the whole community has fallen")
    assert one.step.who == "operator on duty"
    assert one.step.heading.startswith("Negative mood")


def test_operators_without_the_section_get_the_figure_and_no_step(room: Room, store: Store) -> None:
    alerts = AlertService(store, KnowledgeBase([], []))
    past(room, [*STEADY, *FALLEN])
    alerts.look("c")
    (one,) = alerts.listed("c").items
    assert (one.step.passage_id, one.step.draft_id, one.step.draft) == (None, None, "")


def test_every_step_has_its_passage_and_draft_in_both_languages() -> None:
    from copilot.atmosphere.alert_views import _STEPS
    from copilot.atmosphere.alert_wording import CHANGE

    knowledge = KnowledgeBase.load([knowledge_dir()])
    assert set(_STEPS) == set(CHANGE["zh-CN"]) == set(CHANGE["en"])
    for names in _STEPS.values():
        for name in names:
            for locale in ("zh-CN", "en"):
                assert knowledge.passage(name, locale).text


def test_a_group_is_watched_as_one_room(room: Room, alerts: AlertService, clock: FixedClock) -> None:
    with room.store.write("c") as unit:
        unit.get(Channel, room.channel("main")).attributes = {"group": "华东"}
    past(room, [*STEADY, *FALLEN])
    with room.store.write("c") as unit:
        for row in unit.session.scalars(select(AtmosphereSnapshot)):
            row.channel_id, row.group = None, "华东"
    alerts.look("c")
    (one,) = alerts.listed("c").items
    assert (one.room.group, one.room.channel_id) == ("华东", None)
    assert "华东" in one.sentence
