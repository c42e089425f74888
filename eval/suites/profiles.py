"""Profiles: what is read from introductions against labels, beside a keyword reader, and what the service does with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import func, select

from copilot.community.access import ROLE_SCOPES, Actor
from copilot.community.models import Role
from copilot.community.tables import ProfileText
from copilot.profiles.findings import Finding, Kind
from copilot.profiles.models import Extraction
from copilot.profiles.rules import read_introduction
from copilot.profiles.sentences import cells, sentences, trimmed
from eval.cases import EvalCase, slug
from eval.manifest import DATASETS
from eval.model_use import ModelDraft, model_figures, no_model_figures
from eval.sample_copies import State
from eval.scorers.aspects import FIELDS, SIDES, AspectScore, score_introduction
from eval.scores import Better, Figure, ratio, share, unscored
from eval.slices import by_slice
from eval.suite import WORST, Findings, Suite
from eval.world import World, Worlds, read_jsonl

# Profiles that others wrote line by line under the three headings, for matching: no introductions, and few plain cues.
PROFILES = DATASETS / "matching" / "v1" / "members.jsonl"
INTRODUCTIONS = DATASETS / "profiles" / "v1" / "introductions.jsonl"
_LOCALE = "zh-CN"
_LINE_CHARS = 300
_OPPOSITE = {"has": "wants", "wants": "has"}
_WANTS = re.compile(r"找|需|求|希望|想|looking|need|seek|hop(?:e|ing)", re.IGNORECASE)
_HAS = re.compile(r"能|可以|提供|有|擅长|帮|can|have|help|offer", re.IGNORECASE)
Reader = Callable[[str], list[Finding]]
Count = Callable[[AspectScore], tuple[int, int]]


def measure(worlds: Worlds) -> Findings:
    """Read every introduction by rules and by keywords, then through the service, and with an endpoint if there is one."""
    cases = read_jsonl(INTRODUCTIONS)
    figures: list[Figure] = []
    worst: list[dict[str, object]] = []
    for split in ("test", "dev"):
        chosen = [case for case in cases if case["split"] == split]
        score, wrong = read_all(chosen, lambda text: read_introduction(text, _LOCALE))
        figures += aspect_figures(f"profiles.{split}", score)
        worst += wrong if split == "dev" else []  # the mistakes on test stay unseen
    baseline, _ = read_all([case for case in cases if case["split"] == "test"], read_by_keywords)
    figures += aspect_figures("profiles.keywords.test", baseline, sides_only=True)
    figures += line_figures(read_jsonl(PROFILES))
    figures += _through_the_service(worlds, cases)
    figures += _with_model(worlds, cases)
    return Findings(figures, worst[:WORST])


def read_all(cases: list[dict[str, Any]], reader: Reader) -> tuple[AspectScore, list[dict[str, object]]]:
    """Return the counts over all cases, and what is wrong in which."""
    total = AspectScore()
    worst: list[dict[str, object]] = []
    for case in cases:
        score = score_introduction(case, reader(case["text"]))
        total.add(score, case_of(case))
        worst += [{"introduction": case["id"], "what": kind, "words": words} for kind, words in score.wrong]
    return total, worst


def aspect_figures(name: str, score: AspectScore, *, sides_only: bool = False) -> list[Figure]:
    """Return precision and recall of every side and field, sentences on the wrong side, and those that are not one's own."""
    figures = []
    cases = [case for case, _ in score.cases]

    def of(measure: str, count: Count, better: Better = "higher", rows: Sequence[int] | None = None) -> Figure:
        chosen = rows if rows is not None else range(len(cases))
        return ratio(
            f"{name}.{measure}", [count(score.cases[at][1]) for at in chosen], [cases[at] for at in chosen], better
        )

    for part in SIDES if sides_only else (*SIDES, *FIELDS):
        if score.tallies[part].found:
            figures.append(of(f"{part}.precision", partial(_found, part)))
        else:
            figures.append(unscored(f"{name}.{part}.precision", "nothing was found"))
        figures.append(of(f"{part}.recall", partial(_labelled, part)))
    if not sides_only:
        figures += by_slice(cases, ("language", "style"), lambda rows: [of("sides.recall", _sides, rows=rows)])
    if not sides_only:
        exact = sum(score.tallies[side].exact for side in SIDES)
        figures.append(share(f"{name}.exact", exact, sum(score.tallies[side].hits for side in SIDES), "none"))
    return [
        *figures,
        of("wrong_side", lambda one: (one.crossed, one.offers), "lower"),
        of("not_own_proposed", lambda one: (one.not_own_found, one.not_own), "lower"),
    ]


def case_of(case: Mapping[str, Any]) -> EvalCase:
    """Return an introduction as a case."""
    return EvalCase(case["id"], slices={"language": case["language"], "style": slug(case["style"])})


def _found(part: str, score: AspectScore) -> tuple[int, int]:
    return score.tallies[part].hits, score.tallies[part].found


def _labelled(part: str, score: AspectScore) -> tuple[int, int]:
    return score.tallies[part].hits, score.tallies[part].labelled


def _sides(score: AspectScore) -> tuple[int, int]:
    tallies = [score.tallies[side] for side in SIDES]
    return sum(one.hits for one in tallies), sum(one.labelled for one in tallies)


def read_by_keywords(text: str) -> list[Finding]:
    """Read the simple way: each sentence goes to the side whose keyword it holds. What the rules are measured against."""
    found = []
    for cell in cells(text):
        for sentence in sentences(text, *cell):
            span = trimmed(text, *sentence)
            words = text[span.start : span.end]
            side: Kind = "wants" if _WANTS.search(words) else "has" if _HAS.search(words) else "is"
            if len(words) > 1:
                found.append(Finding.sentence(side, text, *span))
    return found


def line_figures(members: list[dict[str, Any]]) -> list[Figure]:
    """Return how many lines of a profile, handed in as one text, are found on the side they were written for.

    Only members with an odd number: the others were looked at when the rules were widened.
    """
    right, opposite, total = Counter[str](), Counter[str](), Counter[str]()
    for member in (row for row in members if int(row["external_id"][1:]) % 2):
        lines = [
            (side, line.strip()) for side in SIDES for line in member[side] if 0 < len(line.strip()) <= _LINE_CHARS
        ]
        text, starts = "", []
        for _, line in lines:
            starts.append(len(text))
            text += line + ("\n" if line[-1] in ".。!！?？" else "。\n")
        found = [one for one in read_introduction(text, _LOCALE) if not one.field]
        for (side, line), start in zip(lines, starts, strict=True):
            covered = Counter[str]()
            for one in found:
                covered[one.aspect] += max(0, min(start + len(line), one.end) - max(start, one.start))
            taken = max(SIDES, key=lambda name: covered[name]) if covered.total() else ""
            total[side] += 1
            right[side] += taken == side
            opposite[side] += taken == _OPPOSITE.get(side)
    return [
        *(share(f"profiles.lines.{side}.right", right[side], total[side]) for side in SIDES),
        *(share(f"profiles.lines.{side}.opposite", opposite[side], total[side], "lower") for side in _OPPOSITE),
    ]


def _through_the_service(worlds: Worlds, cases: list[dict[str, Any]]) -> list[Figure]:
    """Hand every introduction in for a member of its own: quotes are exact, and nothing changes before a yes."""
    world = worlds.copy(State.IMPORTED)
    try:
        before = _texts(world)
        answers = hand_in(world, cases)
        quotes = [(case["text"], one.quote) for case, answer in answers for one in answer.items]
        return [
            share("profiles.quotes_resolve", sum(quote in text for text, quote in quotes), len(quotes)),
            share("profiles.changed_before_yes", _texts(world) - before, len(quotes), "lower"),
        ]
    finally:
        world.services.close()


def hand_in(world: World, cases: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Extraction]]:
    """Return what the service proposes for each introduction, handed in by a consenting member of the sample."""
    members = [row for _, row in sorted(world.members().items()) if row.consent_ai and row.visibility != "hidden"]
    read = []
    for case, member in zip(cases, members, strict=False):
        actor = Actor(world.community_id, member.name, Role.MEMBER, ROLE_SCOPES[Role.MEMBER], "evaluation", member.id)
        answer = world.services.profiles.read_introduction(world.community_id, member.id, case["text"], actor=actor)
        read.append((case, answer))
    return read


def _texts(world: World) -> int:
    with world.services.store.read(world.community_id) as unit:
        return unit.session.scalar(select(func.count()).select_from(ProfileText)) or 0


def _with_model(worlds: Worlds, cases: list[dict[str, Any]]) -> list[Figure]:
    names = [f"profiles.llm.{side}.{measure}" for side in SIDES for measure in ("precision", "recall")]
    more = (*names, "profiles.llm.wrong_side", "profiles.llm.not_own_proposed", "profiles.llm.unproven")
    if worlds.llm is None:
        return no_model_figures("profiles", more)
    chosen = [case for case in cases if case["split"] == "test"][: worlds.llm_cases]
    world = worlds.copy(State.IMPORTED, worlds.llm)
    try:
        answers = hand_in(world, chosen)
        drafts = [ModelDraft(answer.degraded is None, answer.llm_call_ids) for _, answer in answers]
        total = AspectScore()
        for case, answer in answers:
            total.add(score_introduction(case, _sentences(case["text"], answer)), case_of(case))
        unproven = sum(answer.unproven for _, answer in answers)
        by_model = sum(one.extracted_by == "model" for _, answer in answers for one in answer.items)
        return [
            *model_figures("profiles", world, drafts),
            *aspect_figures("profiles.llm", total, sides_only=True),
            share("profiles.llm.unproven", unproven, unproven + by_model, "lower"),
        ]
    finally:
        world.services.close()


def _sentences(text: str, answer: Extraction) -> list[Finding]:
    """Return the proposed sentences where they first stand in the text."""
    found = [(one, text.find(one.quote)) for one in answer.items if not one.field]
    return [Finding.sentence(one.aspect, text, at, at + len(one.quote)) for one, at in found if at >= 0]


SUITE = Suite(
    "profiles", 1, "introductions read against labels, beside keywords; quotes, denial, other people's wishes", measure
)
