"""Every sentence of the exchange, in Chinese and English: refusals, how a loan stands, drafts of reminders."""

from __future__ import annotations

from copilot.errors import Conflict, Denied, InvalidInput

_SENTENCES: dict[str, tuple[str, str]] = {
    # Refusals
    "not_offered": ("这项资源现在不提供。", "This resource is not on offer now."),
    "own_resource": ("这是你自己的资源，不需要申请。", "This is your own resource; there is nothing to ask for."),
    "not_for_you": ("按使用条件，这项资源不提供给这位成员。", "By its terms, this resource is not for this member."),
    "too_long": ("最长可用 {limit} 天。", "It can be used for {limit} days at most."),
    "in_the_past": ("开始日期不能早于今天。", "The first day cannot be in the past."),
    "ends_before_start": ("结束日期不能早于开始日期。", "The last day cannot be before the first one."),
    "after_expiry": ("资源只提供到 {day}。", "The resource is on offer until {day} only."),
    "more_than_there_are": ("一共只有 {limit} 份。", "There are {limit} units in all."),
    "asked_already": ("同一时段已经申请过了。", "There is a request for these days already."),
    "too_many_open": ("同时进行的申请最多 {limit} 个。", "At most {limit} requests may be open at once."),
    "no_unit_free": ("这段时间没有空余。", "No unit is free on these days."),
    "step_not_allowed": ("现在的状态（{status}）不能这样做。", "This cannot be done while the loan is {status}."),
    "too_early": ("还没到开始日期（{day}）。", "It begins on {day}, not before."),
    "words_needed": ("请说明理由。", "Say why."),
    "until_needed": ("请写明延长到哪一天，须晚于 {day}。", "Say until when; it must be after {day}."),
    "settled_as_needed": ("请写明处理结果。", "Say where the loan stands from now on."),
    "not_settled_like_this": ("这类使用不能这样了结。", "A loan of this kind cannot be settled like this."),
    "not_ended": ("使用结束后才能填写结果。", "Outcomes are told when the use has ended."),
    "member_needed": ("请写明是哪位成员。", "Say who: member_id."),
    "side_needed": ("请写明是哪一方：lender 或 borrower。", "Say for which side: lender or borrower."),
    "other_side": ("这一步由另一方或运营来做。", "The other side, or operators, take this step."),
    "own_side": ("只能代表自己这一方。", "One speaks for one's own side."),
    "reads_only": ("这把钥匙只能查看。", "This key reads only."),
    "nothing_named": ("请至少写一项要改的内容。", "Name at least one thing to change."),
    "nothing_to_read": ("没有能读的内容。", "It holds nothing to read."),
    "period_too_long": ("一次最多统计 {limit} 天。", "Figures are of {limit} days at most."),
    "too_much_to_count": (
        "要统计的记录太多（最多 {limit} 条），请缩短时间。",
        "There is too much to count (at most {limit} records); name fewer days.",
    ),
    "before_calendars": ("日期太早。", "Such a day is before any calendar."),
    # Agreements
    "loan_over": ("这次使用已经结束，不再订约定。", "This loan is over; nothing more is agreed on it."),
    "no_template": (
        "请写明用哪个模板；这项资源的使用条件没有对应的模板。",
        "Say which template; none goes by itself with what this resource asks in return.",
    ),
    "unknown_field": ("模板里没有“{name}”这一项。", "The template has no field {name!r}."),
    "field_twice": ("“{name}”填了不止一次。", "{name!r} is filled in more than once."),
    "field_missing": ("还没有填：{name}。", "Still to fill in: {name}."),
    "field_kind": ("“{name}”要填的是另一种内容。", "{name!r} takes another kind of value."),
    "field_empty": ("“{name}”没有能读的内容。", "{name!r} holds nothing to read."),
    "number_range": ("“{name}”须在 {least} 到 {most} 之间。", "{name!r} must be from {least} to {most}."),
    "shares_sum": ("各方比例合计须为 100%，现在是 {sum}%。", "The shares must sum to 100 %; they sum to {sum} %."),
    "share_twice": ("同一方的比例写了两次。", "One side stands in the shares twice."),
    "not_newest": ("这一版已经有了更新的版本。", "There is a newer version of this agreement."),
    "accepted_already": ("这一方已经同意过这一版。", "This side has accepted this version already."),
    "other_hash": (
        "要同意的内容和这一版不一样，请重新看过再同意。",
        "What is accepted is not what this version says; read it again first.",
    ),
    "loan_changed": (
        "使用的日期、份数或双方在这一版之后变了，请先出新的一版。",
        "Days, units or sides of the loan have changed since this version; propose a new one first.",
    ),
    "too_many_versions": ("约定最多 {limit} 版。", "An agreement has at most {limit} versions."),
    "chosen_needed": ("保密资源要写明提供给谁。", "A confidential resource must say whom it is for."),
    "nobody_chosen": ("只提供给部分人时，请写明成员或城市。", "Say which members or cities it is for."),
    "city_needs_confidential": (
        "提供给所有人时，不要再列成员或城市。",
        "What is for everyone lists no members or cities.",
    ),
    "unknown_subclass": ("这个大类没有子类 {code}。", "This class has no subclass {code}."),
    "merged_already": ("这项资源已经并入另一项。", "This resource was merged into another one."),
    "in_use": ("还有人在用，不能合并。", "It is in use; it cannot be merged."),
    "decided_already": ("已经有结论了。", "This was decided already."),
    "not_one_of_them": ("保留的必须是两项之一。", "The one to keep must be one of the two."),
    "closure_order": ("关闭时段的结束日期不能早于开始日期。", "A closed period cannot end before it begins."),
    "calendar_too_long": ("一次最多看 {limit} 天。", "A calendar shows {limit} days at most."),
    # How a loan stands
    "status.requested": ("等待答复", "waiting for an answer"),
    "status.waiting": ("候补第 {position} 位", "number {position} in the waiting list"),
    "status.accepted": ("已同意，等待交接", "accepted, not handed over yet"),
    "status.lent": ("使用中，{day} 前归还", "in use, due on {day}"),
    "status.granted": ("已给出，{day} 前用完", "granted, to be used by {day}"),
    "status.overdue": ("已逾期，应在 {day} 前归还或用完", "overdue since {day}"),
    "status.handed_back": ("对方说已归还，等待确认", "said to be back, not confirmed yet"),
    "status.disputed": ("有争议，由运营处理", "disputed, with the operators"),
    "status.returned": ("已归还", "returned"),
    "status.used": ("已用完", "used"),
    "status.lost": ("未能归还", "not returned"),
    "status.declined": ("未同意", "declined"),
    "status.withdrawn": ("申请人已撤回", "taken back by who asked"),
    "status.cancelled": ("提供者已取消", "cancelled by who offers it"),
    "status.expired": ("已过期", "expired"),
    # Drafts of reminders
    "remind.confirm": (
        "{name}，你在社区登记的“{title}”（{code}）还能提供吗？{day} 前没有确认的话，会先从匹配里撤下。",
        "{name}, can you still offer “{title}” ({code})? Unless you confirm it by {day}, it leaves the matches for now.",
    ),
    "remind.decide": (
        "{name}，有人申请使用“{title}”（{code}），{start} 至 {day}，请答复同意或不同意。",
        "{name}, somebody asks for “{title}” ({code}), {start} to {day}; please accept or decline.",
    ),
    "remind.hand_over": (
        "{name}，“{title}”（{code}）已同意从 {start} 起使用，请交接并登记。",
        "{name}, “{title}” ({code}) was accepted from {start}; please hand it over and note it.",
    ),
    "remind.due_soon": (
        "{name}，“{title}”（{code}）{day} 到期，需要延长请提前说一声。",
        "{name}, “{title}” ({code}) is due on {day}; if you need it longer, ask before.",
    ),
    "remind.overdue": (
        "{name}，“{title}”（{code}）已过 {day} 的期限，请归还或说明情况。",
        "{name}, “{title}” ({code}) was due on {day}; please return it or say what happened.",
    ),
    "remind.confirm_return": (
        "{name}，对方说“{title}”（{code}）已经归还，请确认。",
        "{name}, “{title}” ({code}) is said to be back with you; please confirm.",
    ),
    "remind.extension": (
        "{name}，对方希望把“{title}”（{code}）用到 {until}，请答复。",
        "{name}, the borrower asks to keep “{title}” ({code}) until {until}; please answer.",
    ),
    "remind.dispute": (
        "“{title}”（{code}）的使用有争议，请运营处理。",
        "There is a dispute about “{title}” ({code}); it is with the operators.",
    ),
    "remind.outcome": (
        "{name}，“{title}”（{code}）的使用已经结束，结果怎么样？填一下双方都看得到。",
        "{name}, the use of “{title}” ({code}) has ended; what came of it? Both sides will see it.",
    ),
    "remind.outcome_lender": (
        "{name}，你提供的“{title}”（{code}）已经用完或归还，请填一下结果和你这边的投入，双方都看得到。",
        "{name}, the use of your “{title}” ({code}) has ended; what came of it, and what did you put in? Both sides will see it.",
    ),
    "operators": ("运营", "operators"),
}


def said(key: str, locale: str, **values: object) -> str:
    """Return a sentence in one language."""
    zh, en = _SENTENCES[key]
    return (zh if locale == "zh-CN" else en).format(**values)


def in_both(key: str, **values: object) -> dict[str, str]:
    """Return a sentence in both languages, as errors carry it."""
    return {locale: said(key, locale, **values) for locale in ("zh-CN", "en")}


def refusal(key: str, **values: object) -> Conflict:
    """Return the error that the state of things does not allow something."""
    sentence = in_both(key, **values)
    return Conflict(sentence["en"], reason=key, sentence=sentence)


def wrong(key: str, field: str, at: str = "", **values: object) -> InvalidInput:
    """Return the error that a value is wrong: of this field of the body, or of one that is filled in within the list `at`."""
    sentence = in_both(key, **values)
    return InvalidInput(sentence["en"], field=field, pointer=f"/{at or field}", reason=key, sentence=sentence)


def wrong_parameter(key: str, name: str, **values: object) -> InvalidInput:
    """Return the error that a parameter of the address is wrong."""
    sentence = in_both(key, **values)
    return InvalidInput(sentence["en"], field=name, reason=key, sentence=sentence)


def not_yours(key: str, **data: object) -> Denied:
    """Return the error that the caller's part does not do this."""
    sentence = in_both(key)
    return Denied(sentence["en"], reason=key, sentence=sentence, **data)
