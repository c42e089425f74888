"""What stands on a card, already chosen by who may see it. Data only; the drawing knows nothing of members' rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from copilot.cards.themes import ThemeName

Language = Literal["zh-CN", "en"]
MOST_SKILLS, MOST_PLACES, MOST_LINK_CHARS = 8, 10, 200


@dataclass(frozen=True)
class Look:
    """How a card is to look; `link` becomes a QR code, an empty one becomes none."""

    theme: ThemeName = "light"
    language: Language = "zh-CN"
    link: str = ""


@dataclass(frozen=True)
class MemberFace:
    """A member as they may be shown. Points and awards are None and empty for who wants not to be ranked."""

    community: str
    name: str
    headline: str = ""
    city: str = ""
    industry: str = ""
    skills: tuple[str, ...] = ()
    joined_at: datetime | None = None
    points: float | None = None
    helped: int | None = None
    awards: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placed:
    """One place of a board."""

    rank: int
    name: str
    points: float


@dataclass(frozen=True)
class RankingFace:
    """The first places of a board."""

    community: str
    season: str
    kind: Literal["individual", "newcomer", "team"]
    starts_at: datetime
    ends_at: datetime
    state: Literal["coming", "running", "over"]
    ranked: int
    rows: tuple[Placed, ...] = ()


@dataclass(frozen=True)
class EventFace:
    """An event. Times are in the community's zone."""

    community: str
    title: str
    starts_at: datetime
    ends_at: datetime
    status: Literal["published", "cancelled", "finished"]
    city: str = ""
    place: str = ""
    online: bool | None = None
    goal: str = ""
    people: tuple[str, ...] = ()
    places_left: int | None = None


@dataclass(frozen=True)
class WriteUpFace:
    """A post. `author` is empty for who wants not to be named."""

    community: str
    title: str
    quotes: tuple[str, ...] = ()
    author: str = ""
    headline: str = ""
    sections: tuple[str, ...] = field(default=())
    written_at: datetime | None = None
