"""Words in which reading and care speak of a message that may be a call for help. No storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from copilot.community.store import Unit
    from copilot.community.tables import Message


class DistressKind(StrEnum):
    """How a message sounds. None of them is a finding about a person."""

    ASKS_HELP = "asks_help"
    BURNOUT = "burnout"
    SELF_HARM = "self_harm"


@dataclass(frozen=True)
class DistressSign:
    """A message that one of the people for care should see.

    Attributes:
        threshold: from which probability on a message is one, then in force; 0 where its own words were enough.
        version: of everything that can change this.
    """

    kind: DistressKind
    threshold: float
    version: str


class CarePort(Protocol):
    """What reading needs of care."""

    def take(self, unit: Unit, messages: Mapping[str, Message], signs: Mapping[str, DistressSign]) -> None:
        """Bring private messages and the queue in line with what was read: `signs` by id, for some of `messages`."""
        ...
