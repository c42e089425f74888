"""The console in a browser: a moderator's and an operator's day, the first run, accessibility, a lost connection.

It needs Debian's chromium; where there is none the tests are skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from copilot.cli.console_links import LinkFor, make
from copilot.community.models import Role
from copilot.settings import Settings
from tests.api.console.hostile import hostile_community
from tests.system.conftest import Prepared
from tests.system.running import Service, serving

playwright = pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright")
_CHROMIUM = Path("/usr/bin/chromium")
_AXE = Path(__file__).parents[1] / "api" / "console" / "vendor" / "axe-4.14.1.min.js"
_PAGES = ("overview", "moderation", "moderation?status=all", "moderation/second-opinions", "moderation/appeals", "atmosphere", "atmosphere/people", "atmosphere/alerts", "moderation/measures", "moderation/backtests", "settings", "settings/thresholds", "settings/thresholds/insult", "settings/pairs", "settings/drafting", "settings/model", "settings/keys", "settings/webhooks", "recognition", "recognition/ledger", "recognition/rewards", "weekly", "jobs", "start", "audit", "welcome", "ask", "plans", "events", "topics", "topics/members", "topics/outreach", "people", "people?q=a", "teams", "rounds", "rotations", "ventures", "resources", "resources/reminders", "resources/duplicates", "resources/figures", "resources/figures?by=class", "loans", "partners", "cards", "recognition/circles")  # fmt: skip
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not _CHROMIUM.exists(), reason="there is no /usr/bin/chromium"),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def service(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = prepared.copy_to(tmp_path_factory.mktemp("console") / "var")
    from copilot.services import Services

    services = Services(Settings(data_dir=folder))
    secret = hostile_community(services)
    services.close()
    (folder / "hostile.key").write_text(secret)
    with serving(folder) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(_CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, service: Service) -> Iterator[Any]:
    """Return a maker of pages; whatever a page complains of in its console is a failure."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def make_page(key: str = "", *, width: int = 1440, language: str = "zh-CN", theme: str = "light") -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale=language, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on(
            "console",
            lambda m: complaints.append(m.text) if m.type == "error" and "status of 4" not in m.text else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
        page.goto(f"{service.url}/console/sign-in")
        page.get_by_role("button", name="English" if language == "en" else "中文").click()
        if key:
            page.fill("input[name=key]", key)
            page.click(".door-card button.primary")
            page.wait_for_selector(".sidebar", state="attached")
        return page

    yield make_page
    for context in contexts:
        context.close()
    # A connection that a test cuts, and a form that is refused, are complained of by the browser and by htmx; nothing else may be.
    expected = ("htmx:", "Response Status Error Code 4")
    assert [said for said in complaints if "net::ERR_" not in said and not said.startswith(expected)] == []


def _visit(page: Any, service: Service, path: str) -> None:
    page.goto(f"{service.url}/console/{path}")
    page.locator("[aria-busy=true]").first.wait_for(state="detached")


def _violations(page: Any) -> list[str]:
    """Return what axe finds that is serious. It is run by the browser's own hand: the page's policy lets no script in."""
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": _AXE.read_text()})
    found = page.context.new_cdp_session(page).send(
        "Runtime.evaluate",
        {
            "expression": "axe.run().then(r => JSON.stringify(r.violations))",
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    violations = json.loads(found["result"]["value"])
    return [
        f"{page.url} {one['id']}: {one['nodes'][0]['html'][:150]} {one['nodes'][0]['failureSummary'][:200]}"
        for one in violations
        if one["impact"] in {"serious", "critical"}
    ]


def _overflow(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize(("width", "language", "theme"), [(1440, "zh-CN", "light"), (390, "en", "dark")])
def test_every_page_is_usable_without_eyes_or_mouse_and_fits_its_window(
    open_page: Any, service: Service, prepared: Prepared, width: int, language: str, theme: str
) -> None:
    page = open_page(width=width, language=language, theme=theme)
    found = _violations(page)
    page = open_page(prepared.keys["admin"], width=width, language=language, theme=theme)
    for number, path in enumerate(_PAGES):
        _visit(page, service, path)
        # The checker takes seconds a page: each page has it in one of the two ways to look at it.
        if number % 2 == (width == 390):
            found += _violations(page)
        assert _overflow(page) <= 0, path
    _visit(page, service, "moderation")
    page.locator(".case-row").first.click()
    page.wait_for_selector("[data-case]")
    found += _violations(page)
    assert _overflow(page) <= 0
    assert found == []


def test_a_moderator_works_through_a_case_by_keyboard(open_page: Any, service: Service, prepared: Prepared) -> None:
    page = open_page(prepared.keys["moderator"])
    page.wait_for_selector("[data-queue]")
    for key in ("j", "j", "k", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("[data-case]")
    assert "/console/moderation/cases/cas_" in page.url
    page.keyboard.press("c")
    page.wait_for_selector(".countdown")
    page.locator(".countdown", has_text=re.compile(r"^(29|30):\d\d$")).wait_for()
    page.keyboard.press("n")
    page.keyboard.press("s")
    page.wait_for_selector("[data-status=decided]")
    page.locator(".is-decided .case-row").wait_for()
    page.keyboard.press("u")
    page.wait_for_selector("[data-status=open]")
    page.keyboard.press("3")
    page.wait_for_selector("input[name=action][value=warning]:checked")
    page.keyboard.press("v")
    page.keyboard.press("s")  # a violation without a reason: said beside the form, and nothing else changes
    page.wait_for_selector("#decide .problem")
    assert page.locator("[data-status=open]").count() == 1


def test_words_that_hurt_are_shown_only_when_asked_for(open_page: Any, service: Service, prepared: Prepared) -> None:
    page = open_page(prepared.keys["moderator"])
    _visit(page, service, "moderation")
    page.select_option("select[name=blur]", "all")
    page.wait_for_selector(".excerpt.blurred")
    page.locator(".case-row").first.click()
    page.wait_for_selector("[data-words].blurred-lines")
    page.keyboard.press("b")
    page.wait_for_selector("[data-words]:not(.blurred-lines)")
    page.keyboard.press("c")  # the panel is drawn anew; what one asked to see stays in sight
    page.wait_for_selector(".lease-mine")
    page.wait_for_selector("[data-words]:not(.blurred-lines)")
    page.get_by_role("button", name="交还").click()
    page.wait_for_selector("[data-status=open]")


def test_an_operator_starts_the_day(open_page: Any, service: Service, prepared: Prepared) -> None:
    page = open_page(prepared.keys["operator"], width=390)
    page.wait_for_selector(".dim .bar")
    _visit(page, service, "weekly")
    page.get_by_role("button", name="做本周周报").click()
    page.wait_for_selector(".newest")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="打开并打印").click()
    opened.value.wait_for_selector("h1")
    page.click("[data-menu]")
    page.get_by_role("link", name="概览").click()
    page.wait_for_selector(".actions li")
    _visit(page, service, "atmosphere")
    page.wait_for_selector("[data-chart] canvas")


def test_a_lost_connection_is_said_where_it_was_lost(open_page: Any, service: Service, prepared: Prepared) -> None:
    page = open_page(prepared.keys["moderator"])
    _visit(page, service, "moderation")
    page.locator(".case-row").nth(1).click()
    page.wait_for_selector("[data-case]")
    page.fill("#decide textarea", "写了一半的理由")
    page.context.set_offline(True)
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("s")
    page.wait_for_selector("#decide .problem")
    assert page.input_value("#decide textarea") == "写了一半的理由"
    page.context.set_offline(False)
    page.keyboard.press("s")
    page.wait_for_selector("[data-status=decided]")


def test_the_first_run_goes_from_a_link_to_the_overview(
    open_page: Any, service: Service, prepared: Prepared, tmp_path: Path
) -> None:
    made = make(Settings(data_dir=service.data_dir), "qihang", LinkFor(Role.ADMIN), setup=True)
    page = open_page()
    page.goto(made["url"])
    page.fill("input[name=name]", "第一个社区")
    page.fill("input[name=slug]", "first")
    page.click("button.primary")
    page.wait_for_url("**/console/start")
    for number, file in enumerate((prepared.sample / "members.csv", prepared.sample / "chat" / "main.chatlab.jsonl")):
        form = page.locator("form[data-drop]").nth(number)
        form.locator("input[type=file]").set_input_files(str(file))
        form.locator("button").click()
        page.locator(".job-done").nth(number).wait_for(timeout=240_000)
    page.locator(
        "#there-chat", has_text=re.compile(r"已有 [1-9]\d* 条消息")
    ).wait_for()  # without loading the page anew
    page.get_by_role("link", name="去看概览").click()
    page.wait_for_selector(".dim .bar")


def test_a_link_from_the_command_line_lets_in_once(open_page: Any, service: Service) -> None:
    made = make(Settings(data_dir=service.data_dir), "qihang", LinkFor(Role.MODERATOR), setup=False)
    page = open_page()
    page.goto(made["url"])
    page.click("button.primary")
    page.wait_for_url("**/console/moderation")
    late = open_page()
    late.goto(made["url"])
    assert late.locator("button.primary").count() == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_hostile_words_run_nothing_and_the_layout_holds(open_page: Any, service: Service, width: int) -> None:
    page = open_page((service.data_dir / "hostile.key").read_text(), width=width)
    # Where there is room, whatever holds on a phone holds: there the pages of single records are enough.
    cases = (f"moderation/cases/hostile_cas{n}" for n in range(0, 30, 3))
    paths = [
        *(_PAGES if width == 390 else _PAGES[:4]),
        *cases,
        "messages/hostile_msg26",
        "people/hostile_mem3",
        "resources/hostile_res0",
        "loans/hostile_loa",
        "loans/hostile_loa/agreement",
        "agreements/hostile_agr",
        "settings/webhooks/hostile_whk",
    ]
    for path in paths:
        _visit(page, service, path)
        assert page.evaluate("window.pwned") is None, path
        assert _overflow(page) <= 0, path
