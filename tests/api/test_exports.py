"""Plans as files and events as calendars over HTTP."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import docx
import icalendar
import pytest

from copilot.community.tables import Event, Signup
from tests.api.conftest import World
from tests.conftest import NOW


@pytest.fixture(scope="module")
def plan(world: World) -> dict[str, Any]:
    return dict(
        world.post("operator", "/event-plans", {"brief": "12月5日下午两点深圳40人AI沙龙，预算2万，两小时"}).json()
    )


@pytest.fixture(scope="module")
def event_id(world: World) -> str:
    with world.services.store.write(world.community_id) as unit:
        unit.add(
            Event(
                id="evt_feed", code="FEED", title="成员日历测试", format="salon", starts_at=NOW + timedelta(days=9),
                ends_at=NOW + timedelta(days=9, hours=2), city="深圳", goal="认识十个人", host_id=world.member_id,
                created_at=NOW,
            )
        )  # fmt: skip
        unit.session.flush()
        unit.add(Signup(id="sgn_feed", event_id="evt_feed", member_id=world.member_id, signed_up_at=NOW))
    return "evt_feed"


def export(world: World, plan: dict[str, Any], **params: str) -> Any:
    return world.get("operator", f"/event-plans/{plan['id']}/export", **params)


def test_every_form_opens_with_its_own_library(world: World, plan: dict[str, Any]) -> None:
    title = plan["content"]["title"]
    word = docx.Document(io.BytesIO(export(world, plan, format="docx").content))
    assert word.paragraphs[0].text == title
    page = export(world, plan, format="html")
    assert f"<title>{title}</title>" in page.text
    assert "sandbox" in page.headers["content-security-policy"]
    entry = icalendar.Calendar.from_ical(export(world, plan, format="ics").content).walk("VEVENT")[0]
    assert str(entry["summary"]) == title
    assert entry["status"] == "TENTATIVE"
    assert json.loads(export(world, plan, format="json").content)["content"]["title"] == title
    assert export(world, plan).text.startswith(f"# {title}")
    table = export(world, plan, format="csv", part="run_sheet")
    assert table.content.startswith(b"\xef\xbb\xbf")
    assert next(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))[0] == "日期"
    assert table.headers["content-disposition"] == f'attachment; filename="plan-{plan["id"]}-run_sheet.csv"'


@pytest.mark.parametrize(
    "params",
    [{"format": "pdf"}, {"format": "csv"}, {"format": "html", "part": "budget"}, {"format": "csv", "part": "all"}],
)
def test_an_unknown_form_or_part_is_refused(world: World, plan: dict[str, Any], params: dict[str, str]) -> None:
    assert export(world, plan, **params).status_code == 422


def test_a_feed_shows_events_under_its_own_address_until_it_is_revoked(world: World, event_id: str) -> None:
    made = world.post("operator", "/calendar-feeds", {"name": "成员日历"}).json()
    assert made["path"] == f"/calendars/{made['token']}.ics"
    read = world.client.get(made["path"])
    assert read.status_code == 200, read.text
    assert read.headers["content-type"] == "text/calendar; charset=utf-8"
    entries = {str(item["uid"]): item for item in icalendar.Calendar.from_ical(read.content).walk("VEVENT")}
    mine = entries[f"{event_id}@community-copilot"]
    assert (str(mine["summary"]), mine["sequence"], mine["status"]) == ("成员日历测试", 0, "CONFIRMED")
    name = world.get("operator", f"/members/{world.member_id}").json()["name"]
    assert name not in read.text
    again = world.client.get(made["path"], headers={"If-None-Match": read.headers["etag"]})
    assert again.status_code == 304

    cancelled = world.post("operator", f"/events/{event_id}/cancel", {"reason": "场地临时关闭"})
    assert cancelled.status_code == 200, cancelled.text
    changed = world.client.get(made["path"], headers={"If-None-Match": read.headers["etag"]})
    mine = next(
        item for item in icalendar.Calendar.from_ical(changed.content).walk("VEVENT")
        if str(item["uid"]).startswith(event_id)
    )  # fmt: skip
    assert (mine["sequence"], mine["status"]) == (1, "CANCELLED")

    listed = world.get("operator", "/calendar-feeds").json()["items"]
    (shown,) = (item for item in listed if item["id"] == made["id"])
    assert shown["last_read_at"]
    assert made["token"] not in json.dumps(listed)
    revoked = world.client.delete(f"{world.path}/calendar-feeds/{made['id']}", headers=world.headers("operator"))
    assert revoked.json()["revoked_at"]
    assert world.client.get(made["path"]).status_code == 404


@pytest.mark.parametrize("token", ["cal_x", "cal_" + "a" * 43, "..%2f", "%00", "cal_" + "é" * 43])
def test_a_guessed_address_leads_nowhere(world: World, token: str) -> None:
    assert world.client.get(f"/calendars/{token}.ics").status_code == 404


def test_the_secret_is_not_kept_for_replays(world: World) -> None:
    twice = [
        world.post("operator", "/calendar-feeds", {"name": "x"}, **{"Idempotency-Key": "feed-1"}).json()
        for _ in range(2)
    ]
    assert twice[0]["id"] != twice[1]["id"]


def test_feeds_belong_to_who_may_write_events_here(world: World) -> None:
    made = world.post("operator", "/calendar-feeds", {"name": "mine"}).json()
    for role, status in (("member", 403), ("moderator", 403), ("stranger", 404)):
        assert world.post(role, "/calendar-feeds", {"name": "x"}).status_code == status
        assert world.get(role, "/calendar-feeds").status_code == status
        path = f"{world.path}/calendar-feeds/{made['id']}"
        assert world.client.delete(path, headers=world.headers(role)).status_code == status
    assert world.post("operator", "/calendar-feeds", {"name": " "}).status_code == 422
    assert (
        world.client.delete(f"{world.path}/calendar-feeds/none", headers=world.headers("operator")).status_code == 404
    )


def test_sign_ups_are_a_table_that_runs_nothing(world: World, event_id: str) -> None:
    answer = world.get("operator", f"/events/{event_id}/signups.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["姓名"], row["状态"]) for row in rows] == [
        (world.get("operator", f"/members/{world.member_id}").json()["name"], "going")
    ]
    at = datetime.fromisoformat(world.get("operator", f"/events/{event_id}/signups").json()["items"][0]["signed_up_at"])
    assert rows[0]["报名时间"] == at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
    assert world.get("operator", "/events/none/signups.csv").status_code == 404
    assert world.get("member", f"/events/{event_id}/signups.csv").status_code == 403
    assert world.get("stranger", f"/events/{event_id}/signups.csv").status_code == 404


def test_an_event_is_a_calendar_file_for_members_too(world: World, event_id: str) -> None:
    answer = world.get("member", f"/events/{event_id}/calendar.ics")
    assert icalendar.Calendar.from_ical(answer.content).walk("VEVENT")[0]["uid"] == f"{event_id}@community-copilot"
    assert world.get("moderator", f"/events/{event_id}/calendar.ics").status_code == 403
    assert world.get("member", "/events/none/calendar.ics").status_code == 404
