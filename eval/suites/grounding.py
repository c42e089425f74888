"""Grounding: every quote that is shown stands, character for character, in the record it names, and that record belongs there."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from copilot.community.tables import Case, Event, Member, Message, ProfileText, Resource
from copilot.matching.models import MatchKind
from copilot.matching.occasions import when
from copilot.matching.records import read_setting
from eval.graded import shared_graded
from eval.scorers.quotes import Quote, ungrounded
from eval.scores import Figure, share
from eval.suite import WORST, Findings, Suite
from eval.world import World, Worlds

_MATCHES = 10


def measure(worlds: Worlds) -> Findings:
    """Collect quotes from match reasons and cases and hold them against the store.

    Events and questions are those of the graded community: all of the sample's are over or answered.
    """
    sample, graded = worlds.shared(), shared_graded(worlds).world
    sources: dict[str, tuple[World, Callable[[dict[str, str]], list[Quote]]]] = {
        "member_reasons": (sample, lambda owners: _reasons(sample, "member", owners)),
        "resource_reasons": (sample, lambda owners: _reasons(sample, "resource", owners)),
        "event_reasons": (graded, lambda owners: _reasons(graded, "event", owners)),
        "thread_reasons": (graded, lambda owners: _reasons(graded, "thread", owners)),
        "cases": (sample, lambda _owners: case_quotes(sample)),
    }
    stored = {id(world): stored_texts(world) for world in (sample, graded)}
    figures: list[Figure] = []
    worst: list[dict[str, object]] = []
    for name, (world, collect) in sources.items():
        texts, owners = stored[id(world)]
        quotes = collect(owners)
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
        events = list(unit.session.scalars(select(Event)))
        messages = list(unit.session.scalars(select(Message)))
        setting = read_setting(unit)
    texts = {row.id: row.text for row in profile} | {row.id: row.text for row in messages}
    texts |= {row.id: _lines(row.name, row.city, row.industry, *row.skills) for row in members}
    texts |= {row.id: _lines(row.title, row.description, row.city, *row.tags) for row in resources}
    # The hour an event begins is stored as a moment and quoted as it is announced.
    texts |= {row.id: _lines(row.title, row.goal, row.city, when(row.starts_at, setting)) for row in events}
    owners = {row.id: row.member_id for row in profile}
    for rows in (members, resources, events, messages):
        owners |= {row.id: row.id for row in rows}
    return texts, owners


def _lines(*parts: object) -> str:
    return "\n".join(map(str, parts))


def _reasons(world: World, kind: MatchKind, owners: dict[str, str]) -> list[Quote]:
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


SUITE = Suite("grounding", 2, "every quote in reasons and cases against the stored text", measure, "graded community")
