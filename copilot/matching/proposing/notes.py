"""Why a list of matches is short or empty, and which line of the profile would help most."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.community.models import Visibility
from copilot.matching.models import Evidence, MatchKind, Note
from copilot.matching.proposing.gaps import Aspect, Gap
from copilot.matching.reasons import excerpt
from copilot.matching.records import Locale, Party
from copilot.matching.wording import NOTES


@dataclass(frozen=True)
class Shortage:
    """What is known of a list that was just made.

    Attributes:
        is_short: fewer matches than asked for.
        is_pending: vectors of the asker are still to be made.
        has_nothing: there was nothing to look at.
        gap: the line that would help most, if one was found.
    """

    is_short: bool = False
    is_pending: bool = False
    has_nothing: bool = False
    gap: Gap | None = None


def asker_notes(asker: Party, locale: Locale) -> list[Note]:
    """Return why nothing can be computed for this member; empty when it can."""
    if not asker.consent_match:
        return [Note(code="asker_no_consent", text=NOTES[locale]["asker_no_consent"])]
    if not asker.consent_ai:
        return [Note(code="asker_no_ai", text=NOTES[locale]["asker_no_ai"])]
    if asker.visibility == Visibility.HIDDEN:
        return [Note(code="asker_hidden", text=NOTES[locale]["asker_hidden"])]
    return []


def missing_aspect(asker: Party, kind: MatchKind) -> Aspect | None:
    """Return the side of the profile that says nothing although this kind asks for it; wants before offers."""
    if not asker.wants and kind != "thread":
        return "wants"
    return "has" if not asker.offers and kind in {"member", "thread"} else None


def list_notes(asker: Party, locale: Locale, kind: MatchKind, shortage: Shortage) -> list[Note]:
    """Return what the reader should know of the list, the most helpful first.

    Args:
        asker: with statements.
        locale: language of the notes.
        kind: resources and events are looked for with wants alone, questions with offers alone.
        shortage: what is known of the list.
    """
    words, missing, gap = NOTES[locale], missing_aspect(asker, kind), shortage.gap
    found: list[Note] = []
    if not asker.wants and not asker.offers:
        found.append(
            _with_example(Note(code="empty_profile", text=words["empty_profile"], missing_aspect=missing), gap)
        )
    elif missing == "wants":
        found.append(
            _with_example(Note(code="missing_wants", text=words["missing_wants"], missing_aspect="wants"), gap)
        )
    elif missing == "has":
        found.append(_with_example(Note(code="missing_has", text=words["missing_has"], missing_aspect="has"), gap))
    if shortage.is_pending:
        found.append(Note(code="not_indexed_yet", text=words["not_indexed_yet"]))
    if shortage.is_short and not found:
        found.append(_short_note(locale, kind, shortage))
    return found


def _short_note(locale: Locale, kind: MatchKind, shortage: Shortage) -> Note:
    words, gap = NOTES[locale], shortage.gap
    if shortage.has_nothing and kind != "member":
        return Note(code="nothing_there", text=words["nothing_there"])
    if gap is None:
        return Note(code="few_good_matches", text=words["few_good_matches"], missing_aspect="wants")
    quote = excerpt(gap.example.text)
    text = words[f"line_{gap.aspect}"].format(
        near=gap.near, count=gap.count, quote=quote, record_id=gap.example.record_id
    )
    return _with_example(Note(code="one_line_would_help", text=text, missing_aspect=gap.aspect), gap)


def _with_example(note: Note, gap: Gap | None) -> Note:
    if gap is None:
        return note
    evidence = [Evidence(record_id=gap.example.record_id, quote=excerpt(gap.example.text))]
    return note.model_copy(update={"would_help": gap.count, "evidence": evidence})
