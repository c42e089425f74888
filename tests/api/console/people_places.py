"""Pages and forms of members, people and resources: who may open and send them. `visitor.py` and `test_roles.py` take them in."""

from __future__ import annotations

_MEMBER = frozenset({"member"})
_OPERATE = frozenset({"operator", "admin"})
_STAFF = frozenset({"moderator", "operator", "admin"})

PAGES: dict[str, frozenset[str]] = {
    "/console/me": _MEMBER,
    "/console/me/matches": _MEMBER,
    "/console/me/topics": _MEMBER,
    "/console/me/points": _MEMBER,
    "/console/me/introductions": _MEMBER,
    "/console/me/events": _MEMBER,
    "/console/me/data": _MEMBER,
    "/console/me/data/stored": _MEMBER,
    "/console/me/data/export": _MEMBER,
    "/console/me/data/erase": _MEMBER,
    "/console/me/resources": _MEMBER,
    "/console/me/resources?of=mine": _MEMBER,
    "/console/me/loans": _MEMBER,
    "/console/me/loans?side=lent": _MEMBER,
    "/console/me/boards": _MEMBER,
    "/console/people": _STAFF,
    "/console/people?q=a": _STAFF,
    "/console/people/meaning": _OPERATE,
    "/console/teams": _OPERATE,
    "/console/rounds": _OPERATE,
    "/console/rotations": _OPERATE,
    "/console/resources": _STAFF,
    "/console/resources/meaning": _OPERATE,
    "/console/resources/reminders": _OPERATE,
    "/console/resources/duplicates": _OPERATE,
    "/console/loans": _OPERATE,
    "/console/ventures": _OPERATE,
    "/console/resources/figures": _OPERATE,
    "/console/resources/figures?by=class&days=366": _OPERATE,
    "/console/resources/figures/demand": _OPERATE,
    "/console/resources/figures/export": _OPERATE,
    "/console/partners": _OPERATE,
    "/console/partners/resources": _OPERATE,
    "/console/cards": _STAFF | _MEMBER,
}

ACTIONS: dict[str, tuple[dict[str, str], frozenset[str]]] = {
    "/console/me/matches/mat_x": ({"verdict": "accept"}, _MEMBER),
    "/console/me/introductions/int_x/answer": ({"reply": "accept"}, _MEMBER),
    "/console/me/introductions/int_x/withdraw": ({}, _MEMBER),
    "/console/me/introductions/int_x/report": ({"comment": "c"}, _MEMBER),
    "/console/me/events/evt_x/sign-up": ({}, _MEMBER),
    "/console/me/events/evt_x/cancel": ({}, _MEMBER),
    "/console/me/events/evt_x/check-in": ({"code": "000000"}, _MEMBER),
    "/console/me/data/proposals/asp_x": ({"action": "confirm"}, _MEMBER),
    "/console/me/data/erase": ({"word": "no"}, _MEMBER),
    "/console/teams": ({"slots": "x," * 9}, _OPERATE),
    "/console/rotations": ({"groups": "nothing"}, _OPERATE),
    "/console/ventures": ({}, _OPERATE),
    "/console/searches/srh_x/stop": ({}, _OPERATE),
    "/console/partners/invitations": ({"days": "0"}, _OPERATE),
    "/console/partners/acceptances": ({"token": "cpi_half"}, _OPERATE),
    "/console/partners/ptn_x/confirm": ({}, _OPERATE),
    "/console/partners/ptn_x/revoke": ({}, _OPERATE),
    "/console/partners/ptn_x/scope": ({}, _OPERATE),
    "/console/resources/res_x/sharing": ({}, _OPERATE),
    "/console/rounds/rnd_x/hold": ({}, _OPERATE),
    "/console/rounds/rnd_x/cancel": ({}, _OPERATE),
    "/console/rotations/rot_x/apply": ({}, _OPERATE),
    "/console/rotations/rot_x/discard": ({}, _OPERATE),
    "/console/resources/duplicates/rdu_x": ({}, _OPERATE),
    "/console/resources/res_x/confirm": ({}, _OPERATE),
    "/console/loans/loa_x/steps": ({"step": "accept"}, _OPERATE | _MEMBER),
    "/console/loans/loa_x/outcome": ({"result": "met"}, _OPERATE | _MEMBER),
    "/console/loans/loa_x/agreements": ({"template": "no_such"}, _OPERATE | _MEMBER),
    "/console/agreements/agr_x/accept": ({"content_hash": "0" * 64}, _OPERATE | _MEMBER),
    "/console/me/resources": ({"kind": "technology", "title": "t", "capacity": "x"}, _MEMBER),
    "/console/me/resources/res_x/requests": ({"starts": "2026-11-16", "ends": "2026-11-16"}, _MEMBER),
    "/console/me/resources/res_x/status": ({"to": "paused"}, _MEMBER),
    "/console/me/events/evt_x/feedback": ({"rating": "3"}, _MEMBER),
    "/console/cards/links": ({"of": "ranking", "record": "ssn_x"}, _OPERATE),
    "/console/cards/links/clk_x/revoke": ({}, _OPERATE | _MEMBER),
}
# What these change is tried in `test_my_pages.py` and `test_people_pages.py`, with what they answer.
TRIED_ELSEWHERE = frozenset(
    {
        "/me/data/consent",
        "/me/data/sources",
        "/me/data/contacts",
        "/me/points/shown",
        "/rounds",
        "/resources/duplicates",
    }
)
