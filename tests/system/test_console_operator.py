"""An operator's day in a browser: ask, draft through a lost connection, edit, publish, and the door on a phone.

It needs Debian's chromium; where there is none the tests are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from copilot.community.tables import Event
from copilot.services import Services
from copilot.settings import Settings
from tests.system.conftest import Prepared
from tests.system.running import Service, serving

playwright = pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright")
_CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not _CHROMIUM.exists(), reason="there is no /usr/bin/chromium"),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def service(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = prepared.copy_to(tmp_path_factory.mktemp("operator") / "var")
    services = Services(Settings(data_dir=folder))
    with services.store.write(prepared.community_id) as unit:
        starts = unit.now + timedelta(minutes=30)
        unit.add(Event(id="evt_tonight", code="TONIGHT", title="今晚的沙龙", format="talk", status="published", starts_at=starts, ends_at=starts + timedelta(hours=2), city="深圳", capacity=30, created_at=unit.now))  # fmt: skip
    services.close()
    with serving(folder) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(_CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, service: Service, prepared: Prepared) -> Iterator[Any]:
    contexts: list[Any] = []

    def make_page(width: int) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{service.url}/console/sign-in")
        page.fill("input[name=key]", prepared.keys["operator"])
        page.click(".door-card button.primary")
        page.wait_for_selector(".sidebar", state="attached")
        return page

    yield make_page
    for context in contexts:
        context.close()


def _fits(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_plan_is_drafted_through_a_lost_connection_edited_and_published(open_page: Any, service: Service) -> None:
    page = open_page(1440)
    page.goto(f"{service.url}/console/ask")
    page.fill("#ask-text", "下个月第一个周六在深圳办60人的AI路演沙龙，预算2万，两小时")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/ask/inq_*")
    page.context.set_offline(True)
    page.wait_for_timeout(2_500)
    page.context.set_offline(False)
    page.get_by_role("link", name="打开编辑").click()
    page.wait_for_selector("#agenda .strip")
    assert _fits(page)
    page.locator("#facts .editor summary").last.click()
    page.fill("#facts input[name=title]", "路演之夜")
    page.locator("#facts .editor[open] button.primary").click()
    page.get_by_role("heading", name="路演之夜").wait_for()
    page.locator("#budget [data-wish-for]").click()
    assert page.input_value("#request") == "预算减少20%"
    page.fill("#request", "预算压到1万")
    page.locator(".ask-change button.primary").click()
    page.locator("#change blockquote").wait_for()
    page.locator("#agenda > .card-head .lock").click()
    page.wait_for_selector("#agenda > .card-head .lock-whole")
    # By keyboard: the page was loaded anew, and goes on where it was.
    assert page.evaluate("document.activeElement.value") == "agenda"
    page.locator(".export > summary").press("Enter")
    page.wait_for_selector(".export[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector(".export:not([open])")
    page.locator("#change a[href$=differences]").click()
    page.locator(".differences ins", has_text="10,000").first.wait_for()
    assert _fits(page)
    page.go_back()
    page.get_by_role("button", name="发布活动").click()
    page.wait_for_url("**/console/events/evt_*")
    assert _fits(page)


def test_the_door_is_kept_on_a_phone(open_page: Any, service: Service) -> None:
    page = open_page(390)
    page.goto(f"{service.url}/console/events/evt_tonight/door?q=a")
    page.wait_for_selector(".code-big")
    assert _fits(page)
    button = page.locator(".door-button").first
    assert button.bounding_box()["height"] >= 44
    button.click()
    page.locator(".door-in").first.wait_for()
    page.locator(".came strong", has_text="1").wait_for(timeout=8_000)  # sooner than it is asked for by itself
    for path in ("ask", "plans", "events", "topics", "topics/members", "topics/outreach", "events/evt_tonight"):
        page.goto(f"{service.url}/console/{path}")
        assert _fits(page), path
