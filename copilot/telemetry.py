"""Logs and counters. Neither ever holds what a member wrote or a secret: only names, ids, numbers and codes."""

from __future__ import annotations

import json
import logging
import math
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import IO, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

HTTP_REQUESTS: Final = Counter(
    "copilot_http_requests", "HTTP requests by route template", ["method", "route", "status"], registry=REGISTRY
)
HTTP_SECONDS: Final = Histogram(
    "copilot_http_request_seconds", "Time to answer an HTTP request", ["method", "route"], registry=REGISTRY
)
MODEL_CALLS: Final = Counter(
    "copilot_model_calls", "Requests to the model endpoint", ["feature", "outcome"], registry=REGISTRY
)
MODEL_SECONDS: Final = Histogram(
    "copilot_model_call_seconds",
    "Time of one request to the model endpoint",
    ["feature"],
    buckets=(0.25, 0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320),
    registry=REGISTRY,
)
MODEL_TOKENS: Final = Counter(
    "copilot_model_tokens", "Tokens sent and received, reported or estimated", ["feature", "kind"], registry=REGISTRY
)
IMPORT_ROWS: Final = Counter(
    "copilot_import_rows", "Rows of imported files by what became of them", ["kind", "outcome"], registry=REGISTRY
)
SYNC_ITEMS: Final = Counter(
    "copilot_sync_items", "Vectors written to or deleted from the index", ["aspect", "outcome"], registry=REGISTRY
)
READINGS: Final = Counter("copilot_readings", "Messages read by the local detectors", ["outcome"], registry=REGISTRY)
CASES: Final = Counter("copilot_cases", "Moderation cases by what happened", ["category", "event"], registry=REGISTRY)
JOBS: Final = Counter("copilot_jobs", "Background jobs by outcome", ["kind", "outcome"], registry=REGISTRY)
DETECTOR_PRECISION: Final = Gauge(
    "copilot_detector_precision",
    "Decided cases of the last 30 days that stand as violations, as a share with its 95 % interval",
    ["community", "detector", "version", "category", "bound"],
    registry=REGISTRY,
)
DETECTOR_DECIDED: Final = Gauge(
    "copilot_detector_decided",
    "Decided cases of the last 30 days",
    ["community", "detector", "version", "category"],
    registry=REGISTRY,
)

# These log whole requests, with prompts in them, when asked for detail; they are never asked.
_TALKATIVE: Final = ("openai", "httpx", "httpx2", "httpcore", "httpcore2", "langchain", "langchain_core", "chromadb")
_PLAIN_VALUE: Final = re.compile(r"[\w:./#@+-]{0,100}", re.ASCII)
_FIELDS: Final = "copilot_fields"
# The request that the code at hand works for; every line it logs carries it. People are shown it when something fails.
REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="")


def exposition() -> bytes:
    """Return all metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)


class _Formatter(logging.Formatter):
    """One line per record: JSON for machines, `key=value` for people."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields: dict[str, object] = getattr(record, _FIELDS, {})
        line: dict[str, object] = {"at": at, "level": record.levelname, "logger": record.name}
        line["event"] = record.getMessage()
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        line.update({name: value for name, value in fields.items() if name not in line})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        if self._as_json:
            return json.dumps(line, ensure_ascii=False, default=str)
        rest = " ".join(f"{name}={value}" for name, value in line.items() if name not in {"at", "level", "event"})
        return f"{at} {record.levelname:<7} {' '.join(str(line['event']).split())} {rest}"


def configure_logging(level: str, *, as_json: bool = True, stream: IO[str] | None = None) -> None:
    """Send all logs from `level` on to `stream` (standard error), replacing handlers set before."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Formatter(as_json=as_json))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))


def log_event(logger: logging.Logger, level: int, event: str, **fields: object) -> None:
    """Log `event` with fields; a value that is not a number, an id or a code is replaced by its length.

    The rule is what keeps members' words out of the logs even when a caller passes them by mistake.
    """
    if logger.isEnabledFor(level):
        safe = {name: _safe(value) for name, value in fields.items()}
        logger.log(level, event, extra={_FIELDS: safe})


def _safe(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    text = str(value)
    return text if _PLAIN_VALUE.fullmatch(text) else f"({len(text)} characters)"
