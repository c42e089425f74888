"""The graph of replies: who answered whom, with which message. Built from messages in order of time; pure.

People who are hidden or let no AI read them are no part of it: neither they nor their links are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from copilot.atmosphere.stars.thresholds import StarRules
from copilot.community.conversation import Line, answers

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of `from_id` that replies to something `to_id` wrote."""

    message_id: str
    from_id: str
    to_id: str
    channel_id: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """A message that answers a question."""

    message_id: str
    question_id: str
    from_id: str
    to_id: str
    sent_at: datetime


@dataclass(frozen=True)
class ReplyGraph:
    """Replies and answers of a window, in order of time.

    Attributes:
        is_cut: there were more people or pairs than the rules allow, and the least of them were left out.
    """

    replies: Sequence[Reply]
    answers: Sequence[Answer]
    is_cut: bool = False

    @cached_property
    def people(self) -> list[str]:
        """Everybody in the graph, by id."""
        return sorted({name for reply in self.replies for name in (reply.from_id, reply.to_id)})

    @cached_property
    def pairs(self) -> dict[tuple[str, str], list[Reply]]:
        """Replies between two people, either way, by their ids in order."""
        found: dict[tuple[str, str], list[Reply]] = {}
        for reply in self.replies:
            pair = (reply.from_id, reply.to_id) if reply.from_id < reply.to_id else (reply.to_id, reply.from_id)
            found.setdefault(pair, []).append(reply)
        return found

    @cached_property
    def partners(self) -> dict[str, set[str]]:
        """With whom each person exchanged replies."""
        found: dict[str, set[str]] = {name: set() for name in self.people}
        for first, second in self.pairs:
            found[first].add(second)
            found[second].add(first)
        return found

    def undirected(self) -> nx.Graph[str]:
        """Return the graph of pairs; `replies` of an edge counts both ways."""
        import networkx as nx  # a fifth of a second: only who looks for bridges pays it

        graph: nx.Graph[str] = nx.Graph()
        graph.add_nodes_from(self.people)
        graph.add_edges_from((a, b, {"replies": len(found)}) for (a, b), found in self.pairs.items())
        return graph

    def without(self, left_out: Collection[str]) -> ReplyGraph:
        """Return the graph without these replies, by message id."""
        return ReplyGraph([r for r in self.replies if r.message_id not in left_out], self.answers, self.is_cut)


def build(lines: Sequence[Line], start: datetime, may_be_named: Collection[str], rules: StarRules) -> ReplyGraph:
    """Return the graph of the replies sent from `start` on.

    A reply is a message with a reply link to somebody else's message, or one that answers somebody's question by
    mentioning who asked (see `conversation.answers`). Plain neighbours in time prove nothing.

    Args:
        lines: messages in order, beginning some time before `start` so that what is replied to is known.
        start: the first moment that counts.
        may_be_named: the people who may be looked at.
        rules: bounds.
    """
    seen = [line for line in lines if line.sender_id in may_be_named]
    known = {line.id: line for line in seen}
    links: dict[tuple[str, str], Reply] = {}

    def link(line: Line, to_id: str) -> None:
        if line.sent_at >= start and line.sender_id != to_id:
            made = Reply(line.id, line.sender_id, to_id, line.channel_id, line.sent_at)
            links.setdefault((line.id, to_id), made)

    for line in seen:
        to = known.get(line.reply_to_id or "")
        if to is not None:
            link(line, to.sender_id)
    given: list[Answer] = []
    for question_id, found in answers(seen).items():
        asker = known[question_id].sender_id
        for line in found:
            link(line, asker)
            if line.sent_at >= start:
                given.append(Answer(line.id, question_id, line.sender_id, asker, line.sent_at))
    replies = sorted(links.values(), key=lambda reply: (reply.sent_at, reply.message_id, reply.to_id))
    kept = _bounded(replies, rules)
    return ReplyGraph(
        kept, sorted(given, key=lambda a: (a.sent_at, a.message_id, a.question_id)), len(kept) < len(replies)
    )


def _bounded(replies: Sequence[Reply], rules: StarRules) -> Sequence[Reply]:
    """Return the replies among the people, and the pairs, with most of them."""
    activity = Counter(name for reply in replies for name in (reply.from_id, reply.to_id))
    if len(activity) > rules.most_members:
        busiest = sorted(activity, key=lambda name: (-activity[name], name))[: rules.most_members]
        kept = set(busiest)
        replies = [reply for reply in replies if reply.from_id in kept and reply.to_id in kept]
    pairs = Counter(frozenset((reply.from_id, reply.to_id)) for reply in replies)
    if len(pairs) > rules.most_pairs:
        strongest = set(sorted(pairs, key=lambda pair: (-pairs[pair], sorted(pair)))[: rules.most_pairs])
        replies = [reply for reply in replies if frozenset((reply.from_id, reply.to_id)) in strongest]
    return replies
