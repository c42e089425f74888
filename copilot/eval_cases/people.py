"""Who is in a community, for an export: whose words may leave, and under which spellings everybody is taken out of texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from copilot.community.contact_details import contacts_of
from copilot.community.models import Visibility
from copilot.community.store import Unit
from copilot.community.tables import Channel, Member, Message
from copilot.eval_cases.pseudonyms import Pseudonyms
from copilot.eval_cases.redaction import Redactor, spellings

_LEAST_EXTERNAL = 4
_RECORD_ID = re.compile(r"(?<![a-z0-9_])[a-z]{2,8}_[0-9a-z]{20}(?![0-9a-z])")


@dataclass(frozen=True)
class Passage:
    """One message as an export may show it: without words where its sender did not allow them."""

    id: str
    channel_id: str
    sender_id: str | None
    language: str
    text: str | None
    why_no_text: str = ""


@dataclass(frozen=True)
class Rules:
    """Whose words may leave, how people are taken out of them, and what records are called."""

    allowing: frozenset[str]
    redactor: Redactor
    names: Pseudonyms

    def may_leave(self, member_id: str | None) -> bool:
        """Whether a member lets machines read their words and is not hidden; words of nobody known may not leave."""
        return member_id in self.allowing

    def words(self, text: str) -> str:
        """Return a text without people, with ids of records as they are called in this export."""
        return self.redactor.text(_RECORD_ID.sub(lambda found: self.names.of(found[0]) or "", text))

    def passage(self, message: Message, language: str = "") -> Passage:
        """Return a message with redacted words, or with the reason why there are none."""
        why = ""
        if message.recalled_at is not None or not message.text:
            why = "recalled"
        elif not self.may_leave(message.sender_id):
            why = "no_consent"
        text = None if why else self.words(message.text)
        return Passage(message.id, message.channel_id, message.sender_id, language, text, why)


def rules_of(unit: Unit, names: Pseudonyms) -> Rules:
    """Return the rules for one export; every member is taken out of texts, whatever they allow."""
    allowing: set[str] = set()
    placeholders: dict[str, str] = {}
    for member in unit.session.scalars(select(Member).order_by(Member.id)):
        if member.consent_ai and member.visibility != Visibility.HIDDEN.value:
            allowing.add(member.id)
        placeholder = f"member_{(names.of(member.id) or '').partition('_')[2]}"
        for spelling in _spellings(member):
            # A name that several share stands for one of them: who is meant nobody can say.
            placeholders.setdefault(spelling, placeholder)
    # A channel may be called after a person; its name leads to a room and not to them.
    for name in unit.session.scalars(select(Channel.name)):
        placeholders.pop(name.lower(), None)
    return Rules(frozenset(allowing), Redactor(placeholders), names)


def _spellings(member: Member) -> Iterable[str]:
    yield from spellings(member.name)
    for known in (member.external_id, *contacts_of(member).values()):
        folded = known.strip().lower()
        if len(folded) >= _LEAST_EXTERNAL:
            yield folded
