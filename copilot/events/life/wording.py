"""Every sentence of the life of an event, in Chinese and English: refusals, drafts of reminders, the form."""

from __future__ import annotations

_SENTENCES: dict[str, tuple[str, str]] = {
    # Refusals
    "event_over": ("这场活动已经结束。", "This event is over."),
    "event_started": ("活动已经开始，不能再报名或改报名。", "The event has started; sign-ups can no longer change."),
    "event_cancelled": ("这场活动已经取消。", "This event was cancelled."),
    "plan_in_past": (
        "方案里的时间已经过去，请先改期再发布。",
        "The plan's day is past; change it before you publish it.",
    ),
    "plan_is_older": (
        "活动用的是第 {current} 版，这是第 {version} 版。要退回旧版，请先把它存成新版本。",
        "The event is on version {current}; this is version {version}. To go back, make it a new version first.",
    ),
    "pick_withdrawn": (
        "方案里的「{name}」已经不能参加或不再提供，请先修改方案。",
        "“{name}” of this plan is no longer available; change the plan first.",
    ),
    "not_signed_up": ("没有这位成员的报名。", "This member has not signed up."),
    "still_waiting": ("还在候补名单里，不能签到。", "Still on the waiting list; no check-in yet."),
    "event_full": ("名额已满，现场不能再加人。", "All places are taken; nobody can be added at the door."),
    "already_there": ("已经签到，不能取消报名。", "Already checked in; the sign-up stays."),
    "door_closed": (
        "签到时间是 {opens} 到 {closes}。",
        "Check-in is open from {opens} to {closes}.",
    ),
    "wrong_code": ("签到码不对或已过期，还可以试 {left} 次。", "The code is wrong or has expired; {left} more tries."),
    "too_many_codes": (
        "签到码错了太多次，请 {minutes} 分钟后再试，或找现场工作人员。",
        "Too many wrong codes. Try again in {minutes} minutes, or ask the people at the door.",
    ),
    "only_attendees": ("只有到场的人可以填反馈。", "Only those who came can give feedback."),
    "feedback_closed": ("反馈时间是 {opens} 到 {closes}。", "Feedback is open from {opens} to {closes}."),
    "unknown_question": ("表里没有这个问题：{question}", "The form has no such question: {question}"),
    "answered_twice": ("同一个问题答了两次：{question}", "The question was answered twice: {question}"),
    "not_over": ("活动还没结束，不能复盘。", "The event is not over; there is nothing to review."),
    "no_reminder_now": (
        "这类提醒现在没有对象：{kind}",
        "There is nobody to remind like this now: {kind}",
    ),
    "spent_twice": ("「{line}」记了两次，请合成一行。", "“{line}” is given twice; make one line of it."),
    "spent_untitled": (
        "方案里没有「{line}」这一项：计划外的花费请写上名称（title）。",
        "The plan has no line “{line}”: give what was not planned a title.",
    ),
    # The form
    "form.rating": ("总体给这场活动打几分？（1 分很差，5 分很好）", "How was the event overall? (1 poor, 5 great)"),
    "form.comment": ("还有什么想说的？", "Anything else?"),
    # Drafts of reminders
    "remind.attend": (
        "{name}，提醒一下：「{title}」{when}，{where}。来不了的话请早点取消，名额会自动给候补的朋友。",
        "Hi {name}, a reminder: “{title}” is on {when}, {where}. If you cannot come, please cancel early so that the place goes to the next on the list.",
    ),
    "remind.waiting": (
        "{name}，你在「{title}」（{when}）的候补名单第 {position} 位。一有名额会自动补上，不用再报名。",
        "Hi {name}, you are number {position} on the waiting list of “{title}” ({when}). If a place comes free it is yours without signing up again.",
    ),
    "remind.moved_up": (
        "{name}，好消息：「{title}」有人取消，名额给你了。{when}，{where}。来不了请取消，让给后面的人。",
        "Good news, {name}: a place at “{title}” came free and it is yours. {when}, {where}. If you cannot come, please cancel so that it goes on.",
    ),
    "remind.changed": (
        "{name}，「{title}」有变动：现在是 {when}，{where}。来不了的话请取消，名额会给候补的朋友。",
        "Hi {name}, “{title}” has changed: it is now {when}, {where}. If you cannot come, please cancel so that the place goes on.",
    ),
    "remind.cancelled": (
        "{name}，抱歉，原定 {when} 的「{title}」取消了。{reason}",
        "Sorry, {name}: “{title}” on {when} is cancelled. {reason}",
    ),
    "remind.feedback": (
        "{name}，谢谢你来「{title}」。花一分钟打个分、说一句，下一场会照着改。",
        "Thanks for coming to “{title}”, {name}. A rating and one line take a minute and shape the next one.",
    ),
    "remind.missed": (
        "{name}，「{title}」没见到你，一切都好吗？如果是时间或通知的问题，告诉我们一声。",
        "We missed you at “{title}”, {name}. All well? If it was the time or our notice, please tell us.",
    ),
    "where.online": ("线上", "online"),
    "where.unknown": ("地点会另行通知", "the place will follow"),
    "hidden_member": ("（隐身成员）", "(hidden member)"),
}


def said(key: str, locale: str, **values: object) -> str:
    """Return a sentence in the community's language, values put in."""
    chinese, english = _SENTENCES[key]
    return (chinese if locale == "zh-CN" else english).format(**values)


def in_both(key: str, **values: object) -> dict[str, str]:
    """Return a sentence in both languages, as errors carry it."""
    return {locale: said(key, locale, **values) for locale in ("zh-CN", "en")}
