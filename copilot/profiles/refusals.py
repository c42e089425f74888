"""When a request is turned down, and the named error with its sentence in both languages."""

from __future__ import annotations

from copilot.community.aspects import CHAT, INTRODUCTION
from copilot.community.permission import allows_ai
from copilot.community.tables import Member
from copilot.community.text import clean_text
from copilot.errors import Denied, InvalidInput, NotFound, TooLarge
from copilot.profiles.source_consent import allows_source
from copilot.profiles.wording import both

MAX_INTRODUCTION_CHARS = 4000


def introduction_text(text: str) -> str:
    """Return the text made storable.

    Raises:
        InvalidInput: nothing is left of it.
        TooLarge: it has more than 4,000 characters.
    """
    cleaned = clean_text(text)
    if not cleaned:
        raise InvalidInput(
            "the text must not be empty", field="#/text", reason="blank_text", sentence=both("blank_text")
        )
    if len(cleaned) > MAX_INTRODUCTION_CHARS:
        raise TooLarge(
            f"an introduction has at most {MAX_INTRODUCTION_CHARS} characters", field="#/text",
            limit=MAX_INTRODUCTION_CHARS, sentence=both("text_too_long", limit=MAX_INTRODUCTION_CHARS),
        )  # fmt: skip
    return cleaned


def require_introduction(member: Member, *, in_person: bool) -> None:
    """Pass an introduction that the member hands in, or that somebody else may.

    Raises:
        Denied: somebody else, and the member said no; `data["reason"]` is `introduction_consent`.
    """
    if not in_person and allows_source(member, INTRODUCTION) is False:
        raise denied("introduction_consent", "the member does not want introductions from others to be read")


def require_chat(member: Member) -> None:
    """Pass a member whose messages may be read.

    Raises:
        Denied: no yes to this source, or AI switched off, or hidden; `data["reason"]` says which.
    """
    if not allows_ai(member):
        raise denied("ai_consent", "the member has switched off AI, or is hidden")
    if allows_source(member, CHAT) is not True:
        raise denied("chat_consent", "the member has not agreed to have the chat read")


def denied(reason: str, message: str) -> Denied:
    """Return a refusal with its sentence in both languages."""
    return Denied(message, reason=reason, sentence=both(reason))


def not_own() -> Denied:
    """Return the refusal of an answer that only the member can give."""
    return denied("own_answer", "only the member answers a proposal, with the member's own key")


def no_proposal(proposal_id: str) -> NotFound:
    """Return the error for a proposal that is not there, or not the caller's; the two are not told apart."""
    return NotFound(
        f"there is no proposal {proposal_id!r} in this community", kind="aspect_proposal", id=proposal_id,
        sentence=both("not_found"),
    )  # fmt: skip
