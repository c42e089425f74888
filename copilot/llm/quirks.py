"""What OpenAI-compatible endpoints do differently, as data, each from its vendor's documentation.

`ENDPOINTS.md` beside this file is generated from here: `python -m copilot.llm.quirks`. Settings that an operator gave explicitly win; what an
endpoint refuses by name is left out from then on (`wire.py`), so that an outdated row costs one request and no feature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal
from urllib.parse import urlsplit

Mode = Literal["json_schema", "json_object", "prompt"]
LimitName = Literal["max_tokens", "max_completion_tokens"]
ALL_MODES: Final[tuple[Mode, ...]] = ("json_schema", "json_object", "prompt")
_WITHOUT_SCHEMA: Final[tuple[Mode, ...]] = ("json_object", "prompt")


@dataclass(frozen=True)
class Quirks:
    """One vendor or server.

    Attributes:
        hosts: endings of host names, or `:port`, by which it is known.
        no_thinking: fields that ask it not to think first: thinking costs time and tokens, and some refuse JSON with it.
        has_temperature: whether a temperature may be sent at all.
        notes: what else was found in its documentation and is handled for everybody.
    """

    vendor: str
    title: str
    hosts: tuple[str, ...] = ()
    limit_name: LimitName = "max_tokens"
    ladder: tuple[Mode, ...] = ALL_MODES
    no_thinking: Mapping[str, Any] = field(default_factory=dict)
    has_temperature: bool = True
    notes: tuple[str, ...] = ()
    source: str = ""


_ROWS: Final = (
    Quirks(
        "openai", "OpenAI", ("api.openai.com", "openai.azure.com"), limit_name="max_completion_tokens",
        notes=("reasoning models refuse `max_tokens` and any `temperature` but their own", "declines in a `refusal` field"),
        source="https://platform.openai.com/docs/api-reference/chat/create",
    ),
    Quirks(
        "deepseek", "DeepSeek", ("api.deepseek.com",), ladder=_WITHOUT_SCHEMA, no_thinking={"thinking": {"type": "disabled"}},
        notes=(
            "JSON mode wants the word json in the prompt and now and then answers with nothing",
            "under load it sends `: keep-alive` comments or empty lines while one waits",
            "thinking comes beside the answer in `reasoning_content`",
            "`insufficient_system_resource` ends an answer that broke off; 402 is an empty account",
        ),
        source="https://api-docs.deepseek.com/guides/json_mode",
    ),
    Quirks(
        "qwen", "Qwen (DashScope)", ("dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com", "dashscope-us.aliyuncs.com"),
        no_thinking={"enable_thinking": False},
        notes=(
            "JSON mode is refused (400) without the word json in a message, and while thinking is on",
            "`json_schema` for some models only: the ladder steps down",
            "`data_inspection_failed` is its content filter, `Arrearage` an empty account",
        ),
        source="https://www.alibabacloud.com/help/en/model-studio/json-mode",
    ),
    Quirks(
        "zhipu", "Zhipu (BigModel, Z.ai)", ("open.bigmodel.cn", "api.z.ai"), ladder=_WITHOUT_SCHEMA,
        no_thinking={"thinking": {"type": "disabled"}},
        notes=(
            "ends with `sensitive` (its filter) or `network_error` (it broke off)",
            "GLM-Z1 thinks between `<think>` tags inside the answer, GLM-4.5 and later in `reasoning_content`",
            "errors carry numbers of its own, such as 1301 (filter), 1302 (too many), 1113 (empty account)",
        ),
        source="https://docs.bigmodel.cn/api-reference",
    ),
    Quirks(
        "moonshot", "Moonshot (Kimi)", ("api.moonshot.cn", "api.moonshot.ai"), limit_name="max_completion_tokens",
        ladder=_WITHOUT_SCHEMA, no_thinking={"thinking": {"type": "disabled"}}, has_temperature=False,
        notes=("`max_tokens` is deprecated", "newer models refuse a temperature of one's own", "no message may be empty",
               "a stream's usage is in its last choice"),
        source="https://platform.moonshot.ai/docs/api/chat",
    ),
    Quirks(
        "ollama", "Ollama", (":11434", "ollama.com"),
        notes=("knows `max_tokens` only", "cuts a prompt longer than its context without a word: set the context there",
               "any key will do"),
        source="https://docs.ollama.com/api/openai-compatibility",
    ),
    Quirks(
        "vllm", "vLLM", (), no_thinking={"chat_template_kwargs": {"enable_thinking": False}},
        notes=("thinking comes in `reasoning_content` when a reasoning parser is on, else in `<think>` tags",
               "a prompt beyond the context is a 400"),
        source="https://docs.vllm.ai/en/latest/features/reasoning_outputs.html",
    ),
    Quirks(
        "llamacpp", "llama.cpp", (), no_thinking={"chat_template_kwargs": {"enable_thinking": False}},
        notes=("writes without end unless a limit is sent", "503 while it loads the model",
               "its grammar knows no `pattern` and no exclusive bounds", "may hand out an answer as a tool call with empty content"),
        source="https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
    ),
)  # fmt: skip
OTHER: Final = Quirks("other", "any other")
TABLE: Final[Mapping[str, Quirks]] = MappingProxyType({row.vendor: row for row in (*_ROWS, OTHER)})

# What vendors call it in the body of an error -> our reason; numbers are Zhipu's.
ERROR_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("1301", "data_inspection_failed", "content_filter", "content_policy_violation"), "content_filter"),
        **dict.fromkeys(("1113", "arrearage", "insufficient_quota", "exceeded_current_quota_error"), "quota"),
        **dict.fromkeys(("1302", "1303", "1304", "1305", "rate_limit_exceeded", "rate_limit_reached_error"), "rate_limited"),
        **dict.fromkeys(("engine_overloaded_error", "server_overloaded"), "server_error"),
        **dict.fromkeys(("1000", "1001", "1002", "1003", "1004", "invalid_api_key", "invalid_authentication_error"), "authentication"),
        **dict.fromkeys(("1211", "model_not_found", "resource_not_found_error"), "not_found"),
        **dict.fromkeys(("1261", "context_length_exceeded"), "too_long"),
    }
)  # fmt: skip

# How an answer may end. Whatever is in none of them was cut at a limit.
FINISHED: Final = frozenset({"stop", "eos", "end_turn", "stop_sequence", "tool_calls", "function_call"})
DECLINED: Final = frozenset({"content_filter", "sensitive"})
BROKEN_OFF: Final = frozenset({"network_error", "insufficient_system_resource", "error", "abort"})


def quirks_of(vendor: str, base_url: str) -> Quirks:
    """Return the row of a vendor; `auto` finds it by the address, an unknown address gives `other`."""
    if vendor != "auto":
        return TABLE[vendor]
    try:
        parts = urlsplit(base_url or "https://api.openai.com/v1")
        host, port = (parts.hostname or "").lower(), f":{parts.port}"
    except ValueError:
        return OTHER
    for row in _ROWS:
        if any(
            port == known if known[0] == ":" else host == known or host.endswith(f".{known}") for known in row.hosts
        ):
            return row
    return OTHER


def render_page() -> str:
    """Return the documentation page of the table, in Markdown."""
    lines = [
        "# Model endpoints", "",
        "Written by `python -m copilot.llm.quirks`; do not edit. A vendor is known by its address; for a server of your own",
        "say `COPILOT_LLM__VENDOR`. What you set yourself (`LIMIT_NAME`, `LADDER`, `TEMPERATURE`, `THINKING`) wins. A field",
        "that an endpoint refuses by name is left out from then on. `tests/llm/test_quirks.py` plays every habit.", "",
    ]  # fmt: skip
    return "\n".join(lines) + "\n" + _table()


def _table() -> str:
    lines = ["| endpoint | limit | kinds of JSON, in order | asked not to think | to know |", "|---|---|---|---|---|"]
    for row in _ROWS:
        off = ", ".join(f"`{name}`" for name in row.no_thinking) or "-"
        notes = "; ".join(row.notes) + ("" if row.has_temperature else "; no temperature is sent")
        modes = ", ".join(row.ladder)
        lines.append(f"| [{row.title}]({row.source}) | `{row.limit_name}` | {modes} | {off} | {notes} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("ENDPOINTS.md").write_text(render_page(), encoding="utf-8", newline="\n")
