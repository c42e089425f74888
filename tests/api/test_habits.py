"""The habits every route shares: problems, cursors, idempotency, limits, headers."""

from __future__ import annotations

import asyncio
import threading

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Scope

from api.app import create_app
from api.middleware import RateLimit
from copilot.settings import ApiSettings
from tests.api.conftest import World


def test_every_answer_has_a_request_id_and_security_headers(world: World) -> None:
    answer = world.get("operator", "/members")
    assert len(answer.headers["x-request-id"]) == 16
    assert answer.headers["x-content-type-options"] == "nosniff"
    named = world.client.get("/healthz", headers={"X-Request-ID": "abc-12345678"})
    assert named.headers["x-request-id"] == "abc-12345678"
    hostile = world.client.get("/healthz", headers={"X-Request-ID": "a\tb<script>"})
    assert hostile.headers["x-request-id"] != "a\tb<script>"


def test_what_was_refused_is_in_the_log_by_its_route_and_without_ids(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "api.middleware"):
        world.get("operator", "/members")
        world.get("operator", "/members/mem_nope")
        world.client.get("/console/link/a.token")
    line, console = [vars(record)["copilot_fields"] for record in caplog.records if record.name == "api.middleware"]
    assert line == {"status": 404, "method": "GET", "route": "/members/:member_id"}
    assert console["route"] == "/console/link/:token"


def test_problems_name_the_wrong_field_and_the_request(world: World) -> None:
    answer = world.post("operator", "/event-plans", {"brief": "", "x": 1})
    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"] == "invalid_input"
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert any(error["pointer"].startswith("#/") for error in problem["errors"])


@pytest.mark.parametrize(
    "path",
    ["/nope", "/members/mem_nope", "/event-plans/x", "/cases/x", "/jobs/x", "/resources/x", "/events/x", "/topics/x"],
)
def test_what_does_not_exist_is_404_in_the_same_shape(world: World, path: str) -> None:
    answer = world.get("admin", path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_wrong_methods_and_unreadable_bodies_have_the_same_shape(world: World) -> None:
    assert (
        world.client.put(world.path + "/members", headers=world.headers("admin")).json()["code"] == "method_not_allowed"
    )
    answer = world.client.post(
        world.path + "/event-plans",
        content=b"{broken",
        headers={**world.headers("operator"), "Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_input"


def test_lists_are_paged_by_cursor_without_gaps(world: World) -> None:
    seen, cursor = [], None
    while True:
        params = {"limit": 7, **({"cursor": cursor} if cursor else {})}
        page = world.get("operator", "/members", **params).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        assert page["has_more"] == (cursor is not None)
        if cursor is None:
            break
    whole = world.get("operator", "/members", limit=200).json()["items"]
    assert seen == [item["id"] for item in whole]
    assert len(set(seen)) == len(seen) > 20


def test_unknown_cursors_and_limits_are_refused(world: World) -> None:
    assert world.get("operator", "/members", cursor="nonsense").status_code == 400
    assert world.get("operator", "/members", limit=0).status_code == 422
    assert world.get("operator", "/members", limit=201).status_code == 422


def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    cursor = world.get("admin", "/members", limit=1).json()["next_cursor"]
    for path in ("/jobs", "/resources", "/audit", "/keys", "/cases", "/event-plans"):
        answer = world.get("admin", path, cursor=cursor)
        assert (answer.status_code, answer.json()["data"]["reason"]) == (400, "invalid_cursor"), path


def test_search_takes_wildcards_literally(world: World) -> None:
    assert world.get("operator", "/members", q="%").json()["items"] == []
    assert world.get("operator", "/members", q="_").json()["items"] == []


def test_an_idempotency_key_replays_refuses_and_does_not_run_twice(world: World) -> None:
    before = len(world.get("admin", "/jobs", limit=200).json()["items"])
    first = world.post("operator", "/jobs", {"kind": "read"}, **{"Idempotency-Key": "k1"})
    again = world.post("operator", "/jobs", {"kind": "read"}, **{"Idempotency-Key": "k1"})
    other = world.post("operator", "/jobs", {"kind": "sync"}, **{"Idempotency-Key": "k1"})
    assert first.status_code == again.status_code == 202
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["idempotent-replayed"] == "true"
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "Idempotency-Key")
    assert len(world.get("admin", "/jobs", limit=200).json()["items"]) == before + 1
    foreign = world.post("admin", "/jobs", {"kind": "read"}, **{"Idempotency-Key": "k1"})
    assert foreign.json()["id"] != first.json()["id"]
    assert world.post("operator", "/jobs", {"kind": "read"}, **{"Idempotency-Key": "x" * 256}).status_code == 422


def test_a_failed_request_frees_its_idempotency_key(world: World) -> None:
    for _ in range(2):
        answer = world.post("operator", "/event-plans", {"brief": ""}, **{"Idempotency-Key": "k2"})
        assert answer.status_code == 422
        assert "idempotent-replayed" not in answer.headers


def test_bodies_beyond_the_bound_are_refused(world: World) -> None:
    answer = world.post("operator", "/event-plans", {"brief": "x" * 1_100_000})
    assert answer.status_code == 413
    assert answer.json()["data"]["limit"] == 1_000_000


@pytest.mark.slow
def test_too_many_requests_are_told_when_to_come_back(world: World) -> None:
    app = create_app(world.services, world.jobs)
    limited = TestClient(RateLimit(app, ApiSettings(rate_per_minute=3)))
    codes = [limited.get(world.path + "/me", headers=world.headers("operator")).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    refused = limited.get(world.path + "/me", headers=world.headers("operator"))
    assert int(refused.headers["retry-after"]) >= 1
    assert limited.get(world.path + "/me", headers=world.headers("moderator")).status_code == 200
    assert limited.get("/healthz").status_code == 200


def test_one_key_is_one_caller_however_it_is_sent(world: World) -> None:
    app = create_app(world.services, world.jobs)
    limited = TestClient(RateLimit(app, ApiSettings(rate_per_minute=2)))
    key = world.keys["operator"]
    sent = [
        {"Authorization": f"Bearer {key}", "X-API-Key": "cpk_first"},
        {"Authorization": f"bearer  {key} ", "X-API-Key": "cpk_second"},
        {"Authorization": f"Bearer {key}", "X-API-Key": "cpk_third"},
        {"Authorization": "Basic x", "X-API-Key": key},
        {"X-API-Key": f" {key} "},
    ]
    codes = [limited.get(world.path + "/me", headers=headers).status_code for headers in sent]
    assert codes == [200, 200, 429, 429, 429]


def test_what_is_no_key_is_counted_by_address(world: World) -> None:
    app = create_app(world.services, world.jobs)
    limited = TestClient(RateLimit(app, ApiSettings(rate_per_minute=2)))
    codes = [limited.get(world.path + "/me", headers={"X-API-Key": f"guess {n}"}).status_code for n in range(3)]
    assert codes == [401, 401, 429]


def test_browsers_of_the_console_are_counted_apart_and_doors_by_address(world: World) -> None:
    app = create_app(world.services, world.jobs)
    limited = TestClient(RateLimit(app, ApiSettings(rate_per_minute=2)), follow_redirects=False)

    def codes(path: str, cookies: list[str]) -> list[int]:
        sent = [{"Cookie": f"console_session={cookie}"} for cookie in cookies]
        return [limited.get(path, headers=headers).status_code for headers in sent]

    assert codes("/console/overview", ["a" * 43] * 3) == [303, 303, 429]
    assert codes("/console/overview", ["b" * 43]) == [303]
    assert codes("/console/sign-in", [letter * 43 for letter in "cde"]) == [200, 200, 429]
    assert codes("/console/overview", ["short"]) == [429]


def flood(world: World, path: str, headers: dict[str, str]) -> tuple[int, int]:
    """Send a form of 8 MB in pieces of 1 MB; return the status and how many pieces were taken."""
    pieces = [b'--x\r\nContent-Disposition: form-data; name="brief"\r\n\r\n', *[b"0" * 1_000_000] * 8]
    taken, statuses = 0, []

    async def receive() -> Message:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": pieces[taken - 1], "more_body": taken < len(pieces)}

    async def send(message: Message) -> None:
        statuses.append(message.get("status"))

    sent = {"content-type": "multipart/form-data; boundary=x", **headers}
    scope: Scope = {
        "type": "http", "method": "POST", "path": world.path + path, "query_string": b"", "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http", "http_version": "1.1",
    }  # fmt: skip

    async def send_all() -> None:
        await world.client.app(scope, receive, send)

    asyncio.run(send_all())
    return int(str(statuses[0])), taken


def test_only_uploads_may_be_large_and_only_with_a_key(world: World) -> None:
    for path in ("/event-plans", "/jobs", "/keys", "/imports/more"):
        for headers in ({}, world.headers("admin")):
            status, taken = flood(world, path, headers)
            assert status in {404, 413}, path
            assert taken <= 3, path
    for headers in ({}, {"X-API-Key": "cpk_unknown"}):
        status, taken = flood(world, "/imports", headers)
        assert (status, taken) == (401, 0)


def test_health_readiness_and_metrics_need_no_key(world: World) -> None:
    assert world.client.get("/healthz").json()["status"] == "ok"
    ready = world.client.get("/readyz").json()
    assert ready == {"ready": True, "parts": {"database": "ok", "vectors": "ok", "model": "not configured"}}
    text = world.client.get("/metrics").text
    assert "copilot_http_requests_total" in text
    assert world.member_id not in text


def test_the_openapi_document_describes_every_route_with_problems(world: World) -> None:
    document = world.client.get("/openapi.json").json()
    routes = [(path, method, op) for path, item in document["paths"].items() for method, op in item.items()]
    assert len(routes) > 35
    for path, method, operation in routes:
        assert operation.get("description"), (path, method)
        # What a partner's service writes is signed and carries no key: there is no role that could be too low.
        if path.startswith("/api/v1") and not path.startswith("/api/v1/partner-links/"):
            assert {"401", "403", "404", "422", "429"} <= operation["responses"].keys(), (path, method)


@pytest.mark.slow
def test_two_clients_at_once_get_their_own_answers(world: World) -> None:
    seen: dict[str, str] = {}

    def ask(role: str) -> None:
        for _ in range(20):
            seen[role] = world.get(role, "/me").json()["role"]

    threads = [threading.Thread(target=ask, args=(role,)) for role in ("operator", "moderator", "admin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"operator": "operator", "moderator": "moderator", "admin": "admin"}
