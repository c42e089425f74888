"""Which pages exist for whom: a page is named in the menu, and may be opened, with its scope alone."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.community.access import Actor

PREFIX = "/console"


@dataclass(frozen=True)
class Place:
    """A page in the menu; its text is `menu.<name>`, its picture the symbol `<name>` of `components/icons.html`."""

    name: str
    path: str
    scope: str
    is_own: bool = False  # for the key of a member alone: the page is about whoever opens it


# In the order of the menu; the first one that somebody may open is where they start.
PLACES = (
    Place("me", f"{PREFIX}/me", "self:read", is_own=True),
    Place("me_events", f"{PREFIX}/me/events", "self:read", is_own=True),
    Place("me_resources", f"{PREFIX}/me/resources", "self:read", is_own=True),
    Place("me_topics", f"{PREFIX}/me/topics", "self:read", is_own=True),
    Place("me_data", f"{PREFIX}/me/data", "self:read", is_own=True),
    Place("overview", f"{PREFIX}/overview", "matching:read"),
    Place("ask", f"{PREFIX}/ask", "matching:read"),
    Place("plans", f"{PREFIX}/plans", "events:read"),
    Place("topics", f"{PREFIX}/topics", "topics:read"),
    Place("moderation", f"{PREFIX}/moderation", "moderation:read"),
    Place("people", f"{PREFIX}/people", "members:read"),
    Place("resources", f"{PREFIX}/resources", "resources:read"),
    Place("atmosphere", f"{PREFIX}/atmosphere", "atmosphere:read"),
    Place("weekly", f"{PREFIX}/weekly", "atmosphere:people"),
    Place("jobs", f"{PREFIX}/jobs", "imports:write"),
    Place("recognition", f"{PREFIX}/recognition", "recognition:read"),
    Place("settings", f"{PREFIX}/settings", "usage:read"),
    Place("audit", f"{PREFIX}/audit", "audit:read"),
)


def places(actor: Actor) -> list[Place]:
    """Return what the menu of an actor holds."""
    return [place for place in PLACES if actor.may(place.scope) and (actor.member_id is not None or not place.is_own)]


def start_of(actor: Actor) -> str:
    """Return where somebody lands after signing in."""
    found = places(actor)
    return found[0].path if found else f"{PREFIX}/welcome"


def safe_next(path: str) -> str:
    """Return `path` if it leads to a page of the console, else nothing: nobody is sent elsewhere by a link to us."""
    is_ours = path.startswith(f"{PREFIX}/") and len(path) <= 500
    has_odd = any(ord(character) < 33 or character in "\\#" or ord(character) > 126 for character in path)
    return path if is_ours and not has_odd and "//" not in path else ""
