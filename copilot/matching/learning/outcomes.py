"""What members said of their matches, with the figures at that moment: for learning and for export. Ids and numbers only.

An outcome is one member's last word on one proposal. Silence is none: it may mean that nobody looked. Who switched off
AI processing or hid is not in it, neither as the one who said it nor as the one it was said of.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from copilot.community.permission import allowing_ai
from copilot.community.store import PAGE_LIMIT, Store, Unit
from copilot.community.tables import Introduction, Match, MatchFeedback, Member
from copilot.matching.models import Verdict
from copilot.matching.records import match_id
from copilot.matching.scores.scoring import SHARES

# What an outcome may know of a pair: the directions, words in common, and the context.
COMPONENTS = ("forward", "backward", "lexical", *(name for name in SHARES if name != "relevance"))
FIELDS = ("match_id", "member_id", "target_id", "kind", "outcome", "decided_at", "score", "weights_version")


ExportForm = Literal["csv", "jsonl"]
# An export is read by tables and scripts: beyond this a database is the better tool.
MOST_EXPORTED = 100_000


class OutcomeKind(StrEnum):
    """What became of a proposal, for the member it was made to."""

    CONNECTED = "connected"
    ACCEPTED = "accepted"
    IGNORED = "ignored"
    DECLINED = "declined"


_OF_VERDICT = {
    Verdict.ACCEPT: OutcomeKind.ACCEPTED,
    Verdict.IGNORE: OutcomeKind.IGNORED,
    Verdict.REJECT: OutcomeKind.DECLINED,
}


@dataclass(frozen=True)
class Outcome:
    """One member's last word on one proposal.

    Attributes:
        components: by name, each 0-1, as they were when it was said; those that do not apply are absent.
        score: 0-1, of the same moment; absent for words older than this was noted.
    """

    match_id: str
    member_id: str
    target_id: str
    kind: str
    outcome: OutcomeKind
    decided_at: datetime
    score: float | None
    weights_version: int
    components: dict[str, float]

    @property
    def is_yes(self) -> bool:
        """Whether the member wanted it; what the other side said is an outcome of its own."""
        return self.outcome in {OutcomeKind.CONNECTED, OutcomeKind.ACCEPTED}

    def plain(self) -> dict[str, Any]:
        """Return it as JSON-serialisable data."""
        return {**asdict(self), "outcome": self.outcome.value, "decided_at": self.decided_at.isoformat()}


def outcomes(store: Store, community_id: str, *, most: int, newest_first: bool = False) -> Iterator[Outcome]:
    """Yield up to `most` outcomes by time, a page of rows in memory at once.

    Raises:
        NotFound: there is no such community.
    """
    cursor: str | None = None
    left = most
    while left > 0:
        with store.read(community_id) as unit:
            unit.community()
            page = unit.page(
                select(MatchFeedback).where(*_standing()), (MatchFeedback.created_at, MatchFeedback.id),
                limit=min(PAGE_LIMIT, left), cursor=cursor, descending=newest_first,
            )  # fmt: skip
            found = _of_rows(unit, page.items)
        yield from found
        left -= len(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return


def as_lines(found: Iterator[Outcome], form: ExportForm) -> Iterator[str]:
    """Yield the lines of an export: a header and rows of CSV, or an object for each outcome."""
    if form == "csv":
        yield _row([*FIELDS, *COMPONENTS])
    for item in found:
        plain = item.plain()
        if form == "csv":
            yield _row([*(plain[name] for name in FIELDS), *(item.components.get(name) for name in COMPONENTS)])
        else:
            yield json.dumps(plain, ensure_ascii=False) + "\n"


def _row(cells: list[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(["" if cell is None else cell for cell in cells])
    return line.getvalue()


def _standing() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a last word between members who let machines read their records."""
    later = aliased(MatchFeedback)
    is_later = or_(
        later.created_at > MatchFeedback.created_at,
        and_(later.created_at == MatchFeedback.created_at, later.id > MatchFeedback.id),
    )
    has_later = select(later.id).where(later.match_id == MatchFeedback.match_id, is_later)
    allowing = select(Member.id).where(*allowing_ai())
    matches = select(Match.id).where(
        Match.member_id.in_(allowing), or_(Match.kind != "member", Match.target_id.in_(allowing))
    )
    return ~has_later.exists(), MatchFeedback.match_id.in_(matches)


def _of_rows(unit: Unit, rows: list[MatchFeedback]) -> list[Outcome]:
    matches = unit.get_many(Match, [row.match_id for row in rows])
    connected = _connected(unit, list(matches.values()))
    found: list[Outcome] = []
    for row in rows:
        match = matches[row.match_id]
        outcome = _OF_VERDICT[Verdict(row.verdict)]
        if outcome is OutcomeKind.ACCEPTED and match.id in connected:
            outcome = OutcomeKind.CONNECTED
        given = row.components or match.components
        found.append(
            Outcome(
                match_id=match.id, member_id=match.member_id, target_id=match.target_id, kind=match.kind,
                outcome=outcome, decided_at=row.created_at, score=row.score, weights_version=row.weights_version,
                components={name: float(given[name]) for name in COMPONENTS if name in given},
            )
        )  # fmt: skip
    return found


def _connected(unit: Unit, matches: list[Match]) -> set[str]:
    """Return the ids of those matches, of either side, whose two members were connected."""
    mirrored = {
        match.id: match_id(unit.community_id, match.target_id, "member", match.member_id)
        for match in matches
        if match.kind == "member"
    }
    reached = select(Introduction.match_id).where(
        Introduction.match_id.in_({*mirrored, *mirrored.values()}), Introduction.revealed_at.is_not(None)
    )
    connected = set(unit.session.scalars(reached)) if mirrored else set()
    return {own for own, other in mirrored.items() if own in connected or other in connected}
