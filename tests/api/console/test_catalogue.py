from __future__ import annotations

import re
import string
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest
from jinja2 import Environment, nodes

from api.console import rendering
from api.console.catalogue import LANGUAGES, texts_of
from api.console.intents import Intent
from api.console.navigation import PLACES
from api.console.visit import THEMES
from copilot.atmosphere.models import Counted, DimensionName, MeasureReason
from copilot.atmosphere.stars.models import Role as StarRole
from copilot.atmosphere.weekly.wording import MEASURES
from copilot.cards.links import LinkKind
from copilot.cards.themes import ThemeName
from copilot.community.contact_details import CONTACT_KINDS
from copilot.community.introduction_status import IntroductionStatus
from copilot.community.member_records import _tables_about_members
from copilot.community.models import Category, ResourceStatus, ResourceType, Role, RuleKind, Visibility
from copilot.community.outbox import EVENTS
from copilot.events.life.models import EventStatus, SignupStatus
from copilot.events.life.models import ReminderKind as EventReminderKind
from copilot.llm.breaker import State as BreakerState
from copilot.matching.learning.outcomes import COMPONENTS
from copilot.matching.models import Exclusion, MatchKind
from copilot.matching.models import Verdict as MatchVerdict
from copilot.matching.relations.introduction_models import DeclineReason
from copilot.matching.seatings.models import SeatingStatus
from copilot.moderation.appeals import AppealOutcome
from copilot.moderation.cases import CaseSort
from copilot.moderation.models import Action, CaseStatus, FoundBy, Severity, Verdict
from copilot.moderation.wellness import Blur
from copilot.partners.models import PartnerState
from copilot.pipeline import KINDS
from copilot.profiles.models import Source
from copilot.recognition.ledger_models import ReversalReason
from copilot.recognition.season_models import AwardStatus, BoardKind, RedemptionStatus, RewardKind
from copilot.resources.agreements.models import AgreementStatus, Party
from copilot.resources.figures.measures import NAMES, By
from copilot.resources.loan_models import OutcomeSide, ReminderKind, Result
from copilot.resources.models import InReturn, Mode
from copilot.resources.transitions import LoanStatus, Side, Step
from copilot.topics.outreach_models import Click
from copilot.topics.outreach_models import Status as AskStatus
from copilot.webhooks.models import DeliveryStatus, WebhookStatus

TEMPLATES = sorted((Path(rendering.__file__).parent / "templates").rglob("*.html"))
MODULES = sorted(Path(rendering.__file__).parent.rglob("*.py"))
# Keys that are put together from data: the beginning, and everything that may follow.
FAMILIES: dict[str, type[StrEnum] | tuple[str, ...]] = {
    "category.": Category, "severity.": Severity, "status.": CaseStatus, "verdict.": Verdict, "action.": Action,
    "sort.": CaseSort, "found.": FoundBy, "blur.": Blur, "role.": Role, "dimension.": get_args(DimensionName),
    "measure.": tuple(MEASURES["en"]), "figure.n_of_": get_args(Counted), "figure.reason_": get_args(MeasureReason),
    "event.status_": get_args(EventStatus), "appeal.outcome_": (*AppealOutcome, "waiting"), "job.kind_": tuple(KINDS),
    "job.status_": ("queued", "running", "done", "failed", "cancelled"), "welcome.role_": Role,
    "proposal.": ("waiting", "confirmed", "declined", "withdrawn", "lapsed"), "menu.": tuple(p.name for p in PLACES),
    "affected.": ("answered", "mentioned", "pattern"), "role_in_case.": ("parent", "subject", "also"),
    "signup.status_": SignupStatus, "introduction.status_": IntroductionStatus, "decline.": DeclineReason,
    "contact.": CONTACT_KINDS, "visibility.": Visibility, "aspect.": ("is", "has", "wants"), "match.kind_": get_args(MatchKind),
    "their_aspect.": ("is", "has", "wants"), "component.": COMPONENTS, "exclusion.": Exclusion, "match.": MatchVerdict,
    "match.answered_": MatchVerdict, "seating.status_": SeatingStatus, "resource.type_": ResourceType, "source.": get_args(Source),
    "resource.status_": ResourceStatus, "loan.status_": LoanStatus, "step.": Step, "reminder.kind_": get_args(ReminderKind),
    "ask.status_": get_args(AskStatus), "alert.step_": ("taken", "dismissed"), "topic.status_": ("suggested", *get_args(AskStatus)[1:]),
    "asking.intent_": ("auto", *Intent), "asking.example_": Intent, "topic.mark_": get_args(Click),
    "asking.stage_": ("started", "understood", "snapshot", "drafting", "checking", "resumed", "done", "searching", "resources", "measuring"),
    "life.signup_": SignupStatus, "life.mood_": ("good", "mixed", "bad"), "life.reminder_": get_args(EventReminderKind),
    "plan.change_": ("drafted", "edited", "revised", "restored"), "plan.section_": ("facts", "sources"),
    "match.status_": ("proposed", *MatchVerdict), "change.": ("created", "changed", "imported", "confirmed", "merged", "stale", "closures"),
    "award.status_": get_args(AwardStatus), "reward.kind_": get_args(RewardKind), "season.board_": get_args(BoardKind),
    "reward.status_": (*get_args(RedemptionStatus),), "season.state_": ("coming", "running", "over"),
    "ledger.reason_": get_args(ReversalReason), "pairs.kind_": RuleKind, "network.role_": get_args(StarRole),
    "model.state_": get_args(BreakerState), "hook.status_": get_args(WebhookStatus), "hook.delivery_": get_args(DeliveryStatus),
    "hook_event.": tuple(event.replace(".", "_") for event in EVENTS), "backtest.kind_": ("threshold", "pattern", "detector", "model"),
    "ui.theme_": THEMES, "time.month_": tuple(map(str, range(1, 13))), "time.weekday_": tuple(map(str, range(1, 8))),
    "partner.state_": PartnerState, "partner.revoked_by_": ("us", "them"), "venture.lacks_": ("industry", "skill", "person", "resource"),
    "figures.by_": get_args(By), "figures.n_": NAMES,
    "cards.theme_": get_args(ThemeName), "card_link.of_": get_args(LinkKind), "my_exchange.mode_": get_args(Mode),
    "my_exchange.in_return_": get_args(InReturn), "my_exchange.tab_": ("library", "borrowed", "lent", "mine"),
    "my_exchange.lead_": ("borrowed", "lent"), "my_exchange.no_": ("borrowed", "lent", "borrowed_text", "lent_text"),
    "my_exchange.go_": ("borrowed", "lent"), "loan.side_": Side, "outcome.side_": get_args(OutcomeSide),
    "outcome.result_": get_args(Result), "outcome.value_": (*get_args(OutcomeSide), "any"),
    "agreement.status_": get_args(AgreementStatus), "agreement.party_": get_args(Party), "agreement.by_": ("lender", "borrower", "operator"),
    "agreement.waits_": get_args(OutcomeSide), "agreement.accept_for_": get_args(OutcomeSide),
    "table.": (*(mapper.class_.__tablename__ for mapper, _ in _tables_about_members()), "vector_row", "documents", "documents_scrubbed", "matched_with"),
    "my_match.looked_at_": get_args(MatchKind), "my_match.": ("no_match", "hidden", "no_ai", "no_match_text", "hidden_text", "no_ai_text"),
    "my_recognition.tab_": ("points", "boards", "cards"),
    "job.table_": ("members", "channels", "messages", "resources", "events"),
}  # fmt: skip


def _holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    chinese, english = (texts_of(language) for language in LANGUAGES)
    assert chinese.keys() == english.keys()
    # A sentence may leave a value out, such as the Chinese name of a month; it never asks for one that the other does not know.
    for key in chinese.keys() - {"time.day", "time.day_of_year"}:
        assert _holes(chinese._texts[key]) == _holes(english._texts[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_is_named_is_there(language: str) -> None:
    known = texts_of(language).keys()
    named = set()
    for template in TEMPLATES:
        for call in (
            Environment(extensions=["jinja2.ext.do"]).parse(template.read_text()).find_all(nodes.Call)
        ):  # nothing is rendered
            if isinstance(call.node, nodes.Name) and call.node.name == "t" and isinstance(call.args[0], nodes.Const):
                named.add(call.args[0].value)
    for module in MODULES:
        named |= set(re.findall(r'(?:\bt|texts_of\([^)]*\)+)\("([a-z_.0-9]+)"', module.read_text()))
    assert len(named) > 150
    assert named <= known, named - known


def test_every_family_that_pages_put_together_has_texts() -> None:
    beginnings = set()
    for template in TEMPLATES:
        beginnings |= set(re.findall(r'\bt\("([a-z_.]+)" ~', template.read_text()))
    for language in LANGUAGES:
        keys = texts_of(language).keys()
        assert [one for one in beginnings if not any(key.startswith(one) and key != one for key in keys)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("beginning", FAMILIES)
def test_every_word_that_data_may_bring_has_its_text(language: str, beginning: str) -> None:
    known = texts_of(language).keys()
    assert {f"{beginning}{word}" for word in FAMILIES[beginning]} <= known


def test_a_missing_text_or_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        texts_of("en")("no.such_text")
    with pytest.raises(KeyError):
        texts_of("en")("time.days_ago", days=3)
    assert texts_of("fr").language == "en"
