"""Every sentence the profiles feature says itself, in Chinese and English."""

from __future__ import annotations

from typing import Final

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "degraded": (
        "模型没有给出可用的结果（{code}），以下由内置规则提取。",
        "The model gave no usable answer ({code}); these come from the built-in rules.",
    ),
    "note.nothing_found": (
        "没有找到可以写进资料的内容。写一句“我做什么”、一句“能提供什么”、一句“想找什么”就够了。",
        "Nothing was found for a profile. One line each on what you do, what you can offer and what you look for is enough.",
    ),
    "note.all_known": (
        "提到的内容资料里已经有了，或者你已经回答过，没有新的要确认。",
        "All of it is in the profile already, or was answered before; there is nothing new to confirm.",
    ),
    "note.too_many_open": (
        "还有 {open} 条等待确认，先处理一些再继续提取。",
        "{open} proposals are still waiting for an answer; please answer some first.",
    ),
    "note.withdrawn": (
        "这个来源不会再被读取，未确认的提议已删除。已确认的 {left} 条还在资料里；想一并删除，再提交一次并设 delete_confirmed 为 true。",
        "This source is no longer read, what waited is gone, and {left} confirmed items are still in the profile; send the same again with delete_confirmed true to remove them.",
    ),
    "chat_consent": (
        "这位成员还没有同意从聊天中提取资料，所以没有读取任何消息。",
        "This member has not agreed to have the chat read for the profile, so no message was read.",
    ),
    "introduction_consent": (
        "这位成员不同意由别人提交自我介绍来提取资料；本人可以自己提交。",
        "This member does not want introductions handed in by others to be read; the member can hand one in.",
    ),
    "ai_consent": (
        "这位成员关闭了 AI 或已隐藏，聊天不会被读取。",
        "This member has switched off AI or is hidden; the chat is not read.",
    ),
    "own_answer": (
        "只有本人可以确认或拒绝写进自己资料的内容，请用该成员自己的密钥。",
        "Only the member confirms or declines what goes into the profile, with the member's own key.",
    ),
    "own_yes": (
        "同意只能由成员本人给出；管理员可以代为撤回。",
        "Only the member can say yes; an administrator can withdraw it.",
    ),
    "answered": ("这条提议已经回答过了。", "This proposal was answered before."),
    "source_gone": (
        "这条提议所依据的消息已撤回、隐藏或改动，不能再确认。",
        "The message this rests on was recalled, hidden or changed; it can no longer be confirmed.",
    ),
    "profile_full": (
        "这一栏最多 {limit} 条，请先删掉一些。",
        "This side of the profile holds at most {limit} lines; please remove some first.",
    ),
    "blank_text": ("内容不能为空。", "The text must not be empty."),
    "text_too_long": ("最多 {limit} 个字符。", "At most {limit} characters."),
    "one_side": ("城市、行业这类单项不能换栏。", "A single value such as a city has one side only."),
    "not_found": ("没有这条提议。", "There is no such proposal."),
    "problem.quotes": (
        "没有一条 quote 是原文里逐字出现的；请从标出的资料里原样复制。",
        "Not one quote stands in the sources word for word; copy them from the marked material as they are.",
    ),
}  # fmt: skip


def say(locale: str, key: str, **values: object) -> str:
    """Return the sentence `key` in `zh-CN` or English, with its values in place."""
    chinese, english = _SENTENCES[key]
    return (chinese if locale.startswith("zh") else english).format(**values)


def both(key: str, **values: object) -> dict[str, str]:
    """Return one sentence in both languages, for errors that travel to clients."""
    return {"zh-CN": say("zh-CN", key, **values), "en": say("en", key, **values)}
