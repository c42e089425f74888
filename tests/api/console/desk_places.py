"""The pages where a community is run, and the forms on them: part of the matrix of roles."""

from __future__ import annotations

_OPERATORS = frozenset({"operator", "admin"})
_STAFF = frozenset({"moderator", "operator", "admin"})
_ADMIN = frozenset({"admin"})

PAGES: dict[str, frozenset[str]] = {
    "/console/settings": _OPERATORS,
    "/console/settings/thresholds": _STAFF,
    "/console/settings/thresholds/insult": _STAFF,
    "/console/settings/pairs": _OPERATORS,
    "/console/settings/drafting": _OPERATORS,
    "/console/settings/model": _OPERATORS,
    "/console/settings/keys": _ADMIN,
    "/console/settings/webhooks": _ADMIN,
    "/console/moderation/measures": _STAFF,
    "/console/moderation/backtests": _STAFF,
    "/console/atmosphere/room": _STAFF,
    "/console/atmosphere/alerts?status=open": _STAFF,
    "/console/atmosphere/people": _OPERATORS,
    "/console/atmosphere/people/stars": _OPERATORS,
    "/console/recognition": _STAFF,
    "/console/recognition/ledger": _OPERATORS,
    "/console/recognition/rewards": _STAFF,
    "/console/recognition/circles": _STAFF,
}
# Each form is refused for what it says when it comes from somebody who may send it: nothing of the shared world changes.
ACTIONS: dict[str, tuple[dict[str, str], frozenset[str]]] = {
    "/console/settings/policy": ({"id": "P1", "title_zh": ""}, _OPERATORS),
    "/console/settings/policy/no_such/remove": ({}, _OPERATORS),
    "/console/settings/terms": ({"appeal_days": "0"}, _OPERATORS),
    "/console/settings/thresholds/insult": ({}, _OPERATORS),
    "/console/settings/thresholds/insult/reset": ({}, _OPERATORS),
    "/console/settings/pairs": ({"kind": "cannot_match", "first": "nobody", "second": "nobody"}, _OPERATORS),
    "/console/settings/pairs/prl_x/remove": ({}, _OPERATORS),
    "/console/settings/model/test": ({}, _OPERATORS),
    "/console/settings/keys": ({"name": ""}, _ADMIN),
    "/console/settings/keys/key_x/revoke": ({}, _ADMIN),
    "/console/settings/webhooks": ({"url": "https://example.org"}, _ADMIN),
    "/console/settings/webhooks/whk_x/status": ({"status": "active"}, _ADMIN),
    "/console/settings/webhooks/whk_x/test": ({}, _ADMIN),
    "/console/settings/webhooks/whk_x/rotate": ({}, _ADMIN),
    "/console/settings/webhooks/whk_x/remove": ({}, _ADMIN),
    "/console/settings/webhooks/whk_x/deliveries/whd_x/retry": ({}, _ADMIN),
    "/console/moderation/measures/samples/smp_x/look": ({"verdict": "clean"}, frozenset({"moderator", "admin"})),
    "/console/moderation/backtests": ({"category": "insult", "kind": "threshold", "value": "9"}, _OPERATORS),
    "/console/recognition/seasons": ({"name": "s", "starts": "x", "ends": "x"}, _OPERATORS),
    "/console/recognition/seasons/ssn_x/teams": ({"name": "t", "members": "nobody"}, _OPERATORS),
    "/console/recognition/seasons/ssn_x/teams/stm_x/milestones/1": ({}, _OPERATORS),
    "/console/recognition/seasons/ssn_x/awards": ({}, _OPERATORS),
    "/console/recognition/awards/awd_x/decide": ({"decision": "granted"}, _OPERATORS),
    "/console/recognition/ledger/pnt_x/reverse": ({}, _OPERATORS),
    "/console/recognition/circles/seats": ({"member": "nobody"}, _OPERATORS),
    "/console/recognition/rewards": ({"title": "t"}, _OPERATORS),
    "/console/recognition/rewards/rwd_x/close": ({}, _OPERATORS),
    "/console/recognition/rewards/rwd_x/exchange": ({"member": "nobody"}, _OPERATORS),
    "/console/recognition/exchanges/rdm_x/decide": ({"status": "cancelled"}, _OPERATORS),
}
# Figures for charts: answered as data, with the same rights as the page that draws them.
DATA: dict[str, frozenset[str]] = {
    "/console/atmosphere/charts": _STAFF,
    "/console/atmosphere/people/network": _OPERATORS,
}
