"""Pages of single records, and forms that have nothing to refuse: part of the matrix of roles."""

from __future__ import annotations

_MEMBER = frozenset({"member"})
_ADMIN = frozenset({"admin"})
_OPERATE = frozenset({"operator", "admin"})
_STAFF = frozenset({"moderator", "operator", "admin"})

# Each names a record that is not there. Whoever may open such a page is told so; to others it is refused before.
PAGES: dict[str, frozenset[str]] = {
    "/console/moderation/cases/cas_x": _STAFF,
    "/console/moderation/backtests/bkt_x": _STAFF,
    "/console/messages/msg_x": _STAFF,
    "/console/weekly/2020-W01/report": _OPERATE,
    "/console/jobs/job_x": _STAFF,
    "/console/ask/inq_x": _OPERATE,
    "/console/plans/plan_x": _OPERATE,
    "/console/plans/plan_x/editor?section=texts": _OPERATE,
    "/console/plans/plan_x/differences?to=plan_y": _OPERATE,
    "/console/plans/plan_x/export?form=markdown": _OPERATE,
    "/console/events/evt_x": _OPERATE,
    "/console/events/evt_x/sign-ups.csv": _OPERATE,
    "/console/events/evt_x/reminders": _OPERATE,
    "/console/events/evt_x/calendar.ics": _OPERATE,
    "/console/events/evt_x/door": _OPERATE,
    "/console/events/evt_x/door/code": _OPERATE,
    "/console/topics/members/mem_x": _OPERATE,
    "/console/topics/top_x": _OPERATE,
    "/console/settings/webhooks/whk_x": _ADMIN,
    "/console/people/mem_x": _STAFF,
    "/console/people/mem_x/matches": _OPERATE,
    "/console/rounds/sit_x": _OPERATE,
    "/console/rotations/sit_x": _OPERATE,
    "/console/resources/res_x": _STAFF,
    "/console/cards/picture.svg?of=member&record=mem_x": _STAFF,
    "/console/searches/srh_x": _OPERATE,
    "/console/me/introductions/int_x": _MEMBER,
    "/console/me/resources/res_x": _MEMBER,
    "/console/me/events/evt_x/feedback": _MEMBER,
    "/console/loans/loa_x": _OPERATE | _MEMBER,
    "/console/loans/loa_x/agreement": _OPERATE | _MEMBER,
    "/console/agreements/agr_x": _OPERATE | _MEMBER,
    "/console/agreements/agr_x/document": _OPERATE | _MEMBER,
}
# What these do is tried elsewhere; here, who may not send them. They have no answer that changes nothing.
FORMS: dict[str, frozenset[str]] = {
    "/console/moderation/wellness": _STAFF,
    "/console/weekly": _OPERATE,
    "/console/me/data/consent": _MEMBER,
    "/console/me/data/sources": _MEMBER,
    "/console/me/data/contacts": _MEMBER,
    "/console/me/points/shown": _MEMBER,
    "/console/rounds": _OPERATE,
    "/console/resources/duplicates": _OPERATE,
    "/console/recognition/ledger/settle": _OPERATE,
    "/console/recognition/slots": _OPERATE,
}
# What they need to be understood, so that a refusal is for who sends them.
FILLED: dict[str, dict[str, str]] = {
    "/console/moderation/wellness": {"blur": "all"},
    "/console/me/data/consent": {"name": "consent_ai", "value": "yes"},
    "/console/me/data/sources": {"source": "chat", "value": "no"},
    "/console/me/points/shown": {"shown": "yes"},
}
# Before anybody has signed in, or about the browser alone.
FOR_EVERYBODY = frozenset({"/", "/sign-in", "/sign-out", "/preferences", "/link/{token}", "/setup/{token}"})
# An id that is not there, and what it becomes in a community that is made of hostile strings.
KNOWN: dict[str, str] = {
    "cas_x": "cas1", "msg_x": "msg1", "evt_x": "evt0", "mem_x": "mem0", "res_x": "res0", "loa_x": "loa", "agr_x": "agr",
    "int_x": "int", "mat_x": "mat", "asp_x": "asp", "clk_x": "clk", "whk_x": "whk", "whd_x": "whd", "job_x": "job",
    "bkt_x": "bkt", "prl_x": "prl0", "rwd_x": "rwd0", "ssn_x": "ssn", "stm_x": "stm", "awd_x": "awd", "apl_x": "apl",
}  # fmt: skip


def of(slug: str, text: str) -> str:
    """Return a path or a value with ids of records that are there, in the hostile community of this name."""
    for unknown, known in KNOWN.items():
        text = text.replace(unknown, f"{slug}_{known}")
    return text
