"""What a member's own messages say for the profile: introductions, open asks (wants) and answers that were well received (has).

Rules only, on messages gathered elsewhere. Nothing but the member's own words is ever quoted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from copilot.community.conversation import MENTION_REACH, answers, replies_after
from copilot.language.contacts import holds_contact
from copilot.language.words import content_words
from copilot.profiles.cues import hear
from copilot.profiles.drafts import Draft, SourceText
from copilot.profiles.findings import MAX_TEXT_CHARS, Finding
from copilot.profiles.introductions import introduction_findings
from copilot.profiles.records import MemberChat, Said
from copilot.profiles.sentences import Span, sentences, trimmed

# An ask older than this has been met or given up.
ASK_DAYS = 90
MAX_INTRODUCTIONS = 2
MAX_ASKS = 10
MAX_ANSWERS = 10
# An answer nobody thanked for counts from this many replies, by more than one person.
_MANY_REPLIES = 3
_LIKED_BELOW = 0.5
_FEWEST_WORDS = 3
_THANKS = re.compile(
    r"谢谢|谢啦|谢了|感谢|多谢|感恩|3q|太有用|很有用|有用[!！。]|学到了|学习了|受教|收藏了|记下了|搞定了|解决了|管用|干货|涨知识|醍醐|"
    r"\b(?:thanks?|thank you|thx|cheers|helpful|lifesaver|that (?:worked|helps|helped|solved))\b",
    re.IGNORECASE,
)
_NO_THANKS = re.compile(r"不用谢|不谢|谢谢(?:你全家|不用|不需要)|no thanks|thanks for nothing", re.IGNORECASE)
_ASKS = re.compile(
    r"请教|求助|求(?:推荐|介绍|一个|个|问|指)|想问|有没有(?:人|哪|谁|做|懂|认识|靠谱|推荐|老师|朋友)|谁(?:有|认识|做过|用过|懂|知道|能)|哪(?:家|位|里(?:有|能))|"
    r"怎么(?:办|做|弄|选|解决|收|算|谈|找|搞)|如何|推荐|\b(?:any(?:one|body)|recommend|how (?:do|can|to|should)|does any|looking for|advice)\b",
    re.IGNORECASE,
)
# Where and when to meet, links and lunch: questions of the day, not of a profile.
_OF_THE_DAY = re.compile(
    r"几点|在哪(?:集合|签到)|会议号|链接|回放|群号|密码|吃(?:饭|啥|什么)|红包|到了吗|收到(?:了)?吗|在吗|报名|停车|地铁|下雨|快递单|"
    r"\bwhat time\b|\bwhich room\b|\blink\b|\brecording\b|\bzoom\b|\blunch\b",
    re.IGNORECASE,
)


def read_chat(chat: MemberChat, now: datetime, locale: str) -> list[Draft]:
    """Return what the messages say, the newest first of each kind: introductions, then asks, then answers."""
    introductions = [
        (line, found) for line in reversed(chat.own) if (found := introduction_findings(line.text, locale))
    ][:MAX_INTRODUCTIONS]
    told = {line.id for line, _ in introductions}
    drafts = [Draft(finding, _source(line)) for line, found in introductions for finding in found]
    asks = [line for line in open_asks(chat, now) if line.id not in told]
    drafts += _some(((line, span) for line in asks for span in _asking(line)), "wants", MAX_ASKS)
    received = [(line, asked) for line, asked in well_received(chat) if line.id not in told]
    best = ((line, span) for line, asked in received if (span := _telling(line.text, asked.text)) is not None)
    return drafts + _some(best, "has", MAX_ANSWERS)


def open_asks(chat: MemberChat, now: datetime) -> Iterator[Said]:
    """Yield the member's asks of the last 90 days that nobody has met, newest first.

    A question is met by any answer, an ask for people or things once the member thanked for one.
    """
    replied = {line.reply_to_id for line in chat.reactions if line.reply_to_id}
    thanked = _thanked_for(chat)
    for line in reversed(chat.own):
        if line.sent_at < now - timedelta(days=ASK_DAYS) or line.reply_to_id is not None or line.id in thanked:
            continue
        if not (line.is_question and line.id in replied):
            yield line


def well_received(chat: MemberChat) -> Iterator[tuple[Said, Said]]:
    """Yield (answer, question) of the member's answers to others that were thanked for or much replied to, newest first."""
    turns = list(replies_after(sorted([*chat.own, *chat.questions], key=lambda line: (line.sent_at, line.id))))
    asked = {line.id: line for line in chat.questions}
    replies: defaultdict[str, list[Said]] = defaultdict(list)
    for line in chat.reactions:
        if line.reply_to_id:
            replies[line.reply_to_id].append(line)
    answered = [
        (line, asked[question_id])
        for question_id, found in answers(turns).items()
        if question_id in asked
        for line in found
        if line.sender_id == chat.member_id
    ]
    seen: set[str] = set()
    for line, question in sorted(answered, key=lambda pair: (pair[0].sent_at, pair[0].id), reverse=True):
        later = [
            said for said in chat.reactions
            if said.sender_id == question.sender_id and said.channel_id == line.channel_id and said.reply_to_id is None
            and line.sent_at <= said.sent_at <= line.sent_at + MENTION_REACH
        ]  # fmt: skip
        if line.id not in seen and _is_received(replies[line.id], later):
            seen.add(line.id)
            yield line, question


def _is_received(replies: Sequence[Said], later: Sequence[Said]) -> bool:
    if any(_is_thanks(said) for said in (*replies, *later)):
        return True
    liked = [said for said in replies if said.negative < _LIKED_BELOW]
    return len(liked) >= _MANY_REPLIES and len({said.sender_id for said in liked}) > 1


def _is_thanks(said: Said) -> bool:
    return bool(_THANKS.search(said.text)) and not _NO_THANKS.search(said.text) and said.negative < _LIKED_BELOW


def _thanked_for(chat: MemberChat) -> set[str]:
    """Return the own messages for a reply to which the member said thanks."""
    answered = {line.id: line.reply_to_id for line in chat.reactions if line.reply_to_id}
    return {
        original
        for line in chat.own
        if line.reply_to_id is not None
        and _is_thanks(line)
        and (original := answered.get(line.reply_to_id)) is not None
    }


def _asking(line: Said) -> Iterator[Span]:
    """Yield the sentences of a message in which the member asks for something of their own."""
    for sentence in sentences(line.text, 0, len(line.text)):
        span = trimmed(line.text, *sentence)
        text = line.text[span.start : span.end]
        heard = hear(text)
        wishes = heard.side == "wants" and not heard.is_weak
        asks = wishes or (heard.side != "not_own" and line.is_question and _ASKS.search(text))
        if asks and not _OF_THE_DAY.search(text) and _is_telling(text):
            yield span


def _telling(text: str, about: str) -> Span | None:
    """Return the sentence of an answer that says most about what was asked; None when none says enough."""
    asked = content_words(about)
    best: tuple[float, int, Span] | None = None
    for sentence in sentences(text, 0, len(text)):
        span = trimmed(text, *sentence)
        said = text[span.start : span.end]
        is_asking = text[span.end : sentence.end + 1].strip().startswith(("?", "？"))
        heard = hear(said)
        is_wish = heard.side == "not_own" or (heard.side == "wants" and not heard.is_weak)
        if is_asking or is_wish or not _is_telling(said):
            continue
        words = content_words(said)
        score = min(len(words), 12) + 2.0 * min(len(words & asked), 4)
        if best is None or score > best[0]:
            best = (score, span.start, span)
    return best[2] if best else None


def _is_telling(text: str) -> bool:
    return len(text) <= MAX_TEXT_CHARS and not holds_contact(text) and len(content_words(text)) >= _FEWEST_WORDS


def _some(found: Iterator[tuple[Said, Span]], aspect: str, most: int) -> list[Draft]:
    drafts: dict[str, Draft] = {}
    for line, span in found:
        finding = Finding.sentence("wants" if aspect == "wants" else "has", line.text, *span)
        drafts.setdefault(finding.text, Draft(finding, _source(line)))
        if len(drafts) == most:
            break
    return list(drafts.values())


def _source(line: Said) -> SourceText:
    return SourceText("chat", line.text, line.id)
