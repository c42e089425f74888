"""The port's own few sentences to a model: how to answer and what was wrong with an answer.

They belong to the protocol between `structured.py` and the endpoint, not to a feature, so they live with it; everything
a feature says lives in `prompts/`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

T = TypeVar("T")

MAX_PROBLEMS: Final = 12
MAX_PROBLEM_CHARS: Final = 300

_SCHEMA: Final = {
    "zh-CN": "只输出一个符合下面 JSON Schema 的 JSON 对象，前后不要有任何其他文字，不要用代码块。\nJSON Schema：\n{schema}",
    "en": (
        "Answer with exactly one JSON object that follows this JSON Schema, with no other text before or after it and "
        "no code block.\nJSON Schema:\n{schema}"
    ),
}
_REPAIR: Final = {
    "zh-CN": (
        "上面的回答不能使用，问题如下：\n{problems}\n"
        "请改正这些问题，重新输出完整的 JSON 对象，前后不要有其他文字。必须符合这个 JSON Schema：\n{schema}"
    ),
    "en": (
        "The answer above cannot be used. Problems:\n{problems}\n"
        "Correct them and give the complete JSON object again, with no other text. It must follow this JSON Schema:\n"
        "{schema}"
    ),
}
_PROBLEMS: Final = {
    "zh-CN": {
        "cut": "回答超出长度上限，没有写完；请写得更短",
        "no_json": "回答里没有完整的 JSON 对象",
        "empty": "回答是空的",
    },
    "en": {
        "cut": "the answer hit the length limit and is incomplete; write less",
        "no_json": "the answer holds no complete JSON object",
        "empty": "the answer is empty",
    },
}


def schema_instruction(locale: str, schema: Mapping[str, Any]) -> str:
    """Return the sentence that asks for JSON in words, for endpoints that cannot be asked otherwise."""
    return _pick(_SCHEMA, locale).format(schema=_compact(schema))


def repair_request(locale: str, problems: Sequence[str], schema: Mapping[str, Any]) -> str:
    """Return the one repair turn: what is wrong, one line each, and what is wanted."""
    listed = "\n".join(f"- {' '.join(problem.split())[:MAX_PROBLEM_CHARS]}" for problem in problems[:MAX_PROBLEMS])
    return _pick(_REPAIR, locale).format(problems=listed, schema=_compact(schema))


def problem(locale: str, key: str) -> str:
    """Return the sentence for `cut`, `no_json` or `empty`."""
    return _pick(_PROBLEMS, locale)[key]


def _pick(texts: Mapping[str, T], locale: str) -> T:
    return texts["zh-CN"] if locale.startswith("zh") else texts["en"]


def _compact(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
