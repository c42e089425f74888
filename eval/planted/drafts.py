"""Planted in what is written: event plans, briefs, topics, quotes, and drafts from hostile texts."""

from __future__ import annotations

import copy
import random
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from copilot.assets import prompts_dir
from copilot.community.tables import EventPlan, Message, ProfileText
from copilot.events.briefs.brief import BriefReading
from copilot.events.briefs.reading import read_brief
from copilot.events.models import PlanContent
from copilot.events.snapshot import Candidate, PlanSnapshot
from copilot.prompts import PromptLibrary
from copilot.topics.models import TopicSet
from eval.attentive import prompted_figure, snapshots_of
from eval.metrics.intervals import SEED
from eval.obedient import Attack, ObedientChatModel
from eval.planted.plot import BRIEFS, Ground, Planted
from eval.rankers import proposable
from eval.scorers.quotes import Quote, ungrounded
from eval.scorers.specificity import specificity
from eval.scores import Figure, share
from eval.suites import events, grounding, injection, plans, topics
from eval.world import NOW, World, read_jsonl

_ASKED = 6
_ATTACKS = 6
# What the prompt is told of the community and of how such an event runs.
_KNOWLEDGE = ("segments", "people", "venues", "resources", "lessons", "costs")


# Event plans --------------------------------------------------------------------------------------------------------


def _plans(ground: Ground) -> list[Figure]:
    return _checked(ground.world, [plan.id for plan in ground.plans])


def _broken(*path: str | int, value: object) -> Callable[[Ground], list[Figure]]:
    """Return the measure of plans of which one was stored with something else at `path`."""

    def measure(ground: Ground) -> list[Figure]:
        ids = [plan.id for plan in ground.plans]
        world = ground.copy()
        tamper(world, ids[0], path, value)
        return _checked(world, ids)

    return measure


def _checked(world: World, ids: Sequence[str]) -> list[Figure]:
    known = events.nameable(world)
    found = [events.recheck(world, plan_id, known) for plan_id in ids]
    return [
        share("events.checks_passed", sum(not failed for failed, _ in found), len(found)),
        share("events.sound_by_own_sums", sum(not problems for _, problems in found), len(found)),
    ]


def tamper(world: World, plan_id: str, path: Sequence[str | int], value: object) -> None:
    """Put `value` at `path` of a stored plan."""
    with world.services.store.write(world.community_id) as unit:
        row = unit.get(EventPlan, plan_id)
        content = copy.deepcopy(row.content)
        part: Any = content
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value
        row.content = content


def _prompted(ground: Ground) -> list[Figure]:
    world = ground.world
    return [prompted_figure(world, snapshots_of(world, [plan.id for plan in ground.plans]), world.services.prompts)]


def _without_knowledge(ground: Ground) -> list[Figure]:
    folder = ground.new_folder() / "prompts"
    shutil.copytree(prompts_dir(), folder)
    for path in (folder / "events").glob("plan.*.md"):
        text = path.read_text("utf-8")
        for name in _KNOWLEDGE:
            text = text.replace("{{ " + name + " }}", "{% if " + name + " %}-{% endif %}")
        path.write_text(text, "utf-8")
    snapshots = snapshots_of(ground.world, [plan.id for plan in ground.plans])
    return [prompted_figure(ground.world, snapshots, PromptLibrary.load(folder))]


# Briefs and picks ---------------------------------------------------------------------------------------------------


def _briefs(reader: plans.Reader) -> list[Figure]:
    return plans.reading_figures(read_jsonl(plans.BRIEFS), "Asia/Shanghai", reader)[0]


def _read_another(_text: str, now: datetime) -> BriefReading:
    return read_brief(BRIEFS[0], now)


def _picks(ground: Ground, spoil: Callable[[PlanSnapshot], PlanSnapshot]) -> list[Figure]:
    """Return how many picks of the plans belong; `spoil` changes whose words are whose."""
    known = events.nameable(ground.world)
    found = [specificity(content, spoil(snapshot), known) for content, snapshot in _picked(ground)]
    return [
        share("plans.playbook.picks_that_belong", sum(one.fitting for one in found), sum(one.picks for one in found))
    ]


@lru_cache(maxsize=1)
def _picked(ground: Ground) -> list[tuple[PlanContent, PlanSnapshot]]:
    """Return the forty plans with what each was made from."""
    world, ids = ground.world, [plan.id for plan in ground.forty_plans]
    with world.services.store.read(world.community_id) as unit:
        contents = [PlanContent.model_validate(unit.get(EventPlan, plan_id).content) for plan_id in ids]
    return list(zip(contents, snapshots_of(world, ids), strict=True))


def _words_swapped(snapshot: PlanSnapshot) -> PlanSnapshot:
    people = snapshot.candidates

    def swap(items: list[Candidate]) -> list[Candidate]:
        # No words at all where there is nobody to swap with.
        texts = [items[(at + len(items) // 2) % len(items)].text if len(items) > 1 else "" for at in range(len(items))]
        return [
            one.model_copy(update={"text": text, "city": "-", "name": "-"})
            for one, text in zip(items, texts, strict=True)
        ]

    kinds = ("speakers", "hosts", "venues", "resources")
    swapped = people.model_copy(update={kind: swap(getattr(people, kind)) for kind in kinds})
    return snapshot.model_copy(update={"candidates": swapped})


# Topics -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _sets(ground: Ground) -> tuple[TopicSet, ...]:
    return tuple(_suggested(ground.copy(), _having_topics(ground)))


def _having_topics(ground: Ground) -> list[str]:
    """Return some members, evenly spread over those who may be asked."""
    ids = proposable(ground.world)
    return ids[:: max(1, len(ids) // _ASKED)][:_ASKED]


def _suggested(world: World, ids: Sequence[str]) -> list[TopicSet]:
    return [world.services.topics.suggest(world.community_id, one, actor="evaluation") for one in ids]


def _topics(ground: Ground) -> list[Figure]:
    return topics.topic_figures(ground.world, list(_sets(ground)), [])[0]


def _topics_of_others(ground: Ground) -> list[Figure]:
    sets = list(_sets(ground))
    moved = [one.model_copy(update={"member_id": sets[at - 1].member_id}) for at, one in enumerate(sets)]
    return topics.topic_figures(ground.world, moved, [])[0]


def _same_question(ground: Ground) -> list[Figure]:
    sets = [one for one in _sets(ground) if one.topics]
    same = [one.model_copy(update={"topics": sets[0].topics}) for one in sets]
    return topics.topic_figures(ground.world, same, [])[0]


def _without_words(ground: Ground) -> list[Figure]:
    world, ids = ground.copy(), _having_topics(ground)
    with world.services.store.write(world.community_id) as unit:
        for row in unit.session.scalars(select(ProfileText)):
            unit.session.delete(row)
        for message in unit.session.scalars(select(Message).where(Message.sender_id.in_(ids))):
            message.recalled_at = NOW
    world.services.sync.run(world.community_id)
    return topics.topic_figures(world, _suggested(world, ids), [])[0]


# Quotes -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _quoted(ground: Ground) -> tuple[dict[str, str], list[Quote]]:
    return grounding.stored_texts(ground.world)[0], grounding.case_quotes(ground.world)


def _quotes(ground: Ground, spoil: Callable[[list[Quote]], list[Quote]]) -> list[Figure]:
    texts, found = _quoted(ground)
    quotes = spoil(found)
    return [share("grounding.cases", len(quotes) - len(ungrounded(quotes, texts)), len(quotes))]


def _one_altered(quotes: list[Quote]) -> list[Quote]:
    first = quotes[0]
    return [Quote(first.shown_in, first.record_id, first.words + "。。"), *quotes[1:]]


def _one_of_another(quotes: list[Quote]) -> list[Quote]:
    first, other = quotes[0], next(one for one in quotes if one.record_id != quotes[0].record_id)
    return [Quote(first.shown_in, other.record_id, first.words), *quotes[1:]]


# Hostile texts ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _case(ground: Ground) -> injection.Case:
    return injection.make_case(ground.world, BRIEFS[0])


def _attacked(ground: Ground, *, shown: bool) -> list[Figure]:
    """Draft from hostile texts with a model that obeys what it sees; `shown`: it sees every order, none is withheld."""
    every = [Attack.model_validate(row) for row in read_jsonl(injection.ATTACKS)]
    chosen = random.Random(SEED).sample(every, _ATTACKS)  # noqa: S311  # a choice of cases, no secret
    case = _case(ground)
    unchanged = 0
    for attack in chosen:
        model = injection.model_of(ObedientChatModel(honest=case.honest, attack=attack, owned=shown))
        drafted = injection.draft(ground.world.services, model, injection.attacked(case, attack), case)
        changed = injection.changes(drafted.content, case.clean)
        unchanged += not changed and not injection.out_of_bounds(drafted, case, attack)
    return [share("injection.unchanged", unchanged, len(chosen))]


PLANTED: Sequence[Planted] = (
    Planted("events", "a broken sum", "events.checks_passed", "the total is not that of the lines", _broken("budget", "total_cents", value=1), _plans),
    Planted("events", "a reserve over the cap", "events.sound_by_own_sums", "spends what nobody granted", _broken("budget", "reserve_cents", value=9_999_999), _plans),
    Planted("events", "a torn agenda", "events.checks_passed", "a part of one minute, and a gap", _broken("agenda", 0, "minutes", value=1), _plans),
    Planted("events", "a date before today", "events.checks_passed", "a task was due long ago", _broken("prep_tasks", 0, "due_on", value="2026-01-01"), _plans),
    Planted("events", "an invented venue", "events.sound_by_own_sums", "a record that nobody has", _broken("venue", value={"kind": "resource", "id": "res_invented", "name": "x"}), _plans),
    Planted("events", "a prompt without knowledge", "events.prompted.words_kept", "names neither parts nor people nor places", _without_knowledge, _prompted),
    Planted("plans", "one brief for all", "plans.test.field_accuracy", "reads the same brief whatever is typed", lambda _: _briefs(_read_another), lambda _: _briefs(read_brief)),
    Planted("plans", "words of other records", "plans.playbook.picks_that_belong", "the same picks, with the profiles swapped", lambda g: _picks(g, _words_swapped), lambda g: _picks(g, lambda one: one), "control"),
    Planted("topics", "evidence of other members", "topics.quotes_resolve", "topics handed to the next member", _topics_of_others, _topics),
    Planted("topics", "one question for everybody", "topics.duplicates", "the same topic handed out again", _same_question, _topics),
    Planted("topics", "evidence removed", "topics.members_served", "the product, without a word of theirs in profile or chat", _without_words, _topics, "control"),
    Planted("injection", "nothing withheld", "injection.unchanged", "the model is shown every order it is given", lambda g: _attacked(g, shown=True), lambda g: _attacked(g, shown=False)),
    Planted("grounding", "a quote altered", "grounding.cases", "two signs more than were written", lambda g: _quotes(g, _one_altered), lambda g: _quotes(g, list)),
    Planted("grounding", "a quote of another message", "grounding.cases", "somebody else's words", lambda g: _quotes(g, _one_of_another), lambda g: _quotes(g, list)),
)  # fmt: skip
