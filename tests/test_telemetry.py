from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from copilot import telemetry

SECRET = "我压力很大，不要告诉别人"


@pytest.fixture
def root_logging() -> Iterator[None]:
    """Put the root logger back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.mark.usefixtures("root_logging")
def test_a_log_line_is_one_json_object_without_members_words() -> None:
    out = io.StringIO()
    telemetry.configure_logging("INFO", stream=out)
    logger = logging.getLogger("copilot.test")
    telemetry.log_event(
        logger, logging.INFO, "case opened", case_id="cas_1", score=0.5, text=SECRET, n=None, bad=float("nan")
    )
    line = json.loads(out.getvalue())
    assert (line["event"], line["case_id"], line["score"], line["n"]) == ("case opened", "cas_1", 0.5, None)
    assert line["text"] == f"({len(SECRET)} characters)"
    assert line["bad"] == "nan"
    assert line["level"] == "INFO"
    assert SECRET not in out.getvalue()


@pytest.mark.usefixtures("root_logging")
def test_plain_lines_are_for_people_and_stay_on_one_line() -> None:
    out = io.StringIO()
    telemetry.configure_logging("INFO", as_json=False, stream=out)
    telemetry.log_event(logging.getLogger("copilot.test"), logging.WARNING, "two\nlines", job_id="job_1")
    assert out.getvalue().count("\n") == 1
    assert "job_id=job_1" in out.getvalue()


@pytest.mark.usefixtures("root_logging")
def test_every_line_of_a_request_carries_its_id() -> None:
    out = io.StringIO()
    telemetry.configure_logging("INFO", stream=out)
    token = telemetry.REQUEST_ID.set("abcdef0123456789")
    try:
        logging.getLogger("copilot.test").error("broke")
    finally:
        telemetry.REQUEST_ID.reset(token)
    logging.getLogger("copilot.test").error("at rest")
    first, second = map(json.loads, out.getvalue().splitlines())
    assert first["request_id"] == "abcdef0123456789" and "request_id" not in second


@pytest.mark.usefixtures("root_logging")
def test_libraries_that_log_whole_requests_stay_quiet_at_debug() -> None:
    out = io.StringIO()
    telemetry.configure_logging("DEBUG", stream=out)
    logging.getLogger("openai").debug("Request options: %s", SECRET)
    logging.getLogger("openai._base_client").debug("Request options: %s", SECRET)
    logging.getLogger("httpx2").info("POST %s", SECRET)
    assert out.getvalue() == ""


@pytest.mark.usefixtures("root_logging")
def test_a_trace_is_kept_with_the_line() -> None:
    out = io.StringIO()
    telemetry.configure_logging("INFO", stream=out)
    try:
        raise ZeroDivisionError("by zero")
    except ZeroDivisionError:
        logging.getLogger("copilot.test").exception("failed")
    assert "ZeroDivisionError" in json.loads(out.getvalue())["trace"]


def test_metrics_are_served_in_prometheus_format() -> None:
    telemetry.MODEL_CALLS.labels("events:plan", "ok").inc()
    text = telemetry.exposition().decode()
    assert 'copilot_model_calls_total{feature="events:plan",outcome="ok"}' in text
