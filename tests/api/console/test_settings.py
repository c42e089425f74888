"""What people set, and what is shown once. Whatever is changed here is a community of its own or put back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import pytest

from api.console.catalogue import LANGUAGES, texts_of
from copilot.assets import prompts_dir
from copilot.community.access import create_key
from copilot.community.creation import create_community
from copilot.community.models import Category, CommunityConfig, Role, RuleKind
from copilot.community.outbox import EVENTS
from copilot.community.tables import Member
from copilot.errors import ModelError, ModelTimeout
from copilot.moderation.calibrating.operating import operating_curve
from copilot.prompts import PromptLibrary
from copilot.recognition.season_models import AwardStatus, BoardKind, RedemptionStatus, RewardKind
from copilot.webhooks.models import TEST_EVENT, DeliveryStatus, WebhookStatus
from tests.api.conftest import World
from tests.api.console.conftest import ROLES
from tests.api.console.desk_places import DATA
from tests.api.console.visitor import Markup, Visitor

HX = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def desk(world: World) -> Visitor:
    """An admin of a small community in English."""
    store = world.services.store
    community_id = create_community(store, CommunityConfig(slug="desk", name="Desk", locale="en"))
    with store.write(community_id) as unit:
        for n, name in enumerate(("Ann", "Ben", "Ann")):
            unit.add(Member(id=f"desk_mem{n}", platform="p", external_id=f"D{n}", name=name, created_at=unit.now))
        secret = create_key(unit, "desk", Role.ADMIN).secret
    return Visitor.of(world.client.app).sign_in(secret)


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
@pytest.mark.parametrize("path", DATA)
def test_figures_of_charts_are_for_whom_the_page_is(visitors: dict[str, Visitor], path: str, role: str) -> None:
    expected = 303 if role == "nobody" else 200 if role in DATA[path] else 403
    answer = visitors[role].get(path)
    assert answer.status_code == expected
    if expected == 200:
        assert answer.headers["content-type"] == "application/json"


def test_a_key_is_shown_once_and_works_until_it_is_revoked(world: World, desk: Visitor) -> None:
    made = desk.send("/console/settings/keys", {"name": "night", "role": "moderator", "days": "3"}, **HX)
    assert made.headers["hx-trigger"] == "made"  # the list below asks for itself anew
    secret = Markup(made.text).text.split("cpk_")[1].split()[0].removesuffix("Copy")
    assert made.headers["cache-control"] == "no-store"
    listed = desk.get("/console/settings/keys").text
    assert "night" in listed and secret not in listed
    other = Visitor.of(world.client.app).sign_in(f"cpk_{secret}")
    assert other.get("/console/moderation").status_code == 200
    (path,) = {str(a["action"]) for _, a in Markup(listed).tags if str(a.get("action", "")).endswith("/revoke")}
    assert desk.send(path, {}, **HX).headers["hx-redirect"] == "/console/settings/keys"
    assert other.get("/console/moderation").status_code == 303
    for form in ({"name": "x", "role": "member", "member": "Ann"}, {"name": "x", "role": "operator", "days": "0"}):
        assert desk.send("/console/settings/keys", form, **HX).status_code == 422


def test_terms_are_put_in_force_and_nonsense_is_refused(desk: Visitor) -> None:
    form = {"two_for_action": "removal", "step_0_strikes": "2", "step_0_action": "mute", "step_0_hours": "12"}
    assert desk.send("/console/settings/terms", {**form, "appeal_days": "21"}).status_code == 303
    page = desk.get("/console/settings").text
    assert 'name="appeal_days" min="0" max="90" inputmode="numeric" value="21"' in page and 'value="12"' in page
    for wrong in ({"appeal_days": "x"}, {"appeal_days": "NaN"}, {"step_0_hours": ""}, {"two_for_action": "none"}):
        assert desk.send("/console/settings/terms", {**form, **wrong}, **HX).status_code == 422


def test_a_pair_is_named_by_name_or_id_and_a_name_of_two_is_refused(desk: Visitor) -> None:
    pair = {"kind": "cannot_match", "first": "Ben", "second": "D0", "note": "<b>why</b>"}
    assert desk.send("/console/settings/pairs", pair).status_code == 303
    page = desk.get("/console/settings/pairs").text
    assert "&lt;b&gt;why" in page
    twice = desk.send("/console/settings/pairs", {**pair, "second": "Ann"}, **HX)
    assert twice.status_code == 422 and "Several members" in twice.text
    (path,) = {str(a["action"]) for _, a in Markup(page).tags if str(a.get("action", "")).endswith("/remove")}
    assert desk.send(path, {}).status_code == 303


def test_a_webhooks_secret_is_shown_once_and_its_log_says_what_was_sent(desk: Visitor) -> None:
    made = desk.send("/console/settings/webhooks", {"url": "http://127.0.0.1:9/x", "events": ["case.opened"]}, **HX)
    path = next(str(a["href"]) for tag, a in Markup(made.text).tags if tag == "a")
    assert "whsec_" in made.text and "whsec_" not in desk.get(path).text
    assert desk.send(f"{path}/test", {}).status_code == 303
    assert texts_of("en")("hook.delivery_failed") in desk.get(path).text
    desk.client.cookies.set("console_language", "zh-CN", path="/console")
    assert "没有送达" in desk.get(path).text and "Not delivered" not in desk.get(path).text
    desk.client.cookies.delete("console_language")
    assert desk.send(f"{path}/remove", {}).status_code == 303
    assert desk.send("/console/settings/webhooks", {"url": "https://example.org"}, **HX).status_code == 422


def test_a_model_that_is_not_configured_is_said_in_place(desk: Visitor) -> None:
    answer = desk.send("/console/settings/model/test", {}, **HX)
    assert answer.status_code == 404 and "No model endpoint" in answer.text


def test_texts_of_drafts_are_in_the_readers_language_or_the_one_asked_for(desk: Visitor) -> None:
    assert "路演" not in desk.get("/console/settings/drafting").text
    asked = desk.get("/console/settings/drafting?texts=zh-CN").text
    assert "路演" in asked and texts_of("en")("drafting.not_used") in Markup(asked).text
    assert desk.get("/console/settings/drafting?texts=fr").status_code == 422


def test_a_season_has_boards_teams_and_rewards(desk: Visitor) -> None:
    form = {"name": "Autumn", "starts": "2026-11-01", "ends": "2026-12-01"}
    season = desk.send("/console/recognition/seasons", form).headers["location"]
    path = season.replace("?season=", "/seasons/")
    team = {"name": "T", "project": "p", "members": "Ben\nD0", "milestones": "one\ntwo"}
    assert desk.send(f"{path}/teams", team).status_code == 303
    page = Markup(desk.get(season).text)
    steps = sorted(str(a["action"]) for _, a in page.tags if "/milestones/" in str(a.get("action", "")))
    assert len(steps) == 2 and desk.send(steps[0], {"done": "yes"}).status_code == 303
    assert "✓ one" in desk.get(season).text
    assert desk.send(f"{path}/awards", {}).status_code == 303
    settled = desk.send("/console/recognition/ledger/settle", {})
    assert settled.status_code == 303
    assert "Settled" in desk.get(settled.headers["location"]).text
    assert desk.send("/console/recognition/slots", {}).status_code == 409  # nobody has points yet
    assert desk.send("/console/recognition/rewards", {"title": "Bag", "cost": "5", "stock": "2"}).status_code == 303
    assert "Bag" in desk.get("/console/recognition/rewards").text
    assert desk.get("/console/recognition/ledger?member=Ben").status_code == 200
    assert desk.get("/console/recognition?season=ssn_x").status_code == 404


@pytest.mark.parametrize("role", ["member", "moderator", "care"])
@pytest.mark.parametrize("path", ["/console/recognition/ledger/settle", "/console/recognition/slots"])
def test_who_may_not_write_points_is_refused(visitors: dict[str, Visitor], path: str, role: str) -> None:
    assert visitors[role].send(path, {}).status_code == 403


def test_without_decisions_there_is_no_curve(world: World) -> None:
    with world.services.store.read(world.services.store.community_id("other")) as unit:
        assert all(operating_curve(unit, category) == [] for category in Category)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_settings_bring_has_its_text(language: str) -> None:
    known = texts_of(language).keys()
    families: dict[str, Iterable[str]] = {
        "hook_event.": [one.replace(".", "_") for one in (*EVENTS, TEST_EVENT)], "pairs.kind_": RuleKind,
        "hook.status_": get_args(WebhookStatus), "hook.delivery_": get_args(DeliveryStatus),
        "model.state_": ("closed", "open", "half_open"), "award.status_": get_args(AwardStatus),
        "season.board_": get_args(BoardKind), "season.state_": ("coming", "running", "over"),
        "reward.kind_": get_args(RewardKind), "reward.status_": get_args(RedemptionStatus),
        "ledger.reason_": ("gamed", "mistake", "taken_back"), "network.role_": ("answers", "connects", "calms"),
        "backtest.kind_": ("threshold", "pattern", "detector", "model"), "key.may_": Role,
        "model.why_": [kind.code for kind in (ModelError, ModelTimeout, *ModelError.__subclasses__())],
        "feature.": [prompt.id.replace("/", "_") for prompt in PromptLibrary.load(prompts_dir()).all()],
    }  # fmt: skip
    assert {f"{beginning}{word}" for beginning, words in families.items() for word in words} <= known


def test_a_clause_is_written_changed_cited_and_taken_out_and_each_step_is_in_the_log(desk: Visitor) -> None:
    path = "/console/settings/policy"
    for bad in (
        {"id": "P1"}, {"id": "not an id", "title_en": "x"}, {"id": "P1", "title_en": "x" * 101},
        {"id": "P1", "title_en": "x", "text_en": "x" * 2001}, {"id": "P1", "title_en": "x", "category": "nonsense"},
    ):  # fmt: skip
        assert desk.send(path, bad, **HX).status_code == 422, bad
    for title in ("No spam", "<script>alert(1)</script>"):
        saved = desk.send(path, {"id": "P1", "title_en": title, "text_en": "Not here.", "category": "spam"}, **HX)
        assert saved.headers["hx-redirect"] == "/console/settings"
        page = desk.get("/console/settings").text
        assert title in Markup(page).text and Markup(page).dangers() == []
    log = desk.get("/console/audit").text
    assert log.count("policy.clause_saved") == 2 and "No spam" in log  # what was there before the change
    assert desk.send(f"{path}/P1/remove", {}, **HX).status_code == 204
    assert desk.send(f"{path}/P1/remove", {}, **HX).status_code == 404
    assert "clause-id" not in desk.get("/console/settings").text
