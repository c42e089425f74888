"""The drafter that asks a model for words, weights and picks. It never computes and never invents a record.

What the answer lacks or gets wrong is taken from the playbook's outline; every replaced text is named in the result.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from copilot.community.text import clean_line
from copilot.currency import money
from copilot.events.checking import claims
from copilot.events.checking.sentences import problem
from copilot.events.checking.text_checks import TextRules
from copilot.events.drafts.outline import Outline, OutlineSegment
from copilot.events.drafts.plan_words import PROMPT_ID, PlanWords, SegmentWords, code_of, texts_of_words
from copilot.events.drafts.playbook_draft import HOST_ROLE, VENUE_NEED, draft_from_playbook, plan_goal, speaking_roles
from copilot.events.models import RiskPlan
from copilot.events.snapshot import Candidate, PlanSnapshot
from copilot.events.words import says_open
from copilot.llm.fence import FENCE_RULE, fence
from copilot.llm.orders import without_orders
from copilot.llm.prompt import RenderedPrompt
from copilot.playbook_models import CostUnit, Playbook, PromotionStep, SegmentKind
from copilot.prompts import PromptLibrary

_BRIEF_CHARS, _LINE_CHARS = 1500, 160
_UNUSABLE_SHARE = 3  # more than one text in three unusable: ask again
_MOST_OF_A_KIND = 10  # nothing bought per event is needed more often; a larger number is a mistake, or somebody's order
_WORDED = ("title", "goal", "segments", "promotion", "risks", "feedback_questions")
_PIECE = 12  # as many letters in a row from the system prompt are a quotation


def render_prompt(snapshot: PlanSnapshot, playbook: Playbook, prompts: PromptLibrary) -> RenderedPrompt:
    """Return the prompt for a snapshot; the same snapshot renders the same prompt."""
    brief, candidates = snapshot.brief, snapshot.candidates
    locale = snapshot.community.locale
    local = brief.local_start
    lines = [f"{s.key} [{s.kind.value}] {s.title}" for s in playbook.agenda if s.kind is not SegmentKind.BREAK]
    costs = [line for line in playbook.cost_lines if line.unit is CostUnit.PER_EVENT]
    return prompts.get(PROMPT_ID, locale).render(
        {
            "fence_rule": FENCE_RULE[locale],
            "community": fence("community", snapshot.community.name, _LINE_CHARS),
            "brief": fence("brief", brief.notes or brief.topic, _BRIEF_CHARS),
            "topic": fence("topic", brief.topic, _LINE_CHARS),
            "audience": fence("audience", brief.audience, _LINE_CHARS),
            "format": playbook.title,
            "date": local.date().isoformat(),
            "time": local.strftime("%H:%M"),
            "minutes": str(brief.duration_minutes),
            "headcount": str(brief.headcount),
            "budget": "-" if brief.budget_cents is None else money(brief.budget_cents, brief.currency, locale),
            "segments": "\n".join(lines),
            "people": _fence_candidates("people", [*candidates.speakers, *candidates.hosts]),
            "venues": _fence_candidates("venues", candidates.venues),
            "resources": _fence_candidates("resources", candidates.resources),
            "lessons": fence("lessons", "\n".join(x for e in snapshot.past_events for x in e.lessons[:1]) or "-", 600),
            "costs": ", ".join(line.key for line in costs) or "-",
            "promotion_steps": str(len(playbook.promotion)),
        }
    )


def _fence_candidates(label: str, candidates: Collection[Candidate]) -> str:
    # One by one: an order must not take the alias of its line, or another's line, with it.
    lines = [
        f"{item.alias} {without_orders(item.name)}: {without_orders(clean_line(item.text))[:_LINE_CHARS]}"
        for item in candidates
    ]
    return fence(label, "\n".join(lines) or "-", 4000)


def make_validator(snapshot: PlanSnapshot, playbook: Playbook) -> Callable[[PlanWords], list[str]]:
    """Return the check that decides whether a repair turn is worth asking for.

    Single faults are mended without the model: a strange pick is dropped, an unusable text gives way to the playbook's.
    A second turn, which costs as much as the first, is for answers of which too little would be left.
    """
    locale = snapshot.community.locale
    keys = {segment.key for segment in playbook.agenda if segment.kind is not SegmentKind.BREAK}
    speakers = {item.alias for item in snapshot.candidates.speakers}
    rules = TextRules.of_model(snapshot)

    def validate(words: PlanWords) -> list[str]:
        problems = []
        said = {item.key for item in words.segments}
        if len(said & keys) * 2 < len(keys):
            problems.append(
                problem(locale, "unknown_segments", said=", ".join(sorted(said))[:200], known=", ".join(sorted(keys)))
            )
        picked = [code_of(alias) for alias in words.speakers]
        if picked and speakers and not speakers & set(picked):
            problems.append(
                problem(locale, "unknown_picks", said=", ".join(picked)[:200], known=", ".join(sorted(speakers)))
            )
        texts = texts_of_words(words)
        wrong = [
            (name, why) for name, text in texts if (why := rules.wrong(claims.without_aliases(text, rules.aliases)))
        ]
        if len(wrong) * _UNUSABLE_SHARE > len(texts):
            problems += [problem(locale, "unusable_text", where=name, why=why) for name, why in wrong[:6]]
        return problems

    return validate


class _Merge:
    """Lays a model's words over the playbook's outline, keeping only what is sound."""

    def __init__(self, words: PlanWords, snapshot: PlanSnapshot, playbook: Playbook, told: str) -> None:
        self._words = words
        self._snapshot = snapshot
        self._playbook = playbook
        self._base = draft_from_playbook(snapshot, playbook)
        self._rules = TextRules.of_model(snapshot)
        self._told = told
        self._known = snapshot.candidates.by_alias()
        self.replaced: list[str] = []

    def text(self, where: str, said: str, otherwise: str) -> str:
        """Return the model's text when it is sound, else the playbook's, noting the place."""
        cleaned = clean_line(claims.without_aliases(said, self._rules.aliases))
        if not cleaned:
            return otherwise
        if self._rules.wrong(cleaned) or "{" in cleaned or repeats(cleaned, self._told):
            self.replaced.append(where)
            return otherwise
        return cleaned

    def ready(self, where: str, said: str, otherwise: str) -> str:
        """Return a text for guests: as `text`, and nothing in it is still to be settled."""
        if says_open(said):
            self.replaced.append(where)
            return otherwise
        return self.text(where, said, otherwise)

    def pick(self, alias: str, letters: str) -> Candidate | None:
        """Return the candidate behind an alias of the right kind; anything else is nobody."""
        found = self._known.get(code_of(alias))
        return found if found is not None and found.alias[0] in letters else None

    def outline(self) -> Outline:
        base, words = self._base, self._words
        host = self.pick(words.host, "HS") or base.role_picks.get(HOST_ROLE)
        segments = self._segments(self._speakers(host))
        return replace(
            base,
            # The title stands in every message to guests, who must not read that something is open.
            title=self.ready("title", words.title, base.title),
            goal=self._goal(),
            segments=segments,
            role_picks=self._role_picks(host, segments),
            resource_picks=self._resource_picks(),
            promotion=self._promotion(),
            risks=self._risks(),
            feedback_questions=self._questions(),
            cost_quantities={item.key: item.quantity for item in words.quantities if item.quantity <= _MOST_OF_A_KIND},
            replaced=tuple(dict.fromkeys(self.replaced)),
        )

    def _goal(self) -> str:
        """The model's aim with the playbook's numbers: a goal without numbers cannot be judged."""
        measured = plan_goal(self._snapshot, self._playbook)
        aim = self.text("goal", self._words.goal, "")
        if not aim or any(char.isdigit() for char in aim):  # its numbers would compete with the computed ones
            return measured
        joint = " " if self._snapshot.community.locale == "en" else ""
        stop = "." if self._snapshot.community.locale == "en" else "。"
        return f"{aim.rstrip('.。;；')}{stop}{joint}{measured}"

    def _speakers(self, host: Candidate | None) -> list[Candidate]:
        picked = [self.pick(alias, "S") for alias in self._words.speakers]
        chosen = [item for item in picked if item is not None and (host is None or item.id != host.id)]
        return list({item.id: item for item in chosen}.values())

    def _segments(self, speakers: list[Candidate]) -> list[OutlineSegment]:
        said = {item.key: item for item in self._words.segments}
        speaking = speaking_roles(self._playbook)
        slots = [segment.part.key for segment in self._base.segments if segment.role in speaking]
        merged = []
        for segment in self._base.segments:
            words = said.get(segment.part.key)
            merged.append(self._worded(segment, words) if words else segment)
            if segment.part.key in slots and speakers:
                mine = tuple(speakers[slots.index(segment.part.key) :: len(slots)])
                merged[-1] = replace(merged[-1], speakers=mine)
        return merged

    def _worded(self, segment: OutlineSegment, words: SegmentWords) -> OutlineSegment:
        where = f"segments.{words.key}"
        return replace(
            segment,
            title=self.text(where, words.title, segment.title),
            notes=self.text(where, words.notes, segment.notes),
            part=replace(segment.part, weight=float(words.weight)),
        )

    def _role_picks(self, host: Candidate | None, segments: list[OutlineSegment]) -> dict[str, Candidate]:
        picks = dict(self._base.role_picks)
        for segment in reversed(segments):
            if segment.role in speaking_roles(self._playbook) and segment.speakers:
                picks[segment.role] = segment.speakers[0]
        if host is not None and HOST_ROLE in {role.key for role in self._playbook.roles}:
            picks[HOST_ROLE] = host
            picks = {key: item for key, item in picks.items() if key == HOST_ROLE or item.id != host.id}
        return picks

    def _resource_picks(self) -> dict[str, Candidate]:
        picks = dict(self._base.resource_picks)
        venue = self.pick(self._words.venue, "V")
        if venue is not None and VENUE_NEED in picks:
            picks[VENUE_NEED] = venue
        chosen = [item for item in (self.pick(alias, "R") for alias in self._words.resources) if item is not None]
        for need in self._playbook.resources:
            fitting = next((item for item in chosen if item.type == need.type), None)
            if need.key != VENUE_NEED and fitting is not None:
                picks[need.key] = fitting
                chosen.remove(fitting)
        return _each_once(picks)

    def _promotion(self) -> list[PromotionStep]:
        steps = list(self._base.promotion)
        for number, said in enumerate(self._words.promotion[: len(steps)]):
            text = self.ready(f"promotion.{number + 1}", said, "")
            if text:
                steps[number] = steps[number].model_copy(update={"text": text[:600]})
        return steps

    def _risks(self) -> list[RiskPlan]:
        """Keep the playbook's risks; add up to three of the model's own that are sound and complete."""
        added = []
        owner = (
            HOST_ROLE if any(role.key == HOST_ROLE for role in self._playbook.roles) else self._playbook.roles[0].key
        )
        for number, risk in enumerate(self._words.risks[:3], start=1):
            where = f"risks.{number}"
            parts = [self.text(where, said, "") for said in (risk.title, risk.trigger, risk.fallback)]
            if all(parts):
                added.append(
                    RiskPlan(key=f"own_{number}", title=parts[0], trigger=parts[1], fallback=parts[2], owner_role=owner)
                )
        return [*self._base.risks, *added]

    def _questions(self) -> list[str]:
        own = [
            self.text(f"feedback_questions.{n}", said, "") for n, said in enumerate(self._words.feedback_questions, 1)
        ]
        return list(dict.fromkeys([*self._base.feedback_questions, *[text for text in own if text][:2]]))


def _each_once(picks: dict[str, Candidate]) -> dict[str, Candidate]:
    """Drop later needs that a record was picked for twice."""
    seen: set[str] = set()
    kept = {}
    for key, item in picks.items():
        if item.id not in seen:
            kept[key] = item
        seen.add(item.id)
    return kept


def repeats(text: str, told: str) -> bool:
    """Whether `text` quotes what the model was told in confidence, its system prompt `told`."""
    said, known = _letters(text), _letters(told)
    return any(said[start : start + _PIECE] in known for start in range(len(said) - _PIECE + 1))


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def outline_from_words(words: PlanWords, snapshot: PlanSnapshot, playbook: Playbook, told: str = "") -> Outline:
    """Return an outline made of the model's sound words and picks over the playbook's.

    Args:
        words: the model's answer.
        snapshot: what it was asked about.
        playbook: what takes the place of what is not sound.
        told: the system prompt, of which nothing may come back.
    """
    return _Merge(words, snapshot, playbook, told).outline()


def picks_alone(outline: Outline, snapshot: PlanSnapshot, playbook: Playbook) -> Outline:
    """Return the playbook's outline with the people and resources of another one: what is left when its words fail."""
    base = draft_from_playbook(snapshot, playbook)
    speakers = {segment.part.key: segment.speakers for segment in outline.segments}
    segments = [
        replace(segment, speakers=speakers.get(segment.part.key, segment.speakers)) for segment in base.segments
    ]
    return replace(
        base, segments=segments, role_picks=outline.role_picks, resource_picks=outline.resource_picks,
        replaced=tuple(dict.fromkeys([*outline.replaced, *_WORDED])),
    )  # fmt: skip
