"""What moderators do at the desk, by the forms they see. Cases are given back as they were found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from copilot.community.access import create_key
from copilot.community.models import Role
from tests.api.conftest import World
from tests.api.console.visitor import Markup, Visitor

HX = {"HX-Request": "true"}


@pytest.fixture
def path(world: World) -> Iterator[str]:
    """The address of an open case with a known sender, which nobody holds."""
    cases = world.get("moderator", "/cases", status="open", limit=50).json()["items"]
    case = next(one for one in reversed(cases) if one["member_id"])
    yield f"/console/moderation/cases/{case['id']}"
    world.post("admin", f"/cases/{case['id']}/undo", {"reason": "test"})


def test_a_case_is_claimed_decided_and_undone(world: World, visitors: dict[str, Visitor], path: str) -> None:
    desk = visitors["moderator"]
    claimed = desk.send(f"{path}/claim", {}, shown_on=path, **HX)
    assert claimed.status_code == 200 and "data-until=" in claimed.text and "<html" not in claimed.text
    assert visitors["admin"].send(f"{path}/claim", {}).status_code == 409
    form = {
        "verdict": "violation",
        "action": "warning",
        "reason": "请对事不对人",
        "clause_id": "P1",
        "mute_hours": "24",
    }
    decided = desk.send(f"{path}/decide", form, **HX)
    assert decided.status_code == 200 and 'data-status="decided"' in decided.text and "请对事不对人" in decided.text
    assert desk.send(f"{path}/decide", form).status_code == 409
    undone = desk.send(f"{path}/undo", {"reason": "看错了"}, **HX)
    assert 'data-status="open"' in undone.text
    subject = path.rpartition("/")[2]
    log = Markup(visitors["admin"].get(f"/console/audit?subject={subject}").text).text
    assert all(word in log for word in ("case.claimed", "case.decided"))
    assert world.get("moderator", f"/cases/{subject}").json()["case"]["status"] == "open"


def test_the_form_works_without_scripts(visitors: dict[str, Visitor], path: str) -> None:
    answer = visitors["moderator"].send(f"{path}/decide", {"verdict": "no_violation"}, shown_on=path)
    assert (answer.status_code, answer.headers["location"]) == (303, path)


def test_what_is_missing_is_said_in_the_visitors_language(visitors: dict[str, Visitor], path: str) -> None:
    desk = visitors["moderator"]
    for form in (
        {},
        {"verdict": "violation"},
        {"verdict": "violation", "action": "mute", "reason": "r", "mute_hours": "x"},
    ):
        answer = desk.send(f"{path}/decide", form, **HX)
        assert answer.status_code == 422 and 'class="problem"' in answer.text


def test_a_removal_is_proposed_and_another_person_confirms_it(
    world: World, visitors: dict[str, Visitor], path: str
) -> None:
    with world.services.store.write(world.community_id) as unit:
        secret = create_key(unit, "second pair of eyes", Role.MODERATOR).secret
    other = Visitor.of(world.client.app).sign_in(secret)
    form = {"verdict": "violation", "action": "removal", "reason": "第三次了", "clause_id": "P1"}
    proposed = visitors["moderator"].send(f"{path}/decide", form, **HX)
    assert 'data-status="decided"' not in proposed.text
    assert "/confirm" not in proposed.text and "撤回提议" in proposed.text  # who proposed it can only take it back
    shown = Markup(other.get(path, **HX).text)
    (confirm,) = {str(a["action"]) for _, a in shown.tags if str(a.get("action", "")).endswith("/confirm")}
    assert "第三次了" in other.get("/console/moderation/second-opinions").text
    assert visitors["moderator"].send(confirm, {}, **HX).status_code == 409  # nobody confirms what they proposed
    assert 'data-status="decided"' in other.send(confirm, {}, **HX).text


def test_whoever_comes_second_sees_who_holds_a_case_and_cannot_decide_it(
    world: World, visitors: dict[str, Visitor], path: str
) -> None:
    with world.services.store.write(world.community_id) as unit:
        secret = create_key(unit, "late shift", Role.MODERATOR).secret
    other = Visitor.of(world.client.app).sign_in(secret)
    held = visitors["moderator"].send(f"{path}/claim", {}, **HX).text
    assert 'id="decide"' in held and 'id="waiting" hx-swap-oob="true"' in held
    shown = other.get(path, **HX).text
    assert 'id="decide"' not in shown and "别人正在处理" in shown
    refused = other.send(f"{path}/claim", {}, **HX)
    assert refused.status_code == 409 and "moderator 正在处理这个案例，到 2026-11-16" in refused.text
    assert visitors["moderator"].send(f"{path}/release", {}, **HX).status_code == 200
    again = visitors["moderator"].send(f"{path}/release", {}, **HX)
    assert again.status_code == 409 and "不用交还" in again.text


def test_hard_words_are_blurred_as_the_moderator_wants(visitors: dict[str, Visitor], path: str) -> None:
    desk = visitors["moderator"]
    for blur, is_blurred in (("all", True), ("none", False), ("severe", None)):
        assert desk.send("/console/moderation/wellness", {"blur": blur}).status_code == 303
        page = desk.get(path).text
        if is_blurred is not None:
            assert ("blurred-lines" in page) is is_blurred
            assert ('class="excerpt blurred"' in page) is is_blurred
    assert desk.send("/console/moderation/wellness", {"blur": "some"}).status_code == 422


def test_the_queue_goes_on_where_it_ended(world: World, visitors: dict[str, Visitor]) -> None:
    rows = visitors["moderator"].get("/console/moderation?status=all").text
    assert rows.count('class="case-row severity') == min(
        30, len(world.get("moderator", "/cases", limit=200).json()["items"])
    )
    only = visitors["moderator"].get("/console/moderation?status=all&category=insult&reported=1&mine=1").text
    assert 'class="case-row severity' not in only


def test_files_are_read_in_the_background_and_the_card_says_how_far(world: World, visitors: dict[str, Visitor]) -> None:
    operator = visitors["operator"]
    content = "谁,name,wants\nM900,新来的,场地\n".encode()
    answer = operator.client.post(
        "/console/start/imports", data={"csrf": operator.token("/console/start"), "kind": "members", "mapping": "谁 ＝ external_id"},
        files={"file": ("members.csv", content)}, headers=HX,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    card = answer.text.partition('id="job-')[2].partition('"')[0]
    world.jobs.wait(world.community_id, card)
    shown = operator.get(f"/console/jobs/{card}")
    assert "job-done" in shown.text and "hx-trigger" not in shown.text and shown.headers["hx-trigger"] == "job-over"
    assert "新增 1，更新 0，未变 0" in Markup(shown.text).text
    counts = operator.get("/console/start", **HX).text
    assert 'id="there-members" hx-swap-oob="true"' in counts and "<main" not in counts
    unclear = operator.client.post("/console/start/imports", data={"csrf": operator.token("/console/start"), "mapping": "谁"}, files={"file": ("m.csv", content)}, headers=HX)  # fmt: skip
    assert unclear.status_code == 422 and "一行一条" in unclear.text
    empty = operator.client.post("/console/start/imports", data={"csrf": operator.token("/console/start")}, files={"file": ("m.csv", b"")}, headers=HX)  # fmt: skip
    assert empty.status_code == 422 and 'class="problem"' in empty.text
    assert operator.send(f"/console/jobs/{card}/cancel", {}, **HX).status_code == 409


def test_what_is_wrong_with_a_file_or_a_row_is_said_in_the_readers_language(
    world: World, visitors: dict[str, Visitor]
) -> None:
    operator = visitors["operator"]
    for kind, content, zh, en in (
        ("chat", "external_id,name\nM901,x\n", "里面不是聊天记录", "does not hold chat"),
        ("members", "external_id,name,joined_on\nM902,x,someday\n", "要写成日期", "must be a date"),
    ):
        sent = operator.client.post(
            "/console/start/imports", data={"csrf": operator.token("/console/start"), "kind": kind},
            files={"file": ("f.csv", content.encode())}, headers=HX,
        )  # fmt: skip
        card = sent.text.partition('id="job-')[2].partition('"')[0]
        world.jobs.wait(world.community_id, card)
        for language, words in (("zh-CN", zh), ("en", en)):
            operator.client.cookies.set("console_language", language, path="/console")
            assert words in Markup(operator.get(f"/console/jobs/{card}").text).text
        operator.client.cookies.delete("console_language")


@pytest.mark.slow
def test_the_weeks_report_is_made_and_opened_as_a_page_to_print(visitors: dict[str, Visitor]) -> None:
    operator = visitors["operator"]
    assert operator.send("/console/weekly", {}).headers["location"] == "/console/weekly"
    page = operator.get("/console/weekly").text
    address = page.partition('href="/console/weekly/')[2].partition('"')[0]
    report = operator.get(f"/console/weekly/{address}")
    policy = report.headers["content-security-policy"]
    assert report.status_code == 200 and "sandbox" in policy
    assert "allow-scripts" not in policy and "allow-same-origin" not in policy
    # What it names it opens, beside it; no id stands alone.
    assert '<small><a href="/console/messages/msg_' in report.text and "<small>msg_" not in report.text
    assert '<ol class="actions"' in operator.get("/console/overview/actions").text
    assert visitors["moderator"].get(f"/console/weekly/{address}").status_code == 403
