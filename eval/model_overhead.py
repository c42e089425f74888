"""What our model port costs beside the bare OpenAI client, side by side against an endpoint of no time on the loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from pydantic import BaseModel, ConfigDict

from copilot.clock import FixedClock
from copilot.community.ledger import SqlCallLedger
from copilot.errors import InvalidInput
from copilot.llm.factory import make_structured
from copilot.llm.prompt import RenderedPrompt
from copilot.llm.structured import Ask
from copilot.llm.usage import MemoryCallLedger
from copilot.settings import LlmSettings
from eval.metrics.timing import Spent, percentile_ms, spend
from eval.scores import Figure, count
from eval.suite import Findings, Suite
from eval.world import NOW, Worlds

CALLS: Final = 100
_WARM: Final = 5
_WORDS: Final = "这一段写主持人具体做什么，怎么开场，怎么收尾。" * 6


class Words(BaseModel):
    """An answer about as long as that of a plan."""

    model_config = ConfigDict(extra="forbid")

    title: str
    notes: list[str]


_ANSWER: Final = json.dumps({"title": "AI 出海沙龙", "notes": [_WORDS] * 8}, ensure_ascii=False)
_PROMPT: Final = RenderedPrompt("events/plan", 1, "zh-CN", "0" * 16, "你是策划。" * 200, "资料：" + _WORDS * 10)


class _Instant(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The endpoint answers in its own process in life; here its share of CPU is in both measurements alike.

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer at once, whole."""
        self.rfile.read(int(self.headers["content-length"]))
        message = {"role": "assistant", "content": _ANSWER}
        body = json.dumps(
            {
                "id": "x", "object": "chat.completion", "created": 1, "model": "m",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 900, "completion_tokens": 600, "total_tokens": 1500},
            }
        ).encode()  # fmt: skip
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def _answering() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Instant)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def measure(worlds: Worlds) -> Findings:
    """Call the bare client, our port, and our port with the ledger in SQL, in turns."""
    import openai  # half a second of import, for this suite only

    world = worlds.shared()
    with _answering() as url:
        settings = LlmSettings(base_url=url, model="m", max_retries=0, daily_token_budget=10**9)
        port = make_structured(settings, MemoryCallLedger(), FixedClock(NOW))
        booked = make_structured(settings, SqlCallLedger(world.services.store), world.services.clock)
        if port is None or booked is None:
            raise InvalidInput("the endpoint of this suite is not configured", field="llm")
        client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
        ask = Ask("bench:call", world.community_id, _PROMPT, Words)

        def bare() -> None:
            said = client.chat.completions.create(
                model="m", max_tokens=2000, temperature=0.3,
                messages=[{"role": "system", "content": _PROMPT.system}, {"role": "user", "content": _PROMPT.user}],
            )  # fmt: skip
            json.loads(said.choices[0].message.content or "")

        spent = _in_turns({"bare": bare, "port": lambda: port.ask(ask), "booked": lambda: booked.ask(ask)})
        port.close()
        booked.close()
        client.close()
    cpu = {name: percentile_ms([one.cpu_seconds for one in each], 50) for name, each in spent.items()}
    wall = {name: percentile_ms([one.wall_seconds for one in each], 50) for name, each in spent.items()}
    return Findings(
        [
            *(count(f"overhead.{name}_cpu_ms", value, CALLS, "lower") for name, value in cpu.items()),
            *(count(f"overhead.{name}_ms", value, CALLS, "lower") for name, value in wall.items()),
            _more("overhead.port_more_cpu_ms", cpu["port"] - cpu["bare"]),
            _more("overhead.booked_more_cpu_ms", cpu["booked"] - cpu["bare"]),
        ]
    )


def _more(name: str, value: float) -> Figure:
    return count(name, value, CALLS, "lower")


def _in_turns(calls: dict[str, Callable[[], object]]) -> dict[str, list[Spent]]:
    """Call each in turn, so that what else the machine does falls on all alike; the first rounds do not count."""
    spent: dict[str, list[Spent]] = {name: [] for name in calls}
    for number in range(CALLS + _WARM):
        for name, call in calls.items():
            one = spend(call)
            if number >= _WARM:
                spent[name].append(one)
    return spent


SUITE = Suite("overhead", 1, "CPU and wall time of a model call beside the bare OpenAI client", measure)
