"""Thirty strings that want to be more than text, and a community that is made of them."""

from __future__ import annotations

from datetime import timedelta

from copilot.community.access import create_key
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig, Role
from copilot.community.store import Unit
from copilot.community.tables import (
    Agreement,
    Appeal,
    AspectProposal,
    Award,
    Backtest,
    CardLink,
    Case,
    Channel,
    Community,
    Decision,
    Event,
    Introduction,
    Job,
    Loan,
    LoanEntry,
    Match,
    Member,
    Message,
    PairRule,
    ProfileText,
    Reading,
    Report,
    Resource,
    Reward,
    Season,
    SeasonTeam,
    Webhook,
    WebhookDelivery,
)
from copilot.services import Services

# Each has the word `pwned`, by which what became of it is found again.
HOSTILE = (
    "<script>window.pwned=1</script>", "<img src=x onerror=window.pwned=1>", "<svg/onload=window.pwned=1>",
    "\"><script>window.pwned=1</script>", "' onmouseover='window.pwned=1", "\" autofocus onfocus=\"window.pwned=1",
    "javascript:window.pwned=1", "data:text/html,<script>window.pwned=1</script>", "</title><script>window.pwned=1</script>",
    "</textarea><script>window.pwned=1</script>", "</script><script>window.pwned=1</script>", "<!-- --><script>window.pwned=1</script>",
    "{{ 7*7 }} pwned", "{% for x in range(9) %}pwned{% endfor %}", "{{ visit.services.settings }} pwned", "${7*7} pwned",
    "{0.__class__.__mro__} pwned", "%(csrf)s %s pwned", "<iframe srcdoc='<script>parent.pwned=1</script>'>",
    "<a href=\"javascript:window.pwned=1\" hx-get=\"/console/sign-out\" hx-trigger=load>pwned</a>",
    "<div hx-on:load='window.pwned=1'>pwned</div>", "<meta http-equiv=refresh content='0;url=//evil.example'>pwned",
    "<base href=//evil.example>pwned", "<style>*{display:none}</style>pwned", "<form action=//evil.example><button>pwned</form>",
    "\u202eevil pwned\u202c", "pwned" + "w" * 300, "超长的名字" * 60 + "pwned", "p̷̛̼w̴̩̏n̸̳̄e̴͍͒d̵̜̓ pwned\u200b\u200d\ufeff", "&lt;b&gt; &amp; &#60;pwned",
)  # fmt: skip


def hostile_community(services: Services, slug: str = "hostile") -> str:
    """Make a community whose every name and word is hostile, and return the secret of its admin's key."""
    community_id = create_community(services.store, CommunityConfig(slug=slug, name="x", locale="en"))
    with services.store.write(community_id) as unit:
        now = unit.now
        community = unit.session.get(Community, community_id)
        assert community is not None
        community.name = HOSTILE[0]
        community.policy = [
            {"id": "P1", "title_zh": HOSTILE[1], "title_en": HOSTILE[1], "text_zh": HOSTILE[2], "text_en": HOSTILE[2]}
        ]
        secret = create_key(unit, HOSTILE[4][:100], Role.ADMIN).secret
        unit.add(Channel(id=f"{slug}_chn", platform="p", external_id="1", name=HOSTILE[3], created_at=now))
        for n, text in enumerate(HOSTILE):
            unit.add(Member(id=f"{slug}_mem{n}", platform="p", external_id=str(n), name=text, created_at=now))
        unit.session.flush()
        for n, text in enumerate(HOSTILE):
            sent = now - timedelta(hours=n + 1)
            unit.add(
                Message(
                    id=f"{slug}_msg{n}", channel_id=f"{slug}_chn", external_id=str(n), sender_id=f"{slug}_mem{n}",
                    sent_at=sent, text=text,
                )
            )  # fmt: skip
        unit.session.flush()
        for n, text in enumerate(HOSTILE):
            unit.add(
                Reading(
                    message_id=f"{slug}_msg{n}", model_version="1", negative=0.1, neutral=0.2, positive=0.7,
                    is_question=True, read_at=now,
                )
            )  # fmt: skip
            unit.add(
                Case(
                    id=f"{slug}_cas{n}", message_id=f"{slug}_msg{n}", member_id=f"{slug}_mem{n}", category="insult",
                    severity="medium", score=0.9, clause_id="P1", evidence_start=0, evidence_end=len(text), quote=text,
                    detector="d", detector_version="1", priority=0.5, context_ids=[f"{slug}_msg{(n + 1) % 30}"],
                    created_at=now, status="decided" if n == 0 else "open",
                )
            )  # fmt: skip
        unit.session.flush()
        unit.add(Report(id=f"{slug}_rep", message_id=f"{slug}_msg1", case_id=f"{slug}_cas1", reporter_id=f"{slug}_mem2", category="insult", text=HOSTILE[9], created_at=now))  # fmt: skip
        unit.add(Decision(id=f"{slug}_dec", case_id=f"{slug}_cas0", verdict="violation", action="warning", reason=HOSTILE[8], clause_id="P1", decided_by="x", decided_at=now))  # fmt: skip
        unit.session.flush()
        unit.add(Appeal(id=f"{slug}_apl", decision_id=f"{slug}_dec", member_id=f"{slug}_mem0", text=HOSTILE[10], created_at=now))  # fmt: skip
        for n in range(4):
            starts = now + timedelta(days=n + 1)
            unit.add(Event(id=f"{slug}_evt{n}", code=f"E{n}", title=HOSTILE[n * 5], format="talk", starts_at=starts, ends_at=starts, city=HOSTILE[n + 5], created_at=now))  # fmt: skip
        unit.add(Job(id=f"{slug}_job", kind="import", status="failed", params={"filename": HOSTILE[5]}, error={"message": HOSTILE[6]}, created_at=now))  # fmt: skip
        unit.audit("x", "test", ("case", HOSTILE[7]), words=HOSTILE[11])
        for n in range(3):
            unit.add(PairRule(id=f"{slug}_prl{n}", kind="must_match", first_id=f"{slug}_mem{n}", second_id=f"{slug}_mem{n + 3}", note=HOSTILE[n + 12], created_by="x", created_at=now))  # fmt: skip
            unit.add(Reward(id=f"{slug}_rwd{n}", kind="prize", title=HOSTILE[n], description=HOSTILE[n + 24], cost_hundredths=100, status="offered", created_by="x", created_at=now))  # fmt: skip
        unit.add(Season(id=f"{slug}_ssn", name=HOSTILE[1], starts_at=now - timedelta(days=9), ends_at=now + timedelta(days=9), created_by="x"))  # fmt: skip
        unit.session.flush()
        _between_members(unit, slug)
        unit.add(Backtest(id=f"{slug}_bkt", spec={"category": "insult", "candidate": {"kind": "pattern", "pattern": HOSTILE[0]}}, result={}, created_by="x", created_at=now))  # fmt: skip
    return secret


def _between_members(unit: Unit, slug: str) -> None:
    """Add what members have with one another: profiles, matches, an introduction, resources, a loan, an agreement, an award.

    The first member asks the second; the fourth, who signs in to try what others' records show, has part in none of it.
    """
    now, today = unit.now, unit.now.date()
    for n in range(4):
        unit.add(Resource(id=f"{slug}_res{n}", code=f"R{n}", type="technology", title=HOSTILE[n * 7], description=HOSTILE[n + 2], terms=HOSTILE[n + 20], city=HOSTILE[n + 25], tags=[HOSTILE[n + 12]], owner_id=f"{slug}_mem1" if n < 2 else None, created_at=now))  # fmt: skip
        unit.add(ProfileText(id=f"{slug}_txt{n}", member_id=f"{slug}_mem{n}", aspect="has", position=0, text=HOSTILE[n + 25], source="introduction"))  # fmt: skip
    unit.add(AspectProposal(id=f"{slug}_asp", member_id=f"{slug}_mem0", aspect="has", field="", text=HOSTILE[3], quote=HOSTILE[25], source="introduction", extracted_by="rules", status="proposed", created_at=now))  # fmt: skip
    unit.add(Match(id=f"{slug}_mat", member_id=f"{slug}_mem0", kind="member", target_id=f"{slug}_mem1", score=0.9, created_at=now, proposed_at=now, updated_at=now))  # fmt: skip
    unit.add(Webhook(id=f"{slug}_whk", url="https://hooks.example.org/" + "w" * 300, events=["case.decided"], secret="s", created_by="x", created_at=now))  # fmt: skip
    unit.session.flush()
    unit.add(WebhookDelivery(id=f"{slug}_whd", webhook_id=f"{slug}_whk", event="case.decided", payload={}, status="failed", last_answer=HOSTILE[20], created_at=now))  # fmt: skip
    unit.add(Introduction(id=f"{slug}_int", match_id=f"{slug}_mat", asker_id=f"{slug}_mem0", target_id=f"{slug}_mem1", created_at=now, updated_at=now, expires_at=now + timedelta(days=9)))  # fmt: skip
    unit.add(Loan(id=f"{slug}_loa", resource_id=f"{slug}_res0", member_id=f"{slug}_mem0", units=1, starts_on=today, ends_on=today, mode="lend", status="requested", requested_at=now))  # fmt: skip
    unit.add(CardLink(id=f"{slug}_clk", kind="member", target_id=f"{slug}_mem0", member_id=f"{slug}_mem0", token_hash=f"{slug:0<64}", hint="wned", created_by="x", created_at=now))  # fmt: skip
    unit.session.flush()
    unit.add(LoanEntry(id=f"{slug}_loe", loan_id=f"{slug}_loa", at=now, actor="x", side="borrower", author_id=f"{slug}_mem0", step="request", from_status="", to_status="requested", text=HOSTILE[25]))  # fmt: skip
    unit.add(
        Agreement(
            id=f"{slug}_agr", loan_id=f"{slug}_loa", number=1, template="swap", template_version=1, locale="en",
            currency="USD", lender_id=f"{slug}_mem1", borrower_id=f"{slug}_mem0", units=1, starts_on=today, ends_on=today,
            wording={"title": HOSTILE[13], "notice": HOSTILE[14], "resource": HOSTILE[25], "code": "R0", "kinds": {}, "texts": [], "clauses": [{"heading": HOSTILE[15], "text": HOSTILE[25].replace("{", "").replace("}", ""), "needs": None}]},
            terms={}, content_hash="0" * 64, status="proposed", proposed_side="lender", created_at=now,
        )
    )  # fmt: skip
    unit.add(Award(id=f"{slug}_awd", season_id=f"{slug}_ssn", member_id=f"{slug}_mem25", title=HOSTILE[16], category="best_helper", evidence=[], created_at=now))  # fmt: skip
    unit.add(SeasonTeam(id=f"{slug}_stm", season_id=f"{slug}_ssn", name=HOSTILE[25], project=HOSTILE[17], milestones=[{"title": HOSTILE[26], "done_at": None}], created_by="x", created_at=now))  # fmt: skip
