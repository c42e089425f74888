"""Who and what a plan has picked, and what to pick instead: ids of records in, never a name from nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from copilot.errors import InvalidInput
from copilot.events.drafts.outline import Outline
from copilot.events.drafts.playbook_draft import HOST_ROLE, VENUE_NEED
from copilot.events.models import Pick, PlanContent
from copilot.events.revisions.locks import is_locked
from copilot.events.revisions.wishes import ALL_SPEAKERS, HOST, SPEAKERS, VENUE, Wish
from copilot.events.revisions.wording import locked_part, refusal
from copilot.events.snapshot import MAX_CANDIDATES, Candidate, Candidates

# Address of a pick: ("agenda", "pitch_2"), ("roles", "host"), ("resources", "venue").
Slot = tuple[str, str]
_ROUND = re.compile(r"(?P<key>.+)_(?P<round>\d+)")


@dataclass
class Choices:
    """The picks of a plan by slot, in the order of the plan; None where nobody is picked."""

    picks: dict[Slot, Candidate | None] = field(default_factory=dict)

    def ids(self) -> set[str]:
        """Return the ids of everything that is picked."""
        return {item.id for item in self.picks.values() if item is not None}

    def over(self, outline: Outline) -> Outline:
        """Return an outline with these picks instead of its own, wherever a slot is known."""
        speakers: dict[str, list[Candidate]] = {}
        for (section, key), item in self.picks.items():
            if section == "agenda":
                known = speakers.setdefault(_part_key(key, {s.part.key for s in outline.segments}), [])
                if item is not None:
                    known.append(item)
        segments = [
            replace(segment, speakers=tuple(speakers[segment.part.key])) if segment.part.key in speakers else segment
            for segment in outline.segments
        ]  # fmt: skip
        return replace(
            outline, segments=segments, role_picks=self._laid("roles", outline.role_picks),
            resource_picks=self._laid("resources", outline.resource_picks),
        )  # fmt: skip

    def _laid(self, section: str, drafted: Mapping[str, Candidate]) -> dict[str, Candidate]:
        known = {key: item for (where, key), item in self.picks.items() if where == section}
        drafted = {key: item for key, item in drafted.items() if key not in known}
        return {**{key: item for key, item in known.items() if item is not None}, **drafted}


def choices_of(plan: PlanContent, known: Mapping[str, Candidate]) -> Choices:
    """Return what a plan has picked; picks that the snapshot does not know count as nobody."""
    speaking = {segment.role for segment in plan.agenda if segment.speaker or segment.to_confirm}
    picks: dict[Slot, Candidate | None] = {}
    for segment in plan.agenda:
        if segment.role in speaking and (segment.speaker or segment.to_confirm):
            picks.setdefault(("agenda", segment.key), _record(segment.speaker, known))
    picks |= {("roles", role.key): _record(role.pick, known) for role in plan.roles}
    return Choices(picks | {("resources", need.key): _record(need.pick, known) for need in plan.resources})


def _record(pick: Pick | None, known: Mapping[str, Candidate]) -> Candidate | None:
    return known.get(pick.id) if pick else None


def _part_key(key: str, parts: Collection[str]) -> str:
    found = _ROUND.fullmatch(key)
    return found["key"] if key not in parts and found and found["key"] in parts else key


@dataclass(frozen=True)
class Chooser:
    """Replaces picks.

    Attributes:
        candidates: what may be picked, best first.
        may_stay: whether a pick can stay where it is, from its section and its record.
        record: finds a record that somebody named by id; None when it may not be picked.
    """

    candidates: Candidates
    may_stay: Callable[[str, Candidate], bool]
    record: Callable[[str], Candidate | None]
    locks: tuple[str, ...] = ()

    def choose(self, choices: Choices, wish: Wish) -> Choices:
        """Return the picks after a wish; whoever may not stay is replaced, too, by nobody where nobody fits.

        Raises:
            InvalidInput: what was asked for has no replacement, is locked, or is no record that may be picked.
        """
        picks = dict(choices.picks)
        asked = self._asked(choices, wish)
        for slot, item in choices.picks.items():
            if item is not None and (slot in asked or not self.may_stay(slot[0], item)):
                picks[slot] = self._other(slot, item, Choices(picks).ids() | choices.ids())
                if picks[slot] is None and slot in asked:
                    raise InvalidInput(
                        "there is no other suitable record", field="request", pointer="/request",
                        reason="nobody_else", sentence=refusal("nobody_else", name=item.name),
                    )  # fmt: skip
        named: dict[Slot, Candidate | None] = {}
        for address, record_id in wish.picks.items():
            named |= self._named(choices, address, record_id)
        return Choices(self._same_person(choices, picks | named) | named)

    def _asked(self, choices: Choices, wish: Wish) -> set[Slot]:
        """Return the slots that are to be filled anew."""
        asked: set[Slot] = set()
        for what in wish.repick:
            slots = [slot for slot, item in choices.picks.items() if item is not None and _is_meant(slot, item, what)]
            if not slots:
                raise InvalidInput(
                    "nothing is picked there", field="request", pointer="/request", reason="nothing_picked",
                    sentence=refusal("nothing_picked"),
                )  # fmt: skip
            free = [slot for slot in slots if not self._is_locked(slot)]
            if not free:
                raise locked(".".join(slots[0]))
            asked.update(free[:1] if what == SPEAKERS else free)
        return asked

    def _is_locked(self, slot: Slot) -> bool:
        field_name = "speaker" if slot[0] == "agenda" else "pick"
        return is_locked(self.locks, ".".join((*slot, field_name)))

    def _other(self, slot: Slot, item: Candidate, taken: set[str]) -> Candidate | None:
        section, key = slot
        found = self.candidates
        if section == "resources":
            pool = found.venues if key == VENUE_NEED else [one for one in found.resources if one.type == item.type]
        else:
            pool = [*found.hosts, *found.speakers] if key == HOST_ROLE else found.speakers
        return next((one for one in pool if one.id not in taken), None)

    @staticmethod
    def _same_person(before: Choices, picks: dict[Slot, Candidate | None]) -> dict[Slot, Candidate | None]:
        """Let a role follow the segment whose speaker held it: who speaks is who is asked."""
        swapped = {
            was.id: picks[slot]
            for slot, was in before.picks.items()
            if slot[0] == "agenda" and was is not None and picks[slot] is not was
        }
        return {
            slot: swapped[was.id] if slot[0] == "roles" and (was := before.picks[slot]) and was.id in swapped else item
            for slot, item in picks.items()
        }

    def _named(self, choices: Choices, address: str, record_id: str | None) -> dict[Slot, Candidate | None]:
        section, _, key = address.partition(".")
        if (section, key) not in choices.picks:
            raise no_such_part(address)
        if record_id is None:
            return {(section, key): None}
        found = self.record(record_id)
        if found is None or (found.kind == "resource") != (section == "resources"):
            raise InvalidInput(
                f"{record_id[:80]!r} may not be picked", field="pick_id", pointer="/pick_id", reason="not_a_record",
                sentence=refusal("not_a_record", id=record_id[:80]),
            )  # fmt: skip
        return {(section, key): found}


def _is_meant(slot: Slot, item: Candidate, what: str) -> bool:
    section = slot[0]
    if what in {SPEAKERS, ALL_SPEAKERS}:
        return section == "agenda"
    if what == HOST:
        return slot == ("roles", HOST_ROLE)
    return slot == ("resources", VENUE_NEED) if what == VENUE else item.id == what


def locked(address: str) -> InvalidInput:
    """Return the error that a change needs something that is locked."""
    return InvalidInput(
        f"{address} is locked", field="locks", pointer="/locks", reason="locked", address=address,
        sentence=locked_part(address),
    )  # fmt: skip


def no_such_part(address: str) -> InvalidInput:
    """Return the error that a plan has nothing at an address."""
    shown = address[:80]
    return InvalidInput(
        f"the plan has no {shown!r}", field=shown, pointer="/" + shown.replace(".", "/"), reason="no_such_part",
        sentence=refusal("no_such_part", address=shown),
    )  # fmt: skip


def pool_of(
    first: Candidates, then: Candidates, also: Iterable[Candidate], without: Collection[str] = ()
) -> Candidates:
    """Return the candidates of two searches as one, best of the first first, with those that are picked already.

    The aliases are given anew: each is there once.
    """

    def joined(letter: str, *lists: Iterable[Candidate]) -> list[Candidate]:
        unique = {item.id: item for many in reversed(lists) for item in many if item.id not in without}
        order = dict.fromkeys(item.id for many in lists for item in many if item.id in unique)
        return [unique[one].model_copy(update={"alias": f"{letter}{n}"}) for n, one in enumerate(order, start=1)]

    kept = list(also)
    places = {item.id for item in [*first.venues, *then.venues]}

    def of(letter: str) -> list[Candidate]:
        return [item for item in kept if item.alias[0] == letter and item.id not in without]

    return Candidates(
        speakers=joined("S", of("S"), first.speakers, then.speakers)[:MAX_CANDIDATES],
        hosts=joined("H", of("H"), first.hosts, then.hosts)[:MAX_CANDIDATES],
        venues=joined("V", of("V"), first.venues, then.venues)[:MAX_CANDIDATES],
        resources=[item for item in joined("R", of("R"), first.resources, then.resources) if item.id not in places][:MAX_CANDIDATES],
    )  # fmt: skip
