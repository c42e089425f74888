"""One change of one plan: what must change is composed anew, everything else stays to the byte.

The plan is composed twice by code, from its snapshot without and with the change; the difference of the two is laid over
the plan (`merging.py`), locked parts are put back, sums and times are computed anew, and every check is run. No database.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import time
from typing import Any

from pydantic import ValidationError

from copilot.community.cities import city_key
from copilot.errors import InvalidInput
from copilot.events.briefs.brief import Brief, BriefReading, make_brief
from copilot.events.briefs.echo import heard
from copilot.events.briefs.formats import IN_PERSON
from copilot.events.briefs.settling import Settled, SettledBrief, settle
from copilot.events.checking.checks import failures, run_checks
from copilot.events.models import CheckResult, PlanContent
from copilot.events.revisions.addresses import Json, holds, label_items, put
from copilot.events.revisions.choices import Chooser, choices_of, locked, no_such_part, pool_of
from copilot.events.revisions.composition import composed
from copilot.events.revisions.derived import add_up, fit_agenda, name_holidays, write_run_sheet
from copilot.events.revisions.facts import refresher
from copilot.events.revisions.locks import is_locked, keep_locked
from copilot.events.revisions.merging import merge
from copilot.events.revisions.models import Around, Base, Revised
from copilot.events.revisions.wishes import Wish
from copilot.events.revisions.wording import other_currency, refusal
from copilot.events.snapshot import Candidate, Candidates, PlanSnapshot

# Where a field of the brief shows in the plan: what is locked there holds the field.
_SHOWN_AT = {
    "starts_on": "starts_at", "start_time": "starts_at", "duration_minutes": "ends_at", "city": "city",
    "online": "online", "headcount": "headcount", "budget_cents": "budget", "topic": "topic", "audience": "audience",
    "format": "format",
}  # fmt: skip
_WORD_CHECKS = frozenset({"claims_supported", "language", "nothing_leaked"})
_NEEDS_SEARCH = frozenset({"topic", "city", "online", "headcount", "starts_on", "format"})


def revise(base: Base, wish: Wish, around: Around) -> Revised:
    """Return the plan with the change.

    Raises:
        InvalidInput: the change is impossible, needs something locked, or leaves a plan that fails a check; `sentence`
            says which, in both languages.
    """
    change = _Change(base, wish, around)
    before, after = change.compositions()
    content, checks = change.finished(before, after, keep_words=True)
    if any(check.name in _WORD_CHECKS for check in failures(checks)):
        # Words that a model or a person wrote no longer hold: those the code writes now take their place.
        content, checks = change.finished(before, after, keep_words=False)
    if failed := failures(checks):
        joint = "; " if base.snapshot.community.locale == "en" else "；"
        why = joint.join(check.sentence for check in failed[:3])
        raise InvalidInput(
            f"with this change the plan fails its checks: {why}", field="request", reason="revision_checks_failed",
            checks=[check.name for check in failed], sentence=refusal("checks_failed", why=why),
        )  # fmt: skip
    brief = base.brief.model_copy(update={**make_brief(dict(wish.brief)).model_dump(include=set(wish.brief))})
    if "budget_cents" in wish.brief:  # said in the plan's own currency, whatever the brief was in
        brief = brief.model_copy(update={"currency": None})
    return Revised(content, checks, change.snapshot, brief)


class _Change:
    """One change on its way."""

    def __init__(self, base: Base, wish: Wish, around: Around) -> None:
        self._base, self._wish, self._around = base, wish, around
        self._require_unlocked()
        own = base.snapshot.brief.currency
        if wish.brief.get("currency") not in (None, own):
            raise other_currency(str(wish.brief["currency"]), own)
        settled = self._settled()
        known = base.snapshot.candidates.by_id()
        self._before = choices_of(base.content, known)
        found = self._found(settled.brief)
        chooser = Chooser(found, self._stays(settled.brief), self._record(found), base.locks)
        self._after = self._before if self._leaves_picks else chooser.choose(self._before, wish)
        self.snapshot = self._snapshot(settled, found)

    @property
    def _leaves_picks(self) -> bool:
        """Whether nobody has to be replaced for this change."""
        wish = self._wish
        return not (wish.repick or wish.picks or _NEEDS_SEARCH & set(wish.brief))

    def _require_unlocked(self) -> None:
        for name in self._wish.brief:
            address = _SHOWN_AT.get(name, name)
            if is_locked(self._base.locks, address):
                raise locked(address)
        wanted_format = self._wish.brief.get("format", self._base.snapshot.brief.format)
        if self._wish.brief.get("online") and wanted_format in IN_PERSON:
            title = self._around.playbook.title
            raise InvalidInput(
                f"a {wanted_format} is held in person", field="online", pointer="/request", reason="in_person",
                sentence=refusal("in_person", format=title),
            )  # fmt: skip

    def _settled(self) -> Settled:
        """Return the brief with the change; what was assumed and asked before stays unless it was answered."""
        snapshot, changed = self._base.snapshot, self._wish.brief
        if not changed:
            return Settled(snapshot.brief, snapshot.questions, snapshot.assumptions, snapshot.day_notes)
        whole = _whole(snapshot.brief)
        settled = settle(
            BriefReading(make_brief({**whole, **changed})), self._around.playbook, self._around.circumstances
        )
        try:
            then = replace(self._around.circumstances, now=snapshot.now)
            cautions = settle(BriefReading(make_brief(whole)), self._base.playbook, then).assumptions
        except InvalidInput:  # the rules have become stricter since: nothing is known of what was said then
            cautions = []
        kept = [line for line in snapshot.assumptions if line not in cautions]
        asked = [question for question in snapshot.questions if question.field not in changed]
        if changed.get("online") is False:
            asked += [question for question in settled.questions if question.field == "city"]
        notes = settled.day_notes if "starts_on" in changed else snapshot.day_notes
        return Settled(settled.brief, asked, [*kept, *settled.assumptions], notes)

    def _found(self, brief: SettledBrief) -> Candidates:
        """Return what may be picked: as it was found then, and searched anew when the change calls for it."""
        old = self._base.snapshot.candidates
        if self._leaves_picks:
            return old
        picked = self._before.ids()
        stays = self._stays(brief)
        keep = [item for item in old.by_alias().values() if item.id in picked and stays(_section(item), item)]
        fresh = self._around.search(brief)
        offered = fresh.by_id().keys() | self._around.open_ids
        # Who was found then and is not any more may have withdrawn.
        gone = {item.id for item in old.by_alias().values() if item.id not in offered}
        named = [found for one in self._wish.picks.values() if one and (found := self._around.record(one))]
        also = [*keep, *(item for item in named if item.id not in {one.id for one in keep})]
        if _NEEDS_SEARCH & set(self._wish.brief):
            return pool_of(fresh, Candidates(), also)
        return pool_of(old, fresh, also, without=gone)

    def _record(self, found: Candidates) -> Callable[[str], Candidate | None]:
        known = found.by_id()
        return known.get

    def _stays(self, brief: SettledBrief) -> Callable[[str, Candidate], bool]:
        """Return whether a pick may stay under a brief: still open and, for a place, there and large enough."""
        places = {item.id for item in self._base.snapshot.candidates.venues}

        def stays(_section: str, item: Candidate) -> bool:
            if item.id not in self._around.open_ids:
                return False
            if item.id not in places or brief.online:
                return True
            here = not item.city or not brief.city or city_key(item.city) == city_key(brief.city)
            return here and (item.capacity is None or item.capacity >= brief.headcount)

        return stays

    def _snapshot(self, settled: Settled, found: Candidates) -> PlanSnapshot:
        old = self._base.snapshot
        moved = settled.brief.starts_at != old.brief.starts_at
        playbook = self._around.playbook
        changed_format = playbook.format != self._base.playbook.format
        changed = self._wish.brief
        read = [item for item in self._wish.understood if item.field in changed]
        kept = [item for item in old.understood if item.field not in changed]
        locale = old.community.locale
        return old.model_copy(
            update={
                "brief": settled.brief, "questions": list(settled.questions), "assumptions": list(settled.assumptions),
                "day_notes": list(settled.day_notes), "candidates": found,
                "understood": [*kept, *heard(read, settled.brief, playbook.title, locale)],
                # Days that were counted from then on would move by themselves.
                "now": self._around.circumstances.now if moved else old.now,
                "playbook_id": f"{playbook.id}.{playbook.locale}" if changed_format else old.playbook_id,
                "playbook_hash": playbook.hash if changed_format else old.playbook_hash,
            }
        )  # fmt: skip

    def compositions(self) -> tuple[Json, Json]:
        """Return the plan as code composes it without and with the change."""
        after = composed(self._base, self.snapshot, self._around.playbook, self._after)
        try:
            before = composed(self._base, self._base.snapshot, self._base.playbook, self._before)
        except InvalidInput:  # the rules have become stricter since
            before = self._base.content.model_dump(mode="json")
        return before, after

    def finished(self, before: Json, after: Json, *, keep_words: bool) -> tuple[PlanContent, Sequence[CheckResult]]:
        """Return the plan with the change laid over it, everything computed, and the results of its checks."""
        base = self._base.content.model_dump(mode="json")
        picks = ((was, self._after.picks.get(slot)) for slot, was in self._before.picks.items())
        people = ((was.name, chosen.name) for was, chosen in picks if was is not None and chosen is not None)
        briefs = (self._base.snapshot.brief, self.snapshot.brief)
        refresh = refresher(*briefs, (base["place"], after["place"]), people)

        def reword(mine: str, codes: str) -> str:
            fresh = refresh(mine)
            return fresh if keep_words or fresh == mine else codes

        merged = merge(base, before, after, reword)
        if before["budget"] != after["budget"]:
            merged["budget"] = copy.deepcopy(after["budget"])
        if _timing(before["agenda"]) != _timing(after["agenda"]):
            merged["agenda"] = _timed_as(merged["agenda"], after["agenda"])
        merged = keep_locked(self._base.locks, base, merged)
        self._set_values(merged)
        self._compute(base, merged, before, after)
        try:
            content = PlanContent.model_validate(merged)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            name = ".".join(map(str, first["loc"]))
            raise InvalidInput(f"{name}: {first['msg']}", field=name, pointer="/" + name.replace(".", "/")) from error
        return content, run_checks(content, self.snapshot, self._around.playbook)

    def _set_values(self, document: Json) -> None:
        for address, value in self._wish.values.items():
            if not holds(document, address):
                raise no_such_part(address)
            put(document, address, value)

    def _compute(self, base: Json, document: Json, before: Json, after: Json) -> None:
        """Compute what follows from the rest; where nothing of it changed, it stays as it was stored."""
        if document["agenda"] != base["agenda"]:
            held = [
                name for name in label_items(document["agenda"])
                if f"agenda.{name}.minutes" in self._wish.values or is_locked(self._base.locks, f"agenda.{name}.minutes")
            ]  # fmt: skip
            slot = sum(part["minutes"] for part in after["agenda"])
            if _timing(document["agenda"]) != _timing(after["agenda"]):
                fit_agenda(document, slot, held)
        if document["budget"] != base["budget"]:
            add_up(document)
        if any(document[name] != base[name] for name in ("prep_tasks", "follow_up")):
            name_holidays(document, self.snapshot)
        if before["run_sheet"] != after["run_sheet"] or document["agenda"] != base["agenda"]:
            write_run_sheet(document, after)


def _whole(brief: SettledBrief) -> dict[str, Any]:
    """Return a settled brief as one in which nothing is left out."""
    local = brief.local_start
    whole = {name: getattr(brief, name) for name in Brief.model_fields if name in SettledBrief.model_fields}
    return whole | {"starts_on": local.date(), "start_time": time(local.hour, local.minute)}


def _section(item: Candidate) -> str:
    return "resources" if item.kind == "resource" else "agenda"


def _timing(agenda: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    return [(name, part["minutes"]) for name, part in zip(label_items(agenda), agenda, strict=True)]


def _timed_as(agenda: list[Any], composed: list[Any]) -> list[Any]:
    """Return the composed agenda with the words and people of the other for the parts they share."""
    mine = dict(zip(label_items(agenda), agenda, strict=True))
    return [
        {**mine[name], "start_minute": part["start_minute"], "minutes": part["minutes"]} if name in mine else part
        for name, part in zip(label_items(composed), composed, strict=True)
    ]
