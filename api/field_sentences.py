"""What is wrong with a field, in Chinese: pydantic says it in English only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_CHINESE = {
    "missing": "必须填写",
    "extra_forbidden": "没有这个字段",
    "string_type": "应为文字",
    "string_too_long": "最多 {max_length} 个字符",
    "string_too_short": "最少 {min_length} 个字符",
    "string_pattern_mismatch": "格式应符合 {pattern}",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为有限的数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "list_type": "应为列表",
    "too_long": "最多 {max_length} 项",
    "too_short": "最少 {min_length} 项",
    "date_type": "应为日期，如 2026-12-05",
    "date_parsing": "应为日期，如 2026-12-05",
    "date_from_datetime_parsing": "应为日期，如 2026-12-05",
    "date_from_datetime_inexact": "应为日期，不带时间",
    "time_type": "应为时间，如 19:30",
    "time_parsing": "应为时间，如 19:30",
    "datetime_type": "应为时间，如 2026-12-05T19:30:00+08:00",
    "datetime_parsing": "应为时间，如 2026-12-05T19:30:00+08:00",
    "datetime_from_date_parsing": "应为时间，如 2026-12-05T19:30:00+08:00",
    "timezone_aware": "时间要带时区，如 +08:00",
    "literal_error": "只能是 {expected}",
    "enum": "只能是 {expected}",
    "union_tag_invalid": "只能是 {expected_tags}",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "dict_type": "应为对象",
    "dataclass_type": "应为对象",
}  # fmt: skip


def in_chinese(error: Mapping[str, Any]) -> str | None:
    """Return pydantic's error in Chinese; None for one that is rare enough to be said in English."""
    if error["type"] == "json_invalid":
        return f"请求体不是 JSON（第 {error['loc'][-1]} 个字符处）"
    template = _CHINESE.get(str(error["type"]))
    return None if template is None else template.format_map(_Known(error.get("ctx", {})))


class _Known(dict[str, Any]):
    """What an error tells of itself; a bound that it leaves out shows as an ellipsis rather than failing the answer."""

    def __missing__(self, _name: str) -> str:
        return "…"
