"""Pages about whoever opens them: they exist for the keys of members alone."""

from __future__ import annotations

from api.console.visit import Visit
from copilot.errors import Denied


def own_member(visit: Visit, scope: str = "self:read") -> str:
    """Return the id of the member who is looking.

    Raises:
        Denied: the key lacks the scope, or speaks for no member.
    """
    visit.actor.require(scope)
    if visit.actor.member_id is None:
        raise Denied("this page is a member's own", scope=scope)
    return visit.actor.member_id
