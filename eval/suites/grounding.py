"""Grounding: every quote that is shown stands, character for character, in the record it names, and that record belongs there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sqlalchemy import select

from copilot.community.tables import Case, Member, Message, ProfileText, Resource
from eval.scorers.quotes import Quote, ungrounded
from eval.scores import Figure, share
from eval.suite import WORST, Findings, Suite
from eval.world import World, Worlds

_MATCHES = 10


def measure(worlds: Worlds) -> Findings:
    """Collect quotes from match reasons and cases and hold them against the store."""
    world = worlds.shared()
    texts, owners = stored_texts(world)
    figures: list[Figure] = []
    worst: list[dict[str, object]] = []
    sources: dict[str, Callable[[], list[Quote]]] = {
        "member_reasons": lambda: _reasons(world, "member", owners),
        "resource_reasons": lambda: _reasons(world, "resource", owners),
        "cases": lambda: case_quotes(world),
    }
    for name, collect in sources.items():
        quotes = collect()
        wrong = ungrounded(quotes, texts)
        figures.append(share(f"grounding.{name}", len(quotes) - len(wrong), len(quotes)))
        worst += [{"in": name, "of": q.shown_in, "record": q.record_id, "words": q.words} for q in wrong]
    return Findings(figures, worst[:WORST])


def stored_texts(world: World) -> tuple[dict[str, str], dict[str, str]]:
    """Return (text by record id, owner by record id) of everything that may be quoted."""
    with world.services.store.read(world.community_id) as unit:
        profile = list(unit.session.scalars(select(ProfileText)))
        members = list(unit.session.scalars(select(Member)))
        resources = list(unit.session.scalars(select(Resource)))
        messages = list(unit.session.scalars(select(Message)))
    texts = {row.id: row.text for row in profile}
    texts |= {row.id: f"{row.name}\n{row.city}" for row in members}
    texts |= {row.id: f"{row.title}\n{row.description}\n{row.city}" for row in resources}
    texts |= {row.id: row.text for row in messages}
    owners = {row.id: row.member_id for row in profile}
    owners |= {row.id: row.id for row in members} | {row.id: row.id for row in resources}
    return texts, owners


def _reasons(world: World, kind: Literal["member", "resource"], owners: dict[str, str]) -> list[Quote]:
    """Return every quote in reasons; one of a record that belongs to neither side loses its id, and so counts as wrong."""
    quotes = []
    for member in world.members().values():
        for item in world.services.matching.match(world.community_id, member.id, kind, _MATCHES).items:
            for reason in item.reasons:
                for evidence in reason.evidence:
                    belongs = owners.get(evidence.record_id) in {member.id, item.target_id}
                    shown = belongs and evidence.quote in reason.text
                    quotes.append(Quote(item.match_id, evidence.record_id if shown else "", evidence.quote))
    return quotes


def case_quotes(world: World) -> list[Quote]:
    """Return the quote of every case; one that is not exactly its span loses its id."""
    with world.services.store.read(world.community_id) as unit:
        rows = list(unit.session.scalars(select(Case)))
        messages = unit.get_many(Message, [row.message_id for row in rows])
    return [
        Quote(
            row.id,
            row.message_id if messages[row.message_id].text[row.evidence_start : row.evidence_end] == row.quote else "",
            row.quote,
        )
        for row in rows
    ]


SUITE = Suite("grounding", 1, "every quote in reasons and cases against the stored text", measure)
