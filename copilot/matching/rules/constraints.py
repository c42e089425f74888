"""Who may be proposed to whom: every rule once, for all kinds, each with a name and the facts it rests on.

Pure: what is on record between two parties comes in as a `Standing`, read by `standing`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from copilot.community.models import RuleKind, Visibility
from copilot.matching.models import Exclusion, ExclusionFacts, MatchKind
from copilot.matching.records import Party, Setting
from copilot.matching.rules.pairing import DECLINED, PROPOSED, Ground, Pairing, PastProposal

Rule = Callable[[Pairing], ExclusionFacts | None]
Rules = tuple[tuple[Exclusion, Rule], ...]
_NO_MORE = ExclusionFacts()


def _is_own(pairing: Pairing) -> ExclusionFacts | None:
    person = pairing.target.person_id
    return _NO_MORE if person is not None and person == pairing.asker.id else None


def _lacks_consent(pairing: Pairing) -> ExclusionFacts | None:
    return _about(pairing, not pairing.asker.consent_match, not pairing.target.consent_match)


def _lacks_ai_consent(pairing: Pairing) -> ExclusionFacts | None:
    return _about(pairing, not pairing.asker.consent_ai, not pairing.target.consent_ai)


def _is_hidden(pairing: Pairing) -> ExclusionFacts | None:
    target_is_closed = pairing.target.visibility != Visibility.COMMUNITY
    return _about(pairing, pairing.asker.visibility == Visibility.HIDDEN, target_is_closed)


def _about(pairing: Pairing, asker: bool, target: bool) -> ExclusionFacts | None:
    if not asker and not target:
        return None
    whom = [pairing.asker.id] if asker else []
    return ExclusionFacts(member_ids=[*whom, pairing.target.person_id or pairing.target.id] if target else whom)


def _is_blocked(pairing: Pairing) -> ExclusionFacts | None:
    rule = pairing.rule(RuleKind.BLOCKED)
    if rule is None:
        return None
    blockers = [found.first_id for found in pairing.standing.rules if found.kind == RuleKind.BLOCKED]
    return ExclusionFacts(member_ids=blockers[:2], since=rule.created_at, rule_id=rule.id, note=rule.note)


def _cannot_match(pairing: Pairing) -> ExclusionFacts | None:
    rule = pairing.rule(RuleKind.CANNOT_MATCH)
    if rule is None:
        return None
    return ExclusionFacts(since=rule.created_at, until=rule.expires_at, rule_id=rule.id, note=rule.note)


def _is_expired(pairing: Pairing) -> ExclusionFacts | None:
    day = pairing.target.expires_on
    return ExclusionFacts(on=day) if day is not None and day < pairing.setting.today else None


def _is_withdrawn(pairing: Pairing) -> ExclusionFacts | None:
    return _NO_MORE if pairing.target.status != "available" else None


def _is_cancelled(pairing: Pairing) -> ExclusionFacts | None:
    # One that is over is stored as finished: that is said by the next rule.
    return None if pairing.target.status in {"published", "finished"} else _NO_MORE


def _is_past(pairing: Pairing) -> ExclusionFacts | None:
    target = pairing.target
    has_begun = target.starts_at is not None and target.starts_at <= pairing.setting.now
    return ExclusionFacts(since=target.starts_at) if has_begun or target.status == "finished" else None


def _is_recalled(pairing: Pairing) -> ExclusionFacts | None:
    return _NO_MORE if pairing.target.status == "recalled" else None


def _is_answered(pairing: Pairing) -> ExclusionFacts | None:
    return _NO_MORE if pairing.target.status == "answered" else None


def _has_joined(pairing: Pairing) -> ExclusionFacts | None:
    return _NO_MORE if pairing.standing.has_joined else None


def _is_connected(pairing: Pairing) -> ExclusionFacts | None:
    # A member is connected by saying yes and being told yes; what is no member says nothing.
    yes = pairing.accepting()
    if not yes:
        return None
    needed = {pairing.asker.id, pairing.target.id} if pairing.target.kind == "member" else {pairing.asker.id}
    return ExclusionFacts(since=max(yes.values())) if needed <= yes.keys() else None


def _awaits_answer(pairing: Pairing) -> ExclusionFacts | None:
    said_at = pairing.accepting().get(pairing.asker.id)
    return None if said_at is None or _is_connected(pairing) else ExclusionFacts(since=said_at)


def _is_full(pairing: Pairing) -> ExclusionFacts | None:
    places, taken = pairing.target.capacity, pairing.standing.taken
    return ExclusionFacts(count=taken, limit=places) if places is not None and taken >= places else None


def _rests(pairing: Pairing) -> ExclusionFacts | None:
    required = pairing.required
    for past in pairing.standing.history:
        # What was declined before the operators asked for the pair is asked once more; their rule can be declined, too.
        is_overruled = required is not None and past.updated_at < required.created_at
        if rests(past.status, past.updated_at, pairing.setting) and not is_overruled:
            until = past.updated_at + timedelta(days=pairing.setting.limits.decline_rest_days)
            return ExclusionFacts(member_ids=[past.member_id], since=past.updated_at, until=until)
    return None


def _was_shown_long_enough(pairing: Pairing) -> ExclusionFacts | None:
    limits = pairing.setting.limits
    for past in pairing.standing.history:
        is_open = past.member_id == pairing.asker.id and past.status == PROPOSED
        shown_until = past.proposed_at + timedelta(days=limits.shown_days)
        is_over = shown_until <= pairing.setting.now and not has_lapsed(past.proposed_at, pairing.setting)
        if is_open and is_over and not pairing.required:
            until = shown_until + timedelta(days=limits.unanswered_rest_days)
            return ExclusionFacts(since=past.proposed_at, until=until)
    return None


def _is_exposed(pairing: Pairing) -> ExclusionFacts | None:
    cap, exposure = pairing.setting.limits.exposure_cap, pairing.standing.exposure
    if cap == 0 or exposure < cap or pairing.required or not has_exposure(pairing.target):
        return None
    # Who was shown somebody goes on seeing them.
    is_shown = any(
        past.member_id == pairing.asker.id and past.status == PROPOSED and counts(past, pairing.setting)
        for past in pairing.standing.history
    )
    return None if is_shown else ExclusionFacts(count=exposure, limit=cap)


def has_exposure(target: Party) -> bool:
    """Whether proposing this costs somebody's attention; what the community itself offers or announces does not."""
    return target.person_id is not None and target.kind != "event"


def counts(past: PastProposal, setting: Setting) -> bool:
    """Whether a proposal still counts for the exposure of what was proposed."""
    return setting.now - past.proposed_at < timedelta(days=setting.limits.exposure_days)


def rests(status: str, since: datetime, setting: Setting) -> bool:
    """Whether a proposal was declined too recently to be made again."""
    return status in DECLINED and setting.now - since < timedelta(days=setting.limits.decline_rest_days)


def has_lapsed(proposed_at: datetime, setting: Setting) -> bool:
    """Whether a proposal that nobody answered was shown, and rested after that, so that it may be made anew."""
    limits = setting.limits
    return setting.now - proposed_at >= timedelta(days=limits.shown_days + limits.unanswered_rest_days)


_PEOPLE: Rules = (
    (Exclusion.OWN, _is_own),
    (Exclusion.CONSENT, _lacks_consent),
    (Exclusion.CONSENT_AI, _lacks_ai_consent),
    (Exclusion.VISIBILITY, _is_hidden),
    (Exclusion.BLOCKED, _is_blocked),
    (Exclusion.CANNOT_MATCH, _cannot_match),
)
_RESOURCE: Rules = (
    (Exclusion.EXPIRED, _is_expired),
    (Exclusion.WITHDRAWN, _is_withdrawn),
    (Exclusion.FULL, _is_full),
)
_EVENT: Rules = (
    (Exclusion.CANCELLED, _is_cancelled),
    (Exclusion.PAST, _is_past),
    (Exclusion.ALREADY_JOINED, _has_joined),
    (Exclusion.FULL, _is_full),
)
_THREAD: Rules = ((Exclusion.RECALLED, _is_recalled), (Exclusion.ANSWERED, _is_answered))
_HISTORY: Rules = (
    (Exclusion.ALREADY_CONNECTED, _is_connected),
    (Exclusion.AWAITING_ANSWER, _awaits_answer),
    (Exclusion.RECENTLY_PROPOSED, _rests),
    (Exclusion.UNANSWERED, _was_shown_long_enough),
    (Exclusion.EXPOSURE, _is_exposed),
)
# By the kind of what is proposed. The order is the one in which a pair counts, that of `Exclusion`. LOW_SCORE has no
# rule here: it is judged on the score, after these.
RULES: dict[MatchKind, Rules] = {
    "member": (*_PEOPLE, *_HISTORY),
    "resource": (*_PEOPLE, *_RESOURCE, *_HISTORY),
    "event": (*_PEOPLE, *_EVENT, *_HISTORY),
    "thread": (*_PEOPLE, *_THREAD, *_HISTORY),
}
# What keeps two members from being put together by others, in a round or a team; who is connected may well sit there.
PAIR_CODES = frozenset(
    {
        Exclusion.CONSENT, Exclusion.CONSENT_AI, Exclusion.VISIBILITY, Exclusion.BLOCKED, Exclusion.CANNOT_MATCH,
        Exclusion.RECENTLY_PROPOSED,
    }
)  # fmt: skip
# What others decided, or what would give it away if it were told apart.
_NOT_TOLD = PAIR_CODES | {Exclusion.EXPOSURE}


def grounds(pairing: Pairing) -> list[Ground]:
    """Return every rule that forbids the proposal, in order, with its facts; empty when it may be made."""
    found = [(code, rule(pairing)) for code, rule in RULES[pairing.target.kind]]
    return [Ground(code, facts) for code, facts in found if facts is not None]


def exclusions(pairing: Pairing) -> list[Exclusion]:
    """Return the codes of `grounds`."""
    return [ground.code for ground in grounds(pairing)]


def as_told_to_members(excluded: Mapping[Exclusion, int]) -> dict[Exclusion, int]:
    """Return counts of exclusions as members may see them.

    Nobody learns that they are blocked, or what others agreed to or declined: all of that counts as `unavailable`.
    """
    told: Counter[Exclusion] = Counter()
    for code, count in excluded.items():
        told[Exclusion.UNAVAILABLE if code in _NOT_TOLD else code] += count
    return dict(told)


def is_findable(target: Party, setting: Setting, *, require_consent: bool = True) -> bool:
    """Whether a member or resource may be named to others at all, whoever asks (consent, visibility, validity)."""
    open_to_all = Pairing(
        Party(id="", kind="member", name="", person_id=None, consent_match=True, consent_ai=True,
              visibility=Visibility.COMMUNITY.value),
        target, setting,
    )  # fmt: skip
    found = exclusions(open_to_all)
    return not [name for name in found if require_consent or name is not Exclusion.CONSENT]
