"""A member's day in a browser, on a phone: a match, an introduction, a sign-up, a consent, the way out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from copilot.community.access import create_key
from copilot.community.models import Role
from copilot.community.tables import Event, Match, Member
from copilot.services import Services
from copilot.settings import Settings
from tests.system.conftest import Prepared
from tests.system.running import Service, serving

playwright = pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright")
_CHROMIUM = Path("/usr/bin/chromium")
_AXE = Path(__file__).parents[1] / "api" / "console" / "vendor" / "axe-4.14.1.min.js"
_PAGES = (
    "me",
    "me/events",
    "me/topics",
    "me/data",
    "me/introductions",
    "me/points",
    "me/boards",
    "me/resources",
    "me/resources?of=mine",
    "me/loans",
    "me/loans?side=lent",
    "me/data/erase",
    "cards",
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not _CHROMIUM.exists(), reason="there is no /usr/bin/chromium"),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def service(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on which one member is proposed to another, and an event is coming."""
    folder = prepared.copy_to(tmp_path_factory.mktemp("member") / "var")
    services = Services(Settings(data_dir=folder))
    now = datetime.now(UTC)
    with services.store.write(prepared.community_id) as unit:
        open_ones = select(Member.id).where(Member.consent_match.is_(True), Member.consent_ai.is_(True), Member.visibility == "community")  # fmt: skip
        asker, asked = unit.session.scalars(open_ones.order_by(Member.external_id).limit(2)).all()
        unit.add(Match(id="mat_browser", member_id=asker, kind="member", target_id=asked, score=0.9, created_at=now, proposed_at=now, updated_at=now))  # fmt: skip
        unit.add(Event(id="evt_browser", code="EVB", title="浏览器里的聚会", format="talk", status="published", starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=3, hours=2), capacity=1, created_at=now))  # fmt: skip
        keys = {name: create_key(unit, name, Role.MEMBER, member_id=who).secret for name, who in (("asker", asker), ("asked", asked))}  # fmt: skip
    from copilot.matching.models import Verdict

    services.matching.feedback(prepared.community_id, "mat_browser", asker, Verdict.ACCEPT, "")
    services.close()
    (folder / "members.json").write_text(json.dumps(keys))
    with serving(folder) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(_CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Any, service: Service) -> Iterator[Any]:
    """Return a maker of signed-in phones; what a page complains of in its console is a failure."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def sign_in(name: str, *, width: int = 390, language: str = "zh-CN", theme: str = "light") -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 844}, locale=language, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(f"{service.url}/console/sign-in")
        page.get_by_role("button", name="English" if language == "en" else "中文").click()
        page.fill("input[name=key]", json.loads((service.data_dir / "members.json").read_text())[name])
        page.click(".door-card button.primary")
        page.wait_for_url("**/console/me")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []


def _ready(page: Any) -> None:
    for _ in range(page.locator("[aria-busy=true]").count()):
        page.locator("[aria-busy=true]").first.wait_for(state="detached")


def _violations(page: Any) -> list[str]:
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": _AXE.read_text()})
    asked = {"expression": "axe.run().then(r => JSON.stringify(r.violations))", "awaitPromise": True, "returnByValue": True}  # fmt: skip
    found = json.loads(session.send("Runtime.evaluate", asked)["result"]["value"])
    return [f"{page.url} {one['id']} {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in {"serious", "critical"}]  # fmt: skip


@pytest.mark.parametrize(("width", "language", "theme"), [(390, "zh-CN", "light"), (1440, "en", "dark")])
def test_a_members_pages_fit_their_window_and_are_usable_without_eyes_or_mouse(
    phone: Any, service: Service, width: int, language: str, theme: str
) -> None:
    page = phone("asked", width=width, language=language, theme=theme)
    found = []
    for path in _PAGES:
        page.goto(f"{service.url}/console/{path}")
        _ready(page)
        found += _violations(page)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path
    assert found == []


def test_a_member_answers_signs_up_and_says_what_is_allowed(phone: Any, service: Service) -> None:
    page = phone("asked")
    _ready(page)
    page.locator(".asked-row").get_by_role("button", name="同意认识").click()
    page.wait_for_url("**/console/me/introductions/*")
    page.locator(".badge", has_text="已认识").first.wait_for()
    page.goto(f"{service.url}/console/me/events")
    row = page.locator(".event-row", has_text="浏览器里的聚会")
    row.get_by_role("button", name="报名").click()
    row.locator(".badge", has_text="已报名").wait_for()
    page.goto(f"{service.url}/console/me/data")
    switch = page.get_by_role("switch", name="参与匹配")
    assert switch.get_attribute("aria-checked") == "true"
    switch.click()
    page.locator("[role=switch][aria-labelledby=allow-consent_match][aria-checked=false]").wait_for()
    page.reload()
    assert page.get_by_role("switch", name="参与匹配").get_attribute("aria-checked") == "false"


def test_a_member_offers_something_and_another_asks_for_it(phone: Any, service: Service) -> None:
    owner, asker = phone("asked", width=1440), phone("asker")
    owner.goto(f"{service.url}/console/me/resources?of=mine")
    owner.fill("input[name=title]", "浏览器里的激光切割机")
    owner.get_by_role("button", name="提供", exact=True).click()
    owner.wait_for_url("**/me/resources/res_*")
    asker.goto(f"{service.url}/console/me/resources?q=激光切割机")
    asker.get_by_role("link", name="浏览器里的激光切割机").click()
    asker.get_by_role("button", name="提交申请").click()
    asker.wait_for_url("**/loans/loa_*")
    owner.goto(f"{service.url}/console/me/loans?side=lent")
    owner.get_by_role("link", name="浏览器里的激光切割机").click()
    owner.get_by_role("button", name="答应").click()
    owner.get_by_role("button", name="交付").wait_for()
    found = _violations(owner)
    owner.get_by_role("link", name="提出约定").click()
    owner.wait_for_selector("select[name=template]")
    assert found + _violations(owner) == []


def test_a_member_takes_everything_along_and_leaves(phone: Any, service: Service) -> None:
    page = phone("asker")
    page.goto(f"{service.url}/console/me/data")
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载全部").click()
    assert json.loads(Path(saved.value.path()).read_text())["records"]["profile_text"]
    page.get_by_role("link", name="删除我的一切").click()
    page.fill("input[name=word]", "删除")
    page.get_by_role("button", name="立刻删除").click()
    page.locator(".proof").wait_for()
    page.goto(f"{service.url}/console/me")
    page.wait_for_url("**/console/sign-in**")
