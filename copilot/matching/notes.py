"""Why a list of matches is short or empty, and which line of the profile would help most."""

from __future__ import annotations

from copilot.community.models import Visibility
from copilot.matching.models import MatchKind, Note
from copilot.matching.records import Locale, Party
from copilot.matching.wording import NOTES


def asker_notes(asker: Party, locale: Locale) -> list[Note]:
    """Return why nothing can be computed for this member; empty when it can."""
    if not asker.consent_match:
        return [Note(code="asker_no_consent", text=NOTES[locale]["asker_no_consent"])]
    if not asker.consent_ai:
        return [Note(code="asker_no_ai", text=NOTES[locale]["asker_no_ai"])]
    if asker.visibility == Visibility.HIDDEN:
        return [Note(code="asker_hidden", text=NOTES[locale]["asker_hidden"])]
    return []


def list_notes(asker: Party, locale: Locale, kind: MatchKind, *, is_short: bool, is_pending: bool) -> list[Note]:
    """Return what the reader should know of the list, the most helpful first.

    Args:
        asker: with statements.
        locale: language of the notes.
        kind: resources are looked for with wants alone, so a missing offer does not matter there.
        is_short: fewer matches than asked for.
        is_pending: vectors of the asker are still to be made.
    """
    words = NOTES[locale]
    found: list[Note] = []
    if not asker.wants and not asker.offers:
        found.append(Note(code="empty_profile", text=words["empty_profile"], missing_aspect="wants"))
    elif not asker.wants:
        found.append(Note(code="missing_wants", text=words["missing_wants"], missing_aspect="wants"))
    elif not asker.offers and kind == "member":
        found.append(Note(code="missing_has", text=words["missing_has"], missing_aspect="has"))
    if is_pending:
        found.append(Note(code="not_indexed_yet", text=words["not_indexed_yet"]))
    if is_short and not found:
        found.append(Note(code="few_good_matches", text=words["few_good_matches"], missing_aspect="wants"))
    return found
