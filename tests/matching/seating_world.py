"""People of the sample's kind with real vectors, a census and the three services, for tests of rounds, rotations and teams."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from copilot.assets import prompts_dir
from copilot.community.access import Actor, local_actor
from copilot.community.tables import Match
from copilot.llm.structured import StructuredModel
from copilot.matching.scores.census import Census
from copilot.matching.scores.pair_scorer import PairScorer
from copilot.matching.scores.scoring import Weights
from copilot.matching.seatings.rotation_service import RotationService
from copilot.matching.seatings.round_service import RoundService
from copilot.matching.teams.fit import FitJudge
from copilot.matching.teams.pool import TeamPool
from copilot.matching.teams.search import TeamParts, TeamService
from copilot.prompts import PromptLibrary
from copilot.settings import MatchingSettings
from tests.conftest import NOW
from tests.matching.conftest import World

PEOPLE = {
    "hotpot": ("想要隔天能到、一路冷得住的冷链运输", "每周有六吨冻货要从广东运到成都，账期月结"),
    "trucker": ("找西南方向每周都有量的冻货货主", "二十八台冷藏车，广州到成都冷链三十小时交货"),
    "painter": ("想找人教我拍短视频", "会画绘本，十八本图文版权都在自己手里"),
    "video": ("想要能拍成片子的好故事和插画", "短视频脚本和剪辑，一周能出二十条片子"),
    "lawyer": ("想找做数据出境申报的同行", "执业十二年，可以逐条审商业合同"),
    "coder": ("合同总被甲方改，想找人帮忙审一遍", "交付过六十个小程序和网站，前端后端都能做"),
    "farmer": ("想有人帮果园做个记账和病虫害的小程序", "种了一百六十亩苹果，三年的打药和挂果都有记录"),
    "coach": ("缺一个安静的咖啡馆办圆桌", "每周带一个创始人私密圆桌，做心理咨询"),
}


class SeatingWorld:
    """A world with the services on top. `me` is who asks."""

    def __init__(
        self, world: World, model: StructuredModel | None = None, limits: MatchingSettings | None = None
    ) -> None:
        self.world = world
        self.model = model
        self.limits = limits or MatchingSettings()
        self.me: Actor = local_actor(world.community_id)

    def fill(self) -> list[str]:
        """Add the people above, who all consent; return their ids."""
        return [self.world.member(name, [wants], [has]) for name, (wants, has) in PEOPLE.items()]

    def decline(self, asker: str, target: str, *, days_ago: int) -> None:
        """Let a proposal of one to the other have been turned down."""
        at = NOW - timedelta(days=days_ago)
        with self.world.store.write(self.world.community_id) as unit:
            unit.add(
                Match(
                    id=f"match_{asker}_{target}", member_id=f"mem_{asker}", kind="member", target_id=f"mem_{target}",
                    score=0.5, reasons=[], components={}, status="rejected", created_at=at, updated_at=at,
                )
            )  # fmt: skip

    @cached_property
    def census(self) -> Census:
        return Census(self.world.store, self.world.index, self.world.embedder.name)

    @cached_property
    def pairs(self) -> PairScorer:
        return PairScorer(self.world.index, self.census)

    @cached_property
    def rounds(self) -> RoundService:
        return RoundService(self.world.store, self.pairs, limits=self.limits)

    @cached_property
    def rotations(self) -> RotationService:
        return RotationService(self.world.store)

    @cached_property
    def teams(self) -> TeamService:
        world = self.world
        fits = FitJudge(world.index, world.embedder, self.census, Weights())
        pool = TeamPool(world.store, world.index, self.census, world.embedder)
        prompts = PromptLibrary.load(prompts_dir())
        return TeamService(world.store, TeamParts(self.pairs, fits, pool, self.limits), prompts, self.model)
