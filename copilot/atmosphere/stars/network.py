"""The graph of replies as it is drawn: the people with most replies and the links between them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from copilot.atmosphere.stars.graph import ReplyGraph

MOST_DRAWN = 80
_MOST_LINKS = 400


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Person(_Part):
    """Somebody in the picture."""

    id: str
    name: str
    replies: int = Field(description="given and received")


class Link(_Part):
    """Replies between two people, both ways."""

    first_id: str
    second_id: str
    replies: int


class Network(_Part):
    """Who replied to whom. Of more than `MOST_DRAWN` people, those with most replies."""

    people: list[Person]
    links: list[Link]


def network_of(graph: ReplyGraph, names: Mapping[str, str]) -> Network:
    """Return what is drawn, most replies first; a graph without replies gives an empty picture."""
    replies = Counter(name for reply in graph.replies for name in (reply.from_id, reply.to_id))
    drawn = sorted(replies, key=lambda name: (-replies[name], name))[:MOST_DRAWN]
    kept = set(drawn)
    links = [
        Link(first_id=a, second_id=b, replies=len(found)) for (a, b), found in graph.pairs.items() if {a, b} <= kept
    ]
    links.sort(key=lambda link: (-link.replies, link.first_id, link.second_id))
    people = [Person(id=name, name=names[name], replies=replies[name]) for name in drawn]
    return Network(people=people, links=links[:_MOST_LINKS])
