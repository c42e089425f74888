"""What is said when a plan cannot be changed as asked, in Chinese and English."""

from __future__ import annotations

from copilot.currency import heading
from copilot.errors import InvalidInput
from copilot.events.labels import label

_SENTENCES: dict[str, tuple[str, str]] = {
    "too_long": ("修改要求最多 {limit} 个字符。", "A request has at most {limit} characters."),
    "not_understood": (
        "没看懂要改什么。可以这样说：把预算压到1万、人数改成40、推迟一周、改到下周六下午三点、改成线上、换个嘉宾、换个场地、延长到3小时。",
        "It is not clear what to change. Try: budget to 10,000, make it 40 people, postpone by a week, move it to next Saturday at 3pm, make it online, another speaker, another venue, extend to 3 hours.",
    ),
    "nothing": ("方案已经是这样了，没有需要改的。", "The plan is like that already; there is nothing to change."),
    "not_lockable": ("「{address}」不是这份方案里可以锁定的部分。", "“{address}” is no part of this plan that can be locked."),
    "no_such_part": ("方案里没有「{address}」。", "The plan has no “{address}”."),
    "locked": ("「{part}」里有锁住的部分，按这个要求又必须改它。请先解锁，或换一种改法。", "Something in “{part}” is locked, and this change must change it. Unlock it first or ask for something else."),
    "checks_failed": ("这样改的话，方案通不过检查：{why}", "With this change the plan fails its checks: {why}"),
    "nobody_else": ("没有别的合适人选或资源可以换了（{name}）。", "There is nobody and nothing else suitable to take instead of {name}."),
    "nothing_picked": ("方案里还没有定这一项，没有可换的。", "The plan has nobody and nothing there yet that could be replaced."),
    "foreign_currency": ("这份方案按{currency}算账，「{said}」是别的币种，这里不做换算。请用{currency}说一遍。", "This plan counts in {currency}; “{said}” is another currency and nothing is converted. Please say it in {currency}."),
    "in_person": ("「{format}」只能线下办。请换一种形式，比如线上分享。", "This kind of event only works in person. Choose another format, such as an online talk."),
    "not_newest": ("这份方案已有更新的版本（第 {version} 版），请在新版本上改。", "There is a newer version of this plan (version {version}); make the change there."),
    "not_a_record": ("「{id}」不是可以选用的成员或资源（可能未同意、已撤下或不适合）。", "“{id}” is no member or resource that may be picked (without consent, withdrawn, or of the wrong kind)."),
    "agenda_full": ("议程排不下：锁定和修改后的分钟数超出了活动时长。", "The agenda does not fit: the minutes that are set or locked exceed the slot."),
    "not_earlier": ("只能回到同一份方案的较早版本。", "Only an earlier version of the same plan can be brought back."),
}  # fmt: skip


def refusal(reason: str, **values: object) -> dict[str, str]:
    """Return why a change is refused, in both languages, for errors that travel to clients."""
    chinese, english = _SENTENCES[reason]
    return {"zh-CN": chinese.format(**values), "en": english.format(**values)}


def locked_part(address: str) -> dict[str, str]:
    """Return that something is locked which a change must change, by the names of the parts that have one."""
    sentences = {}
    for locale in ("zh-CN", "en"):
        names = [label(step, english=locale == "en") for step in address.split(".")]
        part = " › ".join(name for name in names if name) or address
        sentences[locale] = refusal("locked", part=part)[locale]
    return sentences


def other_currency(said: str, own: str) -> InvalidInput:
    """Return why an amount in another currency than the plan's is not taken."""
    names = {locale: heading(own, locale) for locale in ("zh-CN", "en")}
    return InvalidInput(
        f"the plan counts in {own}; nothing is converted", field="request", pointer="/request",
        reason="foreign_currency", said=said, currency=own,
        sentence={key: refusal("foreign_currency", said=said, currency=name)[key] for key, name in names.items()},
    )  # fmt: skip
