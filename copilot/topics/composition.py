"""From a choice (question, evidence, framework) and some words to a topic: quotes, citations and lengths are code's work."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from copilot.community.demand import DemandKind
from copilot.community.ids import text_hash
from copilot.language.words import content_words
from copilot.topics.affinity import text_language
from copilot.topics.concreteness import from_deed
from copilot.topics.frameworks import Framework, fill
from copilot.topics.models import Cited, Demand, DraftedBy, Interested, Lengths, Offer, OutlineStep, Topic
from copilot.topics.quotes import beginning, excerpt, subject
from copilot.topics.snapshot import AskedQuestion, Evidence, Pairing, TopicSnapshot
from copilot.topics.wording import say, say_day, variants

# By the language of the text quoted, not of the community: an English sentence needs three times the room.
_ASK_CHARS = {"zh": 46, "en": 140}
_SUBJECT_CHARS = {"zh": 24, "en": 64}
_KNOW_CHARS = {"zh": 42, "en": 120}
_SHORTEST_SUBJECT = 9  # characters


@dataclass(frozen=True)
class Choice:
    """What a topic is made of; all parts come from the snapshot and the library."""

    question: AskedQuestion
    evidence: list[Evidence]
    framework: Framework
    fit: float


@dataclass(frozen=True)
class Words:
    """What a model may write; everything left empty comes from the framework."""

    titles: list[str] = field(default_factory=list)
    opening: str = ""
    guiding_questions: list[str] = field(default_factory=list)
    invitation: str = ""


def choose(snapshot: TopicSnapshot, pairing: Pairing, framework: Framework) -> Choice:
    """Return the choice that a pairing stands for.

    Raises:
        ValueError: the pairing does not belong to the snapshot.
    """
    question = snapshot.question(pairing.question)
    evidence = snapshot.evidence_of(pairing.evidence)
    if question is None or not evidence:
        raise ValueError(f"pairing {pairing.question} is not in this snapshot")
    return Choice(question, evidence, framework, pairing.fit)


def compose(snapshot: TopicSnapshot, choice: Choice, rank: int, words: Words, drafted_by: DraftedBy) -> Topic:
    """Return the topic with its quotes, outline and message."""
    framework = choice.framework
    values = placeholder_values(snapshot, choice)
    short = _subject(choice)
    outline = [
        OutlineStep(heading=fill(step.heading, values), questions=[fill(text, values) for text in step.questions])
        for step in framework.outline
    ]
    if words.guiding_questions:
        outline[0] = OutlineStep(heading=outline[0].heading, questions=words.guiding_questions)
    return Topic(
        rank=rank,
        demand=_demand(choice.question, values["ask"], short),
        evidence=[Cited(kind=item.kind, id=item.id, quote=_know(item, choice)) for item in choice.evidence],
        fit=choice.fit,
        reason=_reason(snapshot, choice, values),
        framework=framework.key,
        framework_title=framework.title,
        titles=words.titles or _titles(snapshot, choice, values | {"ask": short}),
        opening=words.opening or _opening(snapshot, choice, values),
        outline=outline,
        show=[fill(text, values) for text in framework.show],
        closing=fill(framework.closing, values),
        lengths=Lengths(
            voice_seconds=framework.voice_seconds,
            short_chars=framework.short_chars,
            article_chars=framework.article_chars,
        ),
        incentives=[Offer(kind=item.kind, offer=fill(item.offer, values)) for item in framework.incentives],
        novelty=choice.question.novelty,
        message=_message(snapshot, choice, values, words.invitation),
        drafted_by=drafted_by,
    )


def placeholder_values(snapshot: TopicSnapshot, choice: Choice) -> dict[str, str]:
    """Return what the placeholders of a framework stand for: exact excerpts and names."""
    locale, question = snapshot.community.locale, choice.question
    asker = question.asker_name or say(locale, "asker.gap" if _is_gap(choice) else "asker.unnamed")
    about = content_words(" ".join(item.text for item in choice.evidence))
    return {
        "ask": excerpt(question.text, _ASK_CHARS[text_language(question.text)], about),
        "know": _know(choice.evidence[0], choice),
        # Chinese is written without spaces, but a Latin name needs one before what follows.
        "asker": f"{asker} " if locale.startswith("zh") and asker[-1].isascii() else asker,
        "channel": question.channel_name or say(locale, "channel.unnamed"),
    }


def _is_gap(choice: Choice) -> bool:
    return choice.question.kind is DemandKind.GAP


def _titles(snapshot: TopicSnapshot, choice: Choice, values: dict[str, str]) -> list[str]:
    if not _is_gap(choice):
        return [fill(text, values) for text in choice.framework.titles]
    locale, title = snapshot.community.locale, choice.framework.title.split("（")[0].split(" (")[0]
    return [say(locale, f"title.gap.{n}", framework=title, **values) for n in range(variants("title.gap"))]


def _opening(snapshot: TopicSnapshot, choice: Choice, values: dict[str, str]) -> str:
    if _is_gap(choice):
        turn = _turn(snapshot, choice, variants("opening.gap"))
        return say(snapshot.community.locale, f"opening.gap.{turn}", **values)
    return fill(choice.framework.openings[_turn(snapshot, choice, len(choice.framework.openings))], values)


def _subject(choice: Choice) -> str:
    """Return what titles call the question: a title that holds a whole question is read by nobody."""
    question = choice.question.text
    if _is_gap(choice):
        limit = _SUBJECT_CHARS[text_language(question)]
        if choice.evidence[0].kind == "sells":  # what is sold has a title of its own
            return beginning(question, limit)
        short = beginning(from_deed(question), limit)
        # "I know it by heart" says nothing without what stands before it.
        return short if len(short) >= _SHORTEST_SUBJECT else beginning(question, limit)
    about = content_words(" ".join(item.text for item in choice.evidence))
    return subject(question, _SUBJECT_CHARS[text_language(question)], about)


def _demand(question: AskedQuestion, ask: str, short: str) -> Demand:
    return Demand(
        kind=question.kind, question_id=question.id, channel_id=question.channel_id,
        channel_name=question.channel_name, asker_id=question.asker_id, asker_name=question.asker_name,
        asked_at=question.asked_at, quote=ask, subject=short, same_ids=list(question.same_ids),
        interest=[
            Interested(
                kind=one.kind, id=one.id, member_id=one.member_id,
                quote=excerpt(one.text, _ASK_CHARS[text_language(one.text)], content_words(question.text)),
            )
            for one in question.interest
        ],
    )  # fmt: skip


def _know(item: Evidence, choice: Choice) -> str:
    return excerpt(item.text, _KNOW_CHARS[text_language(item.text)], content_words(choice.question.text))


def _reason(snapshot: TopicSnapshot, choice: Choice, values: dict[str, str]) -> str:
    kind = choice.question.kind.value
    return say(snapshot.community.locale, f"reason.{kind}", **_said(snapshot, choice, values))


def _message(snapshot: TopicSnapshot, choice: Choice, values: dict[str, str], invitation: str) -> str:
    locale, prefix = snapshot.community.locale, f"cite.{choice.question.kind.value}"
    turn = _turn(snapshot, choice, variants(prefix))
    cited = say(locale, f"{prefix}.{turn}", **_said(snapshot, choice, values))
    asked = invitation or say(locale, "invite", framework=choice.framework.title)
    gentle = say(locale, "way_out", seconds=choice.framework.voice_seconds)
    return ("" if locale.startswith("zh") else " ").join([cited, asked, gentle])


def _said(snapshot: TopicSnapshot, choice: Choice, values: dict[str, str]) -> dict[str, object]:
    day = choice.question.asked_at.astimezone(ZoneInfo(snapshot.community.timezone)).date()
    said, locale, kind = dict[str, object](values), snapshot.community.locale, choice.evidence[0].kind
    return said | {
        "day": say_day(snapshot.community.locale, day),
        "name": snapshot.member.name,
        "askers": choice.question.askers,
        "caring": _caring(snapshot, choice),
        "caring_short": _caring(snapshot, choice, quoted=False),
        "you": say(locale, f"you.{kind}", **values),
        "they": say(locale, f"they.{kind}", **values, name=snapshot.member.name),
    }


def _caring(snapshot: TopicSnapshot, choice: Choice, *, quoted: bool = True) -> str:
    """Return who cares about a gap, in numbers; `quoted` with the words of the nearest, which are for operators only."""
    locale, question = snapshot.community.locale, choice.question
    parts = []
    told = [one for one in question.interest if one.text]
    if question.wanting and told:
        text = told[0].text
        near = excerpt(text, _ASK_CHARS[text_language(text)], content_words(question.text))
        parts.append(say(locale, "caring.quoted" if quoted else "caring.wanting", count=question.wanting, near=near))
    if question.peers:
        parts.append(say(locale, "caring.peers", count=question.peers))
    return say(locale, "caring.and").join(parts)


def _turn(snapshot: TopicSnapshot, choice: Choice, count: int) -> int:
    """Return which of `count` wordings is used: the same one every time for this member and question."""
    return int(text_hash(f"{snapshot.member.id}\x1f{choice.question.id}"), 16) % count
