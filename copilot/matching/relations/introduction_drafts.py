"""The two messages of an introduction: templates around exact quotes that both profiles hold at this moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from copilot.matching.models import Evidence, Reason
from copilot.matching.reasons import UnboundReason, short_name, verify_reasons
from copilot.matching.records import Locale, Party
from copilot.matching.relations.introduction_models import Draft
from copilot.matching.relations.introduction_wording import INVITATION, LINES, NEWS

_MOST_LINES = 3


@dataclass(frozen=True)
class Couple:
    """Who is introduced to whom: both with texts, why they were matched, and until when it waits (a local date)."""

    asker: Party
    target: Party
    reasons: Sequence[Mapping[str, object]]
    locale: Locale
    until: str


def compose_drafts(couple: Couple) -> list[Draft]:
    """Return the message to the asked member and the one to the asker.

    Of the reasons stored with the match those are used whose every quote still stands in its record: a message never
    says what a profile no longer does.

    Raises:
        UnboundReason: a quote is not in its message or its record: a defect of ours.
    """
    records = couple.asker.records() | couple.target.records()
    standing = list(_standing(couple.reasons, records))
    return [
        _draft("invitation", INVITATION, couple, standing, records),
        _draft("news", NEWS, couple, standing, records),
    ]


def _standing(reasons: Sequence[Mapping[str, object]], records: Mapping[str, str]) -> Iterator[Reason]:
    for stored in reasons:
        try:
            reason = Reason.model_validate(stored)
            verify_reasons([reason], records)
        except (ValidationError, UnboundReason):
            continue  # the profile has changed, or an older version wrote it
        yield reason


def _draft(
    purpose: str,
    template: Mapping[Locale, str],
    couple: Couple,
    reasons: Sequence[Reason],
    records: Mapping[str, str],
) -> Draft:
    reader, other = (couple.target, couple.asker) if purpose == "invitation" else (couple.asker, couple.target)
    lines: list[str] = []
    evidence: list[Evidence] = []
    for reason in reasons[:_MOST_LINES]:
        line, quoted = _line(reason, reader, other, couple.locale)
        if line:
            lines.append(line)
            evidence.extend(quoted)
    text = template[couple.locale].format(
        asker=short_name(couple.asker), target=short_name(couple.target), until=couple.until, lines="".join(lines)
    )
    draft = Draft.model_validate({"purpose": purpose, "to": reader.id, "text": text, "evidence": evidence})
    for item in draft.evidence:
        if item.quote not in draft.text or item.quote not in records[item.record_id]:
            raise UnboundReason("a message does not show its quote", record_id=item.record_id)
    return draft


def _line(reason: Reason, reader: Party, other: Party, locale: Locale) -> tuple[str, list[Evidence]]:
    """Return one line and its quotes: what the other says, beside what the reader says, when the reason has it."""
    theirs = next((item for item in reason.evidence if item.record_id in other.records()), None)
    yours = next((item for item in reason.evidence if item.record_id in reader.records()), None)
    if theirs is None:
        return "", []
    form = "city" if reason.kind == "city" else "both" if yours else "theirs"
    if form == "city" and yours is None:
        return "", []
    line = LINES[locale][form].format(name=short_name(other), theirs=theirs.quote, yours=yours.quote if yours else "")
    return line, [item for item in (theirs, yours) if item is not None]
