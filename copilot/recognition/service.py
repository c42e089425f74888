"""RecognitionService: contribution that is seen. One door to the desks; each keeps its own part."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.community.acts import Acts
from copilot.community.store import Store
from copilot.recognition.awards import AwardDesk
from copilot.recognition.exposures import ExposureDesk
from copilot.recognition.gifts import GiftDesk
from copilot.recognition.ledger import PointLedger
from copilot.recognition.points import PointDesk
from copilot.recognition.rewards import RewardDesk
from copilot.recognition.rule_versions import RuleBook
from copilot.recognition.rules import RuleSet
from copilot.recognition.seasons import SeasonDesk
from copilot.recognition.sources.events import HostedEvents
from copilot.recognition.sources.loans import ReturnedLoans
from copilot.recognition.sources.reports import UpheldReports
from copilot.recognition.sources.thanks import SaidThanks
from copilot.recognition.standings import StandingDesk
from copilot.recognition.teams import SeasonTeams, TeamMaker


class RecognitionService:
    """Everything of recognition. Points come from what others do in return, never from one's own posting.

    `others` are sources of acts that features offer, such as the chat's; those that tables tell alone are here already.
    """

    def __init__(self, store: Store, rules: RuleSet, others: Sequence[Acts], maker: TeamMaker) -> None:
        self.book = RuleBook(store, rules)
        sources: list[Acts] = [SaidThanks(), HostedEvents(), ReturnedLoans(), UpheldReports(), *others]
        self.ledger = PointLedger(store, sources, self.book)
        self.points = PointDesk(store, self.ledger, self.book)
        self.seasons = SeasonDesk(store)
        self.standings = StandingDesk(store)
        self.teams = SeasonTeams(store, maker)
        self.awards = AwardDesk(store)
        self.rewards = RewardDesk(store)
        self.exposures = ExposureDesk(store)
        self.gifts = GiftDesk(store, self.book)
