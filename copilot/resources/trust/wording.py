"""Every sentence about trust, in Chinese and English."""

from __future__ import annotations

_SENTENCES: dict[str, tuple[str, str]] = {
    "co_operation.title": ("合作经历", "Co-operation"),
    "co_operation.definition": (
        "已经结束的使用，借入和借出都算；对方是社区也算。",
        "Uses that have ended, borrowed and lent, the community's own resources included.",
    ),
    "co_operation.sentence": ("合作过 {n} 次，涉及 {others} 位成员。", "{n} uses, with {others} members."),
    "endorsements.title": ("他人推荐", "Endorsements"),
    "endorsements.definition": (
        "其他成员写的推荐；met 是没有互相推荐的那些。",
        "Other members vouch for them; `met` are those whom they did not vouch for in return.",
    ),
    "endorsements.sentence": (
        "{n} 位成员推荐，其中 {met} 位不是互相推荐。",
        "{n} members vouch for them, {met} of these without being vouched for in return.",
    ),
    "confirmed_returns.title": ("归还得到确认", "Confirmed returns"),
    "confirmed_returns.definition": (
        "借入、须归还、已有结果的使用中，提供方确认归还或争议处理为已归还的次数。",
        "Of what they borrowed, had to bring back and is over: how often the owner, or a settled dispute, says that it is back.",
    ),
    "confirmed_returns.sentence": ("{n} 次里归还 {met} 次。", "{met} of {n} were brought back."),
    "on_time.title": ("按时归还", "On time"),
    "on_time.definition": (
        "借入并已归还的使用中，在到期日（延期的按延期后）当天或之前交回的次数；按使用方交回的日子算，提供方晚确认不算晚。",
        ("Of what they brought back: how often on the day it was due, as extended, or before. The day they handed it back counts, "
        "not the day the owner confirmed it."),
    ),
    "on_time.sentence": ("{n} 次里按时 {met} 次。", "{met} of {n} were on time."),
    "disputes.title": ("争议", "Disputes"),
    "disputes.definition": (
        "用过的资源里有过争议的次数，借入和借出都算；met 是已经处理完的。有争议只说明双方看法不同，不说明谁对谁错。",
        "Uses, borrowed and lent, that were disputed; `met` are those settled by now. A dispute says that two disagreed, not who was right.",
    ),
    "disputes.sentence": ("{n} 次，已处理 {met} 次。", "{n}, {met} of them settled."),
    "no_history": ("还没有记录。", "No history yet."),
    "withheld": ("只有本人、运营和正在与其往来的成员能看。", "Shown to the member, to operators and to whoever has an open loan with them."),
    "new": (
        "还没有记录。新成员人人都从这里开始，这不代表好，也不代表不好。",
        "No history yet. Everybody starts like this; it speaks neither for nor against anybody.",
    ),
    "known": (
        "以下各项分开看，不合成一个分数，也不用来排名。",
        "Each of these stands for itself; they are not added up, and nobody is ranked by them.",
    ),
    "loan.lent": ("借出“{title}”，{outcome}", "lent “{title}”, {outcome}"),
    "loan.borrowed": ("借入“{title}”，{outcome}", "borrowed “{title}”, {outcome}"),
    "outcome.returned": ("已归还", "brought back"),
    "outcome.used": ("已用完", "used"),
    "outcome.lost": ("未能归还", "not brought back"),
    "outcome.other": ("还在进行", "still open"),
    "outcome.late": ("晚了 {days} 天归还", "brought back {days} days late"),
    "outcome.in_time": ("按时归还", "brought back on time"),
    "outcome.disputed": ("有争议，待处理", "disputed, to be settled"),
    "outcome.settled": ("有过争议，已处理", "disputed and settled"),
    "endorsement": ("推荐", "vouches for them"),
    "endorsement.mutual": ("互相推荐", "vouches for them, and they in return"),
    "community": ("社区", "the community"),
    "gone": ("已离开的成员", "a former member"),
    "hidden": ("一位成员", "a member"),
}  # fmt: skip


def said(key: str, locale: str, **values: object) -> str:
    """Return a sentence in one language."""
    zh, en = _SENTENCES[key]
    return (zh if locale == "zh-CN" else en).format(**values)
