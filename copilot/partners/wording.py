"""Every sentence about partners, in Chinese and English."""

from __future__ import annotations

from copilot.errors import Conflict, InvalidInput

_SENTENCES: dict[str, tuple[str, str]] = {
    "too_many": ("最多 {limit} 个伙伴社区。", "At most {limit} partners."),
    "bad_token": ("这不是有效的邀请码。", "This is not a valid invitation."),
    "expired": ("邀请已过期。", "The invitation has expired."),
    "taken": ("邀请已经被接受过。", "The invitation was accepted already."),
    "own_invitation": ("不能接受自己社区的邀请。", "A community does not accept its own invitation."),
    "revoked": ("合作已撤销。", "The agreement was revoked."),
    "not_accepted": ("对方还没有接受邀请。", "Nobody has accepted the invitation yet."),
    "bad_url": (
        "伙伴无法到达这个地址：须为 https 的公网地址，不带密码、参数和片段。",
        "Partners are not reached there: it takes https, a public host, and no password, query or fragment.",
    ),
    "url_needed": (
        "对方在另一套服务上，请写明本服务的公开地址。",
        "The partner is on another instance: say where this service can be reached.",
    ),
    "not_shareable": (
        "只有提供给所有人、不保密的资源可以共享给伙伴社区。",
        "Only what is for everyone and not confidential can be shared with partners.",
    ),
    "owner_decides_name": (
        "是否显示姓名由所有者决定。",
        "Whether the name goes with it is for the owner to decide.",
    ),
    "no_owner_name": ("社区自有的资源没有所有者姓名。", "The community's own resource has no owner's name."),
    "away": ("现在联系不上伙伴社区。", "The partner cannot be reached now."),
    "stranger": (
        "伙伴社区不认这份合作：对方可能已删除它，或两边时钟相差超过五分钟。",
        "The partner does not recognise this agreement: it was deleted there, or the clocks differ by over five minutes.",
    ),
    "answer": ("伙伴社区的回应不是本服务能读的。", "The partner's answer is none that can be read here."),
    "replayed": ("这封信已经收过一次。", "This letter was taken already."),
    "next.invited": ("把邀请码交给对方，等待接受", "hand the invitation over and wait"),
    "next.confirm": ("“{name}”已接受，请确认或撤销", "“{name}” accepted; confirm or revoke"),
    "next.wait": ("等待对方确认", "the other side has to confirm"),
    "language": (
        "对方的语言是 {theirs}，这里是 {ours}；文字按原文显示。",
        "They write {theirs}, we write {ours}; texts are shown as they were written.",
    ),
    "currency": (
        "对方以 {theirs} 计价，这里用 {ours}；不做换算。",
        "They count in {theirs}, we in {ours}; nothing is converted.",
    ),
    "timezone": (
        "对方在时区 {theirs}，这里是 {ours}；日期按对方的日历。",
        "They live in {theirs}, we in {ours}; dates are by their calendar.",
    ),
    "policy": (
        "对方的社区规则与这里不同，使用他们的资源时按他们的规则。",
        "Their rules are not ours; what is theirs is used by their rules.",
    ),
    "terms": (
        "对方的使用条件：{theirs}；这里这一类多为：{ours}。",
        "Their conditions: {theirs}; usual for this class here: {ours}.",
    ),
    "lend": ("借用", "lent"),
    "grant": ("给予", "given"),
    "days": ("最多 {days} 天", "for {days} days at most"),
    "return.nothing": ("无偿", "nothing in return"),
    "return.introduction_fee": ("介绍费", "an introduction fee"),
    "return.revenue_share": ("收入分成", "a share of revenue"),
    "return.swap": ("互换", "a swap"),
    "return.write_up": ("写一篇复盘", "a write-up"),
    "return.other": ("回报另议", "a return to agree on"),
    "reason": (
        "你想要“{quote}”，伙伴社区“{partner}”提供“{title}”。",
        "You want “{quote}”; the partner “{partner}” offers “{title}”.",
    ),
    "note.no_consent": ("成员没有同意参与匹配。", "The member has not agreed to be matched."),
    "note.no_wants": ("还不知道成员需要什么。", "It is not known what the member wants."),
    "note.no_partners": ("没有伙伴社区共享资源。", "No partner shares anything."),
    "note.nothing_near": ("伙伴社区没有合适的资源。", "Nothing that partners share is near enough."),
}


def said(key: str, locale: str, **values: object) -> str:
    """Return a sentence in one language; values are data and are not read for placeholders."""
    zh, en = _SENTENCES[key]
    return (zh if locale == "zh-CN" else en).format(**values)


def in_both(key: str, **values: object) -> dict[str, str]:
    """Return a sentence in both languages, as errors carry it."""
    return {locale: said(key, locale, **values) for locale in ("zh-CN", "en")}


def refusal(key: str, **values: object) -> Conflict:
    """Return the error that the state of things does not allow something."""
    sentence = in_both(key, **values)
    return Conflict(sentence["en"], reason=key, sentence=sentence)


def wrong(key: str, field: str, **values: object) -> InvalidInput:
    """Return the error that a field of the body is wrong."""
    sentence = in_both(key, **values)
    return InvalidInput(sentence["en"], field=field, pointer=f"/{field}", reason=key, sentence=sentence)
