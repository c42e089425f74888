"""Composition root: with `foundation.py` the only file that names adapters. Entry points build one `Services` and close it.

Parts are imported and made when first asked for, so that a command pays only for what it uses: all of them cost seconds.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.assets import knowledge_dir
from copilot.community.erasure import confirm_index, erase_member, unconfirmed
from copilot.errors import StoreBusy
from copilot.foundation import Foundation

if TYPE_CHECKING:
    from copilot.atmosphere.alerts import AlertService
    from copilot.atmosphere.pulses import PulseService
    from copilot.atmosphere.service import AtmosphereService
    from copilot.atmosphere.stars.service import StarsService
    from copilot.atmosphere.weekly.service import WeeklyService
    from copilot.cards.desk import CardDesk
    from copilot.care.service import CareDesk
    from copilot.community.tables import Erasure
    from copilot.eval_cases.service import EvalCaseService
    from copilot.events.feeds import CalendarService
    from copilot.events.life.desks import EventDesks
    from copilot.events.revisions.versions import PlanVersionService
    from copilot.events.service import EventService
    from copilot.matching.learning.service import WeightService
    from copilot.matching.relations.endorsements import EndorsementService
    from copilot.matching.relations.introduction_service import IntroductionService
    from copilot.matching.relations.pair_rules import PairRuleService
    from copilot.matching.scores.pair_scorer import PairScorer
    from copilot.matching.seatings.rotation_service import RotationService
    from copilot.matching.seatings.round_service import RoundService
    from copilot.matching.service import MatchingService
    from copilot.matching.teams.search import TeamService
    from copilot.moderation.bulk import BulkReader
    from copilot.moderation.calibrating.service import CalibrationService
    from copilot.moderation.cascade import Cascade
    from copilot.moderation.claims.service import ClaimService
    from copilot.moderation.service import ModerationService
    from copilot.partners.service import PartnerService
    from copilot.profiles.service import ProfileService
    from copilot.recognition.circles.desk import CircleDesk
    from copilot.recognition.circles.ventures import VentureDesk
    from copilot.recognition.service import RecognitionService
    from copilot.resources.service import ResourceDesks
    from copilot.topics.outreach import OutreachService
    from copilot.topics.posts import PostService
    from copilot.topics.service import TopicService
    from copilot.webhooks.service import WebhookService


class Services(Foundation):
    """Everything the project can do, wired for one set of settings. Safe to share between threads."""

    @cached_property
    def bulk(self) -> BulkReader:
        """Reads texts without storing them."""
        from copilot.moderation.bulk import BulkReader

        return BulkReader(self.cascade)

    @cached_property
    def moderation(self) -> ModerationService:
        """Reads messages and keeps the queue of cases."""
        from copilot.care.intake import CareIntake
        from copilot.moderation.grey import GreyLimits, GreyReader
        from copilot.moderation.service import ModerationService

        grey = None
        if self.model is not None and self.settings.moderation.grey_band:
            prices = (self.settings.llm.prompt_price, self.settings.llm.completion_price)
            limits = GreyLimits(self.settings.moderation.grey_calls_per_day, prices)
            grey = GreyReader(self.store, self.cascade, self.prompts, self.model, limits)
        return ModerationService(self.store, self.cascade, CareIntake(), grey)

    @cached_property
    def claims(self) -> ClaimService:
        """What the community's own records say of a message; of articles, only the operators' own."""
        from copilot.knowledge import KnowledgeBase
        from copilot.moderation.claims.service import ClaimService

        folders = self.settings.knowledge_dirs
        return ClaimService(self.store, KnowledgeBase.load(folders) if folders else None)

    @cached_property
    def calibration(self) -> CalibrationService:
        """What scores are worth here, measured on decisions, and rules tried before they are switched on."""
        from copilot.language.meaning import Meanings
        from copilot.moderation.calibrating.service import CalibrationService
        from copilot.moderation.model_detectors import RoomReader
        from copilot.moderation.room import RoomModel

        def with_model(folder: Path) -> Cascade:
            room = RoomReader(RoomModel.load(folder), Meanings.of(self.embedder))
            return self.moderation.cascade.with_room(room)

        models = self.settings.data_dir / "models"
        return CalibrationService(self.store, lambda: self.moderation.cascade, models, with_model)

    @cached_property
    def care(self) -> CareDesk:
        """Members who may need help, for those whom the operators named."""
        from copilot.care.library import CareLibrary
        from copilot.care.service import CareDesk

        return CareDesk(self.store, CareLibrary.load([knowledge_dir(), *self.settings.knowledge_dirs]))

    @cached_property
    def matching(self) -> MatchingService:
        """Members to members, resources, events and open questions."""
        from copilot.matching.reason_writer import ReasonWriter
        from copilot.matching.service import MatchingService

        return MatchingService(
            self.store, self.index, self.embedder, limits=self.settings.matching,
            writer=lambda: ReasonWriter(self.prompts, self.model),
        )  # fmt: skip

    @cached_property
    def pair_rules(self) -> PairRuleService:
        """Blocks, and pairs that operators keep apart or want together."""
        from copilot.matching.relations.pair_rules import PairRuleService

        return PairRuleService(self.store)

    @cached_property
    def endorsements(self) -> EndorsementService:
        """Who vouches for whom."""
        from copilot.matching.relations.endorsements import EndorsementService

        return EndorsementService(self.store)

    @cached_property
    def introductions(self) -> IntroductionService:
        """What two members make of a match."""
        from copilot.matching.relations.introduction_models import IntroductionRules
        from copilot.matching.relations.introduction_service import IntroductionService

        return IntroductionService(self.store, IntroductionRules.of(self.settings.matching))

    @cached_property
    def weights(self) -> WeightService:
        """How much each component of a score counts, and what outcomes say of it."""
        from copilot.matching.learning.service import WeightService

        return WeightService(self.store)

    @cached_property
    def pairs(self) -> PairScorer:
        """Scores among members who are already chosen, by the census that matching keeps."""
        from copilot.matching.scores.pair_scorer import PairScorer

        return PairScorer(self.index, self.matching.sources.census)

    @cached_property
    def rounds(self) -> RoundService:
        """Coffee and table rounds."""
        from copilot.matching.seatings.round_service import RoundService

        return RoundService(self.store, self.pairs, limits=self.settings.matching)

    @cached_property
    def rotations(self) -> RotationService:
        """Rotations of parallel groups."""
        from copilot.matching.seatings.rotation_service import RotationService

        return RotationService(self.store)

    @cached_property
    def teams(self) -> TeamService:
        """Teams for a goal."""
        from copilot.matching.scores.scoring import Weights
        from copilot.matching.teams.fit import FitJudge
        from copilot.matching.teams.pool import TeamPool
        from copilot.matching.teams.search import TeamParts, TeamService

        census = self.matching.sources.census
        parts = TeamParts(
            pairs=self.pairs,
            fits=FitJudge(self.index, self.embedder, census, Weights()),
            pool=TeamPool(self.store, self.index, census, self.embedder),
            limits=self.settings.matching,
        )
        return TeamService(self.store, parts, self.prompts, self.model)

    @cached_property
    def profiles(self) -> ProfileService:
        """What members are, have and want, proposed from their own words."""
        from copilot.profiles.service import ProfileService

        return ProfileService(self.store, self.prompts, self.model, self.settings.limits)

    @cached_property
    def exchange(self) -> ResourceDesks:
        """Resources that circulate: the library and its loans."""
        from copilot.resources.agreements.templates import AgreementLibrary
        from copilot.resources.service import ResourceDesks

        agreements = AgreementLibrary.load([knowledge_dir(), *self.settings.knowledge_dirs])
        return ResourceDesks(self.store, self.index, agreements)

    @cached_property
    def partners(self) -> PartnerService:
        """Resources across communities."""
        from copilot.partners.letters import Post
        from copilot.partners.service import PartnerService

        post = Post(self.settings.webhooks, self.clock)
        return PartnerService(self.store, lambda: self.index, lambda: self.embedder, post)

    @cached_property
    def events(self) -> EventService:
        """Event plans."""
        from copilot.events.drafts.candidates import StoreCandidates
        from copilot.events.service import EventService

        candidates = StoreCandidates(self.store, self.embedder, self.index)
        return EventService(self.store, self.knowledge, self.prompts, self.model, candidates)

    @cached_property
    def plan_versions(self) -> PlanVersionService:
        """Changes of plans, each a new version."""
        from copilot.events.drafts.candidates import StoreCandidates
        from copilot.events.revisions.versions import PlanVersionService

        candidates = StoreCandidates(self.store, self.embedder, self.index)
        return PlanVersionService(self.store, self.knowledge, candidates)

    @cached_property
    def calendars(self) -> CalendarService:
        """Events as calendars that programs subscribe to."""
        from copilot.events.feeds import CalendarService

        return CalendarService(self.store)

    @cached_property
    def desks(self) -> EventDesks:
        """Events from publishing to review."""
        from copilot.events.life.desks import EventDesks

        return EventDesks(self.store)

    @cached_property
    def topics(self) -> TopicService:
        """Topics for reluctant writers."""
        from copilot.topics.frameworks import FrameworkLibrary
        from copilot.topics.service import TopicService, TopicTexts

        frameworks = FrameworkLibrary.load([knowledge_dir(), *self.settings.knowledge_dirs])
        texts = TopicTexts(frameworks, self.prompts, self.knowledge)
        return TopicService(self.store, self.index, self.embedder, texts, self.model)

    @cached_property
    def outreach(self) -> OutreachService:
        """Whom to ask for topics, and what came of it."""
        from copilot.topics.outreach import OutreachService

        return OutreachService(self.store, self.topics)

    @cached_property
    def posts(self) -> PostService:
        """Members' notes, arranged."""
        from copilot.topics.posts import PostService

        return PostService(self.store, self.embedder, self.prompts, self.model)

    @cached_property
    def atmosphere(self) -> AtmosphereService:
        """Readings of the room."""
        from copilot.atmosphere.service import AtmosphereService

        return AtmosphereService(self.store, self.knowledge)

    @cached_property
    def stars(self) -> StarsService:
        """Who answers, connects and calms, and who carries too much."""
        from copilot.atmosphere.stars.service import StarsService

        return StarsService(self.store)

    @cached_property
    def weekly(self) -> WeeklyService:
        """Weekly reports for operators."""
        from copilot.atmosphere.weekly.experts import ProfileExperts
        from copilot.atmosphere.weekly.service import WeeklyParts, WeeklyService
        from copilot.atmosphere.weekly.summary import SummaryWriter

        experts = ProfileExperts(self.store, self.index, self.embedder)
        writer = SummaryWriter(self.prompts, self.model)
        parts = WeeklyParts(self.atmosphere, self.alerts, self.stars, experts, writer, self.knowledge)
        return WeeklyService(self.store, parts)

    @cached_property
    def alerts(self) -> AlertService:
        """Changes of the room beyond noise, and threads to look at."""
        from copilot.atmosphere.alerts import AlertService

        return AlertService(self.store, self.knowledge)

    @cached_property
    def pulses(self) -> PulseService:
        """How members say they feel."""
        from copilot.atmosphere.pulses import PulseService

        return PulseService(self.store)

    @cached_property
    def recognition(self) -> RecognitionService:
        """Points, boards, awards and rewards."""
        from copilot.atmosphere.stars.thanked import ThankedInChat
        from copilot.recognition.rules import load_rules
        from copilot.recognition.service import RecognitionService
        from copilot.season_teams import BuiltTeams

        rules = load_rules([knowledge_dir(), *self.settings.knowledge_dirs])
        return RecognitionService(self.store, rules, [ThankedInChat()], BuiltTeams(lambda: self.teams))

    @cached_property
    def cards(self) -> CardDesk:
        """Cards to share as pictures."""
        from copilot.cards.desk import CardDesk
        from copilot.cards.fonts import FontBook

        return CardDesk(self.store, FontBook(self.settings.cards.font_dirs))

    @cached_property
    def circles(self) -> CircleDesk:
        """Tiers and city circles."""
        from copilot.recognition.circles.book import load_circles
        from copilot.recognition.circles.desk import CircleDesk

        return CircleDesk(self.store, load_circles([knowledge_dir(), *self.settings.knowledge_dirs]))

    @cached_property
    def ventures(self) -> VentureDesk:
        """Combinations proposed as ventures."""
        from copilot.recognition.circles.ventures import VentureDesk
        from copilot.venture_teams import BuiltVentures

        return VentureDesk(self.store, BuiltVentures(self.store, lambda: self.teams))

    @cached_property
    def eval_cases(self) -> EvalCaseService:
        """Decisions, feedback and outcomes as cases for evaluation."""
        from copilot.eval_cases.service import EvalCaseService

        return EvalCaseService(self.store, self.settings.data_dir)

    @cached_property
    def webhooks(self) -> WebhookService:
        """Tells others what happened here."""
        from copilot.webhooks.sender import Sender
        from copilot.webhooks.service import WebhookService

        return WebhookService(self.store, Sender(self.settings.webhooks))

    def erase(self, community_id: str, member_id: str, *, requested_by: str) -> Erasure:
        """Delete a member everywhere, vectors included, and return the proof.

        Raises:
            NotFound: there is no such member.
            IndexUnavailable: the rows are gone; the proof stays unconfirmed until `finish_erasures`.
        """
        from copilot.stored_documents import STORED_DOCUMENTS

        erasure_id = erase_member(
            self.store, community_id, member_id, requested_by=requested_by, readers=STORED_DOCUMENTS
        )
        with suppress(StoreBusy):  # the next sign-up or cancellation gives the place, then
            self.desks.signups.settle(community_id)
        with suppress(StoreBusy):  # the hourly upkeep lets the line move up, then
            self.exchange.keep_up(community_id)
        self.sync.forget(community_id, "member", member_id)
        self.sync.purge(community_id)
        return confirm_index(self.store, community_id, erasure_id, member_id)

    def finish_erasures(self, community_id: str) -> int:
        """Finish the erasures whose vectors were not confirmed gone, because the process or the index failed; count them.

        Raises:
            NotFound: there is no such community.
            EmbeddingFailed, IndexUnavailable, StoreBusy: they stay unconfirmed; call it again.
        """
        unfinished = unconfirmed(self.store, community_id)
        if unfinished:
            self.sync.run(community_id)
            self.sync.purge(community_id)
        for erasure_id in unfinished:
            confirm_index(self.store, community_id, erasure_id)
        return len(unfinished)
