"""Rankers to stand beside the product: chance, and one vector per member. The gates must be out of their reach."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from sqlalchemy import select

from copilot.community.models import Visibility
from copilot.community.tables import Member, ProfileText
from eval.metrics.intervals import SEED
from eval.world import World


class Ranker(Protocol):
    """Orders the members that could be proposed to somebody."""

    def rank(self, asker_id: str) -> list[str]:
        """Return member ids, best first, the asker not among them."""
        ...


class ServiceRanker:
    """The product, asked for as many matches as it gives at once."""

    def __init__(self, world: World, n: int = 50) -> None:
        self._world, self._n = world, n

    def rank(self, asker_id: str) -> list[str]:
        """Return the targets of `MatchingService.match`."""
        found = self._world.services.matching.match(self._world.community_id, asker_id, "member", self._n)
        return [item.target_id for item in found.items]


class RandomRanker:
    """Every member who may be proposed, shuffled; the same order for the same asker every time."""

    def __init__(self, world: World) -> None:
        self._ids = proposable(world)
        # Ids differ from run to run with the community's; external ones do not.
        self._external = {member.id: name for name, member in world.members().items()}

    def rank(self, asker_id: str) -> list[str]:
        """Return the others in an order that has nothing to do with them."""
        others = [member_id for member_id in self._ids if member_id != asker_id]
        random.Random(f"{SEED}/{self._external[asker_id]}").shuffle(others)  # noqa: S311  # a baseline, no secret
        return others


class OneTextRanker:
    """All texts of a member as one, ranked by the cosine of the embedder: what a day's work gives."""

    def __init__(self, world: World) -> None:
        ids = proposable(world)
        with world.services.store.read(world.community_id) as unit:
            rows = unit.session.scalars(select(ProfileText).order_by(ProfileText.member_id, ProfileText.position))
            texts: dict[str, list[str]] = {}
            for row in rows:
                texts.setdefault(row.member_id, []).append(row.text)
        self._ids = [member_id for member_id in ids if member_id in texts]
        joined = [" ".join(texts[member_id]) for member_id in self._ids]
        self._vectors = np.asarray(world.services.embedder.embed_documents(joined), dtype=np.float32)

    def rank(self, asker_id: str) -> list[str]:
        """Return the others by cosine with the asker."""
        if asker_id not in self._ids:
            return []
        cosines = self._vectors @ self._vectors[self._ids.index(asker_id)]
        order: Sequence[int] = np.argsort(-cosines, kind="stable").tolist()
        return [self._ids[at] for at in order if self._ids[at] != asker_id]


def proposable(world: World) -> list[str]:
    """Return who may be proposed, by the rules as the brief states them, in the order of external ids."""
    with world.services.store.read(world.community_id) as unit:
        rows = unit.session.scalars(
            select(Member).where(
                Member.consent_match.is_(True),
                Member.consent_ai.is_(True),
                Member.visibility == Visibility.COMMUNITY.value,
            )
        )
        return [row.id for row in sorted(rows, key=lambda row: row.external_id)]
