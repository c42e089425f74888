"""Composition root: the only file that names adapters. Entry points build one `Services` and close it at the end.

Parts are made when first asked for, so that a command pays only for what it uses.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from copilot.assets import knowledge_dir, prompts_dir
from copilot.atmosphere.alerts import AlertService
from copilot.atmosphere.pulses import PulseService
from copilot.atmosphere.sentiment import SentimentModel
from copilot.atmosphere.service import AtmosphereService
from copilot.atmosphere.stars.service import StarsService
from copilot.atmosphere.stars.thanked import ThankedInChat
from copilot.atmosphere.weekly.experts import ProfileExperts
from copilot.atmosphere.weekly.service import WeeklyParts, WeeklyService
from copilot.atmosphere.weekly.summary import SummaryWriter
from copilot.care.intake import CareIntake
from copilot.care.library import CareLibrary
from copilot.care.service import CareDesk
from copilot.clock import Clock, SystemClock
from copilot.community.erasure import confirm_index, erase_member, unconfirmed
from copilot.community.importing import ImportService
from copilot.community.ingesting import MessageIngest
from copilot.community.ledger import SqlCallLedger
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Erasure
from copilot.embeddings.base import Embedder
from copilot.embeddings.factory import make_embedder
from copilot.errors import StoreBusy
from copilot.events.drafts.candidates import StoreCandidates
from copilot.events.feeds import CalendarService
from copilot.events.life.desks import EventDesks
from copilot.events.revisions.versions import PlanVersionService
from copilot.events.service import EventService
from copilot.knowledge import KnowledgeBase
from copilot.language.meaning import Meanings
from copilot.llm.factory import make_structured
from copilot.llm.structured import StructuredModel
from copilot.matching.learning.service import WeightService
from copilot.matching.reason_writer import ReasonWriter
from copilot.matching.relations.endorsements import EndorsementService
from copilot.matching.relations.introduction_models import IntroductionRules
from copilot.matching.relations.introduction_service import IntroductionService
from copilot.matching.relations.pair_rules import PairRuleService
from copilot.matching.scores.pair_scorer import PairScorer
from copilot.matching.scores.scoring import Weights
from copilot.matching.seatings.rotation_service import RotationService
from copilot.matching.seatings.round_service import RoundService
from copilot.matching.service import MatchingService
from copilot.matching.teams.fit import FitJudge
from copilot.matching.teams.pool import TeamPool
from copilot.matching.teams.search import TeamParts, TeamService
from copilot.moderation.bulk import BulkReader
from copilot.moderation.calibrating.service import CalibrationService
from copilot.moderation.cascade import Cascade
from copilot.moderation.claims.service import ClaimService
from copilot.moderation.grey import GreyLimits, GreyReader
from copilot.moderation.model_detectors import RoomReader
from copilot.moderation.room import RoomModel
from copilot.moderation.service import ModerationService
from copilot.profiles.service import ProfileService
from copilot.prompts import PromptLibrary
from copilot.recognition.rules import load_rules
from copilot.recognition.service import RecognitionService
from copilot.resources.service import ResourceDesks
from copilot.season_teams import BuiltTeams
from copilot.settings import Settings
from copilot.stored_documents import STORED_DOCUMENTS
from copilot.topics.frameworks import FrameworkLibrary
from copilot.topics.outreach import OutreachService
from copilot.topics.posts import PostService
from copilot.topics.service import TopicService, TopicTexts
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.index import VectorIndex
from copilot.vectors.remembered import RememberedIndex
from copilot.vectors.sync import VectorSync
from copilot.webhooks.sender import Sender
from copilot.webhooks.service import WebhookService


class Services:
    """Everything the project can do, wired for one set of settings. Safe to share between threads."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        # Two first requests at once must not open the embedded store twice.
        self._making = threading.RLock()

    @cached_property
    def store(self) -> Store:
        """The truth."""
        with self._making:
            return self.__dict__.get("store") or Store.open(
                self.settings.database_url, self.settings.database, self.clock
            )

    @cached_property
    def embedder(self) -> Embedder:
        """Texts to vectors."""
        with self._making:
            return self.__dict__.get("embedder") or make_embedder(self.settings.embeddings)

    @cached_property
    def index(self) -> VectorIndex:
        """The vector index: embedded, or a server when its URL is set."""
        with self._making:
            if "index" in self.__dict__:
                return self.__dict__["index"]  # type: ignore[no-any-return]  # made by another thread meanwhile
            if self.settings.vectors.url:
                return ChromaIndex.server(self.settings.vectors.url, self.embedder.name)
            index = ChromaIndex.embedded(self.settings.vectors_dir, self.embedder.name)
            return RememberedIndex(index, self.settings.vectors.memory_mb)

    @cached_property
    def sync(self) -> VectorSync:
        """Brings the index up to the store."""
        return VectorSync(StaleTexts(self.store), self.index, self.embedder, self.settings.vectors.batch_size)

    @cached_property
    def knowledge(self) -> KnowledgeBase:
        """Playbooks and articles, the operators' own folders last."""
        return KnowledgeBase.load([knowledge_dir(), *self.settings.knowledge_dirs])

    @cached_property
    def prompts(self) -> PromptLibrary:
        """The prompts that ship with the package."""
        return PromptLibrary.load(prompts_dir())

    @cached_property
    def model(self) -> StructuredModel | None:
        """The configured model endpoint, or None, which is a normal state."""
        with self._making:
            if "model" in self.__dict__:
                return self.__dict__["model"]  # type: ignore[no-any-return]  # made by another thread meanwhile
            return make_structured(self.settings.llm, SqlCallLedger(self.store), self.clock)

    @cached_property
    def importing(self) -> ImportService:
        """Reads files into the store."""
        return ImportService(self.store, self.settings.limits, self.settings.jobs.batch_rows)

    @cached_property
    def ingest(self) -> MessageIngest:
        """Takes messages as they are said."""
        return MessageIngest(self.store, self.settings.limits)

    @cached_property
    def cascade(self) -> Cascade:
        """All stages of reading."""
        with self._making:
            if "cascade" in self.__dict__:
                return self.__dict__["cascade"]  # type: ignore[no-any-return]  # made by another thread meanwhile
            meanings = Meanings.of(self.embedder)
            return Cascade.load(SentimentModel.load(meanings=meanings), meanings)

    @cached_property
    def bulk(self) -> BulkReader:
        """Reads texts without storing them."""
        return BulkReader(self.cascade)

    @cached_property
    def moderation(self) -> ModerationService:
        """Reads messages and keeps the queue of cases."""
        grey = None
        if self.model is not None and self.settings.moderation.grey_band:
            prices = (self.settings.llm.prompt_price, self.settings.llm.completion_price)
            limits = GreyLimits(self.settings.moderation.grey_calls_per_day, prices)
            grey = GreyReader(self.store, self.cascade, self.prompts, self.model, limits)
        return ModerationService(self.store, self.cascade, CareIntake(), grey)

    @cached_property
    def claims(self) -> ClaimService:
        """What the community's own records say of a message; of articles, only the operators' own."""
        folders = self.settings.knowledge_dirs
        return ClaimService(self.store, KnowledgeBase.load(folders) if folders else None)

    @cached_property
    def calibration(self) -> CalibrationService:
        """What scores are worth here, measured on decisions, and rules tried before they are switched on."""

        def with_model(folder: Path) -> Cascade:
            room = RoomReader(RoomModel.load(folder), Meanings.of(self.embedder))
            return self.moderation.cascade.with_room(room)

        models = self.settings.data_dir / "models"
        return CalibrationService(self.store, lambda: self.moderation.cascade, models, with_model)

    @cached_property
    def care(self) -> CareDesk:
        """Members who may need help, for those whom the operators named."""
        return CareDesk(self.store, CareLibrary.load([knowledge_dir(), *self.settings.knowledge_dirs]))

    @cached_property
    def matching(self) -> MatchingService:
        """Members to members, resources, events and open questions."""
        return MatchingService(
            self.store, self.index, self.embedder, limits=self.settings.matching,
            writer=lambda: ReasonWriter(self.prompts, self.model),
        )  # fmt: skip

    @cached_property
    def pair_rules(self) -> PairRuleService:
        """Blocks, and pairs that operators keep apart or want together."""
        return PairRuleService(self.store)

    @cached_property
    def endorsements(self) -> EndorsementService:
        """Who vouches for whom."""
        return EndorsementService(self.store)

    @cached_property
    def introductions(self) -> IntroductionService:
        """What two members make of a match."""
        return IntroductionService(self.store, IntroductionRules.of(self.settings.matching))

    @cached_property
    def weights(self) -> WeightService:
        """How much each component of a score counts, and what outcomes say of it."""
        return WeightService(self.store)

    @cached_property
    def pairs(self) -> PairScorer:
        """Scores among members who are already chosen, by the census that matching keeps."""
        return PairScorer(self.index, self.matching.sources.census)

    @cached_property
    def rounds(self) -> RoundService:
        """Coffee and table rounds."""
        return RoundService(self.store, self.pairs, limits=self.settings.matching)

    @cached_property
    def rotations(self) -> RotationService:
        """Rotations of parallel groups."""
        return RotationService(self.store)

    @cached_property
    def teams(self) -> TeamService:
        """Teams for a goal."""
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
        return ProfileService(self.store, self.prompts, self.model, self.settings.limits)

    @cached_property
    def exchange(self) -> ResourceDesks:
        """Resources that circulate: the library and its loans."""
        return ResourceDesks(self.store, self.index)

    @cached_property
    def events(self) -> EventService:
        """Event plans."""
        candidates = StoreCandidates(self.store, self.embedder, self.index)
        return EventService(self.store, self.knowledge, self.prompts, self.model, candidates)

    @cached_property
    def plan_versions(self) -> PlanVersionService:
        """Changes of plans, each a new version."""
        candidates = StoreCandidates(self.store, self.embedder, self.index)
        return PlanVersionService(self.store, self.knowledge, candidates)

    @cached_property
    def calendars(self) -> CalendarService:
        """Events as calendars that programs subscribe to."""
        return CalendarService(self.store)

    @cached_property
    def desks(self) -> EventDesks:
        """Events from publishing to review."""
        return EventDesks(self.store)

    @cached_property
    def topics(self) -> TopicService:
        """Topics for reluctant writers."""
        frameworks = FrameworkLibrary.load([knowledge_dir(), *self.settings.knowledge_dirs])
        texts = TopicTexts(frameworks, self.prompts, self.knowledge)
        return TopicService(self.store, self.index, self.embedder, texts, self.model)

    @cached_property
    def outreach(self) -> OutreachService:
        """Whom to ask for topics, and what came of it."""
        return OutreachService(self.store, self.topics)

    @cached_property
    def posts(self) -> PostService:
        """Members' notes, arranged."""
        return PostService(self.store, self.embedder, self.prompts, self.model)

    @cached_property
    def atmosphere(self) -> AtmosphereService:
        """Readings of the room."""
        return AtmosphereService(self.store, self.knowledge)

    @cached_property
    def stars(self) -> StarsService:
        """Who answers, connects and calms, and who carries too much."""
        return StarsService(self.store)

    @cached_property
    def weekly(self) -> WeeklyService:
        """Weekly reports for operators."""
        experts = ProfileExperts(self.store, self.index, self.embedder)
        writer = SummaryWriter(self.prompts, self.model)
        parts = WeeklyParts(self.atmosphere, self.alerts, self.stars, experts, writer, self.knowledge)
        return WeeklyService(self.store, parts)

    @cached_property
    def alerts(self) -> AlertService:
        """Changes of the room beyond noise, and threads to look at."""
        return AlertService(self.store, self.knowledge)

    @cached_property
    def pulses(self) -> PulseService:
        """How members say they feel."""
        return PulseService(self.store)

    @cached_property
    def recognition(self) -> RecognitionService:
        """Points, boards, awards and rewards."""
        rules = load_rules([knowledge_dir(), *self.settings.knowledge_dirs])
        return RecognitionService(self.store, rules, [ThankedInChat()], BuiltTeams(lambda: self.teams))

    @cached_property
    def webhooks(self) -> WebhookService:
        """Tells others what happened here."""
        return WebhookService(self.store, Sender(self.settings.webhooks))

    def ping_index(self) -> None:
        """Raise `IndexUnavailable` unless the vector index answers."""
        self.index.scan("readiness-probe", "is")

    def erase(self, community_id: str, member_id: str, *, requested_by: str) -> Erasure:
        """Delete a member everywhere, vectors included, and return the proof.

        Raises:
            NotFound: there is no such member.
            IndexUnavailable: the rows are gone; the proof stays unconfirmed until `finish_erasures`.
        """
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

    def close(self) -> None:
        """Close what was opened."""
        for name in ("index", "model", "store"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()
