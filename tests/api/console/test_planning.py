"""Ask, plans, events with their door, and topics: what operators do there, by the forms they see."""

from __future__ import annotations

import html
import re
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from api.console.intents import Intent, named_in, read_intent
from api.console.plan_drawing import timeline
from copilot.community.access import create_key
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig, Role
from copilot.community.tables import Event, Member
from tests.api.conftest import World
from tests.api.console.hostile import HOSTILE
from tests.api.console.visitor import Markup, Visitor

HX = {"HX-Request": "true"}


def _ask(visitor: Visitor, text: str, intent: str = "") -> str:
    """Ask, wait until there is an answer, and return its address."""
    asked = visitor.send("/console/ask", {"text": text, "intent": intent}, shown_on="/console/ask", **HX)
    assert asked.status_code == 204, asked.text
    path = asked.headers["hx-redirect"]
    until = time.monotonic() + 30
    while "data-under-way" in visitor.get(path, **HX).text:
        assert time.monotonic() < until
        time.sleep(0.05)
    return path


@pytest.fixture(scope="module")
def operator(world: World) -> Visitor:
    return Visitor.of(world.client.app).sign_in(world.keys["operator"])


@pytest.fixture
def plan(operator: Visitor) -> str:
    """The address of a plan that was drafted from the box."""
    answer = operator.get(_ask(operator, "12月12日在深圳办60人的AI路演沙龙，预算2万，两小时")).text
    return re.findall(r'href="(/console/plans/plan_[a-z0-9]+)"', answer)[0]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("下周六在深圳办一场60人的AI路演沙龙，预算2万", Intent.PLAN), ("Plan a dinner for 20 people", Intent.PLAN),
        ("谁做过跨境电商？", Intent.PEOPLE), ("找一个能办沙龙的人", Intent.PEOPLE), ("who can host a workshop", Intent.PEOPLE),
        ("Who could write something, and on what topics?", Intent.TOPICS), ("谁可以写写出海？", Intent.TOPICS),
        ("给小满几个选题", Intent.TOPICS), ("What could Lin write about?", Intent.TOPICS),
        ("这周群里怎么样", Intent.ROOM), ("how is the room", Intent.ROOM), ("小程序开发", Intent.PEOPLE), ("", Intent.PEOPLE),
    ],
)  # fmt: skip
def test_what_is_wanted_is_read_from_the_words(text: str, intent: Intent) -> None:
    assert read_intent(text) is intent


def test_a_name_within_a_longer_one_is_not_meant() -> None:
    names = [("a", "小满"), ("b", "林小满"), ("c", "李"), ("d", "Ann")]
    assert named_in("给林小满几个选题", names) == ["b"]
    assert set(named_in("林小满和小满，还有ANN", names)) == {"a", "b", "d"}
    assert named_in("", names) == []


def test_every_intent_is_answered_with_its_sources_and_the_page_to_go_on(operator: Visitor) -> None:
    for text, intent, leads_to in (
        ("谁懂跨境电商？", "", "/console/people"), ("这周氛围怎么样", "", "/console/atmosphere"),
        ("给谁几个选题", "", "/console/topics/members/"), ("随便一句话", "room", "/console/atmosphere"),
    ):  # fmt: skip
        path = _ask(operator, text, intent)
        page = operator.get(path)
        assert page.status_code == 200 and leads_to in page.text
        assert Markup(page.text).dangers() == []
    assert 'aria-pressed="true"' in page.text  # the choice is shown


def test_a_timeline_names_the_day_where_the_community_is(world: World, plan: str) -> None:
    content = world.services.events.get(world.community_id, plan.rpartition("/")[2]).content
    # Half past seven in the evening in Los Angeles is the next day in UTC.
    evening = datetime(2026, 12, 13, 3, 30, tzinfo=UTC)
    moved = content.model_copy(update={"starts_at": evening, "timezone": "America/Los_Angeles"})
    assert [one.on for one in timeline(moved) if one.kind == "event"] == [date(2026, 12, 12)]


def test_a_question_is_its_askers_own_and_can_be_stopped(operator: Visitor, visitors: dict[str, Visitor]) -> None:
    path = _ask(operator, "谁懂法务？")
    assert visitors["admin"].get(path).status_code == 404
    assert visitors["admin"].send(f"{path}/stop", {}).status_code == 404
    # What a page shows already is not sent again: two stages, no words, over.
    assert operator.get(f"{path}?seen=2-0-1-0", **HX).status_code == 204
    assert operator.get(f"{path}?seen=1-0-0-0", **HX).status_code == 200
    assert operator.send(f"{path}/stop", {}, **HX).status_code == 200


def test_a_brief_that_cannot_be_planned_is_said_in_place(operator: Visitor) -> None:
    page = operator.get(_ask(operator, "办一场60人的沙龙，预算1元，12月12日深圳", "plan")).text
    assert 'class="problem"' in page and "data-under-way" not in page


def test_a_plan_is_edited_locked_redrafted_compared_brought_back_and_exported(operator: Visitor, plan: str) -> None:
    page = operator.get(plan).text
    for section in ("facts", "agenda", "budget", "roles", "promotion", "prep_tasks", "run_sheet", "risks", "sources"):
        assert f'id="{section}"' in page
    playbook = re.findall(r'href="/console/settings/drafting#(playbook-[a-z_]+)"', page)[0]
    assert f'id="{playbook}"' in operator.get("/console/settings/drafting").text
    edited = operator.send(
        f"{plan}/edit", {"section": "texts", "title": "改过的标题", "goal": _goal(operator, plan), "lock": "1"}, **HX
    )
    assert edited.status_code == 204, edited.text
    second = edited.headers["hx-redirect"].partition("#")[0]
    assert "改过的标题" in operator.get(second).text and "第 2 版" in operator.get(second).text
    assert operator.send(f"{plan}/edit", {"section": "texts", "title": "晚了一步"}).status_code == 409
    revised = operator.send(f"{second}/revise", {"request": "预算压到1万"}, **HX)
    assert revised.status_code == 204, revised.text
    third = revised.headers["hx-redirect"].partition("#")[0]
    shown = operator.get(third).text
    assert "改过的标题" in shown and "预算压到1万" in shown
    listed = operator.get("/console/plans").text
    assert third in listed and f'{second}"' not in listed and f'{plan}"' not in listed  # a plan stands there once
    assert operator.send(f"{third}/lock", {"address": "agenda"}, **HX).headers["hx-refresh"] == "true"
    assert 'lock-whole" aria-pressed="true"' in operator.get(third).text
    assert operator.send(f"{third}/lock", {"address": "agenda"}, **HX).status_code == 204
    assert operator.send(f"{third}/lock", {"address": "run_sheet"}, **HX).status_code == 422
    differs = operator.get(f"{third}/differences").text
    assert "<del>20,000 元</del>" in differs and "<ins>10,000 元</ins>" in differs
    # Moments, lists and fields are said as people say them.
    assert not re.search(r"T\d\d:\d\d|\{&#39;|start_minute|_cents|depends_on", Markup(differs).text)
    first_id = plan.rpartition("/")[2]
    assert operator.get(f"{third}/differences?from={first_id}").status_code == 200
    back = operator.send(f"{third}/restore", {"to": first_id}, **HX)
    assert back.status_code == 204
    restored = operator.get(back.headers["hx-redirect"].partition("#")[0]).text
    assert "改过的标题" not in re.findall(r"<h1[^>]*>(.*?)</h1>", restored)[0]
    for form in ("docx", "html", "markdown", "ics", "json", "csv&part=budget"):
        file = operator.get(f"{third}/export?format={form}")
        assert file.status_code == 200 and "attachment" in file.headers["content-disposition"]


def _goal(operator: Visitor, plan: str) -> str:
    page = operator.get(f"{plan}/editor?section=texts", **HX).text
    return Markup(re.findall(r'<textarea name="goal"[^>]*>(.*?)</textarea>', page, re.DOTALL)[0]).text


def test_the_form_of_every_part_is_fetched_when_it_is_opened_and_is_a_page_without_scripts(
    operator: Visitor, visitors: dict[str, Visitor], plan: str
) -> None:
    page = operator.get(plan).text
    assert page.count("<form") < 12 and len(page.encode()) < 150_000
    addresses = [html.unescape(one) for one in re.findall(r'<a href="(/console/plans/[^"]+/editor[^"]+)"', page)]
    sections = {re.findall("section=([a-z_]+)", one)[0] for one in addresses}
    assert sections >= {"facts", "texts", "agenda", "budget", "roles", "promotion", "prep_tasks", "follow_up", "risks", "interactions", "feedback_questions"}  # fmt: skip
    for address in {re.findall("section=([a-z_]+)", one)[0]: one for one in addresses}.values():
        part, whole = operator.get(address, **HX), operator.get(address)
        assert part.status_code == whole.status_code == 200 and "<html" not in part.text and "<h1" in whole.text
        assert f'action="{plan}/edit"' in part.text and part.text in whole.text
        assert Markup(whole.text).dangers() == []
    assert operator.get(f"{plan}/editor?section=agenda&key=nothing").status_code == 422
    assert operator.get(f"{plan}/editor?section=nonsense").status_code == 422
    assert visitors["moderator"].get(addresses[0]).status_code == 403


@pytest.mark.parametrize(
    "form",
    [
        {"section": "agenda", "key": "nothing", "minutes": "10"}, {"section": "texts"}, {"section": "nonsense"},
        {"section": "facts", "headcount": "NaN"}, {"section": "facts", "budget": "1e999"}, {"section": "facts", "budget": "-5"},
        {"section": "facts", "starts_on": "2026-13-01"}, {"section": "promotion", "key": "x", "title": "t"},
        {"section": "texts", "title": "t" * 290}, {"section": "feedback_questions", "lines": ""},
    ],
)  # fmt: skip
def test_what_a_plan_cannot_hold_is_refused_in_words(operator: Visitor, plan: str, form: dict[str, str]) -> None:
    answer = operator.send(f"{plan}/edit", form, **HX)
    assert answer.status_code == 422 and answer.headers["x-request-id"] in answer.text
    assert Markup(answer.text).dangers() == []


def test_hostile_words_in_a_plan_stay_words(operator: Visitor, plan: str) -> None:
    here = plan
    for text in (HOSTILE[3], HOSTILE[12], HOSTILE[19]):
        answer = operator.send(f"{here}/edit", {"section": "interactions", "lines": text + "\n" + HOSTILE[8]}, **HX)
        assert answer.status_code in {204, 422}
        here = answer.headers.get("hx-redirect", here).partition("#")[0]
        for path in (here, f"{here}/differences"):
            assert Markup(operator.get(path).text).dangers() == []


def test_a_plan_becomes_an_event(operator: Visitor, world: World, plan: str) -> None:
    published = operator.send(f"{plan}/publish", {}, **HX)
    assert published.status_code == 204, published.text
    event = published.headers["hx-redirect"]
    assert "/console/events/evt_" in event
    found = operator.get(f"{event}?q=a").text
    assert found.count("sign-ups") > 1
    form = {"member_id": world.member_id}
    assert operator.send(f"{event}/sign-ups", form, **HX).status_code == 204
    assert world.member_id in operator.get(event).text
    assert operator.get(f"{event}/sign-ups.csv").status_code == 200
    assert operator.send(f"{event}/sign-ups/cancel", form, **HX).status_code == 204
    assert operator.send(f"{event}/review", {}, **HX).status_code == 409
    assert operator.get(f"{event}/door").status_code == 200  # it says when it opens
    assert operator.send(f"{event}/door/check-ins", form, **HX).status_code == 409
    assert operator.send(f"{event}/cancel", {"reason": "场地没了"}, **HX).status_code == 204
    assert "场地没了" in operator.get(event).text


@pytest.fixture(scope="module")
def evening(world: World) -> tuple[Visitor, str, list[str]]:
    """An operator at the door of an event of a community of its own that begins in half an hour."""
    services = world.services
    community_id = create_community(services.store, CommunityConfig(slug="doors", name="Doors", locale="en"))
    with services.store.write(community_id) as unit:
        secret = create_key(unit, "door", Role.OPERATOR).secret
        ids = [f"mem_door{n}" for n in range(3)]
        for n, member_id in enumerate(ids):
            name = HOSTILE[3] if n == 2 else f"Guest {n}"
            unit.add(Member(id=member_id, platform="p", external_id=str(n), name=name, created_at=unit.now))
        starts = unit.now + timedelta(minutes=30)
        for event_id, begins in (("evt_door", starts), ("evt_past", unit.now - timedelta(days=3))):
            unit.add(Event(id=event_id, code=event_id, title="Evening", format="talk", status="published", starts_at=begins, ends_at=begins + timedelta(hours=2), city="", capacity=2, created_at=unit.now))  # fmt: skip
    return Visitor.of(world.client.app).sign_in(secret), "/console/events/evt_door", ids


def test_the_door_lets_in_by_a_button_and_by_the_code(evening: tuple[Visitor, str, list[str]]) -> None:
    visitor, event, (first, second, third) = evening
    for member_id in (first, second, third):
        assert visitor.send(f"{event}/sign-ups", {"member_id": member_id}).status_code == 303
    page = visitor.get(f"{event}/door").text
    code = re.findall(r'class="code-big"[^>]*>([^<]+)<', page)[0]
    assert Markup(page).dangers() == [] and page.count("door-button") >= 3
    assert "Guest 1" not in visitor.get(f"{event}/door?q=guest 0").text.partition("code-entry")[0]
    done = visitor.send(f"{event}/door/check-ins", {"member_id": first}, **HX)
    assert done.status_code == 200 and "Guest 0" in done.text and "<html" not in done.text
    assert done.headers["hx-trigger"] == "came" and "came from:body" in page  # the count follows at once
    wrong = visitor.send(f"{event}/door/check-ins", {"member_id": second, "code": "??????"}, **HX)
    assert wrong.status_code == 422
    by_code = visitor.send(f"{event}/door/check-ins", {"member_id": second, "code": f" {code.lower()} "}, **HX)
    assert by_code.status_code == 200
    assert visitor.send(f"{event}/door/check-ins", {"member_id": third}, **HX).status_code == 409  # full
    assert "<strong>2</strong>" in visitor.get(f"{event}/door/code", **HX).text
    assert visitor.send(f"{event}/door/check-ins", {"member_id": ""}, **HX).status_code == 422


def test_people_are_reminded_by_drafts_to_copy_and_the_event_goes_into_a_calendar(
    evening: tuple[Visitor, str, list[str]], world: World
) -> None:
    visitor, event, (_, _, third) = evening
    visitor.send(f"{event}/sign-ups", {"member_id": third})
    page = visitor.get(f"{event}/reminders")
    assert page.status_code == 200 and Markup(page.text).dangers() == []
    assert f"{event}/reminders" in visitor.get(event).text
    waiting = visitor.get(f"{event}/reminders?kind=waiting").text
    assert "data-copy-button" in page.text + waiting and 'aria-current="page">Waiting list' in waiting
    # Nobody is told that a past event is soon.
    over = visitor.get("/console/events/evt_past/reminders?kind=attend").text
    assert 'aria-current="page">Ask what they thought' in over and "Nobody to write to" in over
    assert visitor.get(f"{event}/reminders?kind=shout").status_code == 422
    entry = visitor.get(f"{event}/calendar.ics")
    assert entry.headers["content-type"].startswith("text/calendar") and b"Evening" in entry.content
    for path in ("reminders", "calendar.ics"):
        assert visitor.get(f"/console/events/evt_none/{path}").status_code == 404
        assert Visitor.of(world.client.app).sign_in(world.keys["operator"]).get(f"{event}/{path}").status_code == 404
        assert Visitor.of(world.client.app).sign_in(world.keys["member"]).get(f"{event}/{path}").status_code == 403


def test_spending_and_review_of_an_event_that_is_over(evening: tuple[Visitor, str, list[str]]) -> None:
    visitor, _, _ = evening
    event = "/console/events/evt_past"
    for bad in ("NaN", "-1", "1e99", "twelve"):
        assert visitor.send(f"{event}/spending", {"spent.more0": bad, "title.more0": "Cake"}, **HX).status_code == 422
    assert visitor.send(f"{event}/spending", {}, **HX).status_code == 422
    kept = visitor.send(
        f"{event}/spending", {"spent.more0": "1,200.50", "title.more0": "Cake", "note.more0": HOSTILE[3]}, **HX
    )
    assert kept.status_code == 204, kept.text
    page = visitor.get(event).text
    assert "1200.50" in page and Markup(page).dangers() == []
    assert visitor.send(f"{event}/review", {"summary": "Good", "lessons": "One\nTwo"}, **HX).status_code == 204
    page = visitor.get(event).text
    assert "Two" in page and 'class="bars"' in page
    assert visitor.send(f"{event}/review", {"lessons": "x\n" * 9}, **HX).status_code == 422


def test_topics_are_suggested_asked_for_and_written_from_notes(operator: Visitor, world: World) -> None:
    filled = operator.send("/console/topics/outreach", {"quota": "3"}, **HX)
    assert filled.status_code == 204, filled.text
    page = operator.get("/console/topics/outreach").text
    asks = re.findall(r'action="(/console/topics/outreach/[a-z0-9_]+)"', page)
    assert asks and "data-copy-button" in page
    sent = operator.send(asks[0], {"status": "sent"}, **HX)
    assert sent.status_code == 200 and 'value="accepted"' in sent.text and "<html" not in sent.text
    assert operator.send(asks[0], {"status": "draft"}, **HX).status_code == 422
    topic = re.findall(r'href="(/console/topics/top_[a-z0-9]+)"', page)[0]
    assert operator.get(topic).status_code == 200
    arranged = operator.send(
        f"{topic}/posts",
        {"notes": "去年我做过三次。第一次失败了，因为没有测试。第二次先找十个人试用，转化从2%到5%。"},
        **HX,
    )
    assert arranged.status_code in {204, 422}, arranged.text
    member = re.findall(r'href="(/console/topics/members/mem_[a-z0-9]+)"', page)[0]
    assert operator.get(member).status_code == 200
    for paused in ("1", ""):
        assert operator.send(f"{member}/pause", {"paused": paused}, **HX).status_code == 204


def test_other_communities_have_no_such_plans_events_or_topics(world: World, plan: str) -> None:
    stranger = Visitor.of(world.client.app).sign_in(world.keys["stranger"])
    for path in (
        plan,
        f"{plan}/differences",
        f"{plan}/export",
        "/console/events/evt_door",
        "/console/events/evt_door/door",
    ):
        assert stranger.get(path).status_code == 404
