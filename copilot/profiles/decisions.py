"""The member's answers: what is confirmed enters the profile in the member's wording, what is declined never comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from copilot.community.aspects import CONFIRMED, DECLINED, EDITED, PROPOSED, set_value
from copilot.community.store import Unit
from copilot.community.tables import AspectProposal, Member, ProfileText
from copilot.community.text import clean_line, clean_text
from copilot.errors import Conflict, InvalidInput, TooLarge
from copilot.profiles.findings import Kind
from copilot.profiles.proposals import lock_member, standing_messages, text_id
from copilot.profiles.wording import both
from copilot.settings import LimitSettings

MAX_VALUE_CHARS = 60


def require_open(row: AspectProposal) -> None:
    """Pass a proposal that waits for an answer.

    Raises:
        Conflict: it was answered; `data["reason"]` is `answered`.
    """
    if row.status != PROPOSED:
        raise Conflict(
            "this proposal was answered before",
            reason="answered",
            id=row.id,
            status=row.status,
            sentence=both("answered"),
        )


def require_standing(unit: Unit, row: AspectProposal) -> None:
    """Pass a proposal whose message, if it has one, may be read and still says so; the message is locked.

    Raises:
        Conflict: recalled, hidden or changed; `data["reason"]` is `source_gone`.
    """
    if row.message_id is None:
        return
    text = standing_messages(unit, [row.message_id]).get(row.message_id, "")
    if not row.quote or row.quote not in text:
        raise Conflict(
            "the message this rests on no longer says so", reason="source_gone", id=row.id, sentence=both("source_gone")
        )


@dataclass(frozen=True)
class Wording:
    """What a member answers with: own words, another side of the profile; None leaves what was proposed."""

    text: str | None = None
    aspect: Kind | None = None


def lock_own(unit: Unit, member_id: str, proposal_ids: Sequence[str]) -> tuple[dict[str, AspectProposal], Member]:
    """Return the member's own among these proposals, and the member; nobody else answers or recalls them meanwhile.

    Raises:
        NotFound: there is no such member here.
    """
    rows = unit.get_many(AspectProposal, proposal_ids)
    # Messages before the member, as in every change: two orders would wait for each other.
    standing_messages(unit, [row.message_id for row in rows.values() if row.message_id])
    member = lock_member(unit, member_id)
    unit.session.expire_all()  # whoever held the locks may have changed or deleted them
    rows = unit.get_many(AspectProposal, proposal_ids)
    return {key: row for key, row in rows.items() if row.member_id == member_id}, member


def confirm(unit: Unit, member: Member, row: AspectProposal, wording: Wording, limits: LimitSettings) -> None:
    """Write an open proposal into the profile, in the member's wording; the quote stays as its source.

    Raises:
        Conflict: it was answered, its message is gone, or the side is full; `data["reason"]` says which.
        InvalidInput, TooLarge: the text is blank or too long, or a single value is to change sides.
    """
    require_open(row)
    require_standing(unit, row)
    text, aspect = _own_text(row, wording.text, limits), _own_side(row, wording.aspect)
    if not row.field:
        row.profile_text_id = _write_text(unit, row, aspect, text, limits)
    elif row.field == "skill" and len(member.skills) >= limits.max_profile_texts:
        raise _full(limits.max_profile_texts)
    else:
        set_value(member, row.field, text)
    row.status = CONFIRMED if (text, aspect) == (row.text, row.aspect) else EDITED
    row.text, row.aspect, row.answered_at = text, aspect, unit.now
    unit.session.flush()


def decline(unit: Unit, row: AspectProposal) -> None:
    """Note that the member does not want this; the row stays, so that it is not proposed again."""
    row.status = DECLINED
    row.answered_at = unit.now
    unit.session.flush()


def _own_text(row: AspectProposal, text: str | None, limits: LimitSettings) -> str:
    if text is None:
        return row.text
    cleaned = clean_line(text) if row.field else clean_text(text)
    if not cleaned:
        sentence = both("blank_text")
        raise InvalidInput("the text must not be empty", field="#/text", reason="blank_text", sentence=sentence)
    limit = MAX_VALUE_CHARS if row.field else limits.max_text_chars
    if len(cleaned) > limit:
        sentence = both("text_too_long", limit=limit)
        raise TooLarge(f"at most {limit} characters", field="#/text", limit=limit, sentence=sentence)
    return cleaned


def _own_side(row: AspectProposal, aspect: Kind | None) -> str:
    if aspect is None or aspect == row.aspect:
        return row.aspect
    if row.field:
        sentence = both("one_side")
        raise InvalidInput("a single value has one side", field="#/aspect", reason="one_side", sentence=sentence)
    return aspect


def _write_text(unit: Unit, row: AspectProposal, aspect: str, text: str, limits: LimitSettings) -> str:
    """Add the sentence, or confirm the one that says the same; return its id."""
    record_id = text_id(row.member_id, aspect, text)
    known = unit.find(ProfileText, record_id)
    if known is not None:
        known.confirmed_at = known.confirmed_at or unit.now
        return record_id
    same_side = (ProfileText.member_id == row.member_id, ProfileText.aspect == aspect)
    count, last = unit.session.execute(
        select(func.count(ProfileText.id), func.max(ProfileText.position)).where(*same_side)
    ).one()
    if count >= limits.max_profile_texts:
        raise _full(limits.max_profile_texts)
    unit.add(
        ProfileText(
            id=record_id, member_id=row.member_id, aspect=aspect, position=0 if last is None else last + 1, text=text,
            source=row.source, source_id=row.message_id or row.id, confirmed_at=unit.now,
        )
    )  # fmt: skip
    return record_id


def _full(limit: int) -> Conflict:
    return Conflict(
        f"this side of the profile holds {limit} lines already", reason="profile_full", limit=limit,
        sentence=both("profile_full", limit=limit),
    )  # fmt: skip
