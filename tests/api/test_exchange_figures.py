"""Trust, figures and agreements over HTTP: who may see and do what, and that bad input is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import World
from tests.api.test_resources import add, request

SWAP = {
    "template": "swap", "texts": [{"field": "in_return", "text": "拍一天照 <b>"}],
    "days": [{"field": "due_on", "day": "2026-12-01"}],
}  # fmt: skip


def test_an_agreement_over_http_from_template_to_document(world: World) -> None:
    keys = [item["key"] for item in world.get("member", "/agreement-templates").json()["items"]]
    assert keys == ["introduction_fee", "revenue_share", "swap", "write_up"]
    loan = request(world, add(world, title="约定测试相机"), 20, 22).json()
    path = f"/loans/{loan['id']}/agreements"
    made = world.post("member", path, SWAP)
    assert made.status_code == 201, made.text
    view = made.json()
    accept = f"/agreements/{view['id']}/accept"
    said = {"content_hash": view["content_hash"]}
    assert world.post("member", accept, said).json()["waiting_for"] == ["lender"]
    again = world.post("member", accept, said)
    assert (again.status_code, again.json()["detail"]) == (409, "这一方已经同意过这一版。")
    assert world.post("member", accept, {**said, "side": "lender"}).status_code == 403
    noted = world.post("operator", accept, {**said, "side": "lender"}).json()
    assert noted["status"] == "in_force"
    assert {item["side"]: item["by_operator"] for item in noted["accepted"]} == {"lender": True, "borrower": False}
    page = world.get("member", f"/agreements/{view['id']}/document", format="html")
    assert "sandbox" in page.headers["Content-Security-Policy"] and "<b>" not in page.text
    assert "不是法律意见" in world.get("member", f"/agreements/{view['id']}/document").text
    assert [item["id"] for item in world.get("operator", path).json()["items"]] == [view["id"]]
    assert world.get("moderator", f"/agreements/{view['id']}").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {**SWAP, "more": 1},
        {**SWAP, "shares": [{"party": "nobody", "basis_points": 1}]},
        {"numbers": [{"field": "fee", "number": "12"}]},
        {"numbers": [{"field": "fee", "number": 1.5}]},
        {"days": [{"field": "due_on", "day": 20_000}]},
        {"texts": [{"field": "Due On", "text": "x"}]},
    ],
)
def test_a_draft_of_another_form_is_refused(world: World, body: dict[str, Any]) -> None:
    assert world.post("operator", "/loans/loa_none/agreements", body).status_code == 422


def test_trust_shows_strangers_counts_and_oneself_everything(world: World) -> None:
    own = world.get("member", f"/members/{world.member_id}/trust").json()
    assert [item["name"] for item in own["components"]] == [
        "co_operation", "endorsements", "confirmed_returns", "on_time", "disputes",
    ]  # fmt: skip
    other = world.get("member", f"/members/{world.other_member_id}/trust").json()
    assert all(item["records"] == [] or item["seen_by"] == "members" for item in other["components"])
    assert world.get("operator", "/members/mem_nobody/trust").status_code == 404


def test_figures_are_for_operators_and_come_as_csv_too(world: World) -> None:
    found = world.get("operator", "/resource-figures", by="class").json()
    assert found["lines"] and len(found["definitions"]) == 6
    answer = world.get("operator", "/resource-figures", by="class", format="csv")
    rows = answer.text.splitlines()
    assert rows[0].startswith("\ufeffstart,end,by") and len(rows) == 1 + 6 * len(found["lines"])
    assert world.get("member", "/resource-figures").status_code == 403
    assert world.get("member", "/resource-demand").status_code == 403
    for params in (
        {"start": "2026-02-01", "end": "2026-01-01"},
        {"start": "2020-01-01"},
        {"by": "score"},
        {"end": "0001-01-02"},
    ):
        assert world.get("operator", "/resource-figures", **params).status_code == 422, params


def test_wishes_far_from_the_library_stand_with_the_nearest_resource(world: World) -> None:
    found = world.get("operator", "/resource-demand").json()
    leads = [item["lead"] for item in found["by_meaning"]]
    assert found["wishes"] > 20 and leads == sorted(leads) and len(leads) <= 50
    assert all(item["nearest_resource_id"] for item in found["by_meaning"])
