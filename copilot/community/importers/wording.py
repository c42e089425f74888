"""What is said of a file that cannot be read as a whole, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "empty": ("这个文件是空的。", "the file is empty"),
        "gone": ("找不到文件 {name}。", "there is no file {name!r}"),
        "unreadable": ("文件 {name} 读不了：{problem}", "the file {name!r} cannot be read: {problem}"),
        "stopped": ("文件读到一半读不下去了：{problem}", "the file cannot be read further: {problem}"),
        "too_large": (
            "文件有 {size:,} 字节，最多能读 {limit:,} 字节。请拆成几个文件分别导入。",
            "the file has {size:,} bytes; at most {limit:,} are read",
        ),
        "events_are_jsonl": ("活动要用 JSONL 文件，这个是 {format}。", "events are read from jsonl, not from {format}"),
        "table_is_no_events": (
            "表格里只能是成员或资源，不能是{kind_zh}。",
            "a table holds members or resources, not {kind}",
        ),
        "other_kind": (
            "这是 {format} 文件，里面不是{kind_zh}。请看看是不是放错了位置。",
            "a {format} file does not hold {kind}",
        ),
        "json_list": (
            "认不出这种 JSON 列表。请改成一行一个对象（JSONL）。",
            "a JSON list is no known format; write one object a line (JSONL)",
        ),
        "unknown": (
            "这个文件不是能读的文本、表格或压缩包。",
            "the file is no text, workbook or archive that can be read",
        ),
        "unknown_json": ("认不出这份 JSON 是哪种聊天记录的导出。", "the JSON is of no known chat export"),
        "no_objects": ("文件里没有一行是 JSON 对象。", "the file has no row that is a JSON object"),
        "no_rows": ("文件里没有数据行。", "the file has no rows"),
        "bad_bytes": (
            "文件既不是 UTF-8（第 {byte} 字节起不对）也不是 GB18030，在第 {line} 行。请另存为 UTF-8 再导入。",
            "the file is neither UTF-8 (first bad byte: {byte}) nor GB18030; save it as UTF-8, line {line}",
        ),
        "breaks_off": (
            "文件开头是 {encoding}，到第 {byte} 字节（第 {line} 行）就不对了。",
            "the file starts as {encoding} but breaks at byte {byte}, line {line}",
        ),
        "no_columns": ("第一行没有列名。", "the first row names no columns"),
        "column_twice": ("列名“{column}”出现了两次。", "the column {column!r} appears twice"),
        "many_columns": ("表格有 {n} 列，最多读 {limit} 列。", "the table has {n} columns; at most {limit} are read"),
        "no_field": (
            "{kind_zh}没有“{field}”这一项；可以用：{known}，或用 - 表示不要这一列。",
            "{field!r} is no field of {kind}; known: {known}, or - to leave out",
        ),
        "field_twice": ("“{field}”对应了两列。", "the mapping names {field!r} twice"),
        "no_such_column": (
            "文件里没有“{column}”这一列。",
            "the mapping names a column {column!r} that the file does not have",
        ),
        "open_quote": (
            "CSV 从第 {line} 行起读不了：{problem}。是不是有引号没有配对？",
            "the CSV cannot be read from line {line}: {problem}; is a quote left open?",
        ),
        "no_workbook": ("这个文件不是 XLSX 工作簿。", "the file is no XLSX workbook"),
        "bad_workbook": ("工作簿损坏了：{problem}", "the workbook is damaged: {problem}"),
        "bad_json": (
            "JSON 在第 {line:,} 行（第 {byte:,} 字节）之前断了或写错了。",
            "the JSON breaks off or is malformed before byte {byte:,}, line {line:,}",
        ),
        "deep_json": ("JSON 嵌套超过 {limit} 层。", "the JSON is nested deeper than {limit} levels"),
        "no_slack": (
            "压缩包里没有 channels.json。这是 Slack 的导出吗？",
            "the zip file holds no channels.json; is it a Slack export?",
        ),
        "bad_archive": ("压缩包打不开：{problem}", "the archive cannot be opened: {problem}"),
        "no_chatlab_header": (
            "ChatLab 文件要以文件头（chatlab 和 meta）开始。",
            "a ChatLab file begins with its header (chatlab and meta)",
        ),
        "bad_header": ("文件头不对：{problem}", "the {format} header is wrong: {problem}"),
    }
)
_KINDS = {"members": "成员名单", "resources": "资源", "events": "活动", "chat": "聊天记录"}


def refused(key: str, **values: object) -> dict[str, Any]:
    """Return an error's message with its sentences in both languages."""
    kind_zh = _KINDS.get(str(values.get("kind", "")), "")
    zh, en = (text.format(**{"kind_zh": kind_zh, **values}) for text in _TEXTS[key])
    return {"message": en, "sentence": {"zh-CN": zh, "en": en}}
