"""Checks of a plan's texts: only what records support, the community's language, nothing of the prompt, nothing left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from copilot.events.checking import claims
from copilot.events.checking.sentences import problem
from copilot.events.models import PlanContent
from copilot.events.snapshot import PlanSnapshot
from copilot.playbook_models import Playbook

_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


def texts_of(plan: PlanContent) -> list[tuple[str, str]]:
    """Return (place, text) of every text a drafter wrote; names and words of records are left out."""
    texts = [("title", plan.title), ("goal", plan.goal)]
    texts += [(f"agenda.{s.key}", text) for s in plan.agenda for text in (s.title, s.notes)]
    texts += [(f"roles.{r.key}", text) for r in plan.roles for text in (r.title, r.duties)]
    texts += [(f"promotion.{n}", text) for n, p in enumerate(plan.promotion, start=1) for text in (p.title, p.text)]
    texts += [(f"risks.{r.key}", text) for r in plan.risks for text in (r.title, r.trigger, r.fallback)]
    texts += [(f"tasks.{t.key}", t.title) for t in [*plan.prep_tasks, *plan.follow_up]]
    texts += [(f"interactions.{n}", text) for n, text in enumerate(plan.interactions, start=1)]
    return texts + [(f"feedback_questions.{n}", text) for n, text in enumerate(plan.feedback_questions, start=1)]


@dataclass(frozen=True)
class TextRules:
    """What a text must hold to, for one snapshot.

    Attributes:
        supported: words that records and the operator stand for, in one text.
        names: names and topics, which may appear in any language.
        aliases: alias -> name of every candidate.
    """

    locale: str
    supported: str
    names: tuple[str, ...]
    aliases: dict[str, str]

    @classmethod
    def of(cls, snapshot: PlanSnapshot) -> TextRules:
        """Gather the rules of a snapshot."""
        brief, known = snapshot.brief, snapshot.candidates.by_alias()
        said = [brief.topic, brief.audience, brief.notes, brief.place, *brief.goals, snapshot.community.name]
        said += [f"{item.name} {item.text} {item.terms}" for item in known.values()]
        said.append(_date_words(brief.local_start))
        said += [f"{event.title} {' '.join(event.lessons)}" for event in snapshot.past_events]
        names = _names(snapshot)
        aliases = {alias: item.name for alias, item in known.items()}
        return cls(snapshot.community.locale, "\n".join(said), names, aliases)

    @classmethod
    def of_model(cls, snapshot: PlanSnapshot) -> TextRules:
        """Return the stricter rules for a model's texts: what members, comments and pasted messages say stands for nothing.

        A contact, link or price that an operator wants is hers to add; one that a model writes may come from anybody.
        """
        brief = snapshot.brief
        said = [brief.topic, *brief.goals, snapshot.community.name, _date_words(brief.local_start)]
        return replace(cls.of(snapshot), supported="\n".join(said))

    def claims(self, text: str) -> list[str]:
        """Return the kinds of claims in a text that nothing supports."""
        return claims.unsupported(text, self.supported, self.names)

    def speaks(self, text: str) -> bool:
        """Whether a text is in the community's language."""
        return claims.is_in_language(text, self.locale, self.names)

    def shows_inside(self, text: str) -> bool:
        """Whether a text shows the prompt, an internal id, an alias or a placeholder; names are no leak."""
        for name in self.names:
            text = text.replace(name, " ")
        return claims.leaks(text) or claims.has_alias(text, self.aliases) or bool(_PLACEHOLDER.search(text))

    def wrong(self, text: str) -> str:
        """Return what is wrong with a model's text, in the community's language, or ""."""
        if self.shows_inside(text):
            return problem(self.locale, "leak")
        if kinds := self.claims(text):
            return problem(self.locale, f"claim.{kinds[0]}")
        speaks = claims.is_in_language(text, self.locale, self.names, is_strict=True)
        return "" if speaks else problem(self.locale, "language")


def _date_words(start: datetime) -> str:
    return f"{start:%Y-%m-%d} {start:%H:%M} {start.month}月{start.day}日 {start.month}月{start.day}号 {start:%B} {start.day}"


def _names(snapshot: PlanSnapshot) -> tuple[str, ...]:
    """Return names and topics, the longest first."""
    brief = snapshot.brief
    names = [brief.topic, brief.audience, *brief.goals, snapshot.community.name, brief.city, brief.place]
    names += [item.name for item in snapshot.candidates.by_alias().values()]
    return tuple(sorted({name for name in names if name}, key=lambda name: (-len(name), name)))


def claims_supported(plan: PlanContent, rules: TextRules) -> Iterator[str]:
    """Yield texts with a contact, link, price or person that neither a record nor the operator named."""
    for where, text in texts_of(plan):
        for kind in rules.claims(text):
            yield problem(rules.locale, "text", where=where, why=problem(rules.locale, f"claim.{kind}"))


def language(plan: PlanContent, rules: TextRules) -> Iterator[str]:
    """Yield texts that are not in the community's language."""
    if plan.language != rules.locale:
        yield problem(rules.locale, "language")
    for where, text in texts_of(plan):
        if not rules.speaks(text):
            yield problem(rules.locale, "text", where=where, why=problem(rules.locale, "language"))


def nothing_leaked(plan: PlanContent, rules: TextRules) -> Iterator[str]:
    """Yield texts that show the prompt, an internal id or an alias, and placeholders that were never filled."""
    for where, text in texts_of(plan):
        if rules.shows_inside(text):
            yield problem(rules.locale, "text", where=where, why=problem(rules.locale, "leak"))


def goal_measurable(plan: PlanContent) -> Iterator[str]:
    """Yield a problem when the goal has no number or there is no metric."""
    if not any(character.isdigit() for character in plan.goal):
        yield problem(plan.language, "goal_measurable")


def risks_complete(plan: PlanContent, playbook: Playbook) -> Iterator[str]:
    """Yield risks without trigger, fallback or a known owner."""
    roles = {role.key for role in playbook.roles}
    for risk in plan.risks:
        if not (risk.title and risk.trigger and risk.fallback and risk.owner_role in roles):
            yield problem(plan.language, "risk_incomplete", title=risk.title)


def owners_known(plan: PlanContent, playbook: Playbook) -> Iterator[str]:
    """Yield tasks whose owner is no role of the plan."""
    roles = {role.key for role in plan.roles} & {role.key for role in playbook.roles}
    for task in [*plan.prep_tasks, *plan.follow_up]:
        if task.owner_role not in roles:
            yield problem(plan.language, "owner_unknown", title=task.title)


def unknowns_listed(plan: PlanContent) -> Iterator[str]:
    """Yield what nobody is known for and that the list to confirm does not mention."""
    listed = "\n".join(plan.to_confirm)
    unknown = [s.title for s in plan.agenda if s.to_confirm]
    unknown += [role.title for role in plan.roles if role.pick is None]
    unknown += [need.title for need in plan.resources if need.pick is None and need.required]
    for title in unknown:
        if title not in listed:
            yield problem(plan.language, "unlisted", title=title)
