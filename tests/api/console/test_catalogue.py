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
from api.console.navigation import PLACES
from copilot.atmosphere.models import Counted, DimensionName, MeasureReason
from copilot.atmosphere.weekly.wording import MEASURES
from copilot.community.contact_details import CONTACT_KINDS
from copilot.community.introduction_status import IntroductionStatus
from copilot.community.models import Category, ResourceStatus, ResourceType, Role, Visibility
from copilot.events.life.models import EventStatus, SignupStatus
from copilot.matching.learning.outcomes import COMPONENTS
from copilot.matching.models import Exclusion, MatchKind
from copilot.matching.models import Verdict as MatchVerdict
from copilot.matching.relations.introduction_models import DeclineReason
from copilot.matching.seatings.models import SeatingStatus
from copilot.moderation.appeals import AppealOutcome
from copilot.moderation.cases import CaseSort
from copilot.moderation.models import Action, CaseStatus, FoundBy, Severity, Verdict
from copilot.moderation.wellness import Blur
from copilot.pipeline import KINDS
from copilot.profiles.models import Source
from copilot.resources.loan_models import ReminderKind
from copilot.resources.transitions import LoanStatus, Step

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
    "ask.status_": ("draft", "sent", "accepted", "published", "declined"), "alert.step_": ("taken", "dismissed"),
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
