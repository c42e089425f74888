"""Teams as they are shown: names, and for each slot a sentence with the words that speak for whoever fills it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copilot.matching.models import Evidence
from copilot.matching.reasons import UnboundReason, excerpt, short_name
from copilot.matching.records import Party, Setting
from copilot.matching.teams.ask import OpenSlot, Option, SlotFill, SlotReason, Support, Team, TeamMember
from copilot.matching.teams.fit import Line, quote_of
from copilot.matching.teams.models import FilledSlot, ProposedTeam, UncoveredSlot
from copilot.matching.teams.slot_draft import Slot
from copilot.matching.teams.wording import say

# From the first on a fit is worded as one, from the second as a possibility, below as a long shot.
_STRONG, _LIKELY = 0.8, 0.6


@dataclass(frozen=True)
class TeamPages:
    """What sentences about one plan are made of; `texts` are the records a quote may be of."""

    setting: Setting
    slots: Mapping[str, Slot]
    parties: Mapping[str, Party]
    lines: Mapping[tuple[str, str], tuple[Line, ...]]

    def team(self, found: ProposedTeam) -> Team:
        """Return a team with its sentences."""
        return Team(
            members=[TeamMember(member_id=one, name=self.parties[one].name) for one in found.members],
            slots=[self._fill(filled) for filled in found.slots], score=found.score, value=found.value,
            bound=found.bound, gap=found.gap, proof=found.status, parts=found.parts, shared=list(found.shared),
        )  # fmt: skip

    def open_slot(self, hole: UncoveredSlot) -> OpenSlot:
        """Return a slot nobody fills, with who comes closest."""
        closest, why = None, None
        if hole.best_id is not None and hole.best_fit > 0.0:
            closest = self._option(hole.best_id, hole.best_fit)
            why = self._reason(hole.slot_id, hole.best_id, hole.best_fit)
        return OpenSlot(
            slot_id=hole.slot_id, label=hole.label, reason=hole.reason, closest=closest, closest_reason=why,
            text=say(self.setting.locale, f"open.{hole.reason}", label=hole.label),
        )  # fmt: skip

    def _fill(self, filled: FilledSlot) -> SlotFill:
        slot = self.slots[filled.slot_id]
        reason = self._reason(filled.slot_id, filled.member_id, filled.fit)
        if reason is None:
            raise UnboundReason("a slot is filled without words that speak for it", record_id=filled.member_id)
        other = None
        if filled.alternative_id is not None and filled.alternative_fit is not None:
            other = self._option(filled.alternative_id, filled.alternative_fit)
        return SlotFill(
            slot_id=slot.id, label=slot.label, member_id=filled.member_id, name=self.parties[filled.member_id].name,
            fit=filled.fit, in_city=filled.in_city, reason=reason, alternative=other,
            resource=self._support(filled),
        )  # fmt: skip

    def _support(self, filled: FilledSlot) -> Support | None:
        if filled.resource_id is None or filled.resource_fit is None:
            return None
        line = self.lines[filled.resource_id, filled.slot_id][0]
        # A resource begins with its title, which alone does not say what is offered.
        quote = excerpt(line.text.partition("\n")[2]) or quote_of(line)
        title = self.parties[filled.resource_id].name
        return Support(resource_id=filled.resource_id, title=title, fit=filled.resource_fit, quote=quote)

    def _option(self, member_id: str, fit: float) -> Option:
        return Option(member_id=member_id, name=self.parties[member_id].name, fit=fit)

    def _reason(self, slot_id: str, member_id: str, fit: float) -> SlotReason | None:
        """Return the sentence for a slot, every quote of it checked; None where nothing speaks for the member."""
        slot, name, locale = self.slots[slot_id], short_name(self.parties[member_id]), self.setting.locale
        if slot.member_id:
            text = say(locale, "reason.person", label=slot.label, name=name, record=member_id)
            return SlotReason(text=text, evidence=[Evidence(record_id=member_id, quote=name)])
        lines = self.lines.get((member_id, slot_id), ())
        if not lines:
            return None
        tier = "strong" if fit >= _STRONG else "likely" if fit >= _LIKELY else "faint"
        first = lines[0]
        said = say(locale, "said.fact" if first.kind == "fact" else "said.text")
        words = {"label": slot.label, "name": name, "said": said, "quote": quote_of(first), "record": first.record_id}
        text = say(locale, f"reason.{tier}", **words)
        text += "".join(say(locale, "reason.also", quote=quote_of(line), record=line.record_id) for line in lines[1:])
        _verify(text, lines)
        evidence = [Evidence(record_id=line.record_id, quote=quote_of(line)) for line in lines]
        return SlotReason(text=text, evidence=evidence)


def _verify(text: str, lines: Sequence[Line]) -> None:
    for line in lines:
        quote = quote_of(line)
        if not quote or quote not in line.text or quote not in text or line.record_id not in text:
            raise UnboundReason("a sentence about a slot does not show its quote", record_id=line.record_id)
