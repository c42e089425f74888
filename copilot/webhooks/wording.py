"""What became of a delivery, and why something is refused, said in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# By the code that `last_answer` begins with when there was no answer.
_NO_ANSWER: Mapping[str, tuple[str, str]] = {
    "no_such_host": ("域名解析不到地址", "the host's name has no address"),
    "private_address": ("域名指向了公网以外的地址", "the host's name leads to an address that is not public"),
    "timeout": ("对方没有在限定时间内回应", "the receiver did not answer in time"),
    "no_connection": ("连不上对方，或连接中断", "the receiver could not be reached, or broke off"),
}
_REFUSED = ("对方回应 {status}", "the receiver answered {status}")
_STATES: Mapping[str, tuple[str, str]] = {
    "new": ("等待发送。", "Waiting to be sent."),
    "waiting": (
        "第 {attempts} 次没有送达：{why}；稍后再试。",
        "Try {attempts} did not arrive: {why}; it is tried again.",
    ),
    "failed": ("没有送达，不再尝试：{why}。", "Not delivered and given up: {why}."),
    "gone": (
        "对方回应 410，表示不再接收；这个 webhook 已停用。",
        "The receiver answered 410: it wants no more. The webhook is disabled.",
    ),
    "delivered": ("已送达。", "Delivered."),
}
_REFUSALS: Mapping[str, tuple[str, str]] = {
    "url_too_long": ("网址最多 {limit} 个字符。", "A webhook's URL has at most {limit} characters."),
    "not_a_url": ("这不是一个网址。", "This is not a URL."),
    "not_https": ("网址必须以 https:// 开头。", "A webhook's URL begins with https://."),
    "url_with_password_or_fragment": (
        "网址里不能带用户名、密码或 # 片段。",
        "A webhook's URL holds no user name, password or fragment.",
    ),
    "private_address": (
        "这个地址不在公网上，不能用来接收通知。",
        "This address is not on the public internet; webhooks do not lead there.",
    ),
    "unknown_event": ("事件至少选一个，只能是：{known}。", "Name one or more events of: {known}."),
    "unknown_status": ("状态只能是：{known}。", "The status is one of: {known}."),
    "no_change": ("没有要修改的内容。", "Name at least one thing to change."),
    "too_many_webhooks": (
        "一个社区最多 {limit} 个 webhook；请先删掉一个。",
        "A community has at most {limit} webhooks; remove one first.",
    ),
    "delivered_already": ("这条通知已经送达。", "This delivery has arrived already."),
    "webhook_disabled": ("这个 webhook 已停用；请先启用。", "This webhook is disabled; enable it first."),
}


def refusal(key: str, **values: object) -> dict[str, Any]:
    """Return the arguments of an error: its message, and the same sentence in both languages."""
    chinese, english = (text.format(**values) for text in _REFUSALS[key])
    return {"message": english, "sentence": {"zh-CN": chinese, "en": english}}


def sentence(locale: str, status: str, attempts: int, last_answer: str) -> str:
    """Return how a delivery stands, for people."""
    side = 0 if locale == "zh-CN" else 1
    if status == "delivered" or (status == "waiting" and not last_answer):
        return _STATES["delivered" if status == "delivered" else "new"][side]
    if last_answer.startswith("410"):
        return _STATES["gone"][side]
    code = last_answer.partition(":")[0]
    why = _NO_ANSWER.get(code, _REFUSED)[side].format(status=code.partition(" ")[0])
    return _STATES[status][side].format(attempts=attempts, why=why)
