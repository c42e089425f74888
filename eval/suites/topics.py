"""Topics: does every one rest on a real question and the member's own words, and do topics follow the words?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

import numpy as np
from sqlalchemy import delete, select

from copilot.community.tables import CheckIn, Event, Member, Message, ProfileText, Reading, Resource, TopicSuggestion
from copilot.errors import Denied
from copilot.language.normalise import normalise
from copilot.language.script import detect_language
from copilot.moderation.questions import is_question
from copilot.topics.evidence import resource_text
from copilot.topics.models import Topic, TopicSet
from eval.cases import EvalCase
from eval.controls import ring, swap_texts
from eval.manifest import DATASETS
from eval.model_use import ModelDraft, model_figures, no_model_figures
from eval.scorers.quotes import Quote, ungrounded
from eval.scores import Figure, mean, precision_recall, share, share_of
from eval.suite import WORST, Findings, Suite
from eval.world import World, Worlds, read_jsonl

SAMPLE_LABELS = DATASETS / "sample" / "labels.jsonl"
# The evidence that is swapped: what members say they have, not what they answered in chat.
_SWAPPED = "has"
_LONGEST_SUBJECT = 64


@dataclass(frozen=True)
class Stored:
    """What topics may rest on: texts and authors by record id."""

    texts: dict[str, str]
    authors: dict[str, str]


def measure(worlds: Worlds) -> Findings:
    """Suggest topics for the whole community, then look at each; then take the evidence away."""
    with worlds.fresh() as world:
        sets, refused = suggest_for_all(world)
        figures, worst = topic_figures(world, sets, refused)
        figures += _demand(world, sets)
    figures += _control(worlds)
    figures += _with_model(worlds)
    return Findings(figures, worst[:WORST])


def suggest_for_all(world: World) -> tuple[list[TopicSet], list[str]]:
    """Return a set per member in the order of external ids, and the ids of members who were refused."""
    sets, refused = [], []
    for _, member in sorted(world.members().items()):
        try:
            sets.append(world.services.topics.suggest(world.community_id, member.id, actor="evaluation"))
        except Denied:
            refused.append(member.id)
    return sets, refused


def stored(world: World) -> Stored:
    """Return every record that may be cited, with whose it is."""
    with world.services.store.read(world.community_id) as unit:
        profile, messages = list(unit.session.scalars(select(ProfileText))), list(unit.session.scalars(select(Message)))
        owned = list(unit.session.scalars(select(Resource).where(Resource.owner_id.is_not(None))))
        been = unit.session.execute(select(CheckIn.id, CheckIn.member_id, Event.title).join(Event)).all()
    texts = {row.id: row.text for row in profile} | {row.id: row.text for row in messages}
    texts |= {row.id: resource_text(row) for row in owned}
    authors = {row.id: row.member_id for row in profile} | {row.id: row.sender_id or "" for row in messages}
    authors |= {row.id: row.owner_id or "" for row in owned} | {row.id: row.member_id for row in been}
    return Stored(texts | {row.id: row.title for row in been}, authors)


def topic_figures(
    world: World, sets: list[TopicSet], refused: list[str]
) -> tuple[list[Figure], list[dict[str, object]]]:
    """Return figures of sets that were suggested one after the other, and what is wrong with which."""
    known = stored(world)
    topics = [(found.member_id, topic) for found in sets for topic in found.topics]
    quotes = [quote for member_id, topic in topics for quote in topic_quotes(member_id, topic, known)]
    wrong = ungrounded(quotes, known.texts)
    asked = Counter(i for _, topic in topics for i in {topic.demand.question_id, *topic.demand.same_ids})
    repeated = sum(asked[topic.demand.question_id] > 1 for _, topic in topics)
    checks = [check for found in sets for check in found.checks]
    consenting = {
        member.id for member in world.members().values() if member.consent_ai and member.visibility != "hidden"
    }
    served = [found for found in sets if found.topics]
    gap_topics = [topic for _, topic in topics if topic.demand.kind == "gap"]
    figures = [
        share("topics.quotes_resolve", len(quotes) - len(wrong), len(quotes)),
        share("topics.duplicates", repeated, len(topics), "lower"),
        share("topics.checks_passed", sum(check.passed for check in checks), len(checks)),
        mean("topics.novelty", [topic.novelty for _, topic in topics], better="none"),
        share("topics.evidence_reused", *_reused(topics), "lower"),
        share("topics.titles_are_subjects", sum(_is_short(topic) for _, topic in topics), len(topics)),
        share("topics.members_served", len(served), len(sets)),
        share("topics.from_gaps", len(gap_topics), len(topics), "none"),
        share("topics.explained_when_fewer", *_explained(sets)),
        share(
            "topics.served_without_consent", sum(s.member_id not in consenting for s in served), len(served), "lower"
        ),
        share("topics.refused_rightly", sum(i not in consenting for i in refused), len(refused)),
    ]
    worst: list[dict[str, object]] = [{"topic": q.shown_in, "record": q.record_id, "words": q.words} for q in wrong]
    worst += [{"check": check.name, "why": check.sentence} for check in checks if not check.passed]
    return figures, worst


def topic_quotes(member_id: str, topic: Topic, known: Stored) -> list[Quote]:
    """Return the question and every piece of evidence; what somebody else wrote loses its id, and so counts as wrong."""
    asked = Quote(topic.id, topic.demand.question_id, topic.demand.quote)
    cited = [
        Quote(topic.id, one.id if known.authors.get(one.id) == member_id else "", one.quote) for one in topic.evidence
    ]
    caring = [Quote(topic.id, one.id, one.quote) for one in topic.demand.interest if one.kind != "industry"]
    return [asked, *cited, *caring]


def _reused(topics: list[tuple[str, Topic]]) -> tuple[int, int]:
    """Return how many topics rest first of all on a record that another topic rests on, too."""
    first = Counter(topic.evidence[0].id for _, topic in topics)
    return sum(first[topic.evidence[0].id] > 1 for _, topic in topics), len(topics)


def _is_short(topic: Topic) -> bool:
    return bool(topic.demand.subject) and len(topic.demand.subject) <= _LONGEST_SUBJECT


def _explained(sets: list[TopicSet]) -> tuple[int, int]:
    fewer = [found for found in sets if len(found.topics) < found.wanted]
    return sum(found.note is not None for found in fewer), len(fewer)


def _demand(world: World, sets: list[TopicSet]) -> list[Figure]:
    """Compare detected questions, and those given out as unanswered, with the sample's labels."""
    messages = world.messages()
    with world.services.store.read(world.community_id) as unit:
        asking = set(unit.session.scalars(select(Reading.message_id).where(Reading.is_question.is_(True))))
        read = set(unit.session.scalars(select(Reading.message_id)))
    labels = {
        messages[row["channel"], row["id"]].id: set(row["labels"])
        for row in read_jsonl(SAMPLE_LABELS)
        if (row["channel"], row["id"]) in messages
    }
    ids = [message_id for message_id in labels if message_id in read]
    texts = {message.id: message.text for message in messages.values()}
    truth = np.array(["question" in labels[i] or "unanswered" in labels[i] for i in ids])
    names = {message.id: f"{channel}-{name}" for (channel, name), message in messages.items()}
    cases = [EvalCase(names[message_id]) for message_id in ids]
    open_ = [t.demand.question_id for s in sets for t in s.topics if t.demand.kind == "unanswered"]
    unanswered = {message_id for message_id, found in labels.items() if "unanswered" in found}
    given = {i for s in sets for t in s.topics for i in (t.demand.question_id, *t.demand.same_ids)}
    return [
        *precision_recall("topics.question", truth, np.array([i in asking for i in ids]), cases),
        *precision_recall("topics.question_by_rule", truth, np.array([_by_rule(texts[i]) for i in ids]), cases),
        share("topics.demand_unanswered", sum(i in unanswered for i in open_), len(open_)),
        share_of(
            "topics.demand_given_out",
            [one in given for one in sorted(unanswered, key=names.__getitem__)],
            [EvalCase(names[one]) for one in sorted(unanswered, key=names.__getitem__)],
        ),
    ]


def _by_rule(text: str) -> bool:
    """Whether the rule calls it a question, which was written with these messages in sight."""
    return is_question(normalise(text).text, detect_language(text))


def _control(worlds: Worlds) -> list[Figure]:
    """Swap what members have: topics must leave with the words, and go where the words went."""
    sample = worlds.shared()
    givers = ring(sorted(_having(sample)))
    before = _alone(sample, givers)
    with worlds.fresh(partial(swap_texts, aspect=_SWAPPED)) as world:
        # The others have no part in what follows.
        after = _alone(world, [name for name, giver in givers.items() if before.get(name) or before.get(giver)])
    # Few members have topics, and seldom two neighbours of the ring: each side is measured where it can be.
    stayed = [_overlap(before[name], after.get(name, set())) for name in givers if before.get(name)]
    followed = [_overlap(before[giver], after.get(name, set())) for name, giver in givers.items() if before.get(giver)]
    return [
        mean("topics.control_swapped_has.stayed", stayed, better="lower"),
        mean("topics.control_swapped_has.followed", followed),
    ]


def _having(world: World) -> set[str]:
    with world.services.store.read(world.community_id) as unit:
        statement = select(Member.external_id).join(ProfileText).where(ProfileText.aspect == _SWAPPED)
        return set(unit.session.scalars(statement))


def _alone(world: World, names: Collection[str]) -> dict[str, set[tuple[str, str]]]:
    """Return the questions each of these members would be given for their profile's words, as if nobody else had been asked.

    Topics that rest on answers in chat stay out: those are not swapped. So do gaps, which are the words themselves.
    Nothing is left behind.
    """
    keys = {row.id: key for key, row in world.messages().items()}
    found = {}
    for name, member in sorted(world.members().items()):
        if name not in names:
            continue
        try:
            answer = world.services.topics.suggest(world.community_id, member.id)
        except Denied:
            continue
        by_words = [
            topic
            for topic in answer.topics
            if topic.demand.kind != "gap" and all(one.kind == _SWAPPED for one in topic.evidence)
        ]
        found[name] = {keys[topic.demand.question_id] for topic in by_words}
        with world.services.store.write(world.community_id) as unit:
            unit.session.execute(delete(TopicSuggestion))
    return found


def _overlap(before: set[tuple[str, str]], after: set[tuple[str, str]]) -> float:
    return len(before & after) / len(before)


def _with_model(worlds: Worlds) -> list[Figure]:
    names = ("topics.llm.quotes_resolve", "topics.llm.checks_passed")
    if worlds.llm is None:
        return no_model_figures("topics", names)
    with worlds.fresh(llm=worlds.llm) as world:
        sets = []
        for reluctant in world.services.topics.reluctant(world.community_id, worlds.llm_cases or 30):
            found = world.services.topics.suggest(world.community_id, reluctant.member_id, actor="evaluation")
            if found.topics:
                sets.append(found)
        drafts = [ModelDraft(found.drafted_by != "playbook", found.llm_call_ids) for found in sets]
        known = stored(world)
        quotes = [
            quote for found in sets for topic in found.topics for quote in topic_quotes(found.member_id, topic, known)
        ]
        checks = [check.passed for found in sets for check in found.checks]
        return [
            *model_figures("topics", world, drafts),
            share(names[0], len(quotes) - len(ungrounded(quotes, known.texts)), len(quotes)),
            share(names[1], sum(checks), len(checks)),
        ]


SUITE = Suite("topics", 3, "evidence resolves, no question twice, demand against labels, swapped evidence", measure)
