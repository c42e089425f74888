"""The member's answers: what is confirmed enters the profile in the member's wording, what is declined never comes back."""

from __future__ import annotations

from sqlalchemy import func, select

from copilot.community.aspects import CONFIRMED, DECLINED, EDITED, PROPOSED, set_value
from copilot.community.store import Unit
from copilot.community.tables import AspectProposal, Member, ProfileText
from copilot.community.text import clean_line, clean_text
from copilot.errors import Conflict, InvalidInput, TooLarge
from copilot.profiles.proposals import standing_messages, text_id
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


def own_wording(row: AspectProposal, text: str | None, limits: LimitSettings) -> str:
    """Return the text to store: the member's, cleaned, or what was proposed.

    Raises:
        InvalidInput: the text is blank.
        TooLarge: it is longer than a sentence or value of a profile may be.
    """
    if text is None:
        return row.text
    cleaned = clean_line(text) if row.field else clean_text(text)
    if not cleaned:
        raise InvalidInput(
            "the text must not be empty", field="#/text", reason="blank_text", sentence=both("blank_text")
        )
    limit = MAX_VALUE_CHARS if row.field else limits.max_text_chars
    if len(cleaned) > limit:
        sentence = both("text_too_long", limit=limit)
        raise TooLarge(f"at most {limit} characters", field="#/text", limit=limit, sentence=sentence)
    return cleaned


def confirm(unit: Unit, member: Member, row: AspectProposal, text: str, limits: LimitSettings) -> None:
    """Write an open proposal into the profile, in this wording; the quote stays as its source.

    Raises:
        Conflict: the side is full; `data["reason"]` is `profile_full`.
    """
    if row.field:
        set_value(member, row.field, text)
    else:
        row.profile_text_id = _write_text(unit, row, text, limits)
    row.status = CONFIRMED if text == row.text else EDITED
    row.text = text
    row.answered_at = unit.now
    unit.session.flush()


def decline(unit: Unit, row: AspectProposal) -> None:
    """Note that the member does not want this; the row stays, so that it is not proposed again."""
    row.status = DECLINED
    row.answered_at = unit.now
    unit.session.flush()


def _write_text(unit: Unit, row: AspectProposal, text: str, limits: LimitSettings) -> str:
    """Add the sentence, or confirm the one that says the same; return its id."""
    record_id = text_id(row.member_id, row.aspect, text)
    known = unit.find(ProfileText, record_id)
    if known is not None:
        known.confirmed_at = known.confirmed_at or unit.now
        return record_id
    same_side = (ProfileText.member_id == row.member_id, ProfileText.aspect == row.aspect)
    count, last = unit.session.execute(
        select(func.count(ProfileText.id), func.max(ProfileText.position)).where(*same_side)
    ).one()
    if count >= limits.max_profile_texts:
        limit = limits.max_profile_texts
        raise Conflict(
            f"this side of the profile holds {limit} sentences already", reason="profile_full", limit=limit,
            sentence=both("profile_full", limit=limit),
        )  # fmt: skip
    unit.add(
        ProfileText(
            id=record_id, member_id=row.member_id, aspect=row.aspect, position=0 if last is None else last + 1, text=text,
            source=row.source, source_id=row.message_id or row.id, confirmed_at=unit.now,
        )
    )  # fmt: skip
    return record_id
