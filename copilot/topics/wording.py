"""Every sentence the topics feature writes itself, in Chinese and English. Frameworks are in `knowledge/`, prompts in `prompts/`."""

from __future__ import annotations

from datetime import date
from typing import Final

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "asker.unnamed": ("有位成员", "a member"),
    "asker.gap": ("同行", "a peer"),
    "channel.unnamed": ("群里", "the chat"),
    # What shows that the member knows, said to the member and about the member
    "you.has": ("你写过“{know}”", "you wrote “{know}”"),
    "you.answer": ("你答过“{know}”", "you answered “{know}”"),
    "you.built": ("你在群里讲过“{know}”", "you told the chat “{know}”"),
    "you.tried": ("你在群里讲过“{know}”", "you told the chat “{know}”"),
    "you.sells": ("你手里有“{know}”", "you offer “{know}”"),
    "you.attended": ("你参加过“{know}”", "you were at “{know}”"),
    "they.has": ("{name}的资料里写着“{know}”", "{name}'s profile says “{know}”"),
    "they.answer": ("{name}答过“{know}”", "{name} answered “{know}”"),
    "they.built": ("{name}在群里讲过自己做的：“{know}”", "{name} told the chat what they did: “{know}”"),
    "they.tried": ("{name}在群里讲过自己试的：“{know}”", "{name} told the chat what they tried: “{know}”"),
    "they.sells": ("{name}手里有“{know}”", "{name} offers “{know}”"),
    "they.attended": ("{name}参加过“{know}”", "{name} was at “{know}”"),
    # Why this topic
    "reason.unanswered": (
        "{asker}{day}在「{channel}」问的“{ask}”还没有人接上；{they}。",
        "{asker} asked “{ask}” in {channel} on {day} and nobody has answered; {they}.",
    ),
    "reason.repeated": (
        "“{ask}”这类问题最近有 {askers} 个人问过；{they}。",
        "{askers} people asked something like “{ask}” lately; {they}.",
    ),
    "reason.answered_by_member": (
        "{asker}{day}在「{channel}」问“{ask}”，{name}当时答过“{know}”，群消息一刷就过去了，值得留成一篇。",
        "{asker} asked “{ask}” in {channel} on {day}, and {name} answered “{know}”; the chat has scrolled past it, and it deserves a post.",
    ),
    "reason.answered_by_others": (
        "{asker}{day}在「{channel}」问“{ask}”，有人答过几句；{they}，可以补上自己的做法。",
        "{asker} asked “{ask}” in {channel} on {day} and got a few replies; {they}, which could be added.",
    ),
    "reason.gap": (
        "“{ask}”这方面，资料库和已发布的选题里都还没有人写过；{caring}；{they}。",
        "Nothing in the library or among the published topics is about “{ask}”; {caring}; {they}.",
    ),
    # Who cares about a gap: those who want or ask something near it, those of the same industry
    "caring.quoted": ("{count} 位成员提过相近的事，比如“{near}”", "members who want or ask something near it: {count}, for instance “{near}”"),
    "caring.wanting": ("提过相近的事的成员有 {count} 位", "members who want or ask something near it: {count}"),
    "caring.peers": ("同行业的成员还有 {count} 位", "other members of the industry: {count}"),
    "caring.and": ("，", ", "),
    "title.gap.0": ("{framework}：{ask}", "{framework}: {ask}"),
    "title.gap.1": ("我做过的一件事：「{ask}」", "Something I have done: “{ask}”"),
    "opening.gap.0": (
        "“{know}”——这是我自己的事，群里还没有人写过，我挑最有用的几处讲。",
        "“{know}” That is my own story; nobody here has written about such a thing, so these are the parts worth knowing.",
    ),
    "opening.gap.1": (
        "先说我的底子：“{know}”。这一段我还没写过，挑别人用得上的讲。",
        "Where I come from: “{know}” I have never written it down; here is what others can use.",
    ),
    "gap.prompt": (
        "没有人问过；这是成员自己的话，讲的是群里还没有人写过的经历",
        "asked by nobody; the member's own words about something nobody here has written about",
    ),
    # The message to the member: greeting and citation, invitation, way out
    "cite.unanswered.0": (
        "{name}，你好！{asker}{day}在「{channel}」里问：“{ask}”，到现在还没人接上。看到{you}，就想到你了。",
        "Hi {name}! {asker} asked in {channel} on {day}: “{ask}” Nobody has picked it up yet. I thought of you because {you}.",
    ),
    "cite.unanswered.1": (
        "{name}，打扰一下。「{channel}」里{asker}{day}问了“{ask}”，一直空着没人回。{you}，这一块你应该有话说。",
        "Hello {name}, a quick one. In {channel}, {asker} asked on {day}: “{ask}” It is still open. You may have something to say on it: {you}.",
    ),
    "cite.unanswered.2": (
        "{name}好，有个问题想请你看一眼：“{ask}”（{asker}，{day}，「{channel}」）。还没人答，而{you}。",
        "Hello {name}, could you look at one question? “{ask}” ({asker}, {day}, {channel}). Nobody has answered, and {you}.",
    ),
    "cite.repeated.0": (
        "{name}，你好！最近有 {askers} 个人在群里问过差不多的事，比如{asker}{day}在「{channel}」里问“{ask}”。{you}，讲一次能帮到好几个人。",
        "Hi {name}! {askers} people have asked much the same lately, for instance {asker} in {channel} on {day}: “{ask}” Telling it once would help several, and {you}.",
    ),
    "cite.answered_by_member.0": (
        "{name}，你好！{asker}{day}在「{channel}」问“{ask}”，你当时回的那句“{know}”我一直记着。群里刷得快，后来的人看不到。",
        "Hi {name}! When {asker} asked “{ask}” in {channel} on {day}, you answered “{know}”, and I still remember it. The chat moves fast and newcomers never see it.",
    ),
    "cite.answered_by_others.0": (
        "{name}，你好！{asker}{day}在「{channel}」里问过“{ask}”，群里答了几句。看到{you}，你要是愿意补上自己这一份，后来的人就不用再问了。",
        "Hi {name}! {asker} asked “{ask}” in {channel} on {day} and got a few replies. I remember that {you}; if you add your part, nobody needs to ask again.",
    ),
    "cite.gap.0": (
        "{name}，你好！看到{you}。这方面群里还没有人写过，{caring_short}，讲出来会有人用得上。",
        "Hi {name}! I noticed that {you}. Nobody here has written about it yet ({caring_short}), so it would be of use.",
    ),
    "cite.gap.1": (
        "{name}，打扰一下。翻资料库时发现没有人写过这样的经历，而{you}；{caring_short}，应该都想听。",
        "Hello {name}, a quick one. Nothing in our library is like this, and {you}; there are people here who may like to read it ({caring_short}).",
    ),
    "invite": (
        "愿意按“{framework}”的路子讲两句吗？",
        "Would you say a few words about it, as a “{framework}”?",
    ),
    "way_out": (
        "不用写成文章，{seconds} 秒语音就行，我来整理，发之前给你看；这阵子没空也完全没关系。",
        "No essay needed: a voice note of {seconds} seconds will do. I tidy it up and show you before anything is posted. And if now is a bad time, that is perfectly fine.",
    ),
    # Why there are fewer topics
    "note.no_messages": ("群里还没有可读的消息，没有依据就不出选题。", "There are no readable messages yet; without evidence there are no topics."),
    "note.no_demand": (
        "最近 {days} 天没有找到还没人回答、适合公开回答的问题，所以没有硬凑选题。",
        "In the last {days} days there was no open question fit for a public answer, so no topic was made up.",
    ),
    "note.no_evidence": (
        "这位成员还没有写“我能提供什么”，最近也没有在群里回答过问题。补一条具体做过的事，就能匹配。",
        "This member has not said what they have to offer and has answered nothing lately. One line about something they have done would be enough to match.",
    ),
    "note.not_indexed_yet": (
        "这位成员的资料或群里的问题还在建立索引，选题可能不全，请稍后再试。",
        "The member's profile or the chat's questions are still being indexed; topics may be missing, please try again shortly.",
    ),
    "note.nothing_fits": (
        "最近 {days} 天群里有 {open} 个公开的问题，但都和这位成员说过、做过的事对不上，所以没有硬凑选题。",
        "There are {open} public questions from the last {days} days, but none meets what this member has said or done, so no topic was made up.",
    ),
    "note.fewer": (
        "只有 {count} 个选题有依据（想要 {wanted} 个），没有凑数。",
        "Only {count} of the {wanted} topics asked for have evidence; the rest were not made up.",
    ),
    "note.busy": (
        "这些问题刚刚给了别的成员，请再试一次。",
        "These questions have just been given to other members; please try again.",
    ),
    "degraded": (
        "模型没有给出可用的草稿（{code}），以下由内置框架生成。",
        "The model gave no usable draft ({code}); these come from the built-in frameworks.",
    ),
    "reluctant": (
        "写了 {texts} 条能提供的内容，最近 {days} 天只发了 {messages} 条消息。",
        "Has written {texts} lines about what they offer and sent only {messages} messages in {days} days.",
    ),
    "published": ("已发布的选题", "a published topic"),
    # Outreach
    "outreach.short": (
        "本周只列出 {count} 位（名额 {quota}）：其余的人最近问过、不想被问，或没有对得上的问题。",
        "Only {count} of {quota} places are filled: everybody else was asked lately, does not want to be asked, or nothing asked meets what they know.",
    ),
    "outreach.hour": ("平时多在 {hour} 点前后发言", "usually writes around {hour}:00"),
    "outreach.no_hour": ("发言太少或太分散，看不出合适的时间", "too few messages, or too scattered, to say when"),
    "refused.quota": ("名额要在 1 到 {limit} 之间。", "The quota must be between 1 and {limit}."),
    "refused.not_next": (
        "现在的状态是「{now}」，不能改成「{asked}」。",
        "The status is “{now}” and cannot become “{asked}”.",
    ),
    "refused.paused": ("这位成员不希望被约稿。", "This member does not want to be asked."),
    # Posts
    "post.unknown": (
        "第 {number} 句的小节或来源编号不存在。",
        "Sentence {number} names a section or a source that does not exist.",
    ),
    "post.unsupported": (
        "第 {number} 句说了来源里没有的内容：{what}",
        "Sentence {number} says what its sources do not: {what}",
    ),
    "degraded.post": (
        "模型没有给出可用的整理稿（{code}），以下按规则逐句归位，一字未改。",
        "The model gave no usable draft ({code}); here the sentences are put in place by rules, word for word.",
    ),
    "refused.notes_long": ("笔记最多 {limit} 个字。", "Notes have at most {limit} characters."),
    "refused.notes_empty": ("笔记里没有可以整理的内容。", "The notes say nothing that could be arranged."),
    # Checks: the rule, and what breaks it
    "check.evidence_exists": ("引用的依据都是这位成员自己的记录", "all evidence is a record of this member"),
    "check.question_exists": ("回答的问题真实存在，并且可以给这位成员", "the question exists and is free for this member"),
    "check.evidence_fits": ("依据和问题是配好的一对", "the evidence was matched with this question"),
    "check.quotes_exact": ("引号里的话都是原文", "everything in quotation marks is literal"),
    "check.distinct": ("几个选题的问题和标题互不重复", "no two topics share a question or a title"),
    "check.framework_known": ("写作框架是已有的", "the framework exists"),
    "check.language": ("用的是社区的语言", "the text is in the community's language"),
    "check.lengths": ("长短合适", "lengths are within bounds"),
    "check.no_contacts": ("没有记录里没有的电话、链接和账号", "no phone number, link or account that is not in the records"),
    "check.no_names": ("没有提到无关的人", "nobody is named who has nothing to do with it"),
    "check.numbers": ("没有编造数字", "no number is made up"),
    "check.no_leak": ("没有带出内部标记", "no internal marks are left in the text"),
    "broken": ("{topic}：{rule}——{what}", "{topic}: {rule} — {what}"),
    "topic": ("第 {rank} 个选题", "topic {rank}"),
}  # fmt: skip


def say(locale: str, key: str, **values: object) -> str:
    """Return the sentence `key` in `zh-CN` or English, with its values in place."""
    chinese, english = _SENTENCES[key]
    return (chinese if locale.startswith("zh") else english).format(**values)


def both(key: str, **values: object) -> dict[str, str]:
    """Return a sentence in both languages, as errors carry it."""
    return {locale: say(locale, key, **values) for locale in ("zh-CN", "en")}


def variants(prefix: str) -> int:
    """Return how many numbered sentences begin with `prefix`."""
    return sum(1 for key in _SENTENCES if key.startswith(f"{prefix}."))


def say_day(locale: str, day: date) -> str:
    """Return a day without its year: `11月4日`, `4 Nov`."""
    return f"{day.month}月{day.day}日" if locale.startswith("zh") else f"{day.day} {_MONTHS[day.month - 1]}"
